"""Both scores of a lead at earlier moments, by what had happened then. Writes nothing.

Unlike ``lead_as_of``, which asks what a policy could know, this tells how a lead's interest
went: a touch counts from when it happened, and what is known of the lead is as it is now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.handoff.domain.colleagues import NO_COLLEAGUES
from services.handoff.domain.evaluation import evaluate
from services.handoff.domain.explain import points
from services.handoff.domain.fold import fold
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import no_signals
from services.handoff.handlers.account_groups import facts_of_lead
from services.handoff.store.accounts import find_account
from services.handoff.store.leads import Lead
from services.handoff.store.signals import touches_until
from services.handoff.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Scores:
    """Both scores at a moment, in points as people read them."""

    at: datetime
    engagement: float
    fit: float


def scores_over_time(
    uow: UnitOfWork, version: PolicyVersion, lead: Lead, moments: Sequence[datetime]
) -> list[Scores]:
    """Return the scores ``version`` gives ``lead`` at each of ``moments``, which rise."""
    touches = touches_until(uow.conn, lead.member_ids, uow.now, version.watches)
    touches.sort(key=lambda touch: touch.occurred_at)
    facts = facts_of_lead(lead, find_account(uow.conn, lead.account_domain))
    state, taken = no_signals(version), 0
    found = []
    for at in moments:
        until = taken
        while until < len(touches) and touches[until].occurred_at <= at:
            until += 1
        state, taken = fold(version, state, touches[taken:until]), until
        said = evaluate(version, facts, state, at, NO_COLLEAGUES)
        found.append(Scores(at, points(said.engagement), points(said.fit)))
    return found
