"""Finding what must never be. Each question looks at open hand-offs only, by their index."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    and_,
    exists,
    func,
    null,
    or_,
    select,
)

from services.handoff.domain.handoff import OPEN_STAGES
from services.handoff.domain.leaks import GRACE, SHOWN, TOLD_WITHIN, LeakKind
from services.handoff.store.tables import (
    ASSIGNMENT,
    CYCLE,
    HANDOFF,
    HANDOFF_DEADLINE,
    LEAD,
    PERSON,
    TIMER,
    TOLD,
)

INBOX = "inbox"
_OPEN = HANDOFF.c.closed_at.is_(None)


def questions(now: datetime) -> Mapping[LeakKind, Select[Any]]:
    """Return for each kind the rows ``lead_id``, ``handoff_id``, ``owner_id`` and ``since``."""
    return {
        "qualified_without_handoff": _qualified_without_handoff(now),
        "handoff_without_owner": _open(~exists().where(_IS_OWNER)),
        "owner_gone": _open(
            exists().where(
                _IS_OWNER, or_(PERSON.c.active.is_(False), PERSON.c.last_day < _yesterday(now))
            )
        ),
        "clock_not_running": _open(
            or_(_stands_still("accept"), _stands_still("first_attempt"), _ladder_stands_still())
        ),
        "nobody_told": _open(_nobody_told(now)),
        "overdue_without_escalation": _overdue(now),
    }


def counts(conn: Connection, now: datetime) -> dict[LeakKind, int]:
    """Return how many leaks of each kind there are."""
    return {
        kind: conn.execute(select(func.count()).select_from(query.subquery())).scalar_one()
        for kind, query in questions(now).items()
    }


def examples(conn: Connection, now: datetime) -> dict[LeakKind, Sequence[Row[Any]]]:
    """Return the oldest of each kind, with the owner's name where there is one."""
    found: dict[LeakKind, Sequence[Row[Any]]] = {}
    for kind, query in questions(now).items():
        leak = query.subquery()
        named = (
            select(leak, PERSON.c.name.label("owner"))
            .outerjoin(PERSON, PERSON.c.person_id == leak.c.owner_id)
            .order_by(leak.c.since, leak.c.lead_id)
            .limit(SHOWN)
        )
        found[kind] = conn.execute(named).all()
    return found


def _yesterday(now: datetime) -> date:
    """Return a day that is over wherever somebody works."""
    return (now - timedelta(hours=12)).date()


_IS_OWNER = PERSON.c.person_id == HANDOFF.c.owner_id
_COLUMNS = (
    HANDOFF.c.lead_id,
    HANDOFF.c.handoff_id,
    HANDOFF.c.owner_id,
    HANDOFF.c.decided_at.label("since"),
)


def _open(where: ColumnElement[bool]) -> Select[Any]:
    return select(*_COLUMNS).where(_OPEN, where)


def _qualified_without_handoff(now: datetime) -> Select[Any]:
    """Cycles that stand open without their hand-off, and leads nobody looked at again in time."""
    no_id = null().cast(HANDOFF.c.handoff_id.type)
    with_sales = and_(HANDOFF.c.handoff_id == CYCLE.c.open_handoff_id, _OPEN)
    cycles = select(
        CYCLE.c.lead_id,
        CYCLE.c.open_handoff_id.label("handoff_id"),
        no_id.label("owner_id"),
        LEAD.c.created_at.label("since"),
    ).join(LEAD, LEAD.c.lead_id == CYCLE.c.lead_id)
    # A merged lead's own cycle goes on in that of the lead it is part of.
    is_whole = and_(LEAD.c.root_id == LEAD.c.lead_id, LEAD.c.erased_at.is_(None))
    is_open = CYCLE.c.open_handoff_id.is_not(None)
    lost = cycles.where(is_open, is_whole, ~exists().where(with_sales))
    waiting = select(
        TIMER.c.subject.label("lead_id"),
        no_id.label("handoff_id"),
        no_id.label("owner_id"),
        TIMER.c.due_at.label("since"),
    ).where(TIMER.c.state == "armed", TIMER.c.kind == "reconsider", TIMER.c.due_at < now - GRACE)
    both = lost.union_all(waiting).subquery()
    return select(both)


