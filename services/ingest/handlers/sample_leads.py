"""A made-up lead that asks for a demo, so that people see one go all the way.

It comes in as a request of our own JSON, from a source that makes its leads known as tests,
and takes the way every other takes.
"""

from datetime import datetime

import orjson
from sqlalchemy import Connection

from services.ingest.store import sources as store
from services.ingest.store.arrivals import Arrival, add_arrivals
from services.ingest.store.sources import Source
from services.ingest.store.tables import AUDIT
from services.ingest.vendors.relevo import Relevo
from shared.audit import Entry, write_down
from shared.contracts.directory import SampleLeadOrdered
from shared.ids import new_id

SOURCE = "relevo-test"
HEAD = b"POST /sample-lead\ncontent-type: application/json"


def make_sample_lead(conn: Connection, order: SampleLeadOrdered, now: datetime) -> None:
    """Store what a test lead does. Ordered again it is the same event, which counts once."""
    event = {
        "id": order.order_id,
        "event": "demo.requested",
        "email": order.email,
        "occurred_at": order.at.isoformat(),
        "made_by": "human",  # somebody wants to see it handed over
        "properties": {"form": {"title": order.name}},
        "lead": {"name": order.name, "title": "Head of Operations", "country": "ES"},
        "account": {
            "name": order.company,
            "domain": order.email.rpartition("@")[2],
            "employees": 120,
        },
    }
    source, body = _source(conn, now), orjson.dumps(event)
    arrival = Arrival(new_id(), source.id, Relevo.name, HEAD, body, "pending", 1)
    add_arrivals(conn, [arrival], now)


def _source(conn: Connection, now: datetime) -> Source:
    """Return the source of test leads. It has no credentials: nobody else sends by it."""
    found = store.find_source(conn, SOURCE)
    if found is not None:
        return found
    made = Source(new_id(), SOURCE, Relevo.name, "active", {}, 1, now, now)
    store.add_source(conn, made)
    detail = {"name": SOURCE, "vendor": Relevo.name}
    write_down(conn, AUDIT, now, Entry("relevo", "source.added", made.id, detail=detail))
    return made
