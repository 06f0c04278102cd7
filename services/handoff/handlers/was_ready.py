"""Was a lead ready before this transaction brought anything? Asked seldom, so it may cost.

Before, the lead may have been several: those are asked one by one, each with what was known
of it and of its company then.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.handoff.domain import knowledge
from services.handoff.domain.evaluation import evaluate
from services.handoff.domain.fold import merge
from services.handoff.domain.knowledge import Knowledge
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import LeadSignals
from services.handoff.store.accounts import find_account
from services.handoff.store.leads import ACCOUNT_FACT, Lead, LeadBatch, Member


def was_ready(
    conn: Connection,
    batch: LeadBatch,
    lead: Lead,
    version: PolicyVersion,
    signals: Mapping[str, LeadSignals],
    at: datetime,
) -> bool:
    """Return whether one of the leads that ``lead`` consists of was known and ready at ``at``.

    ``signals`` holds what each member remembers without the arrival that is judged.
    """
    groups: dict[str, list[Member]] = {}
    for member in lead.members:
        groups.setdefault(member.before.root_id, []).append(member)
    for members in groups.values():
        if any(member.before.is_known for member in members):
            state, *others = (signals[member.lead_id] for member in members)
            for other in others:
                state = merge(version, state, other)
            facts = knowledge.union(member.before.facts for member in members)
            known = {
                "lead": knowledge.values(facts),
                "account": _account_before(conn, batch, facts),
            }
            if evaluate(version, known, state, at).is_ready:
                return True
    return False


def _account_before(conn: Connection, batch: LeadBatch, facts: Knowledge) -> dict[str, Any]:
    domain = knowledge.values(facts).get(ACCOUNT_FACT)
    account = batch.accounts.get(domain) if domain else None
    if account is None:  # the lead has another company now
        account = find_account(conn, domain)
    if account is None:
        return {}
    return knowledge.values(account.facts_before) | {"domain": account.domain}
