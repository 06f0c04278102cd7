"""Who is signed in, as the other services are told of it, and what only handoff's pages have."""

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select, update

from services.handoff.handlers.console_sessions import end_unused_sessions
from services.handoff.handlers.directory import republish_directory
from services.handoff.store.console_tables import SESSION
from services.handoff.store.sessions import ABSOLUTE, IDLE
from services.handoff.store.tables import HANDOFF
from services.handoff.unit_of_work import unit_of_work
from shared.access import hash_key
from shared.clock import SystemClock
from shared.ids import new_id
from tests.service.handoff.recording import record
from tests.support.visiting import session_of, visitor, words_of

NUMBERS = count(1)


@pytest.fixture
def api(house):
    return house


@pytest.fixture
async def ana(api):
    """Return somebody who is signed in."""
    email = f"s{next(NUMBERS)}@acme.com"
    person = await api.add_person("Ana Pérez", email=email, language="es", zone="Europe/Madrid")
    return person | {"session": await session_of(api.parts, person["person_id"])}


async def told(api, person):
    """Return what was told of a person's sessions, oldest first."""
    events = [event["data"] for event in await api.staged("session.changed.v1")]
    return [one for one in events if one["person_id"] == person["person_id"]]


async def handle(api, handler):
    await api.parts.db.write(lambda conn: handler(unit_of_work(api.parts, conn)))


async def test_signing_in_is_told_without_the_token(api, ana):
    (began,) = await told(api, ana)

    assert began["hash"] == hash_key(ana["session"])
    assert (began["name"], began["roles"], began["language"]) == ("Ana Pérez", ["rep"], "es")
    assert (began["revision"], began["ended_at"]) == (1, None)
    assert ana["session"] not in repr(began)


@pytest.mark.parametrize("way", ["sign-out", "everywhere", "by an admin", "leaves"])
async def test_the_end_of_a_session_is_told_and_names_nobody(api, ana, way):
    visit = visitor(api.http, ana["session"])
    match way:
        case "sign-out":
            await visit.post("/sign-out", {})
        case "everywhere":
            await visit.post("/account/sign-out-everywhere", {})
        case "by an admin":
            await api.post(f"/v1/people/{ana['person_id']}/sign-out")
        case "leaves":
            await api.patch(f"/v1/people/{ana['person_id']}", {"active": False})
    began, *_, ended = await told(api, ana)

    assert ended["session_id"] == began["session_id"]
    assert ended["revision"] > began["revision"]
    assert ended["ended_at"] is not None
    assert (ended["name"], ended["roles"]) == ("", [])


async def test_a_new_password_ends_the_earlier_sessions_and_tells_the_new_one(api, ana):
    await session_of(api.parts, ana["person_id"])  # by a link that sets a password
    first, ended, second = await told(api, ana)

    assert (ended["session_id"], ended["ended_at"] is None) == (first["session_id"], False)
    assert (second["session_id"] != first["session_id"], second["ended_at"]) == (True, None)


async def test_other_roles_language_and_zone_are_told_of_each_session(api, ana):
    changes = {"roles": ["manager"], "language": "en", "zone": "Europe/Lisbon"}
    await api.patch(f"/v1/people/{ana['person_id']}", changes)
    _, now = await told(api, ana)

    assert {name: now[name] for name in changes} == changes
    assert (now["revision"], now["ended_at"]) == (2, None)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"seen_at": SystemClock().now() - IDLE}, id="unused for too long"),
        pytest.param({"ends_at": SystemClock().now()}, id="its time is over"),
    ],
)
async def test_a_session_that_ends_by_itself_is_told_too(api, ana, values):
    of_ana = update(SESSION).where(SESSION.c.person_id == ana["person_id"]).values(values)
    await handle(api, end_unused_sessions)
    before = await told(api, ana)
    await api.parts.db.write(lambda conn: conn.execute(of_ana))
    await handle(api, end_unused_sessions)
    after = await told(api, ana)
    left = await api.parts.db.read(
        lambda conn: conn.execute(
            select(SESSION.c.session_id).where(SESSION.c.person_id == ana["person_id"])
        ).all()
    )

    assert len(before) == 1
    assert after[1]["ended_at"] is not None
    assert left == []


