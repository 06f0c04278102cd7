"""Signing in by a provider of accounts: a real one, and one that lies."""

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from playwright.async_api import expect
from pytest_httpserver import HTTPServer
from sqlalchemy import delete

from services.handoff.console import provider, single_sign_on
from services.handoff.handlers.single_sign_on import sign_in_by_identity
from services.handoff.store.console_tables import IDENTITY, SIGN_IN_FAILURES
from services.handoff.unit_of_work import UnitOfWork, unit_of_work
from shared.server import bind, url_of
from tests.service.handoff.api import Api, open_api
from tests.service.handoff.house import open_house
from tests.service.handoff.test_console_browser import open_site
from tests.support.accounts import Forger, new_key, running_provider, settings_for, sign_in_there
from tests.support.browser import window
from tests.support.ground import Ground, NewData
from tests.support.visiting import COOKIE, Visit, visitor, words_of

HOME = "http://relevo"
RETURN = f"{HOME}/sign-in/return"
PEOPLE: dict[str, dict[str, Any]] = {
    "ana-1": {"email": "ana@acme.com", "email_verified": True, "name": "Ana"},
    "eva-1": {"email": "eva@acme.com", "email_verified": False, "name": "Eva"},
    "who-1": {"email": "who@acme.com", "email_verified": True, "name": "Who"},
}


@dataclass
class Traveller:
    """A browser on its way: what it keeps, and what it last saw."""

    visit: Visit
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str) -> httpx.Response:
        self.visit.http.cookies.clear()  # it is we who keep them
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = await self.visit.get(path.removeprefix(HOME), **({"Cookie": kept} if kept else {}))
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            if "Max-Age=0" in line or value in ("", '""'):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer

    async def leave(self, wanted: str = "") -> str:
        """Start at our page; return the address the provider is asked at."""
        answer = await self.get("/sign-in/provider" + (f"?next={wanted}" if wanted else ""))
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])


@pytest.fixture(scope="module")
async def honest(new_data: NewData) -> AsyncIterator[Api]:
    """Handoff beside a real provider."""
    folder = new_data("honest")
    with running_provider(folder, RETURN, PEOPLE) as issuer:
        async with open_api(f"sqlite:///{folder}", folder, **settings_for(issuer, HOME)) as api:
            yield api


@pytest.fixture(scope="module")
def forger() -> Iterator[Forger]:
    """One for all tests that lie: making keys takes long."""
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        made = Forger(server)
        made.serve()
        yield made


@asynccontextmanager
async def trusting(ground: Ground, forger: Forger, folder: Path) -> AsyncIterator[Api]:
    given = settings_for(forger.issuer, HOME, oidc_name="Acme", oidc_domains="acme.com, @acme.es")
    async with open_house(ground, folder, **given) as api:
        await api.add_person("Ana Pérez", language="es")
        yield api


@pytest.fixture(scope="module")
async def lied_to(
    forger: Forger, sqlite_with_tables: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Api]:
    """Handoff that trusts the forger."""
    ground = Ground(files=sqlite_with_tables)
    async with trusting(ground, forger, tmp_path_factory.mktemp("lied")) as api:
        yield api


@pytest.fixture(scope="module")
async def house_lied_to(
    ground: Ground, forger: Forger, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Api]:
    """The same, once per world."""
    async with trusting(ground, forger, tmp_path_factory.mktemp("lied-everywhere")) as api:
        yield api


@pytest.fixture
async def api(lied_to: Api, forger: Forger) -> Api:
    """The same, with a forger who tells the truth until the test says otherwise."""
    return await _fresh(lied_to, forger)


@pytest.fixture
async def everywhere(house_lied_to: Api, forger: Forger) -> Api:
    """The same, once per world."""
    return await _fresh(house_lied_to, forger)


