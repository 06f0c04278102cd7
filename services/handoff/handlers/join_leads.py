"""Leads that turn out to be one person: told, remembered, and their hand-offs joined.

What the leads did needs no work: a lead is the union of its members. Their cycles do. Of
two open hand-offs the earlier stays with its owner and the other ends as superseded.
"""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, select

from services.handoff.domain.cycle import CycleRecord, OpenHandoff, go_on, join_records
from services.handoff.domain.identity import Join
from services.handoff.domain.touches import epoch_us
from services.handoff.handlers.references import reference
from services.handoff.handlers.stop_clocks import stop_clocks
from services.handoff.store.groups import move_people
from services.handoff.store.handoffs import add_audit, add_step, change_handoff, save_cycles
from services.handoff.store.leads import Lead, LeadBatch, carry_out_joins, record_merge
from services.handoff.store.tables import CYCLE, HANDOFF
from services.handoff.unit_of_work import UnitOfWork
from shared import trace
from shared.contracts.handoffs import Closed
from shared.contracts.leads import LeadMerged


def join_leads(uow: UnitOfWork, batch: LeadBatch, place: int) -> set[str]:
    """Carry out the joins found in this batch; return the leads that are more than before.

    ``place`` is that of the first join; all that is judged with them comes behind the last.
    """
    joined = set()
    for at, (join, survivor, merged) in enumerate(carry_out_joins(batch), start=place):
        joined.add(survivor.lead_id)
        if merged.root.is_new:
            continue  # nobody has heard of it
        with trace.caused_by(batch.causes.get(merged.lead_id) or trace.current.get()):
            _tell(uow, join, survivor, merged, at)
            join_cycles(uow, survivor, merged, at)
    return joined


def _tell(uow: UnitOfWork, join: Join, survivor: Lead, merged: Lead, place: int) -> None:
    record_merge(uow.conn, join, merged.member_ids, uow.now, place)
    add_audit(uow.conn, uow.now, "relevo", "lead.merged", survivor.lead_id, join.because)
    event = LeadMerged(
        lead_id=survivor.lead_id,
        merged_lead_id=merged.lead_id,
        because=join.because,
        at=uow.now,
    )
    uow.stage([uow.envelope(event, survivor)])


def join_cycles(uow: UnitOfWork, survivor: Lead, merged: Lead, place: int) -> None:
    """Let the surviving lead go on in the merged one's cycles too."""
    rows = uow.conn.execute(
        select(CYCLE).where(CYCLE.c.lead_id.in_([survivor.lead_id, merged.lead_id]))
    ).all()
    by_policy: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_policy.setdefault(row.policy, []).append(row)
    for policy, cycles in by_policy.items():
        open_ids = [row.open_handoff_id for row in cycles if row.open_handoff_id is not None]
        stays = _end_others(uow, survivor, open_ids, place)
        records = [
            CycleRecord(row.number, row.open_handoff_id, row.closed_at, row.returns_at)
            for row in cycles
        ]
        joined = asdict(join_records(records, stays))
        save_cycles(uow.conn, [{"lead_id": survivor.lead_id, "policy": policy, **joined}])


def _end_others(
    uow: UnitOfWork, survivor: Lead, open_ids: Collection[str], place: int
) -> str | None:
    """End all but one of these hand-offs, which are open; return the one that stays, if any."""
    columns = (HANDOFF.c.decided_at, HANDOFF.c.handoff_id, HANDOFF.c.group_domain)
    rows = uow.conn.execute(select(*columns).where(HANDOFF.c.handoff_id.in_(open_ids)))
    stays, end = go_on(OpenHandoff(epoch_us(decided_at), *of) for decided_at, *of in rows)
    if stays is None:
        return None
    for one in end:
        _end(uow, survivor, one.handoff_id, stays.handoff_id, place)
    if end:
        change_handoff(uow.conn, stays.handoff_id, group_domain=stays.group_domain)
        move_people(uow.conn, [one.handoff_id for one in end], stays.handoff_id, uow.now)
    return stays.handoff_id


def _end(uow: UnitOfWork, survivor: Lead, handoff_id: str, stays: str, place: int) -> None:
    change_handoff(
        uow.conn,
        handoff_id,
        stage="superseded",
        closed_by="relevo",
        closed_at=uow.now,
        closed_place=place,
        reason=stays,
    )
    stop_clocks(uow, handoff_id, "superseded", uow.now, is_open=False)
    add_step(uow.conn, handoff_id, "superseded", "relevo", uow.now, {"by": stays})
    why = f"its lead was joined with that of {stays}"
    add_audit(uow.conn, uow.now, "relevo", "handoff.superseded", handoff_id, why)
    ref = reference(uow.conn, handoff_id).model_copy(update={"lead_id": survivor.lead_id})
    closed = Closed(
        handoff=ref,
        by=None,
        at=uow.now,
        reason="superseded",
        text=None,
        amount=None,
        currency=None,
        cool_down_until=None,
    )
    uow.stage([uow.envelope(closed, survivor)])
