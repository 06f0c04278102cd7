"""The ticked leads of a batch are handed over, a few at a time, each judged again under lock.

A step is one transaction: hand-offs, what became of each lead, and the pace's count. Killed
before its commit it has not happened; repeated, it finds nobody waiting. Whoever cannot be
handed over any more is skipped with the reason.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select

from services.handoff.domain.policy import PolicyVersion
from services.handoff.handlers.ask_now import Asked, ask_now, hold_accounts
from services.handoff.handlers.open_handoffs import open_handoffs
from services.handoff.handlers.qualified import Qualified
from services.handoff.store import batches
from services.handoff.store import leads as leads_store
from services.handoff.store.handoffs import add_audit
from services.handoff.store.history import HistoryRow, add_history, new_knowledge
from services.handoff.store.policies import InForce
from services.handoff.store.tables import POLICY_VERSION
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts.handoffs import Released

AT_ONCE = 20  # leads a transaction


def next_hand_over(uow: UnitOfWork) -> str | None:
    """Return a batch of which somebody can be settled now; writes nothing."""
    for batch in batches.batches_in(uow.conn, batches.HANDING_OVER):
        version = _version(uow, batch)
        if version.state == "succeeded":
            return str(batch.batch_id)
        if version.state == "in_force" and (
            _room(uow, batch) > 0 or not batches.next_waiting(uow.conn, batch.batch_id, 1)
        ):
            return str(batch.batch_id)
    return None


def hand_over_some(uow: UnitOfWork, batch_id: str) -> int:
    """Hand over as many waiting leads as the pace allows; return how many were settled."""
    found = batches.next_waiting(uow.conn, batch_id, AT_ONCE)
    roots = leads_store.roots_of(uow.conn, found)
    locked = leads_store.lock_leads(uow.conn, set(roots.values()), uow.now)
    batch = batches.lock_batch(uow.conn, batch_id)
    version = _version(uow, batch)
    if batch.state != batches.HANDING_OVER or version.state not in ("in_force", "succeeded"):
        return 0
    if version.state == "succeeded":
        return _give_up(uow, batch)
    waiting = batches.lock_waiting(uow.conn, batch_id, found)[: max(0, _room(uow, batch))]
    hold_accounts(uow, locked.leads.values())
    judging = uow.parts.shelf.in_force(uow.conn)
    in_force = next(one for one in judging if one.version.version_id == version.version_id)
    policies = [one.version for one in judging]
    asked = ask_now(uow, in_force.version, locked.leads, in_force.people_key)
    qualified: dict[str, Qualified] = {}
    for item in waiting:
        one = asked.get(roots.get(item.lead_id, ""))
        reason = _reason(one, qualified)
        if one is None or reason is not None:
            settled = {"state": batches.SKIPPED, "reason": reason}
        else:
            place = _note_release(uow, in_force, one)
            ready = _qualified(uow, in_force, one, item, place, policies)
            qualified[one.lead.lead_id] = ready
            if ready.group_domain is not None:
                one.groups.opened(one.lead, ready.handoff_id)
            settled = {"state": batches.HANDED_OVER, "handoff_id": ready.handoff_id}
        batches.settle_item(uow.conn, batch_id, item.lead_id, settled_at=uow.now, **settled)
    if qualified:
        open_handoffs(uow, list(qualified.values()))
    for ready in qualified.values():
        assert ready.released is not None, "it comes from a batch"
        detail = {"batch_id": batch_id}
        who = ready.released.by
        add_audit(uow.conn, uow.now, who, "handoff.released", ready.handoff_id, detail=detail)
    if not batches.next_waiting(uow.conn, batch_id, 1):
        batches.change_batch(uow.conn, batch_id, state=batches.HANDED_OVER)
    leads_store.save_batch(uow.conn, locked)
    return len(waiting)


def _version(uow: UnitOfWork, batch: Row[Any]) -> Row[Any]:
    by_id = POLICY_VERSION.c.version_id == batch.version_id
    return uow.conn.execute(select(POLICY_VERSION).where(by_id)).one()


def _room(uow: UnitOfWork, batch: Row[Any]) -> int:
    """Return how many may be handed over now. All batches count together: reps are the same."""
    hour = batches.handed_over_since(uow.conn, uow.now - timedelta(hours=1))
    day = batches.handed_over_since(uow.conn, uow.now - timedelta(days=1))
    return int(min(batch.per_hour - hour, batch.per_day - day))


def _reason(one: Asked | None, qualified: dict[str, Qualified]) -> str | None:
    """Return why a lead is skipped; None when it is handed over."""
    if one is None:
        return "lead_gone"
    if one.lead.lead_id in qualified:
        return "merged"  # with a lead of this very step
    return one.holds_back


def _note_release(uow: UnitOfWork, in_force: InForce, one: Asked) -> int:
    """Write down when people's choice was carried out, and what was known then."""
    place, root = uow.places(), one.lead.lead_id
    detail = {"policy": in_force.policy, **new_knowledge(one.lead, one.account)}
    add_history(uow.conn, [HistoryRow(root, place, "released", uow.now, detail)])
    return place


def _qualified(
    uow: UnitOfWork,
    in_force: InForce,
    one: Asked,
    item: Row[Any],
    place: int,
    policies: Sequence[PolicyVersion],
) -> Qualified:
    assert one.number is not None, "what holds nobody back qualifies"
    return Qualified(
        one.lead,
        one.account,
        in_force,
        one.evaluation,
        one.number,
        uow.now,
        place=place,
        policies=policies,
        groups=one.groups,
        released=Released(batch_id=item.batch_id, by=item.ticked_by, at=item.ticked_at),
    )


def _give_up(uow: UnitOfWork, batch: Row[Any]) -> int:
    """Skip all who still wait: another version decides now."""
    skipped = batches.move_items(
        uow.conn,
        batch.batch_id,
        batches.WAITING,
        batches.SKIPPED,
        reason="version_succeeded",
        settled_at=uow.now,
    )
    batches.change_batch(uow.conn, batch.batch_id, state=batches.HANDED_OVER)
    add_audit(
        uow.conn,
        uow.now,
        "relevo",
        "batch.stopped",
        batch.batch_id,
        "its version was succeeded",
        {"leads": skipped},
    )
    return skipped