async def _fresh(api: Api, forger: Forger) -> Api:
    forger.claims, forger.sign, forger.without = {}, None, ()
    del forger.keys[1:]
    forger.exchanges.clear()
    forget = (delete(IDENTITY), delete(SIGN_IN_FAILURES))
    await api.service.db.write(lambda conn: [conn.execute(one) for one in forget])
    return api


async def come_back(api: Api, forger: Forger, one: Traveller | None = None, **answer: str) -> Any:
    """Go to the forger and back; return what we say."""
    one = one or Traveller(visitor(api.http))
    where = await one.leave()
    forger.asked = dict(parse_qsl(urlsplit(where).query))
    given = {"code": "a code", "state": forger.asked["state"]} | answer
    return await one.get(f"/sign-in/return?{urlencode(given)}")


# --- a real provider ----------------------------------------------------------------------------


@pytest.mark.node
async def test_a_real_provider_signs_in_whom_an_admin_added(honest):
    ana = await honest.add_person("Ana Pérez", language="es")
    one = Traveller(visitor(honest.http))
    where = await one.leave("/leads?q=a")
    back = await asyncio.to_thread(sign_in_there, where, "ana-1")
    answer = await one.get(back)
    page = await Visit(one.visit.http, one.cookies[COOKIE]).get("/account")
    linked = (await honest.audit("account.linked"))[0]
    began = (await honest.audit("session.began"))[0]

    assert (answer.status_code, answer.headers["location"]) == (303, "/leads?q=a")
    assert list(one.cookies) == [COOKIE]
    assert "ana@acme.com" in words_of(page)
    assert (linked["who"], linked["subject"]) == (ana["person_id"], ana["person_id"])
    assert (began["who"], began["why"]) == (ana["person_id"], "by the provider")


@pytest.mark.node
async def test_whom_nobody_added_gets_a_page_that_says_so_and_no_account(honest):
    one = Traveller(visitor(honest.http))
    back = await asyncio.to_thread(sign_in_there, await one.leave(), "who-1")
    answer = await one.get(back)
    people = (await honest.get("/v1/people", params={"limit": 100})).json()["items"]

    assert answer.status_code == 403
    assert "Nadie en Relevo tiene el correo de esa cuenta" in words_of(answer)
    assert COOKIE not in one.cookies
    assert "who@acme.com" not in [person["email"] for person in people]


@pytest.mark.node
async def test_an_address_the_real_provider_has_not_verified_is_refused(honest):
    await honest.add_person("Eva Ruiz")
    one = Traveller(visitor(honest.http))
    back = await asyncio.to_thread(sign_in_there, await one.leave(), "eva-1")
    answer = await one.get(back)

    assert answer.status_code == 403
    assert "no tiene un correo verificado" in words_of(answer)


@pytest.mark.node
async def test_a_code_of_another_start_is_worth_nothing(honest):
    """Somebody puts their own code into the way back of another: PKCE binds it to its start."""
    first, second = (Traveller(visitor(honest.http)) for _ in range(2))
    stolen = await asyncio.to_thread(sign_in_there, await first.leave(), "ana-1")
    code = dict(parse_qsl(urlsplit(stolen).query))["code"]
    state = dict(parse_qsl(urlsplit(await second.leave()).query))["state"]
    answer = await second.get(f"/sign-in/return?{urlencode({'code': code, 'state': state})}")

    assert answer.status_code == 403
    assert "Empieza otra vez" in words_of(answer)


# --- a provider that lies -----------------------------------------------------------------------


