"""Goals, advice and reviews over HTTP, by hand-offs that came in and were answered."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, null, update

from services.handoff.handlers.record_touches import record_touches
from services.handoff.store.tables import HANDOFF_HAD
from services.handoff.unit_of_work import unit_of_work
from shared.contracts import Envelope
from shared.contracts.touches import TouchRecorded
from shared.ids import new_id
from tests.service.handoff.api import open_api

TEXT = """\
policy: inbound
title: {en: "When a lead is ready", es: "Cuándo un lead está listo"}
reviewed_every: 30d
signals:
  demo: {touch: demo.requested, points: 100, at_most: 1}
  webinar:
    title: {en: "Attended a webinar", es: "Asistió a un webinar"}
    touch: webinar.attended
    points: 30
gates:
  asked: {tier: hot, when: {signal: demo}}
response:
  hot: {accept_in: 1h, first_attempt_in: 2h}
targets: {acceptance: 70%, sales_ready_per_month: 40}
"""
HOUR = timedelta(hours=1)


@pytest.fixture
async def inbound(api):
    """The API with that policy in force, and Ana, who answers."""
    version = (await api.post("/v1/policies", {"text": TEXT})).json()
    path = f"/v1/policies/inbound/versions/{version['number']}/activate"
    assert (await api.post(path)).status_code == 200
    await api.add_person("Ana Pérez", roles=["rep", "sales"])
    return api


async def hand_over(api, name, at, *touches, **known):
    """Let a lead ask for a demo at a moment, and do more before; return its hand-off's id."""
    kinds = [*touches, "demo.requested"]
    envelopes = [_touch(f"email:{name}@lead.example", kind, at, **known) for kind in kinds]

    def work(conn):
        record_touches(unit_of_work(api.parts, conn), envelopes)

    await api.service.db.write(work)
    listed = (await api.get("/v1/handoffs", params={"limit": 500})).json()["items"]
    opened = {one["lead_name"]: one["handoff_id"] for one in listed if one["policy"] == "inbound"}
    return opened[f"{name}@lead.example"]  # the starter policy hands it over too


def _touch(identity, kind, at, **known):
    event = TouchRecorded(
        source="web",
        vendor="generic",
        source_event_id=new_id(),
        receipt_id=new_id(),
        identity=identity,
        identifiers=[identity],
        occurred_at=at,
        received_at=at,
        touch=kind,
        name=kind,
        made_by="human",
        made_by_reason="",
        **known,
    )
    return Envelope(new_id(), "relevo/ingest", identity, identity, at, event)


async def answer(api, handoff_id, verdict, **more):
    body = {"verdict": verdict, "person": "ana@acme.com"} | more
    done = await api.post(f"/v1/handoffs/{handoff_id}/verdict", body)
    assert done.status_code == 200, done.text


async def targets(api, **query):
    found = await api.get("/v1/policies/inbound/targets", params=query)
    assert found.status_code == 200, found.text
    return found.json()


def named(found, name):
    return next(one for one in found["targets"] if one["name"] == name)


async def test_goals_count_the_answered_the_silent_and_those_nobody_knows_yet(inbound):
    now = datetime.now(UTC)
    yes = await hand_over(inbound, "yes", now - 3 * HOUR)
    no = await hand_over(inbound, "no", now - 3 * HOUR)
    await hand_over(inbound, "silent", now - 3 * HOUR)
    await hand_over(inbound, "fresh", now)
    await answer(inbound, yes, "accept")
    await answer(inbound, no, "reject", reason="bad_data")
    attempt = {"person": "ana@acme.com", "at": (now - 2 * HOUR).isoformat()}
    await inbound.post(f"/v1/handoffs/{yes}/attempts", attempt)
    found = await targets(inbound)
    acceptance, attempts = (named(found, name) for name in ("acceptance", "first_attempt_in_time"))

    assert (found["policy"], found["number"], found["handoffs"]) == ("inbound", 1, 4)
    assert (acceptance["good"], acceptance["cases"], acceptance["not_yet_known"]) == (1, 3, 1)
    assert (acceptance["wanted"], acceptance["measured"]) == (70, 33.3)
    assert (acceptance["at_least"], acceptance["at_most"]) == (25, 50)
    assert acceptance["verdict"] == "not_enough"
    assert (attempts["good"], attempts["cases"], attempts["not_yet_known"]) == (1, 3, 1)
    assert attempts["verdict"] == "no_target"
    assert {"es", "en"} == acceptance["text"].keys()


async def test_an_acceptance_counts_although_the_lead_was_given_to_somebody_else(inbound):
    await inbound.add_person("Ben Gil")
    handoff_id = await hand_over(inbound, "lead", datetime.now(UTC) - 3 * HOUR)
    await answer(inbound, handoff_id, "accept")
    moved = {"to": "ben@acme.com", "person": "ana@acme.com"}
    given = await inbound.post(f"/v1/handoffs/{handoff_id}/assign", moved)

    assert given.json()["stage"] == "assigned"
    assert named(await targets(inbound), "acceptance")["good"] == 1


