"""Everything a stopped product leaves behind, and what those outside it saw: for the invariants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Table, select

from services.handoff.store import tables as handoff
from services.ingest.store import tables as ingest
from services.notify.store import tables as notify
from tests.support.events import Event
from tests.support.inside import Inside, once_each, read_topic
from tests.support.product import World
from tests.support.receivers import Received
from tests.support.reps import Given
from tests.support.smtp import Mail
from tests.support.workload import Person, Workload

TOUCHES, HANDOFFS, DELIVERIES = (
    "relevo.touches.v1",
    "relevo.handoffs.v1",
    "relevo.deliveries.v1",
)
READY = "handoff.sales_ready.v1"
KEPT: Mapping[str, tuple[Table, ...]] = {
    "ingest": (ingest.SOURCE, ingest.ITEM, ingest.RECEIPT, ingest.LEDGER),
    "handoff": (
        handoff.LEAD,
        handoff.IDENTIFIER,
        handoff.MERGE,
        handoff.TOUCH,
        handoff.HANDOFF,
        handoff.CYCLE,
        handoff.ASSIGNMENT,
        handoff.STEP,
        handoff.AUDIT,
        handoff.TIMER,
        handoff.TOLD,
    ),
    "notify": (notify.feed_event, notify.notification, notify.delivery),
}

Rows = Sequence[Row[Any]]


@dataclass(frozen=True)
class Seen:
    """What was seen from outside: by the senders, the CRM, the mail server, SSE and the reps."""

    workloads: Sequence[Workload]
    posted: Sequence[Received]
    mails: Sequence[Mail]
    streamed: Sequence[Event]
    given: Sequence[Given]
    ignored: frozenset[str]
    subscription_id: str
    secret: str

    @property
    def people(self) -> list[Person]:
        return [person for workload in self.workloads for person in workload.people]

    @property
    def keys(self) -> frozenset[tuple[str, str]]:
        return frozenset[tuple[str, str]]().union(*(one.keys for one in self.workloads))

    @property
    def touches(self) -> frozenset[str]:
        return frozenset[str]().union(*(one.touches for one in self.workloads))


@dataclass(frozen=True)
class Evidence:
    """All there is to judge by. ``rows`` are whole tables, by service and name."""

    seen: Seen
    rows: Mapping[str, Mapping[str, Rows]]
    bus: Mapping[str, Mapping[str, Event]]
    """Each topic's events by id, repeats dropped, per partition in their order."""

    def table(self, service: str, name: str) -> Rows:
        return self.rows[service][name]

    def roots(self) -> dict[str, str]:
        """Return for each lead the one it is part of in the end."""
        return {row.lead_id: row.root_id for row in self.table("handoff", "lead")}

    def lead_of(self, identifier: str) -> str | None:
        """Return the lead an identifier names in the end."""
        roots = self.roots()
        found = {row.value: roots[row.lead_id] for row in self.table("handoff", "identifier")}
        return found.get(identifier)


async def gather_evidence(world: World, inside: Inside, seen: Seen) -> Evidence:
    """Read the databases and the bus of a stopped product."""
    rows = {
        service: {table.name: await inside.rows(service, select(table)) for table in tables}
        for service, tables in KEPT.items()
    }
    bus = {topic: once_each(await read_topic(world, topic)) for topic in (TOUCHES, HANDOFFS)}
    return Evidence(seen, rows, bus)
