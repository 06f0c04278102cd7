"""A person's word about a lead, beside the policy's: kept for good, lifted or run out."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from services.handoff.store.scope_tables import OVERRIDE
from shared.bulk import is_in
from shared.db import insert

_HOLDS = select(OVERRIDE).where(
    is_in(OVERRIDE.c.lead_id), OVERRIDE.c.ready.is_(False), OVERRIDE.c.lifted_at.is_(None)
)


def holds_on(conn: Connection, lead_ids: Collection[str], now: datetime) -> list[Row[Any]]:
    """Return what holds one of these leads back at ``now``."""
    query = _HOLDS.where(or_(OVERRIDE.c.until.is_(None), OVERRIDE.c.until > now))
    return list(conn.execute(query.order_by(OVERRIDE.c.made_at), {"wanted": sorted(lead_ids)}))


def holding(holds: Iterable[Row[Any]], lead_ids: Collection[str], policy: str) -> Row[Any] | None:
    """Return the one of ``holds`` that holds this lead back longest under ``policy``."""
    found = [row for row in holds if row.lead_id in lead_ids and row.policy in (None, policy)]
    endless = next((row for row in found if row.until is None), None)
    return endless or max(found, key=lambda row: row.until, default=None)


def overrides_of(conn: Connection, lead_ids: Collection[str]) -> list[Row[Any]]:
    """Return all that was ever said about this lead, the latest first."""
    query = select(OVERRIDE).where(OVERRIDE.c.lead_id.in_(sorted(lead_ids)))
    latest_first = (OVERRIDE.c.made_at.desc(), OVERRIDE.c.override_id.desc())
    return list(conn.execute(query.order_by(*latest_first)))


def add_override(conn: Connection, **values: Any) -> None:
    """Store a person's word; ``values`` name the columns."""
    conn.execute(insert(conn, OVERRIDE).values(values))


def lift(
    conn: Connection, override_ids: Collection[str], who: str, why: str, now: datetime
) -> None:
    """Let these hold nobody back any more."""
    conn.execute(
        update(OVERRIDE)
        .where(OVERRIDE.c.override_id.in_(sorted(override_ids)))
        .values(lifted_at=now, lifted_by=who, lifted_why=why)
    )
