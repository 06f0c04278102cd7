"""What the doors refused of late, one row for each source and reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from services.ingest.store.tables import REFUSAL
from shared.db import insert

NOBODY = "00000000-0000-0000-0000-000000000000"
"""Stands for the source of requests that named none of ours."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Requests of one source refused for one reason; ``detail`` is the latest's."""

    source_id: str
    reason: str
    count: int
    last_at: datetime
    detail: Mapping[str, Any]


def add_refusals(conn: Connection, refused: Sequence[Refused]) -> None:
    """Add to the counts."""
    statement = insert(conn, REFUSAL)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["source_id", "reason"],
            set_={
                "count": REFUSAL.c.count + statement.excluded.count,
                "last_at": statement.excluded.last_at,
                "detail": statement.excluded.detail,
            },
        ),
        [{name: getattr(one, name) for name in Refused.__slots__} for one in refused],
    )


def refusals_of(conn: Connection, source_id: str) -> list[Row[Any]]:
    """Return what was refused of a source, or of ``NOBODY``, the latest first."""
    query = select(REFUSAL).where(REFUSAL.c.source_id == source_id)
    return list(conn.execute(query.order_by(REFUSAL.c.last_at.desc(), REFUSAL.c.reason)))


def forget_refusals(conn: Connection, before: datetime) -> int:
    """Delete what was last refused before a moment."""
    return conn.execute(delete(REFUSAL).where(REFUSAL.c.last_at < before)).rowcount
