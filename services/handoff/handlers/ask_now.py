"""One version asked about many leads as they are stored, now, by a few statements."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.handoff.domain.cycle import (
    FIRST_CYCLE,
    CycleRecord,
    HeldBack,
    Qualifies,
    judge_edge,
)
from services.handoff.domain.evaluation import Evaluation, evaluate
from services.handoff.domain.fold import merge
from services.handoff.domain.policy import PolicyVersion
from services.handoff.store.accounts import Account, load_accounts
from services.handoff.store.handoffs import load_cycles
from services.handoff.store.leads import Lead
from services.handoff.store.signals import load_signals
from services.handoff.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Asked:
    """What a version says about a lead now, and whether it could be handed over."""

    lead: Lead
    account: Account | None
    evaluation: Evaluation
    edge: Qualifies | HeldBack

    @property
    def number(self) -> int | None:
        """Which time the lead would be handed over; None while its cycle holds it back."""
        return self.edge.number if isinstance(self.edge, Qualifies) else None

    @property
    def holds_back(self) -> str | None:
        """Why the lead cannot be handed over now; None when it can."""
        if not self.lead.is_known:
            return "unknown_person"
        if not self.evaluation.is_ready:
            return "excluded" if self.evaluation.excluded_by else "not_ready"
        return self.edge.code if isinstance(self.edge, HeldBack) else None


def ask_now(uow: UnitOfWork, version: PolicyVersion, leads: Mapping[str, Lead]) -> dict[str, Asked]:
    """Ask ``version`` about each of ``leads`` (by root)."""
    accounts: dict[str, Account] = {}
    domains = {domain for lead in leads.values() if (domain := lead.account_domain)}
    load_accounts(uow.conn, accounts, domains)
    cycles = load_cycles(uow.conn, version.policy, leads)
    signals = load_signals(
        uow.conn, version, (member for lead in leads.values() for member in lead.member_ids)
    )
    asked = {}
    for root, lead in leads.items():
        account = accounts.get(lead.account_domain or "")
        facts = {"lead": lead.facts, "account": account.values if account else {}}
        state, *others = (signals[member] for member in lead.member_ids)
        for other in others:
            state = merge(version, state, other)
        evaluation = evaluate(version, facts, state, uow.now)
        row = cycles.get(root)
        record = FIRST_CYCLE
        if row is not None:
            record = CycleRecord(row.number, row.open_handoff_id, row.closed_at, row.returns_at)
        edge = judge_edge(record, version.cool_down, evaluation.deciding, uow.now)
        asked[root] = Asked(lead, account, evaluation, edge)
    return asked
