"""Rows of the past, in the cheapest form a replay can take: moments are numbers.

Reading is most of what a try-out costs, so nothing is decoded that nobody looks at.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    bindparam,
    case,
    cast,
    extract,
    or_,
    select,
    type_coerce,
)

from services.handoff.domain.history import (
    Arrived,
    Held,
    Known,
    LetGo,
    RealHandoff,
    Reconsidered,
    Released,
    What,
    first_place,
)
from services.handoff.domain.touches import epoch_us, moment_at
from services.handoff.store.scope_tables import OVERRIDE
from services.handoff.store.tables import HANDOFF, LEAD, LEAD_HISTORY, MERGE, TOUCH
from shared.bulk import is_in

DEAL_WON, DEAL_LOST = "deal.won", "deal.lost"

_new = tuple.__new__
_NOTHING: dict[str, Any] = {}
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - SQLite keeps moments in UTC and without a zone


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a replay looks at.

    ``policy``: whose hand-offs are the real ones. ``kinds`` of touch, and those of them
    whose properties matter (``about``). ``since_us``: no touch that happened earlier.
    ``by_company``: the leads of one company come together.
    """

    policy: str
    kinds: frozenset[str]
    about: frozenset[str]
    since_us: int | None = None
    by_company: bool = False


class MergeRow(NamedTuple):
    """``members`` became part of ``survivor``, and perhaps stood alone again later."""

    place: int
    survivor: str
    merged: str
    members: tuple[str, ...]
    undone_place: int | None


def members(conn: Connection, roots: Collection[str]) -> Iterator[tuple[str, str, int]]:
    """Yield each lead merged into ``roots``, and themselves, with its root and its first touch."""
    dialect = conn.dialect.name
    to_us = _to_us(dialect)
    for lead_id, root_id, seen in conn.execute(_members(dialect), {"wanted": list(roots)}):
        yield lead_id, root_id, to_us(seen)


def merges(conn: Connection, lead_ids: Collection[str]) -> list[MergeRow]:
    """Return the merges of these leads, the first one first."""
    rows = conn.execute(_MERGES, {"wanted": list(lead_ids)})
    return sorted(
        MergeRow(
            _place(row.place, row.merged_at),
            row.lead_id,
            row.merged_lead_id,
            tuple(row.members),
            None if row.undone_at is None else _place(row.undone_place, row.undone_at),
        )
        for row in rows
    )


def handoffs(conn: Connection, lead_ids: Collection[str], policy: str) -> Iterator[RealHandoff]:
    """Yield the hand-offs of these leads under ``policy``, the earliest first."""
    rows = conn.execute(_HANDOFFS, {"wanted": list(lead_ids), "policy": policy}).all()
    opened_for = _opened_for(conn, rows)
    for row in rows:
        closed_at = row.closed_at
        yield RealHandoff(
            row.handoff_id,
            row.lead_id,
            row.policy,
            row.version,
            row.cycle,
            row.gate,
            epoch_us(row.decided_at),
            _place(row.decided_place, row.decided_at),
            row.stage,
            _us(row.accepted_at),
            _us(closed_at),
            None if closed_at is None else _place(row.closed_place, closed_at),
            _us(row.returns_at),
            row.reason,
            row.owner_id,
            opened_for.get(row.handoff_id, row.group_domain),
        )


def _opened_for(conn: Connection, rows: Sequence[Row[Any]]) -> dict[str, str | None]:
    """Return whose people hand-offs were opened for that may stand for others' by a merge since.

    They are few, and only what was frozen then tells.
    """
    went_on = {row.reason for row in rows if row.stage == "superseded" and row.group_domain}
    domains = {row.handoff_id: row.group_domain for row in rows if row.handoff_id in went_on}
    frozen = conn.execute(_SNAPSHOTS, {"wanted": sorted(domains)}) if domains else ()
    return {
        handoff_id: domains[handoff_id] if orjson.loads(snapshot).get("group") else None
        for handoff_id, snapshot in frozen
    }


def holds(conn: Connection, lead_ids: Collection[str], policy: str) -> Iterator[Held | LetGo]:
    """Yield when people held these leads back from ``policy``, and when they took it back."""
    for row in conn.execute(_HOLDS, {"wanted": list(lead_ids), "policy": policy}):
        until_us = _us(row.until)
        yield Held(row.place, What.HELD, row.lead_id, row.override_id, until_us)
        if row.lifted_place is not None:
            yield LetGo(row.lifted_place, What.LET_GO, row.lead_id, row.override_id)


def history(
    conn: Connection, lead_ids: Collection[str], policy: str
) -> Iterator[tuple[str, int, Known | Reconsidered | Released | int]]:
    """Yield, with lead and place, what was known, who was asked about again, and what was told.

    The last as the moment it was received.
    """
    dialect = conn.dialect.name
    to_us = _to_us(dialect)
    for lead_id, place, kind, at, text in conn.execute(
        _history(dialect), {"wanted": list(lead_ids)}
    ):
        detail = orjson.loads(text)
        if "is_known" in detail:
            yield lead_id, place, known(lead_id, place, detail)
        if kind == "told":
            yield lead_id, place, to_us(at)
        elif kind == "reconsidered":
            due_us = epoch_us(datetime.fromisoformat(detail["due_at"]))
            item = Reconsidered(place, What.RECONSIDERED, lead_id, to_us(at), due_us)
            yield lead_id, place, item
        elif (kind == "released" and detail["policy"] == policy) or (
            kind == "let_go" and policy in (detail["policies"] or [policy])
        ):
            yield lead_id, place, Released(place, What.RELEASED, lead_id, to_us(at))


