"""Where leads stand once a merge was undone: each in the cycle of its own hand-offs.

While two leads were one they shared a cycle record. A hand-off stays with the lead it was
opened for, so each record can be counted again from the hand-offs themselves.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import select

from services.handoff.domain.cycle import CycleRecord, PastHandoff, cool_down_until, recount
from services.handoff.handlers.clocks import RECONSIDER
from services.handoff.store.handoffs import PAST, save_cycles
from services.handoff.store.tables import CYCLE, HANDOFF
from services.handoff.unit_of_work import UnitOfWork
from shared.timers import Timer


def recount_cycles(uow: UnitOfWork, leads: Mapping[str, Collection[str]]) -> None:
    """Count the cycles of ``leads`` again: roots with the ids of their members, all locked."""
    cycles = select(CYCLE.c.policy).where(CYCLE.c.lead_id.in_(list(leads))).distinct()
    policies = sorted(uow.conn.execute(cycles).scalars())
    for lead_id, members in leads.items():
        records = _records(uow, policies, members)
        save_cycles(
            uow.conn,
            [
                {
                    "lead_id": lead_id,
                    "policy": policy,
                    "number": record.number,
                    "open_handoff_id": record.open_handoff_id,
                    "closed_at": record.closed_at,
                    "returns_at": record.returns_at,
                }
                for policy, record in records.items()
            ],
        )
        _look_again(uow, lead_id, records)


def _records(
    uow: UnitOfWork, policies: Collection[str], members: Collection[str]
) -> dict[str, CycleRecord]:
    past: dict[str, list[PastHandoff]] = defaultdict(list)
    found = select(HANDOFF.c.policy, *PAST)
    for policy, *values in uow.conn.execute(found.where(HANDOFF.c.lead_id.in_(list(members)))):
        past[policy].append(PastHandoff(*values))
    return {policy: recount(past[policy]) for policy in policies}


def _look_again(uow: UnitOfWork, lead_id: str, records: Mapping[str, CycleRecord]) -> None:
    """Reconsider the lead when its cool-down ends; at once where the merge closed its hand-off."""
    moments = []
    for in_force in uow.parts.shelf.in_force(uow.conn):
        record = records.get(in_force.policy)
        if record is not None and record.number and record.open_handoff_id is None:
            until = cool_down_until(record, in_force.version.cool_down)
            moments.append(max(uow.now, until or uow.now))
    if moments:
        uow.parts.timers.arm(uow.conn, [Timer(RECONSIDER, lead_id, 1, min(moments))])
