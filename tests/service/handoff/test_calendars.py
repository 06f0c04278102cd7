"""Calendars over HTTP: made, changed with their history, followed, and looked at."""

import asyncio

import pytest
from sqlalchemy import select

from services.handoff.handlers.calendars import ensure_calendar
from services.handoff.store.tables import CALENDAR
from services.handoff.unit_of_work import unit_of_work
from shared.ids import new_id
from tests.service.handoff.api import open_api

IBERIA = {
    "name": "iberia",
    "title": "Team Iberia",
    "zone": "Europe/Madrid",
    "week": {"mon-thu": ["16:00-19:00", "9:00-14:00"], "fri": ["08:00-15:00"]},
    "holidays": {"country": "ES", "region": "MD"},
    "days": {
        "12-24": {"title": {"es": "Nochebuena", "en": "Christmas Eve"}, "hours": ["09:00-13:00"]},
        "2027-03-19": {"title": "San José"},
    },
}


@pytest.fixture
async def iberia(api):
    answer = await api.post("/v1/calendars", IBERIA)
    assert answer.status_code == 201, answer.text
    return answer


async def test_a_new_installation_begins_with_office_hours(database_url, tmp_path):
    async with open_api(database_url, tmp_path, zone="Europe/Madrid", language="es") as api:
        (first,) = (await api.get("/v1/calendars")).json()["items"]
        replicas = (
            api.service.db.write(lambda conn: ensure_calendar(unit_of_work(api.parts, conn)))
            for _ in range(3)
        )
        await asyncio.gather(*replicas)
        again = (await api.get("/v1/calendars")).json()["items"]

    assert (first["name"], first["title"], first["zone"]) == (
        "business",
        "Horario de oficina",
        "Europe/Madrid",
    )
    assert first["week"] == {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    assert again == [first]


async def test_a_calendar_is_made_as_it_is_written_in_one_form(api, iberia):
    shown = (await api.get("/v1/calendars/iberia")).json()
    long_days = ["09:00-14:00", "16:00-19:00"]

    assert iberia.headers["Location"] == "/v1/calendars/iberia"
    assert iberia.json() == shown
    assert shown["week"] == {
        **dict.fromkeys(("mon", "tue", "wed", "thu"), long_days),
        "fri": ["08:00-15:00"],
    }
    assert shown["days"]["2027-03-19"] == {
        "title": {"es": "San José", "en": "San José"},
        "hours": [],
    }
    assert shown["revision"] == 1
    assert [one["name"] for one in (await api.get("/v1/calendars")).json()["items"]] == [
        "business",
        "iberia",
    ]


@pytest.mark.parametrize(
    "text",
    ["09:00-14:00, 16:00-19:00", "09:00-14:00 16:00-19:00", " 9:00 – 14:00 ,  16:00 - 19:00 "],
)
async def test_hours_may_be_one_text(standing_api, text):
    body = IBERIA | {"name": f"text-{len(text)}", "week": {"mon": text}}
    made = await standing_api.post("/v1/calendars", body)

    assert made.json()["week"] == {"mon": ["09:00-14:00", "16:00-19:00"]}


async def test_what_is_left_out_is_the_installations_and_readable(api):
    body = {"name": "late-shift", "week": {"mon-sun": ["22:00-06:00"]}}
    made = (await api.post("/v1/calendars", body)).json()

    assert (made["title"], made["zone"], made["holidays"], made["days"]) == (
        "Late shift",
        "UTC",
        None,
        {},
    )


async def test_a_repeated_request_makes_one_calendar(api):
    answers = [
        await api.post("/v1/calendars", IBERIA, **{"Idempotency-Key": "one"}) for _ in range(2)
    ]

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize("name", ["iberia", "always", "team"])
async def test_a_name_is_one_calendars_and_not_one_with_a_meaning(api, iberia, name):
    refused = await api.post("/v1/calendars", IBERIA | {"name": name})

    assert (refused.status_code, refused.json()["code"]) == (409, "name_taken")
    assert refused.json()["errors"][0]["pointer"] == "/name"


@pytest.mark.parametrize(
    ("fields", "pointer", "why"),
    [
        pytest.param({"week": {}}, "/week", "somebody must work", id="nobody ever works"),
        pytest.param({"week": {"mon": []}}, "/week", "somebody must work", id="an empty day"),
        pytest.param({"week": {"mo": ["09:00-10:00"]}}, "/week", "days are mon, tue", id="a day"),
        pytest.param(
            {"week": {"fri-mon": ["09:00-10:00"]}}, "/week", "ends before", id="a turned range"
        ),
        pytest.param(
            {"week": {"mon": ["09:00-10:00"], "mon-fri": ["09:00-10:00"]}},
            "/week",
            "mon is there twice",
            id="a day twice",
        ),
        pytest.param(
            {"week": {"mon": ["9-17"]}}, "/week/mon/0", "written like `09:00-14:00`", id="a block"
        ),
        pytest.param(
            {"week": {"mon": ["09:00-14:00", "13:00-18:00"]}}, "/week/mon", "overlap", id="overlap"
        ),
        pytest.param({"zone": "Madrid"}, "/zone", "not an IANA time zone", id="a zone"),
        pytest.param(
            {"holidays": {"country": "XX"}}, "/holidays", "country: not a country", id="a country"
        ),
        pytest.param(
            {"holidays": {"country": "ES", "region": "MAD"}},
            "/holidays",
            "Did you mean `MD`?",
            id="a region",
        ),
        pytest.param(
            {"days": {"2026-02-30": {}}}, "/days", "a day is written 2026-12-24", id="no such day"
        ),
        pytest.param(
            {"days": {"12-24": {"hours": ["10:00"]}}}, "/days", "written like", id="hours of a day"
        ),
        pytest.param({"name": "Big Hours"}, "/name", "match pattern", id="a name"),
        pytest.param({"weeks": {}}, "/weeks", "", id="an unknown field"),
    ],
)
async def test_what_is_wrong_is_told_with_its_place(standing_api, fields, pointer, why):
    refused = await standing_api.post("/v1/calendars", IBERIA | fields)
    errors = refused.json()["errors"]

    assert refused.status_code == 422
    assert errors[0]["pointer"].startswith(pointer)
    assert why in errors[0]["message"]


async def test_a_change_keeps_what_was_and_names_what_it_was_based_on(api, iberia):
    path = "/v1/calendars/iberia"
    changed = await api.patch(path, {"title": "Iberia", "holidays": None}, '"1"')
    same = await api.patch(path, {"title": "Iberia"}, '"2"')
    late = await api.patch(path, {"title": "Hispania"}, '"1"')
    without = await api.patch(path, {"title": "Hispania"}, None)
    revisions = (await api.get(f"{path}/revisions")).json()["items"]
    (audit,) = await api.audit("calendar.changed")

    assert changed.headers["ETag"] == same.headers["ETag"] == '"2"'
    assert (late.status_code, without.status_code) == (412, 428)
    assert [(one["revision"], one["title"]) for one in revisions] == [
        (2, "Iberia"),
        (1, "Team Iberia"),
    ]
    assert revisions[1]["holidays"] == {"country": "ES", "region": "MD"}
    assert audit["detail"] == {
        "name": "iberia",
        "revision": 2,
        "changed": ["holidays", "title"],
    }


async def test_two_changes_of_one_revision_are_one(api, iberia):
    answers = await asyncio.gather(
        *(api.patch("/v1/calendars/iberia", {"title": title}, '"1"') for title in ("A", "B"))
    )

    assert sorted(one.status_code for one in answers) == [200, 412]


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


@pytest.mark.parametrize("path", ["", "/week", "/revisions", "/due?within=1h"])
@pytest.mark.parametrize("name", ["nope", "always", "%00", "Ω"])
async def test_a_calendar_nobody_made_is_unknown(standing_api, name, path):
    answer = await standing_api.get(f"/v1/calendars/{name}{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


# --- teams and people ---------------------------------------------------------------------


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


# --- policies -----------------------------------------------------------------------------


def policy_on(text: str, calendar: str) -> str:
    return text.replace(
        "first_attempt_in: 1h, calendar: always", f"first_attempt_in: 1h, calendar: {calendar}"
    )


async def test_a_policy_names_calendars_that_exist(api, iberia):
    (policy,) = (await api.get("/v1/policies")).json()["items"]
    path = f"/v1/policies/{policy['policy']}/versions/1"
    text = (await api.get(path)).json()["text"]
    header = {"If-Match": "*"}
    refused = await api.post("/v1/policies", {"text": policy_on(text, "iberica")}, **header)
    drafted = await api.post("/v1/policies", {"text": policy_on(text, "iberia")}, **header)
    team = await api.post("/v1/policies", {"text": policy_on(text, "team")}, **header)
    line = next(n for n, one in enumerate(text.splitlines(), 1) if one.startswith("  hot:"))
    (error,) = refused.json()["errors"]

    assert (refused.status_code, error["code"]) == (422, "unknown_name")
    assert error["message"] == "There is no calendar `iberica`. Did you mean `iberia`?"
    assert (error["pointer"], error["line"]) == ("/response/hot/calendar", line)
    assert (drafted.status_code, team.status_code) == (201, 201)


async def test_calendars_are_never_deleted(api, iberia):
    answer = await api.http.delete("/v1/calendars/iberia")
    kept = await api.service.db.read(lambda conn: conn.execute(select(CALENDAR.c.name)).all())

    assert answer.status_code == 405
    assert len(kept) == 2
