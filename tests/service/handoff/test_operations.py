"""What who runs the installation sees: parked events and the audit."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from services.handoff.store.tables import CONSUMER
from shared.ids import new_id

AUDIT = "/v1/operations/audit"
PARKED = "/v1/operations/handoff/parked"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def park(api, *keys):
    """Park an event of each key; return their ids. Later ones of a key wait behind it."""
    rows = [
        {
            "consumer": "handoff.touches",
            "topic": "relevo.touches.v1",
            "partition": 3,
            "offset": place,
            "key": key,
            "event_id": new_id(),
            "type": "touch.recorded.v1",
            "payload": b"{}",
            "reason": "unknown",
            "failures": 5 if key not in keys[:place] else 0,
            "parked_at": NOON + timedelta(minutes=place),
            "retry_at": None,
        }
        for place, key in enumerate(keys)
    ]

    def work(conn):
        parked = CONSUMER.parked
        conn.execute(insert(parked), rows)
        return list(conn.execute(select(parked.c.id).order_by(parked.c.id)).scalars())

    return await api.service.db.write(work)


async def test_parked_events_are_listed_with_their_reason_and_without_what_they_say(api):
    await park(api, "ana", "ana", "bea")
    first = (await api.get(PARKED, params={"limit": 2})).json()
    second = (await api.get(PARKED, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    items = first["items"] + second["items"]

    assert [(one["key"], one["failures"]) for one in items] == [("bea", 5), ("ana", 0), ("ana", 5)]
    assert {one["reason"] for one in items} == {"unknown"}
    assert not any("payload" in one for one in items)


async def test_a_retry_makes_the_first_event_of_the_lead_due_and_no_other(api):
    first, behind, other = await park(api, "ana", "ana", "bea")
    answer = await api.post(f"{PARKED}/{behind}/retry")
    listed = (await api.get(PARKED)).json()["items"]
    due = {one["id"]: one["retry_at"] is not None for one in listed}

    assert (answer.status_code, answer.json()["id"]) == (200, behind)
    assert due == {first: True, behind: False, other: False}


@pytest.mark.parametrize(("parked_id", "status"), [("7", 404), ("0", 422), ("all", 422)])
async def test_only_a_parked_event_can_be_retried(standing_api, parked_id, status):
    assert (await standing_api.post(f"{PARKED}/{parked_id}/retry")).status_code == status


async def test_the_audit_is_read_in_pages_and_by_subject(api):
    ana = await api.add_person("Ana")
    await api.patch(f"/v1/people/{ana['person_id']}", {"name": "Ana P."})
    of_ana = (await api.get("/v1/operations/audit", params={"subject": ana["person_id"]})).json()[
        "items"
    ]
    pages: list[list[str]] = []
    cursor = None
    while not pages or cursor:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await api.get("/v1/operations/audit", params=query)).json()
        pages.append([one["what"] for one in page["items"]])
        cursor = page["next_cursor"]

    assert [one["what"] for one in of_ana] == ["person.changed", "person.added"]
    assert sorted(what for page in pages for what in page) == sorted(
        [
            *("calendar.added", "person.added", "person.added", "person.changed"),
            *("person.invited", "policy.activated", "policy.drafted"),
        ]
    )


async def test_the_audit_keeps_no_personal_data(api):
    ana = await api.add_person("Ana Pérez")
    await api.patch(f"/v1/people/{ana['person_id']}", {"email": "other@acme.com", "name": "Bea"})
    audit = (await api.get("/v1/operations/audit")).text

    assert not [text for text in ("Ana", "Bea", "acme.com") if text in audit]


async def test_the_audit_is_asked_by_who_and_by_when(api):
    await api.add_person("Ana")
    added = (await api.audit("person.added"))[0]
    at, who = added["happened_at"], added["who"]
    asked = [
        {"who": who, "since": at},
        {"who": who, "until": at},
        {"who": "nobody"},
    ]
    found = [(await api.get(AUDIT, params=one | {"what": "person.added"})).json() for one in asked]
    naive = await api.get(AUDIT, params={"since": "2026-03-02T10:00:00"})

    assert [len(one["items"]) for one in found] == [1, 0, 0]
    assert naive.status_code == 422
