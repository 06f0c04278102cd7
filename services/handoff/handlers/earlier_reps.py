"""Who in sales had to do with leads before, read from the steps of their hand-offs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from services.handoff.domain.earlier_reps import EarlierRep
from services.handoff.store.tables import HANDOFF, STEP
from services.handoff.unit_of_work import UnitOfWork
from shared.bulk import is_in

SENT_BACK = ("reject", "hand_back")
SAID = ("accept", "attempt", "talked", "works_on_it", *SENT_BACK)
_STEPS = (
    select(STEP, HANDOFF.c.lead_id, HANDOFF.c.version_id)
    .join(HANDOFF, HANDOFF.c.handoff_id == STEP.c.handoff_id)
    .where(is_in(HANDOFF.c.lead_id), STEP.c.kind.in_(SAID))
    .order_by(STEP.c.happened_at, STEP.c.step_id)
)


def earlier_reps(uow: UnitOfWork, members: Mapping[str, str]) -> dict[str, list[EarlierRep]]:
    """Return who had each lead before, the latest first, by root.

    ``members`` maps the leads hand-offs are kept under to their roots.
    """
    said: dict[str, dict[str, list[Row[Any]]]] = {}
    for row in uow.conn.execute(_STEPS, {"wanted": sorted(members)}):
        by_person = said.setdefault(members[row.lead_id], {})
        by_person.setdefault(row.by, []).append(row)
        if works := row.detail.get("works_on_it"):
            by_person.setdefault(works, []).append(row)
    return {
        root: sorted(
            (_rep(uow, person, rows) for person, rows in by_person.items()),
            key=lambda one: one.last_at,
            reverse=True,
        )
        for root, by_person in said.items()
    }


def _rep(uow: UnitOfWork, person_id: str, rows: list[Row[Any]]) -> EarlierRep:
    own = [row for row in rows if row.by == person_id]
    sent_back: dict[str, int] = {}
    not_now = 0
    for row in own:
        if row.kind not in SENT_BACK or (name := row.detail.get("reason")) is None:
            continue
        sent_back[name] = sent_back.get(name, 0) + 1
        reason = uow.parts.shelf.by_id(uow.conn, row.version_id).reasons_by_name.get(name)
        not_now += reason is not None and reason.effect == "recycle" and not reason.attempts
    return EarlierRep(
        person_id,
        len({row.handoff_id for row in own}),
        _latest(row.happened_at for row in own if row.kind == "talked"),
        sent_back,
        not_now,
        _latest(row.happened_at for row in rows if row.detail.get("works_on_it") == person_id),
        max(row.happened_at for row in rows),
    )


def _latest(moments: Any) -> datetime | None:
    return max(moments, default=None)
