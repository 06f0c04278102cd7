"""Ingest's health, and who its audit speaks of."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection, select

from services.ingest.console.words import WORDS
from services.ingest.store import people
from services.ingest.store.receipts import count_parked, pending_receipts
from services.ingest.store.tables import API_KEY, AUDIT, CONSUMER_TABLES
from shared.console.audit_lines import Place
from shared.console.health import Figure, Health
from shared.console.operations import Operations, kinds_of
from shared.consumer import parked_count
from shared.db import Database
from shared.lag import LagMeter

SOON_S = 0.5
MOST_NAMES = 1_000
PLACES = {
    "receipt": Place("/receipts/{subject}", "receipts:read"),
    "receipts": Place("/receipts", "receipts:read"),
    "import": Place("/imports/{subject}", "receipts:read"),
    "source": Place("/sources", "sources:read"),
}
"""Where the audit leads: a source is known by another name there than in its paths."""


def operations(db: Database, lag: LagMeter) -> Operations:
    """Return what the pages of health and audit need to know of ingest."""

    def read(conn: Connection) -> Health:
        pending, oldest_at = pending_receipts(conn)
        figures = (
            Figure(
                "waits_receipts",
                pending,
                oldest_at,
                "waits_receipts_late",
                href="/receipts?state=pending",
                scope="receipts:read",
            ),
            Figure(
                "waits_parked_receipts",
                count_parked(conn),
                asks="waits_parked_receipts_wrong",
                href="/receipts?state=parked",
                scope="receipts:read",
            ),
        )
        return Health(db.now(conn), parked_count(conn, CONSUMER_TABLES), figures)

    async def look() -> Health:
        behind, found = await asyncio.gather(lag.measure(SOON_S), db.read(read))
        return replace(found, lag=behind)

    parked, kinds = CONSUMER_TABLES.parked, kinds_of(WORDS.texts)
    return Operations(db.service, db, parked, AUDIT, look, names, kinds, PLACES)


def names(conn: Connection) -> Mapping[str, str]:
    """Return people by id, and keys by their names, as the audit calls both."""
    keys = select(API_KEY.c.name).order_by(API_KEY.c.name).limit(MOST_NAMES)
    found = {name: name for name in conn.execute(keys).scalars()}
    return found | people.names(conn)
