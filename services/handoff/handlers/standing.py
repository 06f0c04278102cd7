"""Where one lead stands with one policy, as both are stored: for answers, timers and people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.cycle import FIRST_CYCLE, CycleRecord, HeldBack, Qualifies
from services.handoff.domain.evaluation import Evaluation, evaluate
from services.handoff.domain.fold import merge
from services.handoff.domain.judging import Hold, edge_of
from services.handoff.handlers.account_groups import AccountGroups, by_member, facts_of_lead
from services.handoff.store import overrides
from services.handoff.store.accounts import Account, find_account, load_accounts
from services.handoff.store.handoffs import load_cycles
from services.handoff.store.leads import Lead
from services.handoff.store.policies import InForce
from services.handoff.store.signals import load_signals
from services.handoff.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Standing:
    """What one policy version says about a lead now, and whether it may act on it."""

    in_force: InForce
    evaluation: Evaluation
    cycle: CycleRecord
    groups: AccountGroups
    group: CycleRecord
    hold: Row[Any] | None
    """A person's word that the lead is not to be handed over."""

    @property
    def edge(self) -> Qualifies | HeldBack | None:
        """Whether the lead becomes ready now, or what holds it back; None: it is not ready."""
        found, row = self.evaluation, self.hold
        if not found.is_ready:
            return None
        hold = None if row is None else Hold(row.until)
        return edge_of(self.cycle, self.group, found, found.at, lambda: hold)


def standing(uow: UnitOfWork, lead: Lead, in_force: InForce) -> Standing:
    """Ask one version about a lead as it is stored, now. Writes nothing."""
    version = in_force.version
    account = find_account(uow.conn, lead.account_domain)
    accounts: Mapping[str, Account] = {} if account is None else {account.domain: account}
    signals = load_signals(uow.conn, version, lead.member_ids)
    groups = AccountGroups(uow, version, by_member([lead]), accounts)
    groups.remember([lead], signals)
    groups.meet(uow.now)
    state, *others = (signals[member_id] for member_id in lead.member_ids)
    for other in others:
        state = merge(version, state, other)
    evaluation = evaluate(
        version, facts_of_lead(lead, account), state, uow.now, groups.colleagues(lead)
    )
    holds = overrides.holds_on(uow.conn, lead.member_ids, uow.now)
    return Standing(
        in_force,
        evaluation,
        cycle_of(uow, lead, in_force.policy),
        groups,
        groups.cycle(lead),
        overrides.holding(holds, lead.member_ids, in_force.policy),
    )


def cycle_of(uow: UnitOfWork, lead: Lead, policy: str) -> CycleRecord:
    """Return where a lead stands with a policy by itself."""
    row = load_cycles(uow.conn, policy, [lead.lead_id]).get(lead.lead_id)
    if row is None:
        return FIRST_CYCLE
    return CycleRecord(row.number, row.open_handoff_id, row.closed_at, row.returns_at)


def hold_account(uow: UnitOfWork, lead: Lead) -> None:
    """Lock the account of a lead that is locked and may be handed over with its colleagues."""
    if lead.account_domain is not None:
        load_accounts(uow.conn, {}, [lead.account_domain], lock=True)