def _stands_still(kind: str) -> ColumnElement[bool]:
    """Return whether something is owed whose timer is neither ahead nor has fired."""
    timer = exists().where(
        TIMER.c.subject == HANDOFF.c.handoff_id,
        TIMER.c.kind == kind,
        TIMER.c.state.in_(("armed", "fired")),
    )
    if kind == "accept":
        return and_(HANDOFF.c.stage == "assigned", ~timer)
    done = exists().where(
        HANDOFF_DEADLINE.c.handoff_id == HANDOFF.c.handoff_id,
        HANDOFF_DEADLINE.c.kind == kind,
        HANDOFF_DEADLINE.c.stopped_at.is_not(None),
    )
    owed = and_(HANDOFF.c.stage.in_(sorted(OPEN_STAGES)), HANDOFF.c.attempts == 0)
    return and_(owed, ~timer, ~done)


def _ladder_stands_still() -> ColumnElement[bool]:
    """Return whether a clock that runs has a step to come whose timer is not ahead."""
    clock = HANDOFF_DEADLINE
    ahead = exists().where(
        TIMER.c.subject == clock.c.handoff_id,
        TIMER.c.kind == clock.c.kind,
        TIMER.c.step == clock.c.step,
        TIMER.c.state == "armed",
    )
    return exists().where(
        clock.c.handoff_id == HANDOFF.c.handoff_id,
        clock.c.stopped_at.is_(None),
        clock.c.ladder_step.is_not(None),
        ~ahead,
    )


def _nobody_told(now: datetime) -> ColumnElement[bool]:
    """Return whether the owner had time enough to hear of it, did not answer and was not told.

    The inbox has every message: it alone has told nobody where other channels failed. Who
    has got what somebody else accepted does not have to answer, and has to hear of it.
    """
    failed = TOLD.alias("failed")
    other_failed = exists().where(
        failed.c.handoff_id == TOLD.c.handoff_id,
        failed.c.person_id == TOLD.c.person_id,
        failed.c.succeeded.is_(False),
    )
    told = exists().where(
        TOLD.c.handoff_id == HANDOFF.c.handoff_id,
        TOLD.c.person_id == HANDOFF.c.owner_id,
        TOLD.c.succeeded.is_(True),
        or_(TOLD.c.channel != INBOX, ~other_failed),
    )
    lately = exists().where(
        ASSIGNMENT.c.handoff_id == HANDOFF.c.handoff_id,
        ASSIGNMENT.c.assigned_at >= now - TOLD_WITHIN,
    )
    is_news = or_(
        HANDOFF.c.stage == "assigned", HANDOFF.c.accepted_by != HANDOFF.c.owner_id.cast(Text)
    )
    return and_(is_news, ~told, ~lately)


def _overdue(now: datetime) -> Select[Any]:
    """The lead's own clock ran out, nobody but the owner heard of it, and nobody is about to."""
    clock = HANDOFF_DEADLINE
    ahead = exists().where(
        TIMER.c.subject == clock.c.handoff_id,
        TIMER.c.kind == clock.c.kind,
        TIMER.c.step == clock.c.step,
        TIMER.c.state == "armed",
        TIMER.c.due_at > now - GRACE,
    )
    return (
        select(
            HANDOFF.c.lead_id,
            HANDOFF.c.handoff_id,
            HANDOFF.c.owner_id,
            clock.c.due_at.label("since"),
        )
        .join(clock, clock.c.handoff_id == HANDOFF.c.handoff_id)
        .where(
            _OPEN,
            HANDOFF.c.stage == "assigned",
            clock.c.kind == "accept",
            clock.c.step == 1,
            clock.c.stopped_at.is_(None),
            clock.c.told_at.is_(None),
            clock.c.due_at < now - GRACE,
            ~ahead,
        )
    )
