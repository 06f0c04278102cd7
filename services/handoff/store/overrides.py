"""A person's word about a lead, beside the policy's: kept for good, lifted or run out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    case,
    literal,
    or_,
    select,
    union_all,
    update,
)

from services.handoff.domain.cycle import HeldCode
from services.handoff.domain.judging import Hold
from services.handoff.store.scope_tables import OVERRIDE
from services.handoff.store.tables import LEAD
from shared import pages
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


_CODES: Mapping[str, HeldCode] = {
    "suppress": "suppressed",
    "exclude": "suppressed",
    "consent": "no_consent",
    "fix": "awaits_marketing",
    "ask_right_person": "awaits_marketing",
}


def as_hold(row: Row[Any] | None) -> Hold | None:
    """Return what holds a lead back as judgements read it."""
    return None if row is None else Hold(row.until, _CODES.get(row.cause, "override"))


def overrides_of(conn: Connection, lead_ids: Collection[str]) -> list[Row[Any]]:
    """Return all that was ever said about this lead, the latest first."""
    query = select(OVERRIDE).where(OVERRIDE.c.lead_id.in_(sorted(lead_ids)))
    latest_first = (OVERRIDE.c.made_at.desc(), OVERRIDE.c.override_id.desc())
    return list(conn.execute(query.order_by(*latest_first)))


def find(conn: Connection, override_id: str) -> Row[Any] | None:
    """Return one, whether it holds a lead back or not."""
    return conn.execute(select(OVERRIDE).where(OVERRIDE.c.override_id == override_id)).first()


def waiting_for_facts(conn: Connection, lead_ids: Collection[str]) -> list[str]:
    """Return the holds of these leads that end when their facts change."""
    query = _HOLDS.where(OVERRIDE.c.cause == "fix")
    return [row.override_id for row in conn.execute(query, {"wanted": sorted(lead_ids)})]


def open_requests(
    conn: Connection, cause: str | None, cursor: str | None, limit: int
) -> Sequence[Row[Any]]:
    """Return what sales asked of marketing and does not have yet, the latest first.

    One page of it, with one more than ``limit``.
    """
    asks = ("fix", "ask_right_person") if cause is None else (cause,)
    erased = select(LEAD.c.lead_id).where(LEAD.c.erased_at.is_not(None))
    query = select(OVERRIDE).where(
        OVERRIDE.c.cause.in_(asks),
        OVERRIDE.c.lifted_at.is_(None),
        OVERRIDE.c.lead_id.not_in(erased),
    )
    latest_first = (OVERRIDE.c.made_at, OVERRIDE.c.override_id)
    return conn.execute(pages.newest_first(query, *latest_first, cursor, limit)).all()


def forget_reasons(conn: Connection, lead_ids: Collection[str]) -> None:
    """Take out what people wrote about this lead; that they decided stays."""
    of_lead = update(OVERRIDE).where(OVERRIDE.c.lead_id.in_(sorted(lead_ids)))
    conn.execute(of_lead.values(reason="", lifted_why=None))


def add_override(conn: Connection, **values: Any) -> None:
    """Store a person's word; ``values`` name the columns."""
    conn.execute(insert(conn, OVERRIDE).values(values))


def lift(
    conn: Connection,
    override_ids: Collection[str],
    who: str,
    why: str,
    now: datetime,
    place: int,
) -> None:
    """Let these hold nobody back any more, from ``place`` on."""
    conn.execute(
        update(OVERRIDE)
        .where(OVERRIDE.c.override_id.in_(sorted(override_ids)))
        .values(lifted_at=now, lifted_by=who, lifted_why=why, lifted_place=place)
    )


def lines_of_overrides(
    conn: Connection, members: Select[Any], cursor: str | None, limit: int
) -> Sequence[Row[Any]]:
    """Return what people decided about these leads, and lifted, as lines of a timeline.

    One page of it, the newest first, with one line more than ``limit``.
    """
    of_these = OVERRIDE.c.lead_id.in_(members)
    said = case(
        (OVERRIDE.c.ready.is_(True), literal("lead.handed_over")),
        else_=literal("lead.held_back"),
    )
    made = _lines(OVERRIDE.c.made_at, said, OVERRIDE.c.reason, OVERRIDE.c.made_by).where(of_these)
    lifted = _lines(
        OVERRIDE.c.lifted_at,
        literal("lead.override_lifted"),
        OVERRIDE.c.lifted_why,
        OVERRIDE.c.lifted_by,
    ).where(of_these, OVERRIDE.c.lifted_at.is_not(None))
    both = union_all(made, lifted).subquery()
    query = pages.newest_first(select(both), both.c.occurred_at, both.c.touch_id, cursor, limit)
    return conn.execute(query).all()


def _lines(
    at: Column[Any], kind: ColumnElement[str], name: Column[Any], who: Column[Any]
) -> Select[Any]:
    return select(
        OVERRIDE.c.override_id.label("touch_id"),
        OVERRIDE.c.lead_id,
        kind.label("kind"),
        name.label("name"),
        literal("relevo").label("source"),
        literal("relevo").label("vendor"),
        at.label("occurred_at"),
        at.label("received_at"),
        literal("human").label("made_by"),
        who.label("made_by_reason"),
        OVERRIDE.c.policy,
    )
