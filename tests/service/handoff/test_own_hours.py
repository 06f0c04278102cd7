"""Everybody enters their own hours and leave, and nobody else's."""

import pytest

# Nothing here depends on which database it is.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def ana(api):
    """Ana's key: she is a rep."""
    person = await api.add_person("Ana Ruiz", zone="Europe/Madrid")
    mine = await api.with_key(person=person["person_id"])
    return mine, person["person_id"]


async def test_a_rep_enters_leave_and_it_is_audited(api, ana):
    mine, person_id = ana
    before = await mine.get("/v1/hours")
    leave = [{"from": "2027-02-01", "until": "2027-02-02T12:00"}]
    changed = await mine.patch("/v1/hours", {"leave": leave}, before.headers["ETag"])
    week = (await mine.get("/v1/hours/week", params={"from": "2027-02-01"})).json()
    others = (await api.get(f"/v1/people/{person_id}/hours")).json()
    (audit,) = await api.audit("hours.changed")

    assert changed.status_code == 200, changed.text
    assert changed.json()["leave"] == [{"from": "2027-02-01T00:00", "until": "2027-02-02T12:00"}]
    assert others == changed.json()
    assert week["days"][0]["worked_s"] == 0
    assert (audit["subject"], audit["detail"]) == (person_id, {"changed": ["leave"]})


async def test_a_rep_sees_and_changes_nobody_elses_hours_and_no_last_day(api, ana):
    mine, person_id = ana
    own = f"/v1/people/{person_id}/hours"

    assert (await mine.get(own)).status_code == 403
    assert (await mine.patch(own, {"leave": []})).status_code == 403
    assert (await mine.patch("/v1/hours", {"last_day": "2027-01-01"})).status_code == 422
    assert (await mine.patch("/v1/hours", {"leave": []}, '"9"')).status_code == 412


async def test_a_key_that_acts_for_nobody_has_no_hours(api):
    answers = [
        await api.get("/v1/hours"),
        await api.get("/v1/hours/week"),
        await api.patch("/v1/hours", {"leave": []}),
    ]

    assert {(one.status_code, one.json()["code"]) for one in answers} == {(403, "not_a_person")}


async def test_the_last_day_is_one_whoever_says_it(api, ana):
    _, person_id = ana
    path = f"/v1/people/{person_id}"
    await api.patch(f"{path}/hours", {"last_day": "2099-01-15"})
    person = (await api.get(path)).json()
    await api.patch(path, {"last_day": None})
    hours = (await api.get(f"{path}/hours")).json()

    assert person["last_day"] == "2099-01-15"
    assert hours["last_day"] is None