async def test_days_are_those_of_the_company_and_the_last_is_included(database_url, tmp_path):
    async with open_api(database_url, tmp_path, zone="Pacific/Auckland") as api:
        await api.post("/v1/policies", {"text": TEXT})
        await api.post("/v1/policies/inbound/versions/1/activate")
        for hour, name in ((10, "before"), (11, "first"), (23, "second")):
            await hand_over(api, name, datetime(2026, 6, 9, hour, 59, 59, tzinfo=UTC))
        # New Zealand is 12 hours ahead: 11:59:59 UTC is one second before midnight.
        counts = {
            days: (await targets(api, **{"from": days[0], "to": days[1]}))["handoffs"]
            for days in (
                ("2026-06-09", "2026-06-09"),
                ("2026-06-10", "2026-06-10"),
                ("2026-06-09", "2026-06-10"),
                ("2026-06-11", "2026-06-12"),
            )
        }

    assert list(counts.values()) == [2, 1, 3, 0]


async def test_a_month_that_is_not_over_is_said_to_be_partial(inbound):
    await hand_over(inbound, "lead", datetime.now(UTC))
    found = await targets(inbound)
    (month,) = found["months"]

    assert (month["sales_ready"], month["is_whole"]) == (1, False)
    assert named(found, "sales_ready_per_month")["verdict"] == "not_enough"


async def test_a_version_is_measured_by_its_own_hand_offs(inbound):
    await hand_over(inbound, "lead", datetime.now(UTC))
    await inbound.post("/v1/policies", {"text": TEXT.replace("70%", "80%")}, **{"If-Match": "*"})
    draft = await targets(inbound, number=2)
    await inbound.post("/v1/policies/inbound/versions/2/activate")
    second, first = await targets(inbound), await targets(inbound, number=1)

    assert (draft["in_force_from"], draft["months"]) == (None, [])
    assert [one["handoffs"] for one in (draft, second, first)] == [0, 0, 1]
    assert [named(one, "acceptance")["wanted"] for one in (second, first)] == [80, 70]
    assert first["state"] == "succeeded"


@pytest.mark.parametrize("path", ["targets", "advice"])
@pytest.mark.parametrize(
    ("policy", "query", "status", "pointer"),
    [
        pytest.param("nobodys", {}, 404, None, id="unknown policy"),
        pytest.param("b2b-starter", {"number": 9}, 404, None, id="unknown version"),
        pytest.param("b2b-starter", {"number": 0}, 422, "query.number", id="no number"),
        pytest.param("b2b-starter", {"from": "soon"}, 422, "query.from", id="no day"),
        pytest.param("b2b-starter", {"from": "0001-01-01"}, 422, "query.from", id="long ago"),
        pytest.param("b2b-starter", {"to": "9999-12-31"}, 422, "query.to", id="the end of time"),
        pytest.param(
            "b2b-starter",
            {"from": "2026-03-02", "to": "2026-03-01"},
            422,
            "query.from",
            id="backwards",
        ),
        pytest.param("b2b-starter", {"from": "2199-01-01"}, 200, None, id="in the future"),
    ],
)
async def test_what_cannot_be_measured_is_said(standing_api, path, policy, query, status, pointer):
    found = await standing_api.get(f"/v1/policies/{policy}/{path}", params=query)

    assert found.status_code == status, found.text
    if pointer is not None:
        assert [one["pointer"] for one in found.json()["errors"]] == [pointer]


async def test_advice_compares_by_what_was_frozen_into_the_hand_offs(inbound):
    now = datetime.now(UTC) - 3 * HOUR
    for number in range(24):
        touches = ["webinar.attended"] if number % 2 else []
        handoff_id = await hand_over(inbound, f"lead{number}", now, *touches)
        is_liked = number % 2 or number % 4 == 0
        more = {} if is_liked else {"reason": "bad_data"}
        await answer(inbound, handoff_id, "accept" if is_liked else "reject", **more)
    await hand_over(inbound, "fresh", datetime.now(UTC), "webinar.attended")
    found = (await inbound.get("/v1/policies/inbound/advice")).json()
    demo, webinar = found["compared"]

    assert found["results"]["accepted"] == {
        "known": 24,
        "good": 18,
        "not_yet_known": 1,
        "left_out": 0,
    }
    assert (webinar["kind"], webinar["name"]) == ("signal", "webinar")
    assert webinar["accepted"] | {"text": None} == {
        "with_good": 12,
        "with_cases": 12,
        "without_good": 6,
        "without_cases": 12,
        "unknown": 0,
        "lift": 2.0,
        "low": 1.34,
        "high": 3.94,
        "standing": "too_few",
        "text": None,
    }
    assert demo["accepted"]["standing"] == "nothing_to_compare"
    assert "handed_over_only" in [one["code"] for one in found["cautions"]]


