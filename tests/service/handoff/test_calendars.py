"""Calendars over HTTP: made, changed with their history, named by policies, never deleted."""

import asyncio

import pytest
from sqlalchemy import select

from services.handoff.handlers.calendars import ensure_calendar
from services.handoff.store.tables import CALENDAR
from services.handoff.unit_of_work import unit_of_work
from tests.service.handoff.api import open_api
from tests.service.handoff.iberia import IBERIA
from tests.service.handoff.iberia import iberia as iberia


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


@pytest.mark.parametrize("path", ["", "/week", "/revisions", "/due?within=1h"])
@pytest.mark.parametrize("name", ["nope", "always", "%00", "Ω"])
async def test_a_calendar_nobody_made_is_unknown(standing_api, name, path):
    answer = await standing_api.get(f"/v1/calendars/{name}{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


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
