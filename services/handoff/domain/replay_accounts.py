"""The people of accounts during a replay, as one version looks at them.

What handlers look up in the database when a gate asks about several people, a replay keeps
as it goes: what each account remembers, and whether its people are with sales together.
"""

from collections.abc import Iterable

from services.handoff.domain.account_fold import (
    nobody_did,
    people_needed,
    remembered_leads,
    take_in,
)
from services.handoff.domain.colleagues import NO_COLLEAGUES, AccountPeople, Colleagues
from services.handoff.domain.cycle import FIRST_CYCLE, CycleRecord, stand_together
from services.handoff.domain.evaluation import profile_of
from services.handoff.domain.facts import Facts
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.replay_leads import ReplayedLeads
from services.handoff.domain.signals import LeadSignals
from services.handoff.domain.standing import Handover


class ReplayedAccounts:
    """The accounts of the leads of a group. Of a version that asks about nobody else: nothing."""

    def __init__(self, version: PolicyVersion, leads: ReplayedLeads) -> None:
        """Begin with accounts whose people have done nothing."""
        self.version = version
        self.is_asked = bool(version.people_positions)
        self._leads = leads
        self._needed = people_needed(version)
        self._states: dict[str, LeadSignals] = {}

    def take_in(self, member: str, signals: LeadSignals, kind: str | None = None) -> None:
        """Let the company of the lead ``member`` is part of remember what ``member`` did.

        ``kind`` names the kind of touch that alone can be new; None: any.
        """
        domain = self._leads.company(self._leads.root_of[member])
        if domain is not None:
            before = self._states.get(domain) or nobody_did(self.version)
            self._states[domain] = take_in(self.version, before, member, signals, kind)

    def colleagues(self, root: str) -> Colleagues:
        """Return whom a gate may count beside a lead."""
        domain = self._leads.company(root) if self.is_asked else None
        state = None if domain is None else self._states.get(domain)
        if domain is None or state is None:
            return NO_COLLEAGUES
        position_of = self.version.position_of
        return Colleagues(
            root,
            lambda signal: state.at(position_of[signal]).certain,
            self._people(domain, state, self._leads.facts(root)),
        )

    def _people(self, domain: str, state: LeadSignals, asked: Facts) -> AccountPeople:
        """Return who of those an account remembers may be counted; nobody where too few are."""
        members = remembered_leads(self.version, state)
        lead_of: dict[str, str] = {}
        facts_of: dict[str, Facts] = {}
        # The lead that is asked about may not have done anything yet.
        if len(members) + 1 < self._needed:
            return AccountPeople(lead_of, facts_of)
        for member in members:
            root = self._leads.root_of[member]
            if self._leads.company(root) != domain:
                continue
            facts = facts_of.get(root)
            if facts is None:
                # What is known of their company was told by whoever of them came last.
                facts = {"lead": self._leads.facts(root)["lead"], "account": asked["account"]}
                if not profile_of(self.version, facts).is_meant:
                    continue
                facts_of[root] = facts
            lead_of[member] = root
        return AccountPeople(lead_of, facts_of)


def group_cycle(domain: str | None, handovers: Iterable[Handover]) -> CycleRecord:
    """Return where the people of an account stand together, by the hand-offs of all its leads."""
    if domain is None:
        return FIRST_CYCLE
    return stand_together(one.as_past for one in handovers if one.group_domain == domain)
