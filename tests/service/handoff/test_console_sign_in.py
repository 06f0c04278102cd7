"""Getting into the console, staying in it, and being put out of it again."""

import asyncio
import re
from datetime import timedelta
from itertools import count

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete, select, update

from services.handoff.console import passwords
from services.handoff.store.console_tables import (
    CREDENTIAL,
    PASSWORD_LINK,
    SESSION,
    SIGN_IN_FAILURES,
)
from services.handoff.store.sessions import ABSOLUTE, IDLE
from shared.clock import SystemClock
from tests.service.handoff.api import open_api
from tests.support.visiting import COOKIE, Visit, session_of, visitor, words_of

PASSWORD = "una carrera de relevos"
NUMBERS = count(1)
WRONG = "El correo y la contraseña no casan."


def given_cookie(answer) -> str:
    found = re.search(rf"{COOKIE}=([^;]*)", answer.headers["set-cookie"])
    assert found, answer.headers
    return found[1]


async def invited(api, person) -> str:
    answer = await api.post(f"/v1/people/{person['person_id']}/invite")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["link"]).removeprefix("http://127.0.0.1:8480")


async def sign_in(visit, email: str, password: str, **headers: str):
    return await visit.post("/sign-in", {"email": email, "password": password}, **headers)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    """Hash with little: what it costs is the only thing that differs."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(1, 8, 1))


@pytest.fixture
def api(house):
    """The API all tests of this file share."""
    return house


async def hire(api, name: str = "Ana Pérez", **fields):
    """Add somebody whose address is nobody else's."""
    return await api.add_person(name, email=f"p{next(NUMBERS)}@acme.com", **fields)


@pytest.fixture
async def ana(api):
    """Ana, a rep, with a password; nobody has failed to sign in yet."""
    await api.service.db.write(lambda conn: conn.execute(delete(SIGN_IN_FAILURES)))
    person = await hire(api, language="es")
    welcome = await invited(api, person)
    answer = await visitor(api.http).post(welcome, {"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 303, answer.text
    return person | {"session": given_cookie(answer)}


async def test_a_link_sets_a_password_once_and_signs_its_person_in(api):
    person = await hire(api, language="es")
    welcome, visit = await invited(api, person), visitor(api.http)
    seen = [await visit.get(welcome), await visit.get(welcome)]  # looking uses nothing up
    fields = {"password": PASSWORD, "again": PASSWORD}
    first, second = await visit.post(welcome, fields), await visit.post(welcome, fields)
    page = await Visit(visit.http, given_cookie(first)).get("/")

    assert [answer.status_code for answer in seen] == [200, 200]
    assert "Hola, Ana" in words_of(seen[0])
    assert (first.status_code, first.headers["location"]) == (303, "/")
    assert "HttpOnly" in first.headers["set-cookie"]
    assert "SameSite=lax" in first.headers["set-cookie"]
    assert second.status_code == 410
    assert "Este enlace ya no sirve" in words_of(second)
    assert ", Ana" in words_of(page)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param({"password": "short", "again": "short"}, "demasiado corta", id="short"),
        pytest.param({"password": PASSWORD, "again": "x"}, "no son iguales", id="two"),
        pytest.param({}, "demasiado corta", id="nothing"),
    ],
)
async def test_a_password_that_will_not_do_leaves_the_link_as_it_is(api, fields, told):
    welcome, visit = await invited(api, await hire(api)), visitor(api.http)
    refused = await visit.post(welcome, fields)
    taken = await visit.post(welcome, {"password": PASSWORD, "again": PASSWORD})

    assert (refused.status_code, taken.status_code) == (422, 303)
    assert told in words_of(refused)


async def test_a_new_link_ends_the_earlier_ones_and_none_lasts(api):
    person = await hire(api)
    first, second = await invited(api, person), await invited(api, person)
    visit = visitor(api.http)
    earlier = await visit.get(first)
    ended = update(PASSWORD_LINK).values(ends_at=SystemClock().now() - timedelta(seconds=1))
    await api.service.db.write(lambda conn: conn.execute(ended))

    assert earlier.status_code == 410
    assert (await visit.get(second)).status_code == 410


async def test_nothing_in_the_database_lets_anybody_in(api, ana):
    await invited(api, await hire(api, "Ben Luna"))

    def stored(conn) -> str:
        tables = (CREDENTIAL, PASSWORD_LINK, SESSION)
        return repr([conn.execute(select(table)).all() for table in tables])

    text = await api.service.db.read(stored)

    assert "$argon2id$" in text
    assert PASSWORD not in text
    assert ana["session"] not in text


async def test_the_right_password_signs_in_and_comes_back_to_the_page_wanted(api, ana):
    visit = visitor(api.http)
    asked = await visit.get("/leads?q=a")
    answer = await visit.post(
        "/sign-in", {"email": ana["email"].upper(), "password": PASSWORD, "next": "/leads?q=a"}
    )
    page = await Visit(visit.http, given_cookie(answer)).get("/leads?q=a")

    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=%2Fleads%3Fq%3Da")
    assert (answer.status_code, answer.headers["location"]) == (303, "/leads?q=a")
    assert page.status_code == 200