async def test_live_sessions_are_told_again_with_the_directory(api, ana):
    await handle(api, republish_directory)
    first, again = await told(api, ana)

    assert again == first


async def test_a_page_of_another_service_that_knows_nobody_yet_is_waited_for(api, ana):
    visit = visitor(api.http, ana["session"])
    page = await visit.get("/sign-in?next=/sources%3Fq%3D%C3%A1")

    assert page.status_code == 200
    assert page.headers["refresh"] == "1; url=/sources?q=%C3%A1"
    assert "Un momento…" in words_of(page)
    assert 'href="/sources?q=á"' in page.text


async def test_after_a_minute_the_page_does_not_go_on_by_itself(api, ana):
    began = {"began_at": SystemClock().now() - timedelta(minutes=1)}
    of_ana = update(SESSION).where(SESSION.c.person_id == ana["person_id"]).values(began)
    await api.parts.db.write(lambda conn: conn.execute(of_ana))
    page = await visitor(api.http, ana["session"]).get("/sign-in?next=/sources")

    assert "refresh" not in page.headers
    assert "Esa página aún no te conoce" in words_of(page)
    assert 'href="/sources"' in page.text


@pytest.mark.parametrize("wanted", ["//evil.example", "/a%0d%0aX: y", "https://evil.example"])
async def test_who_is_signed_in_goes_nowhere_else(api, ana, wanted):
    page = await visitor(api.http, ana["session"]).get(f"/sign-in?next={wanted}")

    assert (page.status_code, page.headers["location"]) == (303, "/")


async def left_alone(api, person):
    """Let three hours pass since somebody did anything; return when that was."""
    a_while = SystemClock().now() - timedelta(hours=3)
    of_them = update(SESSION).where(SESSION.c.person_id == person["person_id"])
    await api.parts.db.write(lambda conn: conn.execute(of_them.values(seen_at=a_while)))
    return a_while


async def last_seen(api, person):
    seen = select(SESSION.c.seen_at).where(SESSION.c.person_id == person["person_id"])
    return await api.parts.db.read(lambda conn: conn.execute(seen).scalar_one())


async def test_a_page_that_asks_by_itself_is_not_somebody_at_work(api, ana):
    a_while = await left_alone(api, ana)
    visit = visitor(api.http, ana["session"])
    part = await visit.get("/", Hx_Request="true")
    unattended = await last_seen(api, ana)
    await visit.get("/")

    assert part.status_code == 200
    assert unattended == a_while
    assert await last_seen(api, ana) > a_while + timedelta(hours=2)


async def test_using_the_pages_of_other_services_counts_as_use(api, ana):
    a_while = await left_alone(api, ana)
    picture = await visitor(api.http, ana["session"]).get("/account/here.svg", Accept="image/*")
    seen_at = await last_seen(api, ana)

    assert picture.status_code == 200
    assert picture.headers["cache-control"] == "private, max-age=300"
    assert seen_at > a_while + timedelta(hours=2)
    assert timedelta(hours=12) == ABSOLUTE


async def test_leads_between_two_stools_are_named_on_the_page_of_health(api, ana):
    lead = await record(api, f"leak{next(NUMBERS)}@acme.com", "demo.requested")
    (handoff,) = (await api.get("/v1/handoffs", params={"lead": lead})).json()["items"]
    gone = update(HANDOFF).where(HANDOFF.c.handoff_id == handoff["handoff_id"])
    await api.parts.db.write(lambda conn: conn.execute(gone.values(owner_id=new_id())))
    email = f"s{next(NUMBERS)}@acme.com"
    admin = await api.add_person("Eva Gil", email=email, roles=["admin"], language="es")
    page = await visitor(api.http, await session_of(api.parts, admin["person_id"])).get(
        "/operations"
    )

    assert "se ha quedado entre dos sillas" in words_of(page)
    assert "Entregas sin responsable" in words_of(page)
    assert f'href="/handoffs/{handoff["handoff_id"]}"' in page.text
