"""What notify reports belongs to the trace of what it told."""

import orjson
import pytest
from sqlalchemy import select

from services.notify.store import tables
from shared.trace import trace_id
from tests.builders import REP, Lead, person_changed
from tests.service.notify.world import OK

STAGED = select(tables.outbox.c.payload)


@pytest.mark.parametrize(
    "channels",
    [
        pytest.param([("email", REP.email)], id="by mail"),
        pytest.param([("inbox", "")], id="in the inbox"),
    ],
)
async def test_a_person_told_is_reported_in_the_trace_of_the_event(world, channels):
    await world.take_directory(person_changed(REP, channels))
    ready = Lead().sales_ready()
    await world.take(ready)
    await world.attempt(None, OK)

    (payload,) = await world.db.read(lambda conn: conn.execute(STAGED).scalars().all())
    report = orjson.loads(payload)
    assert report["type"] == "delivery.succeeded.v1"
    assert trace_id(report["traceparent"]) == trace_id(str(ready.traceparent))
