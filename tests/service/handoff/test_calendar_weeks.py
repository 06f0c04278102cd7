"""Weeks and due times of a calendar, shown as they will really be."""

import pytest

from tests.service.handoff.iberia import iberia as iberia


async def test_a_week_is_shown_as_it_will_really_be(api, iberia):
    asked = {"from": "2026-01-05"}
    week = (await api.get("/v1/calendars/iberia/week", params=asked)).json()
    monday, tuesday, *_, friday, saturday, _sunday = week["days"]

    assert week["zone"] == "Europe/Madrid"
    assert monday["hours"] == [
        {"from": "09:00", "until": "14:00"},
        {"from": "16:00", "until": "19:00"},
    ]
    assert (tuesday["hours"], saturday["hours"]) == ([], [])
    assert tuesday["special"]["en"] == "Tuesday 6 January is a holiday (Epiphany)"
    assert tuesday["special"]["es"] == "el martes 6 de enero es festivo (Epifanía del Señor)"
    assert friday["worked_s"] == 7 * 3600
    this_week = (await api.get("/v1/calendars/iberia/week")).json()
    assert len(this_week["days"]) == 7


async def test_a_night_when_clocks_change_and_the_midnight_that_ends_a_day(api):
    body = {"name": "nights", "zone": "Europe/Madrid", "week": {"sat-sun": ["20:00-04:00"]}}
    await api.post("/v1/calendars", body)
    week = (await api.get("/v1/calendars/nights/week", params={"from": "2026-03-28"})).json()
    saturday, sunday = week["days"][:2]

    assert saturday["hours"] == [{"from": "20:00", "until": "24:00"}]
    assert sunday["hours"][0] == {"from": "00:00", "until": "04:00"}
    assert sunday["worked_s"] == (3 + 4) * 3600  # an hour of the night is missing


async def test_a_due_time_is_told_with_its_reason(api, iberia):
    asked = {"within": "4h", "from": "2026-12-23T18:00:00+01:00"}
    due = (await api.get("/v1/calendars/iberia/due", params=asked)).json()

    assert due["due_at"] == "2026-12-24T11:00:00Z"
    assert (due["within_s"], due["is_working"]) == (14_400, True)
    assert due["explanation"]["en"] == (
        "counting 4 working hours of Team Iberia: Wed 18:00–19:00, Thu 9:00–12:00 "
        "(Europe/Madrid time); Thursday 24 December is worked 09:00–13:00 (Christmas Eve)"
    )


@pytest.mark.parametrize(
    ("asked", "code", "why"),
    [
        pytest.param({"within": "4 hours"}, "invalid", "query.within", id="no duration"),
        pytest.param({"within": "9999999d"}, "no_working_time", "20 years", id="too long"),
        pytest.param(
            {"within": "1h", "from": "0001-01-01T00:00:00Z"}, "invalid", "1970", id="too early"
        ),
        pytest.param(
            {"within": "1h", "from": "9999-12-31T23:59:59Z"}, "invalid", "8999", id="too late"
        ),
        pytest.param(
            {"within": "0s", "from": "9999-12-31T23:59:59-12:00"}, "invalid", "8999", id="no more"
        ),
        pytest.param({"within": "1h", "from": "2026-01-01T10:00"}, "invalid", "", id="no zone"),
    ],
)
async def test_a_due_time_that_cannot_be_is_refused(standing_api, asked, code, why):
    refused = await standing_api.get("/v1/calendars/business/due", params=asked)

    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert why in refused.json()["message"]


@pytest.mark.parametrize("first", ["1969-12-31", "9999-12-31", "2026-02-30", "soon"])
async def test_a_week_beyond_all_calendars_is_refused(standing_api, first):
    refused = await standing_api.get("/v1/calendars/business/week", params={"from": first})

    assert refused.status_code == 422