async def test_what_the_forger_says_truly_is_believed(api, forger):
    """Otherwise none of the refusals below would mean anything."""
    answer = await come_back(api, forger)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert {"nonce", "state", "code_challenge"} <= set(forger.asked)
    assert forger.asked["scope"] == "openid email profile"


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        pytest.param({"exp": 1}, "no es de fiar", id="it ended"),
        pytest.param({"exp": 10, "iat": 1}, "no es de fiar", id="it ended long ago"),
        pytest.param({"iat": 4_000_000_000}, "no es de fiar", id="it was made in the future"),
        pytest.param({"aud": "another"}, "no es de fiar", id="for another"),
        pytest.param({"aud": ["relevo", "another"]}, "no es de fiar", id="for another too"),
        pytest.param({"azp": "another"}, "no es de fiar", id="asked for by another"),
        pytest.param({"iss": "https://evil.example"}, "no es de fiar", id="by another"),
        pytest.param({"nonce": "of another start"}, "no es de fiar", id="of another start"),
        pytest.param({"sub": ""}, "no es de fiar", id="about nobody"),
        pytest.param({"sub": 7}, "no es de fiar", id="about a number"),
        pytest.param({"at_hash": "wrong"}, "no es de fiar", id="with another access token"),
        pytest.param({"email_verified": False}, "correo verificado", id="not verified"),
        pytest.param({"email_verified": 1}, "correo verificado", id="verified by a number"),
        pytest.param({"email": ["ana@acme.com"]}, "correo verificado", id="a list of addresses"),
        pytest.param({"email": "no address"}, "correo verificado", id="no address"),
        pytest.param({"email": "ana@evil.example"}, "de otro dominio", id="another domain"),
    ],
)
async def test_a_token_is_refused(api, forger, claims, told):
    forger.claims = claims
    answer = await come_back(api, forger)

    assert answer.status_code == 403
    assert told in words_of(answer)
    assert COOKIE not in answer.headers.get("set-cookie", "")


@pytest.mark.parametrize("name", ["exp", "iat", "nonce", "aud", "iss", "sub", "email_verified"])
async def test_a_token_that_leaves_something_out_is_refused(api, forger, name):
    forger.without = (name,)

    assert (await come_back(api, forger)).status_code == 403


async def test_a_clock_that_differs_a_little_is_no_reason(api, forger):
    now = int((await api.service.db.read(api.service.db.now)).timestamp())
    forger.claims = {"iat": now + 60, "exp": now - 60}

    assert (await come_back(api, forger)).status_code == 303


async def test_a_token_signed_by_somebody_else_is_refused(api, forger):
    theirs = new_key("one")
    forger.sign = lambda claims: forger.signed(claims, theirs)

    assert (await come_back(api, forger)).status_code == 403


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
async def test_a_token_signed_with_what_everybody_knows_is_refused(api, forger, algorithm):
    """The public key as a shared secret, and no signature at all."""

    def sign(claims: dict[str, Any]) -> str:
        header = {"alg": algorithm, "kid": forger.keys[-1].kid}
        parts = [base64.urlsafe_b64encode(json.dumps(one).encode()) for one in (header, claims)]
        signed = b".".join(part.rstrip(b"=") for part in parts)
        public = forger.keys[-1].as_pem(private=False)
        digest = hmac.digest(public, signed, "sha256") if algorithm == "HS256" else b""
        return (signed + b"." + base64.urlsafe_b64encode(digest).rstrip(b"=")).decode()

    forger.sign = sign

    assert (await come_back(api, forger)).status_code == 403


@pytest.mark.parametrize(
    ("pause_s", "status", "looks"),
    [
        pytest.param(0.0, 303, 1, id="once a minute has passed"),
        pytest.param(60.0, 403, 0, id="and no sooner: tokens can name invented keys"),
    ],
)
async def test_keys_that_were_changed_are_asked_for_again(
    api, forger, monkeypatch, pause_s, status, looks
):
    await come_back(api, forger)
    monkeypatch.setattr(provider, "KEYS_AGAIN_S", pause_s)
    looked = forger.looked_for_keys
    forger.keys.append(new_key(f"after {pause_s} s"))
    answer = await come_back(api, forger)

    assert answer.status_code == status
    assert forger.looked_for_keys - looked == looks


