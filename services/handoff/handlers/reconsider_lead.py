"""A cool-down has ended: what came in meanwhile may make the lead ready again."""

from services.handoff.domain.cycle import CycleRecord, Qualifies, judge_edge
from services.handoff.handlers.evaluate_lead import evaluate_now
from services.handoff.handlers.open_handoffs import Qualified, open_handoffs
from services.handoff.store import handoffs
from services.handoff.store import leads as leads_store
from services.handoff.store.accounts import find_account
from services.handoff.store.history import HistoryRow, add_history, new_knowledge
from services.handoff.unit_of_work import UnitOfWork
from shared.clock import to_text
from shared.timers import Timer


def reconsider(uow: UnitOfWork, timer: Timer) -> None:
    """Ask the policies in force again. A lead that merely is still ready does not come back."""
    root = leads_store.root_of(uow.conn, timer.subject)
    if root is None:
        return
    batch = leads_store.lock_leads(uow.conn, [root], uow.now)
    if not uow.parts.timers.claim(uow.conn, timer, uow.now):
        return
    lead = batch.leads[root]
    if not lead.is_known:
        return  # an undone merge took away the identifiers that named somebody
    account, place = find_account(uow.conn, lead.account_domain), uow.places()
    detail = {"due_at": to_text(timer.due_at), **new_knowledge(lead, account)}
    add_history(uow.conn, [HistoryRow(root, place, "reconsidered", uow.now, detail)])
    for in_force in uow.parts.shelf.in_force(uow.conn):
        row = handoffs.load_cycles(uow.conn, in_force.policy, [root]).get(root)
        if row is None:
            continue
        evaluation = evaluate_now(uow, lead, in_force)
        if not evaluation.is_ready:
            continue
        record = CycleRecord(row.number, row.open_handoff_id, row.closed_at, row.returns_at)
        edge = judge_edge(record, in_force.version.cool_down, evaluation.deciding, uow.now)
        if isinstance(edge, Qualifies):
            ready = Qualified(
                lead, account, in_force, evaluation, edge.number, uow.now, place=place
            )
            open_handoffs(uow, [ready])
    leads_store.save_batch(uow.conn, batch)