async def test_rules_are_proposed_by_what_was_known_at_the_hand_offs(inbound):
    now = datetime.now(UTC) - 3 * HOUR
    for number in range(6):
        known = {"lead": {"title": "Student"}, "account": {"sector": "school"}}
        handoff_id = await hand_over(inbound, f"pupil{number}", now, **known)
        await answer(inbound, handoff_id, "reject", reason="not_our_market")
    liked = await hand_over(inbound, "boss", now, lead={"title": "CTO"})
    await answer(inbound, liked, "accept")
    found = (await inbound.get("/v1/policies/inbound/advice")).json()
    # A replica of before stores less: what was frozen tells the same.
    less = update(HANDOFF_HAD).values(facts=null())
    await inbound.service.db.write(lambda conn: conn.execute(less))
    frozen = (await inbound.get("/v1/policies/inbound/advice")).json()

    assert {each["name"]: (each["exclude"], each["kept_out"]) for each in found["proposals"]} == {
        name: ({name: {"when": {fact: {"in": [value]}}}}, 6)
        for name, fact, value in (
            ("not_our_market_title", "lead.title", "Student"),
            ("not_our_market_sector", "account.sector", "school"),
            ("not_our_market_free_mail", "lead.free_mail", False),
        )
    }
    assert frozen["proposals"] == found["proposals"]


async def test_a_hand_off_a_replica_of_before_opened_is_counted_and_left_out(inbound):
    await hand_over(inbound, "lead", datetime.now(UTC))
    await inbound.service.db.write(lambda conn: conn.execute(delete(HANDOFF_HAD)))
    found = (await inbound.get("/v1/policies/inbound/advice")).json()

    assert found["handoffs"] == 1
    assert "unrecorded" in [one["code"] for one in found["cautions"]]


# --- reviews -----------------------------------------------------------------------------------


async def test_a_review_is_recorded_with_who_held_it_and_the_next_date_counts_from_it(inbound):
    key = await inbound.with_key(scopes=["policies:write"], person="ana@acme.com")
    held = await key.post("/v1/policies/inbound/reviews", {"comment": "Prices count more"})
    listed = (await inbound.get("/v1/policies/inbound/reviews")).json()
    (audit,) = await inbound.audit("policy.reviewed")
    held_at = datetime.fromisoformat(held.json()["held_at"])

    assert held.status_code == 201, held.text
    assert listed["items"] == [held.json()]
    assert (held.json()["number"], held.json()["by"]["name"]) == (1, "Ana Pérez")
    assert held.json()["targets"][0]["name"] == "acceptance"
    assert datetime.fromisoformat(listed["next"]["due_at"]) == held_at + timedelta(days=30)
    assert listed["next"]["last_reviewed_at"] == held.json()["held_at"]
    assert (audit["subject"], audit["why"]) == (held.json()["version_id"], "Prices count more")


async def test_a_repeated_request_records_one_review(inbound):
    said = {"comment": "All well", "person": "ana@acme.com"}
    path, header = "/v1/policies/inbound/reviews", {"Idempotency-Key": "once"}
    answers = [await inbound.post(path, said, **header) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert len((await inbound.get(path)).json()["items"]) == 1


async def test_a_policy_that_decides_nothing_has_nothing_to_review(inbound):
    await inbound.post("/v1/policies", {"text": TEXT.replace("inbound", "outbound")})
    held = await inbound.post(
        "/v1/policies/outbound/reviews", {"comment": "?", "person": "ana@acme.com"}
    )
    listed = (await inbound.get("/v1/policies/outbound/reviews")).json()

    assert (held.status_code, held.json()["code"]) == (409, "nothing_in_force")
    assert (listed["items"], listed["next"]) == ([], None)


@pytest.mark.parametrize(
    ("policy", "body", "status", "code"),
    [
        pytest.param(
            "nobodys", {"comment": "x", "person": "admin"}, 422, "unknown_person", id="who"
        ),
        pytest.param("b2b-starter", {"comment": "x"}, 422, "person_missing", id="nobody says it"),
        pytest.param("b2b-starter", {"comment": ""}, 422, "invalid", id="nothing said"),
        pytest.param("b2b-starter", {"comment": "x", "more": 1}, 422, "invalid", id="more said"),
        pytest.param(
            "nobodys",
            {"comment": "x", "person": "admin@localhost.localdomain"},
            404,
            "not_found",
            id="unknown policy",
        ),
    ],
)
async def test_a_review_that_cannot_be_is_refused(standing_api, policy, body, status, code):
    refused = await standing_api.post(f"/v1/policies/{policy}/reviews", body)

    assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_reviews_of_an_unknown_policy_are_not_found(standing_api):
    assert (await standing_api.get("/v1/policies/nobodys/reviews")).status_code == 404
