"""Writing the scoreboard's read models, inside the transactions that change what they tell.

Hand-offs: a row is made anew from the hand-off as it stands, so repeating it, or making
all rows anew, gives the same. Touches: tallies that are added to, and while they are
counted again a second generation of them (``scoreboard_rebuild``).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Row, Select, and_, select, text

from services.handoff.domain.history import BY_HAND
from services.handoff.domain.scoreboard import ASSET_LENGTH, MAKERS, Did, day_of, touch_tally
from services.handoff.store.clock_tables import HANDOFF_DEADLINE
from services.handoff.store.scoreboard_tables import (
    SCORE_ASSET,
    SCORE_DEAL,
    SCORE_HANDOFF,
    SCORE_STATE,
    SCORE_TOUCHES,
)
from services.handoff.store.tables import HANDOFF, LEAD, STEP
from shared.bulk import Add, Replace, bulk_insert, is_in

FIRST_ATTEMPT = "first_attempt"
"""The kind of the deadline of the first attempt, where one is counted on a calendar."""
LOCK = 0x73636F7265  # "score": guards the tallies while they are counted again

# --- hand-offs --------------------------------------------------------------------------------

_COLUMNS = tuple(column.name for column in SCORE_HANDOFF.c)
_REPLACE = Replace(("handoff_id",), _COLUMNS[1:])
_ASSET_COLUMNS = ("handoff_id", "kind", "name", "title")
_STEPS = ("accept", "reject", "sql", "opportunity")

_AS_IT_STANDS: Select[Any] = (
    select(
        *(
            HANDOFF.c[name]
            for name in (
                *("handoff_id", "lead_id", "decided_at", "policy", "version_id", "version"),
                *("team_id", "tier", "gate", "stage", "accepted_at", "due_at", "first_attempt_at"),
                *("closed_at", "reason", "amount", "currency"),
            )
        ),
        HANDOFF_DEADLINE.c.due_at.label("counted_due_at"),
        SCORE_HANDOFF.c.handoff_id.label("known"),
        SCORE_HANDOFF.c.attempt_due_at,
        SCORE_HANDOFF.c.source,
        LEAD.c.erased_at,
    )
    # A lead that is ready with its first touch is stored at the end of the transaction.
    .outerjoin(LEAD, LEAD.c.lead_id == HANDOFF.c.lead_id)
    .outerjoin(SCORE_HANDOFF, SCORE_HANDOFF.c.handoff_id == HANDOFF.c.handoff_id)
    .outerjoin(
        HANDOFF_DEADLINE,
        and_(
            HANDOFF_DEADLINE.c.handoff_id == HANDOFF.c.handoff_id,
            HANDOFF_DEADLINE.c.kind == FIRST_ATTEMPT,
            HANDOFF_DEADLINE.c.step == 1,
        ),
    )
    .where(is_in(HANDOFF.c.handoff_id))
)
_SAID = (
    select(STEP.c.handoff_id, STEP.c.kind, STEP.c.happened_at)
    .where(is_in(STEP.c.handoff_id), STEP.c.kind.in_(_STEPS))
    .order_by(STEP.c.happened_at)
)
_SNAPSHOTS = select(HANDOFF.c.handoff_id, HANDOFF.c.snapshot).where(is_in(HANDOFF.c.handoff_id))


Promised = Callable[[str], Mapping[str, timedelta]]
"""By a policy version's id: how soon it promises the first attempt, by tier. Empty: unknown."""


def keep_handoffs(
    conn: Connection,
    handoff_ids: Iterable[str],
    promised: Promised,
    zone: tzinfo,
    *,
    again: bool = False,
) -> None:
    """Make the rows of these hand-offs anew.

    Where the lead came from and what it had met is frozen with the decision: it is read once,
    or ``again``. Of an erased lead it cannot be read any more, and what is here stays.
    """
    wanted = {"wanted": sorted(set(handoff_ids))}
    rows = conn.execute(_AS_IT_STANDS, wanted).all()
    said: dict[str, dict[str, datetime]] = {}
    for step in conn.execute(_SAID, wanted):
        said.setdefault(step.handoff_id, {}).setdefault(step.kind, step.happened_at)
    met = {row.handoff_id for row in rows if row.known is None or (again and row.erased_at is None)}
    sources = _keep_assets(conn, met) if met else {}
    values = [
        _row(row, said.get(row.handoff_id, {}), zone)
        | {
            "source": sources.get(row.handoff_id, row.source),
            "attempt_due_at": _attempt_due(row, promised, row.handoff_id in met),
        }
        for row in rows
    ]
    cells = [tuple(one[name] for name in _COLUMNS) for one in values]
    bulk_insert(conn, SCORE_HANDOFF, _COLUMNS, cells, _REPLACE)


def _attempt_due(row: Row[Any], promised: Promised, is_new: bool) -> datetime | None:
    """Return when the first attempt is due: on its calendar, or day and night as promised."""
    due_at: datetime | None = row.counted_due_at
    if due_at is None and is_new and (within := promised(row.version_id).get(row.tier)):
        due_at = row.decided_at + within
    return due_at or row.attempt_due_at


def _row(row: Row[Any], said: Mapping[str, datetime], zone: tzinfo) -> dict[str, Any]:
    is_accepted = row.accepted_at is not None or "accept" in said
    verdicts = [said[kind] for kind in ("accept", "reject") if kind in said]
    tried_at = row.first_attempt_at
    waited = None if tried_at is None else tried_at - row.decided_at
    return {
        **{
            name: getattr(row, name)
            for name in (
                *("handoff_id", "lead_id", "decided_at", "policy", "version_id", "version"),
                *("team_id", "tier", "stage", "first_attempt_at", "closed_at", "reason"),
                *("amount", "currency"),
            )
        },
        "day": day_of(row.decided_at, zone),
        "is_by_hand": row.gate == BY_HAND,
        "is_accepted": is_accepted,
        "reached": _reached(row.stage, said, is_accepted),
        "answered_at": min(verdicts, default=row.accepted_at),
        "answer_due_at": row.due_at,
        "wait_s": None if waited is None else max(0, int(waited.total_seconds())),
    }