def known(lead_id: str, place: int, detail: dict[str, Any]) -> Known:
    """Return a stored body of knowledge as the replay reads it."""
    scopes = ("lead", "account")
    facts = {scope: {name: said[0] for name, said in detail[scope].items()} for scope in scopes}
    return Known(place, What.KNOWN, lead_id, facts, detail["is_known"], detail)


def touches(conn: Connection, lead_ids: Collection[str], wanted: Wanted) -> Iterator[Arrived]:
    """Yield the touches of these leads that ``wanted`` asks for, in no order."""
    dialect = conn.dialect.name
    query = _touches(dialect, wanted.kinds, wanted.about, wanted.since_us is not None)
    given: dict[str, Any] = {"wanted": list(lead_ids)}
    if wanted.since_us is not None:
        given["since"] = moment_at(wanted.since_us)
    to_us = _to_us(dialect)
    arrived, loads = int(What.ARRIVED), orjson.loads
    for lead_id, touch_id, kind, occurred, received, made_by, about, place in conn.execute(
        query, given
    ):
        received_us = to_us(received)
        yield _new(
            Arrived,
            (
                first_place(received_us) if place is None else place,
                arrived,
                lead_id,
                received_us,
                False,
                kind,
                touch_id,
                received_us if received == occurred else to_us(occurred),
                made_by,
                _NOTHING if about is None else loads(about),
            ),
        )


@lru_cache
def _members(dialect: str) -> Select[Any]:
    return select(
        _text(LEAD.c.lead_id, dialect),
        _text(LEAD.c.root_id, dialect),
        _number(LEAD.c.first_seen_at, dialect),
    ).where(is_in(LEAD.c.root_id))


@lru_cache
def _history(dialect: str) -> Select[Any]:
    return select(
        _text(LEAD_HISTORY.c.lead_id, dialect),
        LEAD_HISTORY.c.place,
        LEAD_HISTORY.c.kind,
        _number(LEAD_HISTORY.c.at, dialect),
        _json(LEAD_HISTORY.c.detail, dialect),
    ).where(is_in(LEAD_HISTORY.c.lead_id))


_HOLDS = select(OVERRIDE).where(
    is_in(OVERRIDE.c.lead_id),
    OVERRIDE.c.ready.is_(False),
    or_(OVERRIDE.c.policy.is_(None), OVERRIDE.c.policy == bindparam("policy")),
)
_SNAPSHOTS = select(HANDOFF.c.handoff_id, HANDOFF.c.snapshot).where(is_in(HANDOFF.c.handoff_id))
_MERGES = select(MERGE).where(is_in(MERGE.c.lead_id))
_HANDOFFS = (
    select(*(column for column in HANDOFF.c if column.name != "snapshot"))
    .where(is_in(HANDOFF.c.lead_id), HANDOFF.c.policy == bindparam("policy"))
    .order_by(HANDOFF.c.decided_at, HANDOFF.c.handoff_id)
)


@lru_cache(maxsize=64)
def _touches(
    dialect: str, kinds: frozenset[str], about: frozenset[str], is_bounded: bool
) -> Select[Any]:
    """Return the query for touches; what a machine did can change nothing, so it stays there."""
    query = select(
        _text(TOUCH.c.lead_id, dialect),
        _text(TOUCH.c.touch_id, dialect),
        TOUCH.c.kind,
        _number(TOUCH.c.occurred_at, dialect),
        _number(TOUCH.c.received_at, dialect),
        TOUCH.c.made_by,
        case((TOUCH.c.kind.in_(sorted(about)), _json(TOUCH.c.properties, dialect))),
        TOUCH.c.place,
    ).where(
        is_in(TOUCH.c.lead_id),
        TOUCH.c.kind.in_(sorted({*kinds, DEAL_WON, DEAL_LOST})),
        or_(TOUCH.c.made_by != "machine", TOUCH.c.kind.in_((DEAL_WON, DEAL_LOST))),
    )
    if is_bounded:
        query = query.where(
            TOUCH.c.occurred_at >= bindparam("since", type_=TOUCH.c.occurred_at.type)
        )
    return query


def _text(column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """Let PostgreSQL write ids as text: making and printing an object a row costs more."""
    return cast(column, Text) if dialect == "postgresql" else column


def _json(column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """Leave JSON as text: not every row's is looked at."""
    return cast(column, Text) if dialect == "postgresql" else type_coerce(column, Text)


def _number(moment: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    if dialect == "postgresql":
        return cast(extract("epoch", moment) * 1_000_000, BigInteger)
    return type_coerce(moment, Text)


def _to_us(dialect: str) -> Callable[[Any], int]:
    return int if dialect == "postgresql" else _us_of_text


def _us_of_text(moment: str) -> int:
    since = datetime.fromisoformat(moment) - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _us(moment: datetime | None) -> int | None:
    return None if moment is None else epoch_us(moment)


def _place(place: int | None, moment: datetime) -> int:
    """Return a place; of what happened before there were places, the moment's first."""
    return first_place(epoch_us(moment)) if place is None else place
