"""A lead changes its address: it keeps its history, and the former one becomes a past one."""

from collections.abc import Iterable
from datetime import datetime

from services.handoff.store.addresses import Moves
from services.handoff.store.leads import LeadBatch, Member


def move_address(
    batch: LeadBatch, member: Member, taken: str, left: Iterable[str], at: datetime
) -> None:
    """Note that a lead changed its address at ``at``. Any order of changes ends the same."""
    resolver = batch.resolver
    root = resolver.root(member.lead_id)
    for value in (taken, *left):
        owner = resolver.found.get(value)
        if owner is None or resolver.root(owner) != root:
            continue  # somebody else's by now
        before = batch.moves.get(value, Moves())
        if value == taken:
            after = before._replace(taken_at=max(before.taken_at or at, at))
        else:
            after = before._replace(left_at=max(before.left_at or at, at))
        if after != before:
            batch.moves[value] = after
            batch.moved.add(value)
            (resolver.former.add if after.is_former else resolver.former.discard)(value)