async def test_whatever_is_wrong_the_answer_is_the_same(api, ana):
    ben = await hire(api, "Ben Luna")  # has no password
    visit = visitor(api.http)
    answers = [
        await sign_in(visit, email, "not the password at all")
        for email in (ana["email"], ben["email"], "nobody@acme.com", "no address")
    ]
    texts = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}

    assert {answer.status_code for answer in answers} == {422}
    assert all(WRONG in words_of(answer) for answer in answers)
    assert len(texts) == 1


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "unknown"])
async def test_after_five_failures_an_account_has_to_wait_known_or_not(api, ana, is_known):
    email = ana["email"] if is_known else "nobody@acme.com"
    visit = visitor(api.http)
    failed = [(await sign_in(visit, email, "wrong")).status_code for _ in range(5)]
    refused = await sign_in(visit, email, PASSWORD)
    past = update(SIGN_IN_FAILURES).values(last_at=SystemClock().now() - timedelta(minutes=20))
    await api.service.db.write(lambda conn: conn.execute(past))
    again = await sign_in(visit, ana["email"], PASSWORD)

    assert failed == [422] * 5
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 16
    assert "Demasiados intentos" in words_of(refused)
    assert again.status_code == 303


async def test_attempts_at_once_are_all_counted(api, ana):
    visit = visitor(api.http)
    answers = await asyncio.gather(*(sign_in(visit, ana["email"], "wrong") for _ in range(12)))
    codes = sorted(answer.status_code for answer in answers)

    assert codes == [422] * 5 + [429] * 7


async def test_who_began_before_a_failure_and_is_counted_after_it_need_not_wait(api, ana):
    visit = visitor(api.http)
    await sign_in(visit, ana["email"], "wrong")
    later = update(SIGN_IN_FAILURES).values(last_at=SystemClock().now() + timedelta(seconds=5))
    await api.service.db.write(lambda conn: conn.execute(later))
    again = await sign_in(visit, ana["email"], "wrong")

    assert again.status_code == 422


async def test_failures_are_counted_for_the_address_a_trusted_proxy_names(
    migrated_sqlite_url, tmp_path
):
    async with open_api(migrated_sqlite_url, tmp_path, trusted_proxies="127.0.0.0/8") as api:
        visit = visitor(api.http)
        for number in range(30):
            await sign_in(visit, f"p{number}@acme.com", "x", x_forwarded_for="6.6.6.6, 9.9.9.9")
        same = await sign_in(visit, "other@acme.com", "x", x_forwarded_for="1.1.1.1, 9.9.9.9")
        other = await sign_in(visit, "other@acme.com", "x", x_forwarded_for="9.9.9.9, 8.8.8.8")

    assert (same.status_code, other.status_code) == (429, 422)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        pytest.param({"seen_at": SystemClock().now() - IDLE}, "idle", id="idle too long"),
        pytest.param({"ends_at": SystemClock().now()}, "absolute", id="longer than a day's work"),
    ],
)
async def test_a_session_ends_by_itself(api, ana, values, why):
    visit = visitor(api.http, ana["session"])
    before = await visit.get("/account")
    await api.service.db.write(lambda conn: conn.execute(update(SESSION).values(values)))
    after = await visit.get("/account")

    assert before.status_code == 200
    assert (after.status_code, after.headers["location"]) == (303, "/sign-in?next=%2Faccount")
    assert timedelta(hours=12) == ABSOLUTE


async def test_a_session_ends_with_signing_out(api, ana):
    visit = visitor(api.http, ana["session"])
    answer = await visit.post("/sign-out", {})

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert (await visit.get("/account")).status_code == 303


async def test_somebody_sees_where_they_are_signed_in_and_ends_it(api, ana):
    visit = visitor(api.http, ana["session"])
    other = given_cookie(await sign_in(visitor(api.http), ana["email"], PASSWORD))
    page = await visit.get("/account")
    (ending,) = re.findall(r'action="(/account/sessions/[^"]+/end)"', page.text)
    ended = await visit.post(ending, {})

    assert ended.status_code == 303
    assert (await visitor(api.http, other).get("/account")).status_code == 303
    assert (await visit.get("/account")).status_code == 200


async def test_signing_out_everywhere_ends_every_session(api, ana):
    other = given_cookie(await sign_in(visitor(api.http), ana["email"], PASSWORD))
    visit = visitor(api.http, ana["session"])
    await visit.post("/account/sign-out-everywhere", {})
    left = [await visitor(api.http, one).get("/account") for one in (ana["session"], other)]

    assert [answer.status_code for answer in left] == [303, 303]


async def test_an_administrator_ends_the_sessions_of_somebody(api, ana):
    answer = await api.post(f"/v1/people/{ana['person_id']}/sign-out")

    assert answer.json() == {"sessions": 1}
    assert (await visitor(api.http, ana["session"]).get("/account")).status_code == 303
    assert ana["person_id"] in [one["subject"] for one in await api.audit("sessions.ended")]


