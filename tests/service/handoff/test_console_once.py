"""A form sent twice counts once, and no saved view outlives whom it looks for."""

import asyncio
from itertools import count

import pytest

from shared.console.forms import TOKEN, form_token
from tests.service.handoff.paging import handed_to, role, stage
from tests.service.handoff.paging import rep as rep
from tests.service.handoff.recording import record
from tests.service.handoff.signing import text
from tests.support.visiting import words_of

NUMBERS = count(1)


async def attempts(house, handoff) -> int:
    shown = (await house.get(f"/v1/handoffs/{handoff['handoff_id']}")).json()
    return int(shown["attempts"])


async def test_a_form_sent_twice_is_taken_once_and_answered_alike(house, rep):
    handoff = await handed_to(house, rep)
    visit, path = rep["visit"], handoff["path"]
    await visit.post(f"{path}/verdict", {"verdict": "accept"})
    form = {TOKEN: form_token(visit.session), "channel": "call", "reached": "no"}
    both = await asyncio.gather(*(visit.post(f"{path}/attempts", form) for _ in range(2)))
    later = await visit.post(f"{path}/attempts", form)
    once = await attempts(house, handoff)
    await visit.post(f"{path}/attempts", form | {TOKEN: form_token(visit.session)})

    assert [answer.status_code for answer in (*both, later)] == [303] * 3
    assert len({answer.headers["location"] for answer in (*both, later)}) == 1
    assert (once, await attempts(house, handoff)) == (1, 2)


async def test_a_form_that_was_refused_can_be_sent_again(house, rep):
    handoff = await handed_to(house, rep)
    visit, path = rep["visit"], handoff["path"]
    form = {TOKEN: form_token(visit.session), "outcome": "won"}
    refused = await visit.post(f"{path}/outcome", form)  # nobody has accepted it yet
    await visit.post(f"{path}/verdict", {"verdict": "accept"})
    taken = await visit.post(f"{path}/outcome", form)

    assert (refused.status_code, taken.status_code) == (409, 303)
    assert await stage(house, handoff) == "won"


async def test_a_form_may_bring_a_file_that_is_no_text(house, rep):
    handoff = await handed_to(house, rep)
    visit = rep["visit"]
    answer = await visit.http.post(
        f"{handoff['path']}/verdict",
        data={TOKEN: form_token(visit.session), "verdict": "accept"},
        files={"file": ("x.bin", b"\xff\x00\xfe", "application/octet-stream")},
        headers=visit._headers({}),
    )

    assert answer.status_code == 303
    assert await stage(house, handoff) == "accepted"


async def twice(visit, path, fields):
    """Send one form twice, as a double click does; return both answers."""
    form = {TOKEN: form_token(visit.session)} | fields
    return [await visit.post(path, form) for _ in range(2)]


@pytest.mark.parametrize(
    ("path", "fields", "back"),
    [
        pytest.param(
            "/people/new",
            {"name": "Eva", "email": "eva.once@a.com", "language": "es", "role_rep": "yes"}
            | {"zone": "Europe/Madrid", "channels": "email"},
            "/people",
            id="a person",
        ),
        pytest.param(
            "/teams/new",
            {"name": "Once", "window_days": "7", "fallback": "admin@localhost.localdomain"},
            "/teams",
            id="a team",
        ),
        pytest.param(
            "/calendars/new",
            {"name": "once", "title": "Once", "zone": "Europe/Madrid", "day_mon": "09:00-14:00"},
            "/calendars",
            id="a calendar",
        ),
        pytest.param(
            "/territories/new",
            {"name": "once", "title": "Once", "person": "admin@localhost.localdomain"},
            "/territories",
            id="a territory",
        ),
        pytest.param("/agreement/lists", {"name": "once"}, "/agreement/lists/once", id="a list"),
    ],
)
async def test_what_is_added_by_a_double_click_is_there_once(house, path, fields, back):
    admin = await role(house, "admin")
    first, second = await twice(admin, path, fields)

    assert (first.status_code, second.status_code) == (303, 303), words_of(second)
    assert first.headers["location"].startswith(back)
    assert second.headers["location"].startswith(back)


async def test_who_saves_by_a_double_click_was_not_overtaken_by_somebody(house):
    admin = await role(house, "admin")
    person = await house.add_person("Ana Sol", email=f"o{next(NUMBERS)}@a.com")
    where = f"/people/{person['person_id']}"
    form = {"name": "Ana Luz", "email": person["email"], "zone": "Europe/Madrid", "language": "es"}
    form |= {"role_rep": "yes", "channels": "email", "revision": str(person["revision"])}
    day = {"leave_from": "2027-03-01", "revision": "0"}
    saved = await twice(admin, f"{where}/edit", form)
    entered = await twice(admin, "/account/hours/leave", day)

    assert [answer.status_code for answer in (*saved, *entered)] == [303] * 4
    assert saved[0].headers["location"] == saved[1].headers["location"]


async def test_a_policy_is_saved_tried_and_reviewed_once_by_a_double_click(house):
    marketing, policy = await role(house, "marketing"), f"once{next(NUMBERS)}"
    where = f"/agreement/{policy}"
    drafted = await twice(marketing, "/agreement/-/edit", {"text": text(100, policy), "do": "save"})
    begun = await twice(marketing, f"{where}/try", {"number": "1", "days": "30"})
    tryouts = (await house.get("/v1/policies/tryouts", params={"policy": policy})).json()["items"]
    started = await house.post(f"/v1/policies/{policy}/versions/1/activate", {})
    held = await twice(marketing, f"{where}/targets/reviews", {"comment": "Sigue valiendo."})
    reviews = (await house.get(f"/v1/policies/{policy}/reviews")).json()["items"]

    assert started.status_code == 200, started.text
    assert {answer.status_code for answer in (*drafted, *begun, *held)} == {303}
    assert (len(tryouts), len(reviews)) == (1, 1)


@pytest.mark.parametrize(
    ("query", "name", "is_kept"),
    [
        pytest.param("zulema", "Una", False, id="by name"),
        pytest.param("ZULE", "Una", False, id="by the beginning of a name"),
        pytest.param("zul.fuera@", "Una", False, id="by an address"),
        pytest.param("", "Mi Zulema", False, id="called after them"),
        pytest.param("acme", "Grandes", True, id="a company"),
        pytest.param("zoe", "Otra", True, id="somebody else"),
        pytest.param("", "Con ventas", True, id="nobody"),
    ],
)
async def test_no_view_outlives_whom_it_looks_for(house, rep, query, name, is_kept):
    lead = await record(house, "zul.fuera@acme.com", "email.opened", lead={"name": "Zulema Quirós"})
    visit, admin = rep["visit"], await role(house, "admin")
    await visit.post("/leads/views", {"name": name, "q": query, "sales": "open"})
    await admin.post(f"/leads/{lead}/erase", {"why": "asked", "sure": "yes"})
    page = words_of(await visit.get("/leads"))

    assert (name in page) is is_kept
    assert "Zulema" not in page
