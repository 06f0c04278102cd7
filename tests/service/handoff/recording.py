"""Touches taken in by handoff behind its API, as its consumer would take them."""

from datetime import UTC, datetime
from typing import Any

from services.handoff.handlers.record_touches import record_touches
from services.handoff.unit_of_work import unit_of_work
from shared.contracts import Envelope
from shared.contracts.touches import LeadIdentified, TouchRecorded
from shared.ids import new_id
from tests.service.handoff.api import Api


async def record(api: Api, email: str, touch: str | None, **told: Any) -> str:
    """Let a lead do something, or (without a touch) only tell who it is; return its id."""
    now = datetime.now(UTC)
    origin = {
        "source": "web",
        "vendor": "generic",
        "source_event_id": new_id(),
        "receipt_id": new_id(),
        "identity": f"email:{email}",
        "identifiers": [f"email:{email}"],
        "occurred_at": now,
        "received_at": now,
        **told,
    }
    event = (
        LeadIdentified(**origin)
        if touch is None
        else TouchRecorded(
            **origin, touch=touch, name=touch, made_by="human", made_by_reason="", properties={}
        )
    )
    envelope = Envelope(new_id(), "relevo/ingest", event.identity, event.identity, now, event)
    await api.service.db.write(
        lambda conn: record_touches(unit_of_work(api.parts, conn), [envelope])
    )
    found = await api.get("/v1/leads", params={"identifier": f"email:{email}"})
    return str(found.json()["items"][0]["lead_id"])


async def put_in_force(api: Api, text: str) -> dict[str, Any]:
    """Draft a policy and let it decide; return the version."""
    drafted = await api.post("/v1/policies", {"text": text}, **{"If-Match": "*"})
    assert drafted.status_code == 201, drafted.text
    path = f"/v1/policies/{drafted.json()['policy']}/versions/{drafted.json()['number']}"
    answer = await api.post(f"{path}/activate")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