async def test_the_way_back_works_once(api, forger):
    one = Traveller(visitor(api.http))
    where = await one.leave()
    forger.asked = dict(parse_qsl(urlsplit(where).query))
    back, kept = f"/sign-in/return?code=a&state={forger.asked['state']}", dict(one.cookies)
    first = await one.get(back)
    again = await Traveller(one.visit, kept).get(back)

    assert (first.status_code, again.status_code) == (303, 403)
    assert len(forger.exchanges) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda one: one.cookies.clear(), id="another browser"),
        pytest.param(lambda one: one.cookies.update(relevo_start="x.y"), id="a made-up start"),
        pytest.param(
            lambda one: one.cookies.update(relevo_start=one.cookies["relevo_start"][1:]),
            id="a start that was changed",
        ),
    ],
)
async def test_the_way_back_belongs_to_the_browser_that_left(api, forger, spoil):
    one = Traveller(visitor(api.http))
    state = dict(parse_qsl(urlsplit(await one.leave()).query))["state"]
    spoil(one)
    answer = await one.get(f"/sign-in/return?code=a&state={state}")

    assert answer.status_code == 403
    assert "empezó en otro navegador" in words_of(answer)
    assert forger.exchanges == []


async def test_a_state_of_somebody_else_is_refused(api, forger):
    answer = await come_back(api, forger, state="of somebody else")

    assert answer.status_code == 403
    assert forger.exchanges == []


async def test_a_start_ends_after_ten_minutes(lied_to, api, forger, monkeypatch):
    monkeypatch.setattr(single_sign_on, "LASTS", timedelta(seconds=-1))
    answer = await come_back(api, forger)

    assert answer.status_code == 403
    assert "tardó demasiado" in words_of(answer)


async def test_an_answer_of_another_provider_is_refused(api, forger):
    answer = await come_back(api, forger, iss="https://evil.example")

    assert answer.status_code == 403
    assert forger.exchanges == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        pytest.param({"error": "access_denied"}, "lo cancelaste", id="cancelled"),
        pytest.param(
            {"error": "server_error", "error_description": "<b>Out of order</b>"},
            "Dice: &lt;b&gt;Out of order&lt;/b&gt;",
            id="in its own words",
        ),
        pytest.param({"code": ""}, "no code", id="without a code"),
    ],
)
async def test_what_the_provider_refuses_is_said_in_words(api, forger, said, told):
    answer = await come_back(api, forger, **said)

    assert answer.status_code == 403
    assert told in words_of(answer)


# --- whose account it is ------------------------------------------------------------------------


async def test_after_the_first_time_the_account_counts_and_not_the_address(everywhere, forger):
    await come_back(everywhere, forger)
    forger.claims = {"email": "ana.garcia@acme.es"}  # she married; the provider knows her by "ana"
    same = await come_back(everywhere, forger)
    forger.claims = {"sub": "another", "email": "ana@acme.com"}  # her address went to another
    other = await come_back(everywhere, forger)

    assert (same.status_code, other.status_code) == (303, 403)
    assert "entra en Relevo con otra cuenta" in words_of(other)


async def test_an_admin_lets_go_of_an_account_that_was_replaced(everywhere, forger):
    await come_back(everywhere, forger)
    ana = next(
        one
        for one in (await everywhere.get("/v1/people")).json()["items"]
        if one["email"] == "ana@acme.com"
    )
    let_go = await everywhere.post(f"/v1/people/{ana['person_id']}/unlink")
    forger.claims = {"sub": "another"}

    assert let_go.json() == {"accounts": 1}
    assert (await come_back(everywhere, forger)).status_code == 303
    assert (await everywhere.audit("account.unlinked"))[0]["subject"] == ana["person_id"]


async def test_who_left_is_refused(everywhere, forger):
    leo = await everywhere.add_person("Leo Sanz")
    forger.claims = {"sub": "leo", "email": "leo@acme.com"}
    before = await come_back(everywhere, forger)
    await everywhere.patch(f"/v1/people/{leo['person_id']}", {"active": False})
    after = await come_back(everywhere, forger)

    assert (before.status_code, after.status_code) == (303, 403)
    assert "Ya no tienes acceso" in words_of(after)


