"""The day each lead first did something, kept per member; the first of them counts.

Members stay what they were when leads are merged or parted again: only which of them
counts for the lead is found out anew. A lead's lock guards its members.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from sqlalchemy import Connection, Select, delete, select

from services.handoff.domain.scoreboard import DEALS, Did, First, day_of
from services.handoff.domain.touches import epoch_us, moment_at
from services.handoff.store.scoreboard_tables import SCORE_LEAD
from services.handoff.store.tables import TOUCH
from shared.bulk import Replace, bulk_insert, is_in

_COLUMNS = ("lead_id", "occurred_us", "touch_id", "day", "source", "counts")
Stored = tuple[str, int, str, int, str, bool]
"""A row in the order of ``_COLUMNS``."""

_STORED = select(*(SCORE_LEAD.c[name] for name in _COLUMNS)).where(is_in(SCORE_LEAD.c.lead_id))
_DID: Select[Any] = select(
    TOUCH.c.touch_id,
    TOUCH.c.lead_id,
    TOUCH.c.kind,
    TOUCH.c.source,
    TOUCH.c.occurred_at,
    TOUCH.c.made_by,
    TOUCH.c.properties,
).where(is_in(TOUCH.c.lead_id))


def touches_of(conn: Connection, lead_ids: Sequence[str]) -> list[Did]:
    """Return all these leads (members) did."""
    rows = conn.execute(_DID, {"wanted": list(lead_ids)})
    return [Did(*row) for row in rows]


def firsts_of(touches: Iterable[Did]) -> dict[str, First]:
    """Return the first thing each member did, as far as a human did it."""
    found: dict[str, First] = {}
    for one in touches:
        if one.made_by == "human" and one.kind not in DEALS:
            first = First(epoch_us(one.occurred_at), one.touch_id, one.source)
            found[one.lead_id] = min(first, found.get(one.lead_id, first))
    return found


def settle_leads(
    conn: Connection,
    leads: Iterable[Sequence[str]],
    firsts: Mapping[str, First],
    zone: tzinfo,
    *,
    new: Collection[str] = (),
    anew: Collection[str] = (),
) -> None:
    """Find out which member of each lead counts, after ``firsts`` were learned.

    ``leads`` are the members of each, all locked. ``new`` ones have nothing stored; of those
    in ``anew`` what is stored is replaced, and forgotten where they have no first any more.
    """
    groups = [list(members) for members in leads]
    asked = sorted({one for members in groups for one in members if one not in new})
    stored: dict[str, Stored] = {}
    if asked:
        stored = {row[0]: tuple(row) for row in conn.execute(_STORED, {"wanted": asked}).all()}
    changed, gone = [], []
    for members in groups:
        if len(members) == 1 and _stays(stored.get(members[0]), firsts.get(members[0]), anew):
            continue
        known: dict[str, First] = {}
        for one in members:
            candidates = [firsts[one]] if one in firsts else []
            if one in stored and one not in anew:
                candidates.append(First(stored[one][1], stored[one][2], stored[one][4]))
            if candidates:
                known[one] = min(candidates)
            elif one in stored:
                gone.append(one)
        counting = min(known, key=lambda one: (known[one], one), default=None)
        for one, first in known.items():
            day = day_of(moment_at(first.occurred_us), zone)
            row = (one, first.occurred_us, first.touch_id, day, first.source, one == counting)
            if stored.get(one) != row:
                changed.append(row)
    bulk_insert(conn, SCORE_LEAD, _COLUMNS, sorted(changed), _REPLACE)
    if gone:
        conn.execute(delete(SCORE_LEAD).where(is_in(SCORE_LEAD.c.lead_id)), {"wanted": gone})


def _stays(row: Stored | None, learned: First | None, anew: Collection[str]) -> bool:
    """Return whether a lead of one member, as most are, needs no other row than it has."""
    if row is None or row[0] in anew or not row[5]:
        return False
    return learned is None or (learned.occurred_us, learned.touch_id) >= row[1:3]


_REPLACE = Replace(("lead_id",), _COLUMNS[1:])
