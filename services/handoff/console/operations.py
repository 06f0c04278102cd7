"""Handoff's health, and who its audit speaks of."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, select

from services.handoff.domain.leaks import REMEDIES, TITLES
from services.handoff.domain.questions import Titles
from services.handoff.store import leaks
from services.handoff.store.tables import API_KEY, AUDIT, CONSUMER, PERSON
from services.handoff.unit_of_work import Parts
from shared.console.audit_lines import Place
from shared.console.health import Figure, Health, Timers, Trouble
from shared.console.operations import Operations
from shared.consumer import parked_count
from shared.lag import LagMeter

SOON_S = 0.5
MOST_NAMES = 1_000
PERSON_PAGE = Place("/people/{subject}", "people:read")
HANDOFF_PAGE = Place("/handoffs/{subject}", "handoffs:read")
PLACES = {
    "handoff": HANDOFF_PAGE,
    "promise": HANDOFF_PAGE,
    "lead": Place("/leads/{subject}", "leads:read"),
    "lead.erased": None,
    "policy": Place("/agreement/{policy}/versions/{number}", "policies:read"),
    "list": Place("/agreement/lists/{subject}", "policies:read"),
    "list.deleted": None,
    **dict.fromkeys(("person", "account", "hours", "password", "session", "sessions"), PERSON_PAGE),
    "team": Place("/teams/{subject}", "people:read"),
    "territory": Place("/territories", "people:read"),
    "calendar": Place("/calendars", "people:read"),
    "key": Place("/keys", "keys:write"),
}
"""Where the audit leads."""


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that must never be and is: what to do, how often, and the oldest of it."""

    title: Titles
    remedy: Titles
    count: int
    oldest: Sequence[Row[Any]]


def operations(parts: Parts, lag: LagMeter, kinds: tuple[str, ...]) -> Operations:
    """Return what the pages of health and audit need to know of handoff."""

    def read(conn: Connection) -> Health:
        now = parts.db.now(conn)
        counts = leaks.counts(conn, now)
        leaking = sum(counts.values())
        oldest = leaks.examples(conn, now) if leaking else {}
        waiting, oldest_at = parts.outbox.waiting(conn)
        return Health(
            now,
            parked_count(conn, CONSUMER),
            (Figure("health_outbox", waiting, oldest_at, "health_outbox_late"),),
            Timers(*parts.timers.standing(conn), *parts.timers.overdue(conn)),
            None,
            (Trouble("leaks_wrong", {"count": leaking}, "#leaks"),) if leaking else (),
            {
                "leaks": [
                    Leak(TITLES[kind], REMEDIES[kind], counts[kind], found)
                    for kind, found in oldest.items()
                    if counts[kind]
                ]
            },
        )

    async def look() -> Health:
        behind, found = await asyncio.gather(lag.measure(SOON_S), parts.db.read(read))
        return replace(found, lag=behind)

    return Operations(
        parts.db.service,
        parts.db,
        CONSUMER.parked,
        AUDIT,
        look,
        names,
        kinds,
        PLACES,
        "operations_handoff.html",
    )


def names(conn: Connection) -> Mapping[str, str]:
    """Return people by id, and keys by their names, as the audit calls both."""
    people = select(PERSON.c.person_id, PERSON.c.name).order_by(PERSON.c.name).limit(MOST_NAMES)
    keys = select(API_KEY.c.name).order_by(API_KEY.c.name).limit(MOST_NAMES)
    found = {name: name for name in conn.execute(keys).scalars()}
    return found | {row.person_id: row.name for row in conn.execute(people)}
