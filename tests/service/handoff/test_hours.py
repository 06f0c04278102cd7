"""Whose calendar a person follows: their team's, or hours, leave and a last day of their own."""

import pytest

from shared.ids import new_id
from tests.service.handoff.iberia import iberia as iberia


async def test_a_team_has_a_calendar_until_it_has_none(api, iberia):
    eva = await api.add_person("Eva Gil")
    team = await api.add_team("Sales", eva["person_id"], calendar="iberia")
    path = f"/v1/teams/{team['team_id']}"
    unknown = await api.patch(path, {"calendar": "iberica"})
    renamed = await api.patch(path, {"name": "Ventas"})
    none = await api.patch(path, {"calendar": None})

    assert team["calendar"] == renamed.json()["calendar"] == "iberia"
    assert none.json()["calendar"] is None
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_calendar")
    assert unknown.json()["errors"][0] == {
        "pointer": "/calendar",
        "message": "no such calendar; there are: business, iberia",
    }


async def test_a_person_follows_their_team_until_they_have_hours_of_their_own(api, iberia):
    ana = await api.add_person("Ana Ruiz", zone="Atlantic/Canary")
    path = f"/v1/people/{ana['person_id']}/hours"
    alone = (await api.get(f"{path}/week", params={"from": "2026-01-05"})).json()
    await api.add_team("Sales", ana["person_id"], members=[ana["person_id"]], calendar="iberia")
    team = (await api.get(f"{path}/week", params={"from": "2026-01-05"})).json()
    changed = await api.patch(path, {"week": {"mon-fri": ["10:00-13:00"]}}, '"0"')
    own = (await api.get(f"{path}/week", params={"from": "2026-01-05"})).json()
    back = await api.patch(path, {"week": None, "calendar": "business"}, '"1"')

    assert (alone["zone"], alone["days"][5]["worked_s"]) == ("Atlantic/Canary", 86_400)
    assert (team["zone"], team["days"][0]["worked_s"]) == ("Europe/Madrid", 8 * 3600)
    assert (changed.json()["follows"], changed.headers["ETag"]) == ("iberia", '"1"')
    assert own["zone"] == "Atlantic/Canary"
    assert own["days"][0]["hours"] == [{"from": "10:00", "until": "13:00"}]
    assert own["days"][1]["hours"] == []  # the calendar's holidays stay
    assert (back.json()["week"], back.json()["follows"]) == (None, "business")


async def test_leave_with_hours_and_a_last_day_are_taken_out(api, iberia):
    ana = await api.add_person("Ana Ruiz", zone="Europe/Madrid")
    path = f"/v1/people/{ana['person_id']}/hours"
    changes = {
        "calendar": "iberia",
        "leave": [
            {"from": "2026-01-09", "until": "2026-01-09"},
            {"from": "2026-01-07T12:00", "until": "2026-01-08T10:30"},
        ],
        "last_day": "2026-01-15",
    }
    stored = (await api.patch(path, changes)).json()
    weeks = [
        (await api.get(f"{path}/week", params={"from": day})).json()["days"]
        for day in ("2026-01-05", "2026-01-12")
    ]
    (audit,) = await api.audit("hours.changed")

    assert stored["leave"] == [
        {"from": "2026-01-07T12:00", "until": "2026-01-08T10:30"},
        {"from": "2026-01-09T00:00", "until": "2026-01-10T00:00"},
    ]
    assert [day["worked_s"] / 3600 for day in weeks[0]] == [8, 0, 3, 6.5, 0, 0, 0]
    assert [day["worked_s"] / 3600 for day in weeks[1]] == [8, 8, 8, 8, 0, 0, 0]
    assert audit["detail"] == {"changed": ["calendar", "last_day", "leave"]}  # not when


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({"calendar": "nope"}, "there are: business", id="a calendar"),
        pytest.param(
            {"leave": [{"from": "2026-01-09T10:00", "until": "2026-01-09T10:00"}]},
            "ends before it begins",
            id="leave without length",
        ),
        pytest.param(
            {"leave": [{"from": "2026-01-09T10:00Z", "until": "2026-01-10"}]},
            "without a zone",
            id="leave with a zone",
        ),
        pytest.param(
            {"leave": [{"from": "0001-01-01", "until": "2026-01-10"}]}, "1970", id="long ago"
        ),
        pytest.param(
            {"leave": [{"from": "2026-01-01", "until": "9999-12-31"}]}, "8998", id="for ever"
        ),
        pytest.param({"last_day": "9999-12-31"}, "8998", id="a last day"),
        pytest.param(
            {"last_day": "31/03/2027"}, "a day is written 2027-03-31", id="a spreadsheet's day"
        ),
        pytest.param({"week": {}}, "somebody must work", id="an empty week"),
    ],
)
async def test_hours_that_cannot_be_are_refused(standing_api, changes, why):
    (owner,) = (await standing_api.get("/v1/people", params={"limit": 1})).json()["items"]
    refused = await standing_api.patch(f"/v1/people/{owner['person_id']}/hours", changes)

    assert refused.status_code == 422
    assert why in str(refused.json()["errors"])


async def test_hours_of_nobody_are_unknown_and_a_late_change_is_refused(standing_api):
    nobody = f"/v1/people/{new_id()}/hours"
    (owner,) = (await standing_api.get("/v1/people", params={"limit": 1})).json()["items"]
    late = await standing_api.patch(f"/v1/people/{owner['person_id']}/hours", {"leave": []}, '"7"')

    assert (await standing_api.get(nobody)).status_code == 404
    assert (await standing_api.get(f"{nobody}/week")).status_code == 404
    assert (await standing_api.patch(nobody, {"leave": []})).status_code == 404
    assert late.status_code == 412
