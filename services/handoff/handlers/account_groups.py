"""The people of the accounts of a transaction, as one policy version looks at them.

Loaded by a few statements for all accounts, folded on in memory, saved at the end. Who a
colleague is (which lead by now, at which company, excluded or not) is read only where
enough of them did something for it to matter. The accounts' locks are held by whoever
writes, so two people of one account never make a group complete side by side.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.handoff.domain.account_fold import (
    nobody_did,
    people_needed,
    remembered_leads,
    take_in,
)
from services.handoff.domain.colleagues import NO_PEOPLE, AccountPeople, Colleagues
from services.handoff.domain.cycle import FIRST_CYCLE, CycleRecord, stand_together
from services.handoff.domain.facts import Facts
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.scope import scope_of
from services.handoff.domain.signals import LeadSignals
from services.handoff.domain.touches import epoch_ms
from services.handoff.store import groups as store
from services.handoff.store.accounts import Account, load_accounts
from services.handoff.store.lead_reading import leads_of, read_leads_behind
from services.handoff.store.leads import Lead, LeadBatch, read_members
from services.handoff.store.signals import load_signals
from services.handoff.unit_of_work import UnitOfWork


@dataclass
class AccountGroups:
    """See the module's text. ``leads`` are those of the transaction, by each of their members."""

    uow: UnitOfWork
    version: PolicyVersion
    leads: Mapping[str, Lead]
    accounts: Mapping[str, Account]
    key: bytes | None = None
    """Under which the accounts' memory is stored; None: it is not, and folded each time."""
    states: dict[str, LeadSignals] = field(default_factory=dict)
    cycles: dict[str, CycleRecord] = field(default_factory=dict)
    with_sales: dict[str, str] = field(default_factory=dict)
    """For an open hand-off of a group, the lead it was opened for, as it is now."""
    colleagues_by_id: dict[str, Lead] = field(default_factory=dict)
    """Leads that are no part of the transaction, unlocked."""
    _people: dict[str, AccountPeople] = field(default_factory=dict)
    _changed: set[str] = field(default_factory=set)

    def remember(self, leads: Iterable[Lead], signals: Mapping[str, LeadSignals]) -> None:
        """Read what the accounts of ``leads`` remember, and take in what ``leads`` did so far.

        ``leads`` are all of the transaction, ``signals`` those of all their members.
        """
        if not self.version.people_positions:
            return
        concerned = [(lead, domain) for lead in leads if (domain := company_of(lead))]
        domains = {domain for _, domain in concerned}
        if not domains:
            return
        self.fold(domains)
        for lead, _ in concerned:
            for member_id in lead.member_ids:
                self.take_in(lead, member_id, signals[member_id])

    def meet(self, since: datetime, *, with_sales: bool = False) -> None:
        """Look up which accounts are with sales, and who the people of the others are.

        Nothing will be asked about a moment before ``since``. ``with_sales``: the people of
        accounts that are with sales are asked about too.
        """
        if not self.states:
            return
        found = store.handoffs_of_groups(self.uow.conn, self.version.policy, self.states)
        for domain, made in found.items():
            self.cycles[domain] = cycle = stand_together(made)
            for past, root_id in made.items():
                if past.handoff_id == cycle.open_handoff_id:
                    # Merged in this very transaction, it is stored under its former lead still.
                    lead = self.leads.get(root_id)
                    self.with_sales[past.handoff_id] = lead.lead_id if lead else root_id
        self._look_up_people(since, with_sales)

    def take_in(
        self, lead: Lead, member_id: str, signals: LeadSignals, kind: str | None = None
    ) -> None:
        """Let the lead's account remember what a member of the lead did.

        ``kind`` is the kind of touch that alone is new, if one is.
        """
        domain = company_of(lead) if self.states else None
        before = None if domain is None else self.states.get(domain)
        if domain is None or before is None:
            return
        after = take_in(self.version, before, member_id, signals, kind)
        if after is not before:
            self.states[domain] = after
            self._changed.add(domain)

    def colleagues(self, lead: Lead) -> Colleagues:
        """Return whom a gate may count beside ``lead``, as far as things have gone."""
        domain = company_of(lead) if self.states else None
        state = None if domain is None else self.states.get(domain)
        if domain is None or state is None:
            return Colleagues(lead.lead_id)
        position_of, people = self.version.position_of, self._people.get(domain, NO_PEOPLE)
        return Colleagues(
            lead.lead_id, lambda signal: state.at(position_of[signal]).certain, people
        )

    def colleague(self, lead_id: str) -> Lead:
        """Return a lead that was counted."""
        return self.leads.get(lead_id) or self.colleagues_by_id[lead_id]

    def cycle(self, lead: Lead) -> CycleRecord:
        """Return where the people of the lead's account stand together."""
        domain = company_of(lead) if self.cycles else None
        return FIRST_CYCLE if domain is None else self.cycles.get(domain, FIRST_CYCLE)

    def opened(self, lead: Lead, handoff_id: str) -> None:
        """Note a hand-off for the people of the lead's account."""
        domain = company_of(lead)
        assert domain is not None, "only the people of an account are handed over together"
        self.cycles[domain] = CycleRecord(1, handoff_id)
        self.with_sales[handoff_id] = lead.lead_id

    def save(self) -> None:
        """Store what the accounts remember by now."""
        if self._changed:
            assert self.key is not None, "only the memory of versions in force is stored"
            changed = {domain: self.states[domain] for domain in self._changed}
            store.save_account_signals(self.uow.conn, self.key, changed)

    def fold(self, domains: Collection[str]) -> None:
        """Fold accounts this version did not ask about yet, from what all their leads remember.

        Those that remember by now, because somebody of them came first, stay as they are.
        """
        if self.key is not None and domains:
            there = store.load_account_signals(self.uow.conn, self.version, self.key, domains)
            self.states |= there
            domains = set(domains) - there.keys()
        if not domains:
            return
        self.states |= dict.fromkeys(domains, nobody_did(self.version))
        self._changed |= set(domains)
        roots = store.leads_of_accounts(self.uow.conn, domains) - self.leads.keys()
        found = leads_of(read_members(self.uow.conn, roots))
        others = by_member(lead for lead in found if company_of(lead) in domains)
        signals = load_signals(self.uow.conn, self.version, others)
        for member_id, lead in others.items():
            self.take_in(lead, member_id, signals[member_id])

    def _look_up_people(self, since: datetime, with_sales: bool) -> None:
        """Look up who the people of accounts are where it can matter."""
        longest = max(leaf.within for leaf in self.version.asks_about_people)
        oldest_ms, needed = epoch_ms(since - longest), people_needed(self.version)
        present = self._present()
        to_meet: dict[str, set[str]] = {}
        for domain, state in self.states.items():
            did = remembered_leads(self.version, state, oldest_ms) | present.get(domain, set())
            is_open = self.cycles.get(domain, FIRST_CYCLE).open_handoff_id is not None
            if len(did) >= needed and (with_sales or not is_open):
                to_meet[domain] = did
        strangers = {one for did in to_meet.values() for one in did} - self.leads.keys()
        if strangers:
            found = read_leads_behind(self.uow.conn, strangers)
            self.colleagues_by_id = {lead.lead_id: lead for lead in found}
        for domain, did in to_meet.items():
            self._people[domain] = self._people_of(domain, did)

    def _present(self) -> dict[str, set[str]]:
        """Return for each account the leads of the transaction: they may still do something."""
        present: dict[str, set[str]] = {}
        for member_id, lead in self.leads.items():
            if domain := company_of(lead):
                present.setdefault(domain, set()).add(member_id)
        return present

    def _people_of(self, domain: str, member_ids: Iterable[str]) -> AccountPeople:
        strangers = by_member(self.colleagues_by_id.values())
        lead_of: dict[str, str] = {}
        facts_of: dict[str, Facts] = {}
        for member_id in member_ids:
            lead = self.leads.get(member_id) or strangers.get(member_id)
            if lead is None or company_of(lead) != domain:
                continue
            facts = facts_of.get(lead.lead_id) or facts_of_lead(lead, self.accounts.get(domain))
            if counts(self.version, facts):
                lead_of[member_id] = lead.lead_id
                facts_of[lead.lead_id] = facts
        return AccountPeople(lead_of, facts_of)


