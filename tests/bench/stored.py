"""Putting a company's rows into a database of the product, past the product, and quickly."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Boolean, Date, MetaData

from services.handoff.store.tables import TABLES as HANDOFF
from services.ingest.store.tables import TABLES as INGEST
from services.notify.store.tables import TABLES as NOTIFY
from shared.db import Database, UtcDateTime
from shared.migrations import migrate
from tests.bench.company import Company
from tests.bench.multiplied import COPIES, copies, counted, rows_of

CATALOGUES: dict[str, MetaData] = {"ingest": INGEST, "handoff": HANDOFF, "notify": NOTIFY}
CHUNK = 20_000
Rows = Iterator[list[Any]]


async def store(url: str, company: Company, share: float) -> None:
    """Fill the databases at ``url``, which are empty, with ``share`` of a year."""
    all_copies = copies(company, max(3, round(COPIES * share)))
    sums = counted(company, all_copies)
    for service, tables in CATALOGUES.items():
        db = Database(url, service, tables)
        await db.start()
        await migrate(db)
        await db.stop()
        rows = {
            name: iter(sums[name]) if name in sums else rows_of(company, all_copies, service, name)
            for name in company.answered[service]
        }
        columns = {name: one.columns for name, one in company.answered[service].items()}
        if db.is_sqlite:
            _into_sqlite(Path(url.removeprefix("sqlite:///")) / f"{service}.db", columns, rows)
        else:
            await _into_postgres(url, db, columns, rows)


def _into_sqlite(file: Path, columns: dict[str, tuple[str, ...]], tables: dict[str, Rows]) -> None:
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA synchronous = OFF")
        with conn:
            for name, rows in tables.items():
                names = ", ".join(f'"{one}"' for one in columns[name])
                marks = ", ".join("?" * len(columns[name]))
                conn.execute(f'DELETE FROM "{name}"')
                conn.executemany(f'INSERT INTO "{name}" ({names}) VALUES ({marks})', rows)
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def _into_postgres(
    url: str, db: Database, columns: dict[str, tuple[str, ...]], tables: dict[str, Rows]
) -> None:
    conn = await asyncpg.connect(url)
    try:
        await conn.execute(f"SET search_path = {db.schema}")
        await conn.execute("SET synchronous_commit = off")
        for name, rows in tables.items():
            await conn.execute(f'DELETE FROM "{name}"')
            changes = _changes(db.tables, name, columns[name])
            while some := list(islice(rows, CHUNK)):
                for place, change in changes:
                    for row in some:
                        if row[place] is not None:
                            row[place] = change(row[place])
                await conn.copy_records_to_table(
                    name, records=some, columns=columns[name], schema_name=db.schema
                )
            await _go_on_counting(conn, db.tables, name)
        await conn.execute("VACUUM ANALYZE")  # as the server itself has done by then
    finally:
        await conn.close()


def _changes(
    tables: MetaData, name: str, columns: tuple[str, ...]
) -> list[tuple[int, Callable[[Any], Any]]]:
    """Return how values of SQLite become those of PostgreSQL, by the place of the column."""
    found: list[tuple[int, Callable[[Any], Any]]] = []
    for place, column in enumerate(columns):
        kind = tables.tables[name].c[column].type
        if isinstance(kind, UtcDateTime):
            found.append((place, _moment))
        elif isinstance(kind, Boolean):
            found.append((place, bool))
        elif isinstance(kind, Date):
            found.append((place, date.fromisoformat))
    return found


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def _go_on_counting(conn: Any, tables: MetaData, name: str) -> None:
    for column in tables.tables[name].primary_key.columns:
        sequence = await conn.fetchval("SELECT pg_get_serial_sequence($1, $2)", name, column.name)
        if sequence is not None:
            await conn.execute(
                f'SELECT setval($1, (SELECT coalesce(max("{column.name}"), 1) FROM "{name}"))',
                sequence,
            )
