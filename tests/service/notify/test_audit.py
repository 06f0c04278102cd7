"""Who changed which subscription, and who had events sent again."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from services.notify.store import tables
from tests.builders import Lead
from tests.service.notify.world import BUSY, GONE
from tests.support.receivers import Answer

AUDIT = "/v1/operations/notify/audit"


async def test_every_change_of_a_subscription_is_written_down(api, receiver):
    made = await api.subscribe(receiver.url, contact_email="ops@acme.com")
    path = f"/v1/subscriptions/{made['subscription_id']}"
    await api.patch(path, {"name": "CRM", "contact_email": "eva@acme.com"})
    await api.post(f"{path}/rotate", {"revoke_old": True})
    await api.post(f"{path}/pause")
    await api.post(f"{path}/enable")
    await api.post(f"{path}/replay", {"after": 0})
    await api.post(f"{path}/disable")
    assert (await api.http.delete(path)).status_code == 204

    answer = await api.get(AUDIT, subject=made["subscription_id"])
    rows = list(reversed(answer.json()["items"]))
    assert [(one["what"], one["detail"]) for one in rows] == [
        ("subscription.added", {"name": "crm", "channel": "webhook"}),
        ("subscription.changed", {"changed": ["contact_email", "name"]}),
        ("subscription.rotated", {"revoke_old": True}),
        ("subscription.paused", {}),
        ("subscription.enabled", {}),
        ("subscription.replayed", {"after": 0, "until": 0}),
        ("subscription.disabled", {}),
        ("subscription.removed", {}),
    ]
    assert {one["who"] for one in rows} == {"admin"}
    for secret in ("acme.com", made["secret"], made["secret"][-4:]):
        assert secret not in answer.text


async def test_a_redelivery_is_written_down(api, receiver):
    receiver.answer_next(Answer(410))
    made = await api.subscribe(receiver.url, "handoff.sales_ready.v1")
    await api.publish(Lead().sales_ready())
    await receiver.next_request()
    query = {"subscription": made["subscription_id"], "state": "parked"}
    while not (items := (await api.get("/v1/deliveries", **query)).json()["items"]):
        pass
    await api.post(f"/v1/subscriptions/{made['subscription_id']}/enable")
    answer = await api.post(f"/v1/deliveries/{items[0]['delivery_id']}/redeliver")
    assert answer.status_code == 202, answer.text

    (row,) = (await api.get(AUDIT, what="delivery.redelivered")).json()["items"]
    assert row["subject"] == items[0]["delivery_id"]
    assert row["detail"]["event_id"] == items[0]["event_id"]


async def rows(world) -> list[tuple[Any, ...]]:
    query = select(tables.audit).order_by(tables.audit.c.audit_id)
    found = await world.db.read(lambda conn: conn.execute(query).all())
    return [(row.who, row.what, row.why) for row in found]


async def test_what_relevo_disables_by_itself_is_written_down_with_the_reason(world):
    crm = await world.subscribe()
    await world.take(Lead().sales_ready())
    await world.attempt(crm, GONE)

    assert (await rows(world))[-1] == (
        "relevo",
        "subscription.disabled",
        "the receiver answered 410: it is gone",
    )


async def test_an_attempt_that_fails_is_no_change(world):
    crm = await world.subscribe()
    await world.take(Lead().sales_ready())
    await world.attempt(crm, BUSY)
    world.clock.advance(timedelta(minutes=1))
    await world.attempt(crm, BUSY)

    assert [what for _, what, _ in await rows(world)] == ["subscription.added"]