def _reached(stage: str, said: Mapping[str, datetime], is_accepted: bool) -> int:
    if stage == "won":
        return 4
    if "opportunity" in said:
        return 3
    return 2 if "sql" in said else int(is_accepted)


def _keep_assets(conn: Connection, handoff_ids: Iterable[str]) -> dict[str, str | None]:
    """Store what the leads had met; return where each came from first."""
    sources: dict[str, str | None] = {}
    assets: dict[tuple[str, str, str], str | None] = {}
    for handoff_id, snapshot in conn.execute(_SNAPSHOTS, {"wanted": sorted(handoff_ids)}):
        frozen = orjson.loads(snapshot)
        sources[handoff_id] = frozen.get("first_source")
        for one in frozen.get("content_seen", ()):
            # Without an id of its own it goes by its title, which may be somebody's words.
            if one["content_id"] != one["title"] or one["topic"] is not None:
                name = one["content_id"][:ASSET_LENGTH]
                assets[handoff_id, "content", name] = one["title"]
        for one in frozen.get("campaigns", ()):
            assets[handoff_id, "campaign", one["name"][:ASSET_LENGTH]] = None
    rows = [(*key, title) for key, title in sorted(assets.items())]
    key = ("handoff_id", "kind", "name")
    bulk_insert(conn, SCORE_ASSET, _ASSET_COLUMNS, rows, Replace(key, ("title",)))
    return sources


# --- touches ----------------------------------------------------------------------------------

_ERASED = tuple(f"erased_{name}" for name in MAKERS)
_TALLY_KEY = ("generation", "asset", "day", "source")
_TALLY_COLUMNS = (*_TALLY_KEY, *MAKERS, *_ERASED)
_ADD = Add(_TALLY_KEY, (*MAKERS, *_ERASED))
_STATE = select(SCORE_STATE)


def hold_tallies(conn: Connection, *, alone: bool = False) -> Row[Any]:
    """Return the state of the tallies, which stays so until the commit.

    Whoever adds to them holds them together with others; counting again takes them alone.
    Ask last, behind all locks of leads: nothing may wait while these are held.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(_ALONE if alone else _TOGETHER, {"lock": LOCK})
    return conn.execute(_STATE).one()


_TOGETHER = text("SELECT pg_advisory_xact_lock_shared(:lock)")
_ALONE = text("SELECT pg_advisory_xact_lock(:lock)")


class Move(NamedTuple):
    """Touches to add to the tallies (``sign`` 1) or to take away (-1).

    ``erased``: how the same touches change what counts of the erased.
    """

    touches: Sequence[Did]
    sign: int
    erased: int = 0


def move_touches(conn: Connection, moves: Sequence[Move], zone: tzinfo) -> None:
    """Change the tallies, by one statement whatever there is to change."""
    state = hold_tallies(conn)
    sums: dict[tuple[int, str, int, str], list[int]] = {}
    for move in moves:
        _sum_up(sums, state.generation, move.touches, move.sign, move.erased, zone)
        if state.state == "running":  # what is counted again already has to learn of it too
            behind = [one for one in move.touches if is_behind(state, one.lead_id)]
            ahead = [one for one in move.touches if not is_behind(state, one.lead_id)]
            _sum_up(sums, state.generation + 1, behind, move.sign, move.erased, zone)
            if move.erased:
                _sum_up(sums, state.generation + 1, ahead, 0, move.erased, zone)
    save_tallies(conn, sums)


def is_behind(state: Row[Any], lead_id: str) -> bool:
    """Return whether the touches of a lead (a member) were counted again already."""
    return state.phase == "leads" and state.cursor is not None and lead_id <= state.cursor


def _sum_up(
    sums: dict[tuple[int, str, int, str], list[int]],
    generation: int,
    touches: Iterable[Did],
    sign: int,
    erased: int,
    zone: tzinfo,
) -> None:
    for key, counts in touch_tally(touches, zone).items():
        sum_ = sums.setdefault((generation, *key), [0] * 6)
        for place, name in enumerate(MAKERS):
            sum_[place] += sign * counts[name]
            sum_[place + 3] += erased * counts[name]


def sums_of(
    touches: Iterable[Did], generation: int, zone: tzinfo
) -> dict[tuple[int, str, int, str], list[int]]:
    """Return what these touches add to the tallies of a generation."""
    sums: dict[tuple[int, str, int, str], list[int]] = {}
    _sum_up(sums, generation, touches, 1, 0, zone)
    return sums


def save_tallies(conn: Connection, sums: Mapping[tuple[int, str, int, str], Sequence[int]]) -> None:
    """Add sums to the tallies, always in one order so that nobody meets a deadlock."""
    rows = [(*key, *sum_) for key, sum_ in sorted(sums.items()) if any(sum_)]
    bulk_insert(conn, SCORE_TOUCHES, _TALLY_COLUMNS, rows, _ADD)


def add_deals(conn: Connection, touches: Iterable[Did], zone: tzinfo) -> None:
    """Remember the won deals among these touches."""
    rows = [
        (one.touch_id, one.lead_id, day_of(one.occurred_at, zone), one.occurred_at)
        for one in touches
        if one.kind == "deal.won"
    ]
    columns = ("touch_id", "lead_id", "day", "occurred_at")
    bulk_insert(conn, SCORE_DEAL, columns, rows, Replace(("touch_id",), ("day",)))
