"""Touches and leads as the scoreboard counts them, kept in the transactions that change them.

Hand-offs need no call from here: they are kept when their events are staged.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.scoreboard import Did
from services.handoff.store.leads import Lead, LeadBatch
from services.handoff.store.scoreboard import Move, add_deals, move_touches
from services.handoff.store.scoreboard_leads import firsts_of, settle_leads, touches_of
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts.touches import TouchRecorded


def did(touch_id: str, lead_id: str, data: TouchRecorded) -> Did:
    """Return an arriving touch as it is counted."""
    return Did(
        touch_id,
        lead_id,
        data.touch,
        data.source,
        data.occurred_at,
        data.made_by,
        data.properties,
    )


def count_arrivals(
    uow: UnitOfWork, batch: LeadBatch, touches: Sequence[Did], joined: Iterable[str]
) -> None:
    """Count what arrived, each touch once. ``joined`` are leads that became more than before."""
    firsts = firsts_of(touches)
    add_deals(uow.conn, touches, uow.zone)
    concerned = {batch.lead_of(one).lead_id for one in (*firsts, *joined)}
    if concerned:
        new = {one.lead_id for one in batch.members.values() if one.is_new}
        members = [batch.leads[one].member_ids for one in sorted(concerned)]
        settle_leads(uow.conn, members, firsts, uow.zone, new=new)
    if touches:
        move_touches(uow.conn, [Move(touches, 1)], uow.zone)


def count_leads_again(uow: UnitOfWork, leads: Iterable[Lead]) -> None:
    """Find out which member counts, of leads that were merged or parted. Their locks are held."""
    settle_leads(uow.conn, [lead.member_ids for lead in leads], {}, uow.zone)


def count_marks(
    uow: UnitOfWork, batch: LeadBatch, before: Sequence[Did], after: Sequence[Did]
) -> None:
    """Count touches by who is known to have made them now. They are stored so already."""
    concerned = sorted({one.lead_id for one in before})
    firsts = firsts_of(touches_of(uow.conn, concerned))
    roots = {batch.lead_of(one).lead_id for one in concerned}
    members = [batch.leads[one].member_ids for one in sorted(roots)]
    settle_leads(uow.conn, members, firsts, uow.zone, anew=concerned)
    move_touches(uow.conn, [Move(before, -1), Move(after, 1)], uow.zone)


def count_as_erased(uow: UnitOfWork, touches: Sequence[Did]) -> None:
    """Keep the counts of what was deleted. That the leads once came stays too."""
    if touches:
        move_touches(uow.conn, [Move(touches, -1, erased=1)], uow.zone)


def stored(row: Row[Any], made_by: str) -> Did:
    """Return a stored touch as it is counted, made by whoever is said."""
    return Did(
        row.touch_id,
        row.lead_id,
        row.kind,
        row.source,
        row.occurred_at,
        made_by,
        row.properties,
    )
