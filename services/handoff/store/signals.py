"""Folded signals per lead and fold shape, and the touches they are folded from."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from services.handoff.domain.fold import fold
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import LeadSignals, decode_state, encode_state, no_signals
from services.handoff.domain.touches import TouchFact
from services.handoff.store.tables import LEAD_SIGNALS, TOUCH
from shared.bulk import Replace, bulk_insert, is_in
from shared.contracts.touches import TouchRecorded
from shared.db import chunks

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
    "properties",
    "place",
)


_FOLDED = select(LEAD_SIGNALS.c.lead_id, LEAD_SIGNALS.c.signals).where(
    LEAD_SIGNALS.c.shape == bindparam("shape"), is_in(LEAD_SIGNALS.c.lead_id)
)
_PLACES = select(TOUCH.c.touch_id, TOUCH.c.place).where(is_in(TOUCH.c.touch_id))
_TOUCHES = select(TOUCH).where(is_in(TOUCH.c.lead_id))


def load_signals(
    conn: Connection,
    version: PolicyVersion,
    lead_ids: Iterable[str],
    new: Collection[str] = (),
    arriving: Collection[str] = (),
) -> dict[str, LeadSignals]:
    """Return what each lead (a member) remembers under ``version``.

    One that was never folded for this version's questions is folded from its stored
    touches now; ``new`` ones have none, and those that are ``arriving`` in this very
    transaction are left for the caller to fold.
    """
    found: dict[str, LeadSignals] = {}
    wanted = sorted(set(lead_ids))
    old = [lead_id for lead_id in wanted if lead_id not in new]
    if old:
        rows = conn.execute(_FOLDED, {"wanted": old, "shape": version.fold_shape})
        found |= {lead_id: decode_state(version, data) for lead_id, data in rows.all()}
    missing = [lead_id for lead_id in wanted if lead_id not in found]
    found |= dict.fromkeys(missing, no_signals(version))
    for some in chunks([lead_id for lead_id in missing if lead_id not in new]):
        touches: dict[str, list[TouchFact]] = {}
        for row in conn.execute(_TOUCHES, {"wanted": list(some)}):
            if row.touch_id not in arriving:
                touches.setdefault(row.lead_id, []).append(stored_fact(row))
        for lead_id, facts in touches.items():
            found[lead_id] = fold(version, found[lead_id], facts)
    return found


def save_signals(
    conn: Connection, version: PolicyVersion, signals: Mapping[str, LeadSignals]
) -> None:
    """Store what these leads remember under ``version``."""
    bulk_insert(
        conn,
        LEAD_SIGNALS,
        ("lead_id", "shape", "signals"),
        [
            (lead_id, version.fold_shape, encode_state(state))
            for lead_id, state in sorted(signals.items())
        ],
        Replace(("lead_id", "shape"), ("signals",)),
    )


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


def touches_until(conn: Connection, lead_ids: Collection[str], at: datetime) -> list[TouchFact]:
    """Return all these leads had done as far as it had been received by ``at``."""
    query = select(TOUCH).where(TOUCH.c.lead_id.in_(list(lead_ids)), TOUCH.c.received_at <= at)
    return [stored_fact(row) for row in conn.execute(query)]


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
