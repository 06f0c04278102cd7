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
from services.handoff.store.signals import latest_touches
from services.handoff.unit_of_work import UnitOfWork

MOST_TOUCHES = 3_000
"""Of those that can count; each costs some 10 µs to read and to fold."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Both scores at a moment, in points as people read them."""

    at: datetime
    engagement: float
    fit: float


def scores_over_time(
    uow: UnitOfWork, version: PolicyVersion, lead: Lead, moments: Sequence[datetime]
) -> list[Scores] | None:
    """Return the scores ``version`` gives ``lead`` at each of ``moments``, which rise.

    None for a lead that did more of what can count than is read for a picture.
    """
    since = {kind: _since(version, kind, moments[0]) for kind in version.watches}
    touches = latest_touches(uow.conn, lead.member_ids, since, MOST_TOUCHES)
    if touches is None:
        return None
    facts = facts_of_lead(lead, find_account(uow.conn, lead.account_domain))
    state, left = no_signals(version), len(touches)
    found = []
    for at in moments:
        until = left
        while left and touches[left - 1].occurred_at <= at:
            left -= 1
        # Newest first, so that most of the others are seen at once to be beyond the cap.
        state = fold(version, state, touches[left:until])
        said = evaluate(version, facts, state, at, NO_COLLEAGUES)
        found.append(Scores(at, points(said.engagement), points(said.fit)))
    return found


def _since(version: PolicyVersion, kind: str, first: datetime) -> datetime | None:
    """Return from when on touches of a kind can count at ``first`` or later; None: from ever."""
    spans = [version.signals[watch.position].within for watch in version.watches[kind]]
    longest = max((span for span in spans if span is not None), default=None)
    return None if longest is None or None in spans else first - longest
