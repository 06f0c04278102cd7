"""A version comes into force, at once or at a date, is brought back, and a policy is retired."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.service.handoff.agreeing import drafted, fresh, in_force, page_of, ready, state
from tests.service.handoff.agreeing import sales as sales
from tests.support.visiting import words_of


async def test_a_first_policy_can_decide_on_trial_where_that_is_asked(house, sales):
    version = await drafted(house, fresh())
    where = f"{page_of(version)}/activate"
    refused = await sales["visit"].post(where, {"when": "now"})
    started = await sales["visit"].post(where, {"when": "now", "trial": "yes"})

    assert refused.status_code == 409
    assert "Faltan firmas" in words_of(refused)
    assert started.headers["location"] == f"{page_of(version)}?said=started"
    assert await state(house, version) == "in_force"


async def test_a_version_starts_at_a_date_which_can_be_taken_back(house, sales):
    policy, visit = fresh(), sales["visit"]
    version = await ready(house, policy)
    where = page_of(version)
    day = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT09:30")
    dated = await visit.post(f"{where}/activate", {"when": "date", "starts_at": day})
    page = words_of(await visit.get(where))
    other = await ready(house, policy, 80)
    busy = await visit.post(f"{page_of(other)}/activate", {"when": "now"})
    retiring = await visit.post(f"/agreement/{policy}/retire", {"sure": "yes", "why": "x"})
    back = await visit.post(f"{where}/unschedule", {})

    assert dated.headers["location"] == f"{where}?said=scheduled"
    assert "Entra en vigor sola el" in page
    assert ", 09:30" in page
    assert busy.status_code == 409
    assert "Otra versión espera su fecha" in words_of(busy)
    assert retiring.status_code == 409
    assert back.headers["location"] == f"{where}?said=unscheduled"
    assert await state(house, version) == "signed"


@pytest.mark.parametrize(
    ("starts_at", "told"),
    [
        pytest.param("", "Escribe la fecha y la hora", id="none"),
        pytest.param("mañana", "Escribe la fecha y la hora", id="no date"),
        pytest.param("2001-01-01T10:00", "La fecha tiene que estar por venir", id="past"),
        pytest.param("9999-01-01T10:00", "La fecha tiene que estar por venir", id="too far"),
        pytest.param("9999-12-31T23:59-10:00", "La fecha tiene que estar por venir", id="no time"),
        pytest.param("0001-01-01T00:00", "La fecha tiene que estar por venir", id="before time"),
    ],
)
async def test_a_date_that_cannot_be_is_told_on_the_form(house, sales, starts_at, told):
    version = await ready(house, fresh())
    answer = await sales["visit"].post(
        f"{page_of(version)}/activate", {"when": "date", "starts_at": starts_at}
    )

    assert answer.status_code == 422
    assert told in words_of(answer)
    assert await state(house, version) == "signed"


async def test_an_older_text_is_brought_back_unless_somebody_was_faster(house, sales):
    policy, visit = fresh(), sales["visit"]
    first = await in_force(house, policy, 100)
    await in_force(house, policy, 80)
    where = f"{page_of(first)}/restore"
    back = await visit.post(where, {"base": "2"})
    late = await visit.post(where, {"base": "2"})
    bent = [await visit.post(where, {"base": base}) for base in ("9" * 5000, "*", "")]
    page = words_of(await visit.get(back.headers["location"]))

    assert back.headers["location"] == f"/agreement/{policy}/versions/3?said=restored"
    assert "Recupera la versión 1" in page
    assert [answer.status_code for answer in (late, *bent)] == [412] * 4
    assert "Alguien ha guardado otra versión" in words_of(late)


async def test_a_policy_is_retired_with_a_reason_by_who_is_sure(house, sales):
    policy, visit = fresh(), sales["visit"]
    await in_force(house, policy)
    where = f"/agreement/{policy}/retire"
    unsure = await visit.post(where, {"why": "sobra"})
    mute = await visit.post(where, {"sure": "yes", "why": " "})
    done = await visit.post(where, {"sure": "yes", "why": "sobra"})
    shown = words_of(await visit.get(f"/agreement/{policy}"))

    assert (unsure.status_code, mute.status_code) == (422, 422)
    assert ">sobra</textarea>" in unsure.text
    assert 'value="yes" required checked' in mute.text
    assert done.headers["location"] == f"/agreement/{policy}?said=retired"
    assert "Retirada" in shown
    assert "sobra" in shown