async def test_who_has_left_is_out_at_once_and_cannot_come_back(api, ana):
    await api.patch(f"/v1/people/{ana['person_id']}", {"active": False})
    answer = await sign_in(visitor(api.http), ana["email"], PASSWORD)

    assert (await visitor(api.http, ana["session"]).get("/account")).status_code == 303
    assert answer.status_code == 422


async def test_a_password_is_changed_by_who_knows_it_and_ends_other_sessions(api, ana):
    visit = visitor(api.http, ana["session"])
    new = "otra carrera distinta"
    wrong = await visit.post("/account/password", {"current": "no", "password": new, "again": new})
    answer = await visit.post(
        "/account/password", {"current": PASSWORD, "password": new, "again": new}
    )
    kept = await visitor(api.http, given_cookie(answer)).get("/account")

    assert wrong.status_code == 422
    assert "no es esa" in words_of(wrong)
    assert (answer.status_code, kept.status_code) == (303, 200)
    assert (await visit.get("/account")).status_code == 303
    assert (await sign_in(visitor(api.http), ana["email"], new)).status_code == 303


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        pytest.param({"form_token": "x.y"}, {}, id="no token of this session"),
        pytest.param({}, {"Sec_Fetch_Site": "cross-site"}, id="from another site"),
        pytest.param({}, {"Sec_Fetch_Site": "same-site"}, id="from a neighbour"),
        pytest.param({}, {"Origin": "https://evil.example"}, id="from another origin"),
        pytest.param({}, {"Origin": "null"}, id="from nowhere"),
        pytest.param({}, {"Origin": "http://["}, id="from no address"),
    ],
)
async def test_a_form_of_somebody_else_changes_nothing(api, ana, fields, headers):
    visit = visitor(api.http, ana["session"])
    answer = await visit.post("/account/sign-out-everywhere", fields, **headers)

    assert answer.status_code == 403
    assert "formulario ha caducado" in words_of(answer)
    assert (await visit.get("/account")).status_code == 200


async def test_signing_in_is_taken_from_this_site_alone(api, ana):
    answer = await sign_in(visitor(api.http), ana["email"], PASSWORD, Sec_Fetch_Site="cross-site")

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_over_https_the_cookie_is_bound_to_the_host(migrated_sqlite_url, tmp_path):
    async with open_api(migrated_sqlite_url, tmp_path, public_url="https://relevo.acme.com") as api:
        person = await hire(api)
        session = await session_of(api.parts, person["person_id"])
        link = (await api.post(f"/v1/people/{person['person_id']}/invite")).json()["link"]
        fields = {"password": PASSWORD, "again": PASSWORD}
        answer = await visitor(api.http).post(link.removeprefix("https://relevo.acme.com"), fields)

    assert session
    assert answer.headers["set-cookie"].startswith("__Host-relevo=")
    assert "Secure" in answer.headers["set-cookie"]


async def test_nobody_makes_a_link_to_what_they_may_not_do(api):
    manager = await hire(api, "Eva Gil", roles=["manager"])
    marketer = await hire(api, "Ben Luna", roles=["marketing"])
    rep = await hire(api, "Zoe Paz")
    theirs = await api.with_key(person=manager["person_id"])
    codes = [
        (await theirs.post(f"/v1/people/{one['person_id']}/invite")).status_code
        for one in (marketer, rep, manager)
    ]

    assert codes == [403, 200, 200]


async def test_the_first_start_says_how_to_get_in_until_somebody_has_a_password(
    database_url, tmp_path
):
    async with open_api(database_url, tmp_path) as api:
        told = list(api.service.notices)
        link = told[1].strip().removeprefix("http://127.0.0.1:8480")
        answer = await visitor(api.http).post(link, {"password": PASSWORD, "again": PASSWORD})
        await api.service.prepare()

        assert "admin@localhost.localdomain" in told[0]
        assert answer.status_code == 303
        assert api.service.notices == []


@pytest.mark.parametrize(
    ("language", "told"),
    [pytest.param("es", "Tu cuenta", id="es"), pytest.param("en", "Your account", id="en")],
)
async def test_the_language_is_the_persons_and_can_be_changed(api, language, told):
    person = await hire(api, language="en" if language == "es" else "es")
    visit = visitor(api.http, await session_of(api.parts, person["person_id"]))
    answer = await visit.post("/account/language", {"language": language, "next": "/account"})
    page = await visit.get("/account", Accept_Language="fr")
    stored = await api.get(f"/v1/people/{person['person_id']}")

    assert answer.headers["location"] == "/account"
    assert told in words_of(page)
    assert stored.json()["language"] == language


async def test_the_look_is_chosen_before_anybody_signs_in(api):
    visit = visitor(api.http)
    answer = await visit.post("/look", {"theme": "dark", "language": "en", "next": "/sign-in"})
    cookies = "; ".join(one.partition(";")[0] for one in answer.headers.get_list("set-cookie"))
    page = await visit.get("/sign-in", Cookie=cookies)

    assert 'data-theme="dark"' in page.text
    assert "Sign in to Relevo" in words_of(page)
