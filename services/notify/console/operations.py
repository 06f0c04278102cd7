"""Notify's health, and who its audit speaks of."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection, select

from services.notify import readmodels
from services.notify.console.words import WORDS
from services.notify.store import tables
from services.notify.store.deliveries import DeliveryStore
from shared.console.audit_lines import Place
from shared.console.formats import clip
from shared.console.health import Figure, Health, Trouble
from shared.console.operations import Operations, kinds_of
from shared.consumer import parked_count
from shared.db import Database
from shared.lag import LagMeter
from shared.outbox import Outbox

SOON_S = 0.5
MOST_NAMES = 1_000
MOST_FAILED = 5
READ = "subscriptions:read"
PLACES = {
    "subscription": Place("/subscriptions/{subject}", READ),
    "subscription.removed": None,
    "delivery": Place("/deliveries/{subject}", READ),
}
"""Where the audit leads."""


def operations(db: Database, outbox: Outbox, lag: LagMeter) -> Operations:
    """Return what the pages of health and audit need to know of notify."""

    def read(conn: Connection) -> Health:
        deliveries = DeliveryStore(conn)
        under_way = sum(count for _, count in deliveries.open_counts())
        waiting, oldest_at = outbox.waiting(conn)
        figures = (
            Figure("health_outbox", waiting, oldest_at, "health_outbox_late"),
            # One may rightly be tried again for days: only its own page can say what is wrong.
            Figure(
                "waits_deliveries",
                under_way,
                deliveries.oldest_open(),
                href="/deliveries?state=open",
                scope=READ,
            ),
            Figure(
                "waits_parked_deliveries",
                deliveries.parked_count(),
                href="/deliveries?state=parked",
                scope=READ,
            ),
        )
        # What a person did not get went another way, or is in their inbox all the same.
        failed = tuple(
            Trouble(
                "waits_failed",
                {"count": one.count, "name": clip(one.name, 60)},
                f"/subscriptions/{one.subscription_id}",
                READ,
            )
            for one in readmodels.failed_counts(conn)[:MOST_FAILED]
        )
        parked = parked_count(conn, tables.consumer)
        return Health(db.now(conn), parked, figures, troubles=failed)

    async def look() -> Health:
        behind, found = await asyncio.gather(lag.measure(SOON_S), db.read(read))
        return replace(found, lag=behind)

    parked, kinds = tables.consumer.parked, kinds_of(WORDS.texts)
    return Operations(db.service, db, parked, tables.audit, look, names, kinds, PLACES)


def names(conn: Connection) -> Mapping[str, str]:
    """Return people by id, and keys by their names, as the audit calls both."""
    people = select(tables.person.c.person_id, tables.person.c.name).limit(MOST_NAMES)
    keys = select(tables.api_key.c.name).order_by(tables.api_key.c.name).limit(MOST_NAMES)
    found = {name: name for name in conn.execute(keys).scalars()}
    return found | {row.person_id: row.name for row in conn.execute(people)}
