"""Hand-offs as goals and advice look at them: counted by the database where they are alike."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    func,
    null,
    or_,
    select,
    update,
)

from services.handoff.domain.advice import Alike, Had
from services.handoff.domain.history import BY_HAND
from services.handoff.domain.results import Counted, HandedOver, Period
from services.handoff.domain.rule_proposals import Facts, facts_of, without_lead
from services.handoff.store.tables import HANDOFF, HANDOFF_DEADLINE, HANDOFF_HAD, STEP
from shared.bulk import bulk_insert, is_in

# Whoever gives it to somebody else after taking it has taken it. Joined, since of a question
# for each row PostgreSQL expects so much that it sorts all of them instead of hashing.
_TAKEN = select(STEP.c.handoff_id).where(STEP.c.kind == "accept").distinct().subquery()
_OF_TAKEN = _TAKEN.c.handoff_id == HANDOFF.c.handoff_id
_IS_ACCEPTED = or_(HANDOFF.c.accepted_at.is_not(None), _TAKEN.c.handoff_id.is_not(None))
_FIRST_ATTEMPT = and_(
    HANDOFF_DEADLINE.c.handoff_id == HANDOFF.c.handoff_id,
    HANDOFF_DEADLINE.c.kind == "first_attempt",
    HANDOFF_DEADLINE.c.step == 1,
)


def handed_over(
    conn: Connection, version_id: str, period: Period, edges: Sequence[datetime], now: datetime
) -> list[Counted]:
    """Return the hand-offs a version decided in ``period``, counted where they are alike.

    Alike at ``now``: what became of them, as ``domain.results`` tells it, and between which
    of ``edges``, which rise, they were decided. There are as many rows as ways to differ.
    """
    one, due_at = HANDOFF.c, HANDOFF_DEADLINE.c.due_at  # in the hours of its calendar
    months = [(one.decided_at < edge, place) for place, edge in enumerate(edges)]
    # The earliest moments stand for all of a group: they are on the same side of each other.
    apart = (
        *_answered_apart(now),
        *(one.first_attempt_at <= due_at, one.closed_at <= due_at, due_at >= now),
        # Without a clock what its tier was promised decides, so each stands for itself.
        case((due_at.is_(None), one.handoff_id)),
        *([case(*months, else_=len(months))] if months else []),
    )
    moments = (func.min(one.first_attempt_at), func.min(one.closed_at), func.min(due_at))
    query = (
        select(*_answered(), *moments, func.count())
        .outerjoin_from(HANDOFF, _TAKEN, _OF_TAKEN)
        .outerjoin(HANDOFF_DEADLINE, _FIRST_ATTEMPT)
        .group_by(*apart)
    )
    rows = conn.execute(_decided(query, version_id, period))
    return [Counted(HandedOver(*row[:-1]), row[-1]) for row in rows]


def handed_over_having(
    conn: Connection, version_id: str, period: Period, now: datetime
) -> list[Alike]:
    """Return them by what their leads had and what became of them, counted where that is alike.

    Alike at ``now``: acceptance and deals, as ``domain.results`` tells them. Nothing is
    said of first attempts. There are as many rows as there are ways to differ.
    """
    had = HANDOFF_HAD.c
    query = (
        select(*_answered(), null(), null(), had.signals, had.fit, func.count().label("handoffs"))
        .outerjoin_from(HANDOFF, _TAKEN, _OF_TAKEN)
        .outerjoin(HANDOFF_HAD, had.handoff_id == HANDOFF.c.handoff_id)
        .group_by(*_answered_apart(now), had.signals, had.fit)
    )
    rows = conn.execute(_decided(query, version_id, period))
    return [Alike(HandedOver(*row[:7]), _had(row), row.handoffs) for row in rows]


def _answered() -> tuple[ColumnElement[Any], ...]:
    """Return the first columns of ``HandedOver``, as one row tells them of its group."""
    one = HANDOFF.c
    return (
        func.min(one.tier),
        one.stage,
        func.min(one.decided_at),
        func.min(one.due_at),
        _IS_ACCEPTED,
    )


def _answered_apart(now: datetime) -> tuple[ColumnElement[Any], ...]:
    """Return what such a group has in common: its deadlines are on the same side of now."""
    return (HANDOFF.c.stage, _IS_ACCEPTED, HANDOFF.c.due_at >= now)


def sent_back_or_not(
    conn: Connection, version_id: str, period: Period, most: int
) -> list[tuple[Facts, str | None]]:
    """Return what was known of the latest hand-offs that were answered, ``most`` of them.

    Each with the reason it was sent back with; None: it was not.
    """
    sent_back = HANDOFF.c.stage.in_(("rejected", "recycled"))
    # A replica of before opened it: then only the frozen context tells.
    unread = case((HANDOFF_HAD.c.facts.is_(None), HANDOFF.c.snapshot))
    query = (
        select(HANDOFF_HAD.c.facts, unread, case((sent_back, HANDOFF.c.reason)))
        .outerjoin(HANDOFF_HAD, HANDOFF_HAD.c.handoff_id == HANDOFF.c.handoff_id)
        .where(HANDOFF.c.stage.not_in(("assigned", "superseded")))
    )
    latest = HANDOFF.c.decided_at.desc()
    rows = conn.execute(_decided(query, version_id, period).order_by(latest).limit(most))
    return [
        (facts if snapshot is None else frozen_facts(snapshot), reason)
        for facts, snapshot, reason in rows
    ]


def frozen_facts(snapshot: bytes) -> Facts:
    """Return what rules may ask, out of the frozen context of a hand-off."""
    frozen = orjson.loads(snapshot)
    return facts_of(frozen["lead"], frozen["account"])


def _decided(query: Select[Any], version_id: str, period: Period) -> Select[Any]:
    # What a person handed over says nothing about the version's own decisions.
    query = query.where(HANDOFF.c.version_id == version_id, HANDOFF.c.gate != BY_HAND)
    if period.since is not None:
        query = query.where(HANDOFF.c.decided_at >= period.since)
    return query if period.until is None else query.where(HANDOFF.c.decided_at < period.until)


def _had(row: Row[Any]) -> Had | None:
    return None if row.signals is None else Had(row.signals, row.fit)


def add_had(conn: Connection, rows: Sequence[tuple[str, Had, Facts]]) -> None:
    """Store what the leads of new hand-offs had and what was known of them, by hand-off."""
    values = [
        (handoff_id, dict(had.signals), dict(had.fit), facts) for handoff_id, had, facts in rows
    ]
    bulk_insert(conn, HANDOFF_HAD, ("handoff_id", "signals", "fit", "facts"), values, "refuse")


def forget_facts(conn: Connection, handoff_ids: Sequence[str]) -> None:
    """Take what was known of the people out of these hand-offs; of their companies it stays."""
    known = select(HANDOFF_HAD.c.handoff_id, HANDOFF_HAD.c.facts).where(
        is_in(HANDOFF_HAD.c.handoff_id), HANDOFF_HAD.c.facts.is_not(None)
    )
    for row in conn.execute(known, {"wanted": sorted(handoff_ids)}).all():
        one = update(HANDOFF_HAD).where(HANDOFF_HAD.c.handoff_id == row.handoff_id)
        conn.execute(one.values(facts=without_lead(row.facts)))
