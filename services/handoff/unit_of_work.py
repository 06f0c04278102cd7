"""One transaction of handoff: its connection, its moment and what it may use.

Handlers get a unit of work, read and write through its stores, and stage events. It
commits or vanishes as a whole; nothing in it can await.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from services.handoff.domain.history import first_place, us_of
from services.handoff.domain.touches import epoch_us
from services.handoff.settings import HandoffSettings
from services.handoff.store.leads import Lead
from services.handoff.store.policies import PolicyShelf
from services.handoff.store.scoreboard import keep_handoffs
from shared import trace
from shared.contracts import Envelope, Event
from shared.contracts.handoffs import HandoffEvent, Updated
from shared.db import Database
from shared.ids import new_id
from shared.outbox import Outbox
from shared.timers import Timers
from shared.wakeup import Wakeup

SOURCE = "relevo/handoff"


class Places:
    """Gives out places in the order of judgement; none of one process twice.

    Each transaction gets a microsecond of its own.
    """

    def __init__(self) -> None:
        self._next_us = 0

    def take(self, now: datetime, count: int) -> int:
        """Return the first of ``count`` places at ``now``, or behind the last ones given."""
        us = max(self._next_us, epoch_us(now))
        self._next_us = us_of(first_place(us) + count - 1) + 1
        return first_place(us)


@dataclass(frozen=True, slots=True)
class Parts:
    """What lives as long as the process and every unit of work uses."""

    db: Database
    settings: HandoffSettings
    outbox: Outbox
    timers: Timers
    shelf: PolicyShelf
    places: Places = field(default_factory=Places)
    tryouts: Wakeup = field(default_factory=Wakeup)
    """Raised when a try-out is asked for."""


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """One transaction. ``now`` is the database's time at its start."""

    conn: Connection
    now: datetime
    parts: Parts

    def stage(self, envelopes: Iterable[Envelope]) -> None:
        """Let the events leave with this transaction.

        The scoreboard takes in what they tell of hand-offs, as these stand now: whoever
        changes a hand-off writes it first and says so then.
        """
        staged = list(envelopes)
        self.parts.outbox.stage(self.conn, staged, self.now)
        changed = {
            one.data.handoff.handoff_id
            for one in staged
            if isinstance(one.data, HandoffEvent) and not isinstance(one.data, Updated)
        }
        if changed:
            keep_handoffs(self.conn, changed, self._promised, self.zone)

    def _promised(self, version_id: str) -> Mapping[str, timedelta]:
        response = self.parts.shelf.by_id(self.conn, version_id).response
        return {tier: one.first_attempt_in for tier, one in response.items()}

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone, in which its days and months begin."""
        return ZoneInfo(self.parts.settings.zone)

    def places(self, count: int = 1) -> int:
        """Return the first of ``count`` places in the order in which leads are judged.

        Ask while the leads are locked: whoever had them before asked earlier.
        """
        return self.parts.places.take(self.parts.db.now(self.conn), count)

    def envelope(
        self,
        event: Event,
        lead: Lead,
        event_id: str | None = None,
        traceparent: str | None = None,
    ) -> Envelope:
        """Return ``event`` as the next one about ``lead``, whose lock is held."""
        return Envelope(
            id=event_id or new_id(),
            source=SOURCE,
            subject=lead.lead_id,
            key=lead.lead_id,
            time=self.now,
            data=event,
            sequence=lead.next_sequence(),
            traceparent=traceparent or trace.current.get(),
        )


def unit_of_work(parts: Parts, conn: Connection) -> UnitOfWork:
    """Return the unit of work of a transaction that has just begun."""
    return UnitOfWork(conn, parts.db.now(conn), parts)
