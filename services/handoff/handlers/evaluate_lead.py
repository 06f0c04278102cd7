"""What the policies in force say about one lead now. Writes nothing."""

from dataclasses import asdict
from typing import Any

from services.handoff.domain.cycle import FIRST_CYCLE, CycleRecord, HeldBack, judge_edge
from services.handoff.domain.evaluation import Evaluation, evaluate
from services.handoff.domain.explain import explained
from services.handoff.domain.fold import merge
from services.handoff.readmodels import read_leads
from services.handoff.store import leads as leads_store
from services.handoff.store.accounts import find_account
from services.handoff.store.handoffs import load_cycles
from services.handoff.store.leads import Lead
from services.handoff.store.policies import InForce
from services.handoff.store.signals import load_signals
from services.handoff.unit_of_work import UnitOfWork


def evaluate_lead(uow: UnitOfWork, lead_id: str) -> list[dict[str, Any]] | None:
    """Return each policy's answer with its explanation; None when there is no such lead."""
    root = leads_store.root_of(uow.conn, lead_id)
    if root is None:
        return None
    lead = read_leads(uow.conn, [root])[root]
    answers = []
    for in_force in uow.parts.shelf.in_force(uow.conn):
        evaluation = evaluate_now(uow, lead, in_force)
        held = _held_back(uow, root, in_force, evaluation)
        answers.append(
            {
                "policy": in_force.policy,
                "version": in_force.version.number,
                "agreement": in_force.agreement,
                "explanation": explained(evaluation),
                "held_back": None if held is None else asdict(held),
            }
        )
    return answers


def evaluate_now(uow: UnitOfWork, lead: Lead, in_force: InForce) -> Evaluation:
    """Ask one version about a lead as it is stored, now."""
    version = in_force.version
    signals = load_signals(uow.conn, version, lead.member_ids)
    state, *others = (signals[member_id] for member_id in lead.member_ids)
    for other in others:
        state = merge(version, state, other)
    return evaluate(version, facts_of(uow, lead), state, uow.now)


def facts_of(uow: UnitOfWork, lead: Lead) -> dict[str, dict[str, Any]]:
    """Return what fit criteria and exclusions look at."""
    account = find_account(uow.conn, lead.account_domain)
    return {"lead": lead.facts, "account": account.values if account else {}}


def _held_back(
    uow: UnitOfWork, root: str, in_force: InForce, evaluation: Evaluation
) -> HeldBack | None:
    if not evaluation.is_ready:
        return None
    row = load_cycles(uow.conn, in_force.policy, [root]).get(root)
    record = FIRST_CYCLE
    if row is not None:
        record = CycleRecord(row.number, row.open_handoff_id, row.closed_at, row.returns_at)
    edge = judge_edge(record, in_force.version.cool_down, evaluation.deciding, uow.now)
    return edge if isinstance(edge, HeldBack) else None
