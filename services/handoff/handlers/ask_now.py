"""One version asked about leads as they are stored, now, by a few statements for all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.cycle import FIRST_CYCLE, CycleRecord, HeldBack, Qualifies
from services.handoff.domain.evaluation import Evaluation, evaluate
from services.handoff.domain.fold import merge
from services.handoff.domain.judging import edge_of
from services.handoff.domain.policy import PolicyVersion
from services.handoff.handlers.account_groups import AccountGroups, by_member, facts_of_lead
from services.handoff.store import overrides
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
    cycle: CycleRecord
    groups: AccountGroups
    hold: Row[Any] | None
    """What says that the lead is not to be handed over."""

    @property
    def group(self) -> CycleRecord:
        """Where the people of its account stand together by now."""
        return self.groups.cycle(self.lead)

    @property
    def edge(self) -> Qualifies | HeldBack:
        """Whether the lead would become ready now if a gate passes, or what holds it back."""
        hold = overrides.as_hold(self.hold)
        return edge_of(self.cycle, self.group, self.evaluation, lambda: hold)

    @property
    def number(self) -> int | None:
        """Which time the lead is handed over now; None when it cannot be."""
        if self.holds_back is not None or not isinstance(edge := self.edge, Qualifies):
            return None
        return edge.number

    @property
    def holds_back(self) -> str | None:
        """Why the lead cannot be handed over now; None when it can."""
        if not self.lead.is_known:
            return "unknown_person"
        if not self.evaluation.is_ready:
            if self.evaluation.scope.holds is not True:
                return "not_meant"
            return "excluded" if self.evaluation.excluded_by else "not_ready"
        edge = self.edge
        return edge.code if isinstance(edge, HeldBack) else None


def ask_now(
    uow: UnitOfWork,
    version: PolicyVersion,
    leads: Mapping[str, Lead],
    people_key: bytes | None = None,
) -> dict[str, Asked]:
    """Ask ``version`` about each of ``leads`` (by root). Writes nothing.

    ``people_key``: of a version in force, whose accounts remember already.
    """
    accounts: dict[str, Account] = {}
    load_accounts(uow.conn, accounts, _domains(leads.values()))
    members = by_member(leads.values())
    cycles = load_cycles(uow.conn, version.policy, leads)
    signals = load_signals(uow.conn, version, members)
    groups = AccountGroups(uow, version, members, accounts, people_key)
    groups.remember(leads.values(), signals)
    groups.meet(uow.now, with_sales=True)
    holds = overrides.holds_on(uow.conn, members, uow.now)
    asked = {}
    for root, lead in leads.items():
        account = accounts.get(lead.account_domain or "")
        state, *others = (signals[member] for member in lead.member_ids)
        for other in others:
            state = merge(version, state, other)
        facts = facts_of_lead(lead, account)
        evaluation = evaluate(version, facts, state, uow.now, groups.colleagues(lead))
        row = cycles.get(root)
        cycle = FIRST_CYCLE
        if row is not None:
            cycle = CycleRecord(row.number, row.open_handoff_id, row.closed_at, row.returns_at)
        hold = overrides.holding(holds, lead.member_ids, version.policy)
        asked[root] = Asked(lead, account, evaluation, cycle, groups, hold)
    return asked


def ask_about(
    uow: UnitOfWork, version: PolicyVersion, lead: Lead, people_key: bytes | None = None
) -> Asked:
    """Ask ``version`` about one lead; see ``ask_now``."""
    return ask_now(uow, version, {lead.lead_id: lead}, people_key)[lead.lead_id]


def hold_accounts(uow: UnitOfWork, leads: Iterable[Lead]) -> None:
    """Lock the accounts of leads that are locked and may be handed over with colleagues."""
    load_accounts(uow.conn, {}, _domains(leads), lock=True)


def _domains(leads: Iterable[Lead]) -> set[str]:
    return {domain for lead in leads if (domain := lead.account_domain)}
