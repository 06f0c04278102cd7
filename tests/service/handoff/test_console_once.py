"""A form sent twice counts once, and no saved view outlives whom it looks for."""

import asyncio

import pytest

from shared.console.forms import TOKEN, form_token
from tests.service.handoff.paging import handed_to, rep, role, stage  # noqa: F401
from tests.service.handoff.recording import record
from tests.support.visiting import words_of


async def attempts(house, handoff) -> int:
    shown = (await house.get(f"/v1/handoffs/{handoff['handoff_id']}")).json()
    return int(shown["attempts"])


async def test_a_form_sent_twice_is_taken_once_and_answered_alike(house, rep):  # noqa: F811
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


async def test_a_form_that_was_refused_can_be_sent_again(house, rep):  # noqa: F811
    handoff = await handed_to(house, rep)
    visit, path = rep["visit"], handoff["path"]
    form = {TOKEN: form_token(visit.session), "outcome": "won"}
    refused = await visit.post(f"{path}/outcome", form)  # nobody has accepted it yet
    await visit.post(f"{path}/verdict", {"verdict": "accept"})
    taken = await visit.post(f"{path}/outcome", form)

    assert (refused.status_code, taken.status_code) == (409, 303)
    assert await stage(house, handoff) == "won"


async def test_a_form_may_bring_a_file_that_is_no_text(house, rep):  # noqa: F811
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
async def test_no_view_outlives_whom_it_looks_for(house, rep, query, name, is_kept):  # noqa: F811
    lead = await record(house, "zul.fuera@acme.com", "email.opened", lead={"name": "Zulema Quirós"})
    visit, admin = rep["visit"], await role(house, "admin")
    await visit.post("/leads/views", {"name": name, "q": query, "sales": "open"})
    await admin.post(f"/leads/{lead}/erase", {"why": "asked", "sure": "yes"})
    page = words_of(await visit.get("/leads"))

    assert (name in page) is is_kept
    assert "Zulema" not in page