def company_of(lead: Lead) -> str | None:
    """Return the company a lead is one of the people of; a browser is nobody of anywhere."""
    return lead.account_domain if lead.is_known else None


def facts_of_lead(lead: Lead, account: Account | None) -> dict[str, dict[str, object]]:
    """Return what fit criteria, exclusions and roles look at."""
    return {"lead": lead.facts, "account": account.values if account else {}}


def counts(version: PolicyVersion, facts: Facts) -> bool:
    """Return whether a policy is for this person and does not exclude them."""
    return scope_of(version.applies_to, facts).holds is True and not any(
        each.when.holds(facts) for each in version.exclude
    )


def take_all_in(uow: UnitOfWork, batch: LeadBatch) -> None:
    """Let the accounts of leads that were merged or parted remember all that was done.

    The leads are locked; their accounts are from here on.
    """
    asking = [one for one in uow.parts.shelf.judging(uow.conn) if one.asks_about_people]
    if not asking:
        return
    leads = list(batch.leads.values())
    domains = {domain for lead in leads if (domain := company_of(lead))}
    load_accounts(uow.conn, batch.accounts, domains, lock=True)
    for in_force in asking:
        groups = AccountGroups(
            uow, in_force.version, by_member(leads), batch.accounts, in_force.people_key
        )
        groups.remember(leads, load_signals(uow.conn, in_force.version, groups.leads))
        groups.save()


def by_member(leads: Iterable[Lead]) -> dict[str, Lead]:
    """Return these leads by each of their members."""
    return {member_id: lead for lead in leads for member_id in lead.member_ids}
