"""How leads stood before this transaction brought anything. Asked seldom, so it may cost.

Before, a lead may have been several: each comes with what was known of it and of its
company then.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from services.handoff.domain import judging, knowledge
from services.handoff.domain.colleagues import NO_COLLEAGUES, Colleagues
from services.handoff.domain.fold import merge
from services.handoff.domain.judging import Stood
from services.handoff.domain.knowledge import Knowledge
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import LeadSignals
from services.handoff.store.accounts import find_account
from services.handoff.store.history import Body, account_knowledge
from services.handoff.store.leads import ACCOUNT_FACT, Lead, LeadBatch, Member


class Earlier(NamedTuple):
    """A lead of before: its root, its members, and what was known of it."""

    root_id: str
    members: list[Member]
    body: Body

    @property
    def company(self) -> str | None:
        """The company it was one of the people of."""
        fact = self.body.lead.get(ACCOUNT_FACT)
        return None if fact is None else fact[0]


def before(conn: Connection, batch: LeadBatch, lead: Lead) -> Iterator[Earlier]:
    """Yield the leads that ``lead`` consists of, as they were; new ones were not there."""
    groups: dict[str, list[Member]] = {}
    for member in lead.members:
        if not member.is_new:
            groups.setdefault(member.before.root_id, []).append(member)
    for root_id, members in groups.items():
        facts = knowledge.union(member.before.facts for member in members)
        account = _account_before(conn, batch, facts)
        is_known = any(member.before.is_known for member in members)
        yield Earlier(root_id, members, Body(facts, account, is_known))


def was_ready(
    conn: Connection,
    batch: LeadBatch,
    lead: Lead,
    version: PolicyVersion,
    signals: Mapping[str, LeadSignals],
    at: datetime,
    colleagues: Colleagues,
) -> bool:
    """Return whether one of the leads that ``lead`` consists of was known and ready at ``at``.

    ``signals`` holds what each member remembers without the arrival that is judged;
    ``colleagues`` are those of ``lead`` now.
    """
    company = lead.account_domain
    return judging.was_ready(
        version,
        (_stood(version, one, signals, company, colleagues) for one in before(conn, batch, lead)),
        at,
    )


def _stood(
    version: PolicyVersion,
    one: Earlier,
    signals: Mapping[str, LeadSignals],
    company: str | None,
    colleagues: Colleagues,
) -> Stood:
    if one.company != company:
        colleagues = NO_COLLEAGUES  # it was one of other people then
    state, *others = (signals[member.lead_id] for member in one.members)
    for other in others:
        state = merge(version, state, other)
    return Stood(one.body.is_known, one.body.facts, state, colleagues)


def _account_before(conn: Connection, batch: LeadBatch, facts: Knowledge) -> Knowledge:
    domain = facts[ACCOUNT_FACT][0] if ACCOUNT_FACT in facts else None
    account = batch.accounts.get(domain) if domain else None
    if account is None:  # the lead has another company now
        account = find_account(conn, domain)
    return account_knowledge(account, before=True)
