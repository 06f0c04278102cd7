"""A hand-off is given to somebody else and its clocks are paused, over HTTP and without scripts."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from markupsafe import escape

from tests.service.handoff.paging import NUMBERS, handed_to, role
from tests.service.handoff.paging import rep as rep
from tests.support.visiting import words_of

FORMAT = "%Y-%m-%dT%H:%M"


def ahead(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime(FORMAT)


async def shown(house, handoff):
    return (await house.get(f"/v1/handoffs/{handoff['handoff_id']}")).json()


async def test_a_manager_gives_a_hand_off_to_somebody_else(house, rep):
    handoff = await handed_to(house, rep)
    other = await house.add_person(f"Leo {next(NUMBERS)}", email=f"g{next(NUMBERS)}@a.com")
    boss = await role(house, "manager")
    before = await boss.get(handoff["path"])
    given = await boss.post(
        f"{handoff['path']}/assign", {"to": other["email"], "text": "You know them"}
    )
    after = await boss.get(given.headers["location"])
    stored = await shown(house, handoff)

    assert f'<option value="{other["email"]}">' in before.text
    assert f'<option value="{rep["email"]}">' not in before.text
    assert given.headers["location"] == f"{handoff['path']}?said=assigned"
    assert (stored["owner"]["name"], stored["stage"]) == (other["name"], "assigned")
    assert "Given to somebody else" in words_of(after)
    assert "You know them" in words_of(after)


async def test_who_gives_their_own_away_sees_what_becomes_of_it(house, rep):
    handoff = await handed_to(house, rep)
    other = await house.add_person(f"Leo {next(NUMBERS)}", email=f"g{next(NUMBERS)}@a.com")
    given = await rep["visit"].post(f"{handoff['path']}/assign", {"to": other["person_id"]})
    page = await rep["visit"].get(given.headers["location"])
    day = await rep["visit"].get("/")

    assert "Dado a otra persona, que ya lo sabe." in words_of(page)
    assert handoff["path"] not in day.text


@pytest.mark.parametrize("to", ["", "nobody@a.com", "01a22e1d-63b8-713d-8d7e-4ba3a245d1e7"])
async def test_nobody_who_works_here_gets_nothing(house, rep, to):
    handoff = await handed_to(house, rep)
    answer = await rep["visit"].post(f"{handoff['path']}/assign", {"to": to, "text": "Suyo"})

    assert answer.status_code == 422
    assert 'id="assign-to-wrong">Elige a alguien que trabaje aquí.<' in answer.text
    assert 'value="Suyo"' in answer.text
    assert (await shown(house, handoff))["owner"]["name"] == rep["name"]


async def test_whoever_was_chosen_stays_chosen_whatever_their_address_is_like(house, rep):
    handoff, email = await handed_to(house, rep), f"o'hara&co{next(NUMBERS)}@a.com"
    await house.add_person("Sam O'Hara", email=email)
    form = {"to": email, "text": "x" * 2001}
    answer = await rep["visit"].post(f"{handoff['path']}/assign", form)

    assert answer.status_code == 422
    assert f'<option value="{escape(email)}" selected>' in answer.text


async def test_the_clocks_are_paused_and_run_on(house, rep):
    handoff = await handed_to(house, rep)
    visit, path = rep["visit"], handoff["path"]
    form = {"reason": "lead_away", "until": ahead(3), "text": "De viaje"}
    paused = await visit.post(f"{path}/pause", form)
    page = await visit.get(paused.headers["location"])
    twice = await visit.post(f"{path}/pause", form | {"until": ahead(4)})
    (one,) = (await shown(house, handoff))["pauses"]
    on = await visit.post(f"{path}/resume", {})
    after = await visit.get(on.headers["location"])

    assert "el lead está fuera" in words_of(page)
    assert "Los plazos están parados." in words_of(page)
    assert 'action="' + path + '/pause"' not in page.text
    assert (one["reason"], one["text"]) == ("lead_away", "De viaje")
    assert (twice.status_code, "ya estaban parados" in words_of(twice)) == (409, True)
    assert "Los plazos corren otra vez." in words_of(after)
    assert 'action="' + path + '/pause"' in after.text
    idle = await visit.post(f"{path}/resume", {})
    assert (idle.status_code, "no estaban parados" in words_of(idle)) == (409, True)


@pytest.mark.parametrize(
    ("until", "told"),
    [
        ("", "Elige un día y una hora."),
        ("2001-01-01T10:00", "Elige un momento futuro, de aquí a 60 días como mucho."),
        (ahead(90), "Elige un momento futuro, de aquí a 60 días como mucho."),
        ("0001-01-01T00:00", "Elige un día y una hora."),
        ("9999-12-31T23:59-10:00", "Elige un día y una hora."),
    ],
    ids=["none", "past", "too far", "before all time", "behind all time"],
)
async def test_a_pause_without_a_sensible_end_is_told_at_its_field(house, rep, until, told):
    handoff = await handed_to(house, rep)
    form = {"reason": "data_fix", "until": until, "text": "Falta"}
    answer = await rep["visit"].post(f"{handoff['path']}/pause", form)

    assert answer.status_code == 422
    assert f'id="pause-until-wrong">{told}<' in answer.text
    assert re.search(r'value="data_fix" checked', answer.text)
    assert not (await shown(house, handoff))["pauses"]


async def test_who_may_not_answer_is_offered_neither(house, rep):
    handoff = await handed_to(house, rep)
    page = await (await role(house, "marketing")).get(handoff["path"])

    assert page.status_code == 200
    assert "/assign" not in page.text
    assert "/pause" not in page.text
