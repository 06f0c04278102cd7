"""The audit: who changed what, when and why. Only an erasure changes such a row: what people
wrote about the lead is taken out.

Each service keeps its own, written in the transaction of the change. It outlives what is
known of people, so it names things by id and never holds a person's data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, MetaData, Row, Table, Text, func, select

from shared import pages
from shared.bulk import bulk_insert
from shared.db import Json, UtcDateTime, id_column
from shared.ids import new_id

RELEVO = "relevo"  # who, where nobody asked for it
COLUMNS = ("audit_id", "happened_at", "who", "what", "subject", "why", "detail")


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. ``who`` is the name of the key, ``subject`` the id of what was changed."""

    who: str
    what: str
    subject: str
    why: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


def audit_table(metadata: MetaData) -> Table:
    """Add the audit to a service's tables."""
    audit = Table(
        "audit",
        metadata,
        id_column("audit_id", primary_key=True),
        Column("happened_at", UtcDateTime, nullable=False),
        Column("who", Text, nullable=False),
        Column("what", Text, nullable=False),
        Column("subject", Text, nullable=False, index=True),
        Column("why", Text, nullable=False),
        Column("detail", Json, nullable=False),
    )
    newest = (audit.c.happened_at, audit.c.audit_id)
    Index("ix_audit_happened_at", *newest)
    Index("ix_audit_who", audit.c.who, *newest)
    Index("ix_audit_what", audit.c.what, *newest)
    return audit


@dataclass(frozen=True, slots=True)
class Asked:
    """Which changes somebody wants to see; what is None narrows nothing.

    ``since`` is the first moment that counts, ``until`` the first that does not any more.
    """

    what: str | None = None
    subject: str | None = None
    who: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def write_down(conn: Connection, table: Table, now: datetime, *entries: Entry) -> None:
    """Write changes down, with the transaction that makes them."""
    rows = [
        (new_id(), now, one.who, one.what, one.subject, one.why, dict(one.detail))
        for one in entries
    ]
    bulk_insert(conn, table, COLUMNS, rows, "refuse")


def times_since(conn: Connection, table: Table, what: str, subject: str, since: datetime) -> int:
    """Return how often something was done to ``subject`` since then."""
    done = (table.c.what == what, table.c.subject == subject, table.c.happened_at > since)
    return conn.execute(select(func.count()).select_from(table).where(*done)).scalar_one()


def page_of_audit(
    conn: Connection, table: Table, asked: Asked, cursor: str | None, limit: int
) -> tuple[Sequence[Row[Any]], str | None]:
    """Return what was changed, newest first."""
    query = select(table)
    for name in ("what", "subject", "who"):
        value = getattr(asked, name)
        if value is not None:
            query = query.where(table.c[name] == value)
    if asked.since is not None:
        query = query.where(table.c.happened_at >= asked.since)
    if asked.until is not None:
        query = query.where(table.c.happened_at < asked.until)
    query = pages.newest_first(query, table.c.happened_at, table.c.audit_id, cursor, limit)
    return pages.cut(conn.execute(query).all(), limit, "happened_at", "audit_id")
