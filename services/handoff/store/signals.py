"""Folded signals per lead and fold shape, and the touches they are folded from.

A stored state is complete, or it is not there: whoever adds touches to a lead or changes
them holds its lock and, before the commit, folds them into each state the lead has, or
deletes it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    false,
    func,
    literal,
    or_,
    select,
    true,
    update,
)

from services.handoff.domain.fold import fold
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import LeadSignals, decode_state, encode_state, no_signals
from services.handoff.domain.touches import TouchFact
from services.handoff.store.tables import LEAD_SIGNALS, TOUCH
from shared.bulk import Replace, bulk_insert, is_in
from shared.contracts.touches import TouchJudged, TouchRecorded

TOUCH_COLUMNS = (
    "touch_id",
    "lead_id",
    "kind",
    "name",
    "source",
    "vendor",
    "occurred_at",
    "received_at",
    "made_by",
    "made_by_reason",
    "made_by_version",
    "properties",
    "place",
)


_FOLDED = select(LEAD_SIGNALS.c.lead_id, LEAD_SIGNALS.c.signals).where(
    LEAD_SIGNALS.c.shape == bindparam("shape"), is_in(LEAD_SIGNALS.c.lead_id)
)
_PLACES = select(TOUCH.c.touch_id, TOUCH.c.place).where(is_in(TOUCH.c.touch_id))
_TOUCHES: Select[Any] = select(
    TOUCH.c.lead_id,
    TOUCH.c.touch_id,
    TOUCH.c.kind,
    TOUCH.c.occurred_at,
    TOUCH.c.received_at,
    TOUCH.c.made_by,
    TOUCH.c.properties,
).where(is_in(TOUCH.c.lead_id))
_COUNTS = (
    select(TOUCH.c.lead_id, func.count().label("touches"))
    .where(is_in(TOUCH.c.lead_id))
    .group_by(TOUCH.c.lead_id)
)
STREAMED = 1_000  # touches in memory at a time, however many a lead has


def load_signals(
    conn: Connection,
    version: PolicyVersion,
    lead_ids: Iterable[str],
    new: Collection[str] = (),
    arriving: Collection[str] = (),
    folded: set[str] | None = None,
) -> dict[str, LeadSignals]:
    """Return what each lead (a member) remembers under ``version``.

    One that was never folded for this version's questions is folded from its stored
    touches now, and added to ``folded``; ``new`` ones have none, and those that are
    ``arriving`` in this very transaction are left for the caller to fold.
    """
    wanted = sorted(set(lead_ids))
    found = stored_signals(conn, version, [lead_id for lead_id in wanted if lead_id not in new])
    missing = [lead_id for lead_id in wanted if lead_id not in found]
    found |= dict.fromkeys(missing, no_signals(version))
    never = [lead_id for lead_id in missing if lead_id not in new]
    for lead_id, facts in stored_touches(conn, never):
        facts = [fact for fact in facts if fact.touch_id not in arriving]
        found[lead_id] = fold(version, found[lead_id], facts)
    if folded is not None:
        folded.update(never)
    return found


def stored_signals(
    conn: Connection, version: PolicyVersion, lead_ids: Iterable[str]
) -> dict[str, LeadSignals]:
    """Return what is stored for these leads under ``version``; some may have nothing."""
    wanted = sorted(lead_ids)
    if not wanted:
        return {}
    rows = conn.execute(_FOLDED, {"wanted": wanted, "shape": version.fold_shape})
    return {lead_id: decode_state(version, data) for lead_id, data in rows.all()}


def stored_touches(
    conn: Connection, lead_ids: Sequence[str]
) -> Iterator[tuple[str, list[TouchFact]]]:
    """Yield everything these leads (members) did as the fold reads it, a slice at a time.

    One lead's touches can come in several slices, in no order.
    """
    if not lead_ids:
        return
    rows = conn.execute(
        _TOUCHES, {"wanted": list(lead_ids)}, execution_options={"yield_per": STREAMED}
    )
    for some in rows.partitions():
        slices: dict[str, list[TouchFact]] = {}
        for row in some:
            slices.setdefault(row.lead_id, []).append(stored_fact(row))
        yield from slices.items()


def count_touches(conn: Connection, lead_ids: Sequence[str]) -> dict[str, int]:
    """Return how many touches are stored of each lead (a member) that has any."""
    if not lead_ids:
        return {}
    rows = conn.execute(_COUNTS, {"wanted": list(lead_ids)})
    return {row.lead_id: row.touches for row in rows}


def save_signals(
    conn: Connection,
    version: PolicyVersion,
    signals: Mapping[str, LeadSignals],
    *,
    replace: bool = True,
) -> None:
    """Store what these leads remember under ``version``; without ``replace`` only what is new."""
    bulk_insert(
        conn,
        LEAD_SIGNALS,
        ("lead_id", "shape", "signals"),
        [
            (lead_id, version.fold_shape, encode_state(state))
            for lead_id, state in sorted(signals.items())
        ],
        _REPLACE if replace else "keep",
    )


_REPLACE = Replace(("lead_id", "shape"), ("signals",))


def delete_signals(conn: Connection, lead_ids: Iterable[str], shape: bytes | None = None) -> None:
    """Forget what these leads remember, under all shapes or under one."""
    gone = delete(LEAD_SIGNALS).where(is_in(LEAD_SIGNALS.c.lead_id))
    if shape is not None:
        gone = gone.where(LEAD_SIGNALS.c.shape == shape)
    conn.execute(gone, {"wanted": sorted(lead_ids)})


def add_touches(
    conn: Connection, touches: Sequence[tuple[str, str, TouchRecorded, int]]
) -> set[str]:
    """Store touches as ``(id, lead recorded under, touch, place)``; return those stored before."""
    written = bulk_insert(
        conn,
        TOUCH,
        TOUCH_COLUMNS,
        [
            (
                touch_id,
                lead_id,
                touch.touch,
                touch.name,
                touch.source,
                touch.vendor,
                touch.occurred_at,
                touch.received_at,
                touch.made_by,
                touch.made_by_reason,
                touch.made_by_version,
                touch.properties,
                place,
            )
            for touch_id, lead_id, touch, place in touches
        ],
    )
    if written == len(touches):
        return set()
    places = {touch_id: place for touch_id, _, _, place in touches}
    found = conn.execute(_PLACES, {"wanted": list(places)})
    return {touch_id for touch_id, place in found if place != places[touch_id]}


def touches_until(
    conn: Connection, lead_ids: Collection[str], at: datetime, kinds: Collection[str] | None = None
) -> list[TouchFact]:
    """Return all these leads had done as far as it had been received by ``at``.

    With ``kinds`` nothing else than those.
    """
    query = _FACTS.where(TOUCH.c.lead_id.in_(list(lead_ids)), TOUCH.c.received_at <= at)
    if kinds is not None:
        query = query.where(TOUCH.c.kind.in_(sorted(kinds)))
    return [stored_fact(row) for row in conn.execute(query)]


def latest_touches(
    conn: Connection,
    lead_ids: Collection[str],
    since: Mapping[str, datetime | None],
    most: int,
) -> list[TouchFact] | None:
    """Return what these leads did lately, newest first; None where it is more than ``most``.

    ``since`` has the kinds that are asked for, each with the moment from which on; None: from
    ever. What machines did is left out.
    """
    by_moment: dict[datetime | None, list[str]] = {}
    for kind, moment in sorted(since.items()):
        by_moment.setdefault(moment, []).append(kind)
    asked = [
        TOUCH.c.kind.in_(kinds) & (true() if moment is None else TOUCH.c.occurred_at >= moment)
        for moment, kinds in by_moment.items()
    ]
    wanted = (
        TOUCH.c.lead_id.in_(list(lead_ids)),
        TOUCH.c.made_by != "machine",
        or_(false(), *asked),
    )
    some = select(literal(1)).select_from(TOUCH).where(*wanted).limit(most + 1).subquery()
    if conn.execute(select(func.count()).select_from(some)).scalar_one() > most:
        return None
    rows = conn.execute(_FACTS.where(*wanted).order_by(TOUCH.c.occurred_at.desc()))
    return [TouchFact._make(row) for row in rows]


_FACTS = select(  # what the fold reads of a touch
    *(TOUCH.c[name] for name in ("touch_id", "kind", "occurred_at", "received_at")),
    *(TOUCH.c[name] for name in ("made_by", "properties")),
)


def stored_marks(conn: Connection, touch_ids: Iterable[str]) -> list[Row[Any]]:
    """Return those of these touches that are stored, with the lead each is recorded under."""
    return list(conn.execute(_LEADS_OF, {"wanted": sorted(touch_ids)}))


def touches_by_id(conn: Connection, touch_ids: Iterable[str]) -> list[Row[Any]]:
    """Return these touches, whole. The locks of their leads are held."""
    return list(conn.execute(_BY_ID, {"wanted": sorted(touch_ids)}))


def mark_touches(conn: Connection, marks: Mapping[str, TouchJudged]) -> None:
    """Write who made touches by a later judgement; their leads still have to be folded anew."""
    rows = [
        {
            "_touch": touch_id,
            "_by": judged.made_by,
            "_reason": judged.made_by_reason,
            "_version": judged.made_by_version,
            "_at": judged.judged_at,
        }
        for touch_id, judged in sorted(marks.items())
    ]
    if rows:
        conn.execute(_MARK, rows)


def place_touches(conn: Connection, places: Mapping[str, int]) -> None:
    """Let touches have been judged at other places: touch → place."""
    rows = [{"_touch": touch_id, "_place": place} for touch_id, place in sorted(places.items())]
    if rows:
        conn.execute(_PLACE, rows)


_LEADS_OF = select(TOUCH.c.touch_id, TOUCH.c.lead_id).where(is_in(TOUCH.c.touch_id))
_PLACE = (
    update(TOUCH)
    .where(TOUCH.c.touch_id == bindparam("_touch", type_=TOUCH.c.touch_id.type))
    .values(place=bindparam("_place", type_=TOUCH.c.place.type))
)
_BY_ID = select(TOUCH).where(is_in(TOUCH.c.touch_id))
_MARK = (
    update(TOUCH)
    .where(TOUCH.c.touch_id == bindparam("_touch", type_=TOUCH.c.touch_id.type))
    .values(
        made_by=bindparam("_by"),
        made_by_reason=bindparam("_reason"),
        made_by_version=bindparam("_version"),
        judged_at=bindparam("_at", type_=TOUCH.c.judged_at.type),
    )
)


def stored_fact(row: Row[Any]) -> TouchFact:
    """Return a stored touch as the fold reads it."""
    return TouchFact(
        row.touch_id, row.kind, row.occurred_at, row.received_at, row.made_by, row.properties
    )


def touch_fact(touch_id: str, touch: TouchRecorded) -> TouchFact:
    """Return an arriving touch as the fold reads it."""
    return TouchFact(
        touch_id,
        touch.touch,
        touch.occurred_at,
        touch.received_at,
        touch.made_by,
        touch.properties,
    )