async def test_too_many_failures_of_an_address_have_to_wait(everywhere, forger):
    for _ in range(30):
        await come_back(everywhere, forger, error="access_denied")
    answer = await come_back(everywhere, forger)

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "Demasiados intentos" in words_of(answer)


async def test_two_who_come_at_once_with_one_account_both_get_in(everywhere, forger):
    def work(uow: UnitOfWork) -> str:
        return sign_in_by_identity(uow, forger.issuer, "ana", "ana@acme.com", "1.2.3.4", "")

    db, parts = everywhere.service.db, everywhere.parts
    tokens = await asyncio.gather(
        *(db.write(lambda conn: work(unit_of_work(parts, conn))) for _ in range(2))
    )

    assert len(set(tokens)) == 2


# --- without passwords, and with a provider that is not there -----------------------------------


async def test_without_passwords_nobody_gets_in_by_one(tmp_path, migrated_sqlite_url, forger):
    given = settings_for(forger.issuer, HOME, password_sign_in=False)
    async with open_api(migrated_sqlite_url, tmp_path, **given) as api:
        ana = await api.add_person(language="es")
        page = await visitor(api.http).get("/sign-in")
        tried = await visitor(api.http).post("/sign-in", {"email": "ana@acme.com", "password": "x"})
        invited = await api.post(f"/v1/people/{ana['person_id']}/invite")
        notices = list(api.service.notices)

    assert "Entrar con la cuenta de la empresa" in words_of(page)
    assert 'type="password"' not in page.text
    assert tried.status_code == 403
    assert (invited.status_code, invited.json()["code"]) == (409, "no_passwords")
    assert "/welcome/" not in " ".join(notices)


async def test_a_provider_that_does_not_answer_is_said_in_words(tmp_path, migrated_sqlite_url):
    given = settings_for("http://127.0.0.1:9", HOME)
    async with open_api(migrated_sqlite_url, tmp_path, **given) as api:
        answer = await visitor(api.http).get("/sign-in/provider")

    assert answer.status_code == 503
    assert "no responde" in words_of(answer)


async def test_an_internal_provider_must_be_allowed(tmp_path, migrated_sqlite_url, forger):
    given = settings_for(forger.issuer, HOME, oidc_allow="")
    async with open_api(migrated_sqlite_url, tmp_path, **given) as api:
        answer = await visitor(api.http).get("/sign-in/provider")

    assert answer.status_code == 503
    assert "mal configurada" in words_of(answer)


# --- with a browser -----------------------------------------------------------------------------


@pytest.mark.node
async def test_somebody_signs_in_by_the_provider_and_out_again(browser, tmp_path):
    listener = bind("127.0.0.1", 0)
    url = url_of(listener)
    with running_provider(tmp_path, f"{url}/sign-in/return", PEOPLE) as issuer:
        given = settings_for(issuer, url, oidc_name="Acme")
        async with open_site(tmp_path, listener, **given) as site:
            await site.api.add_person("Ana Pérez", language="es", roles=["marketing"])
            async with window(browser, url, "phone", "es") as one:
                page = one.page
                await page.route("https://fonts.googleapis.com/**", lambda route: route.abort())
                await one.open("/leads?q=abc")
                found = await one.violations()
                await page.get_by_role("link", name="Entrar con Acme").click()
                await page.locator("[name=login]").fill("ana-1")
                await page.locator("[name=password]").fill("any")
                await page.locator("button[type=submit]").click()
                await page.locator("button[type=submit]").click()
                await expect(page.get_by_role("searchbox")).to_have_value("abc")
                await one.open("/account")
                await page.locator("form.only-phone button").click()
                await page.wait_for_url("**/sign-in")
                await one.open("/leads")
                await expect(page.get_by_role("link", name="Entrar con Acme")).to_be_visible()

    assert found == []
