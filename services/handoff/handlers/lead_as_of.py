"""Asking a policy about a lead as it stood at an earlier moment. Writes nothing.

What had been received by then counts, with what was known then. Who is one person now is
taken to have been one then.
"""

from dataclasses import dataclass
from datetime import datetime

from services.handoff.domain.evaluation import Evaluation, evaluate
from services.handoff.domain.facts import Facts
from services.handoff.domain.fold import fold
from services.handoff.domain.history import first_place
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import no_signals
from services.handoff.domain.touches import epoch_us
from services.handoff.handlers.evaluate_lead import facts_of
from services.handoff.store.history import known_at
from services.handoff.store.leads import Lead
from services.handoff.store.signals import touches_until
from services.handoff.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class AsOf:
    """What a version said, or would have said, of a lead at a moment."""

    evaluation: Evaluation
    facts_are_of_now: bool
    """What was known then was not kept: it is what is known now."""


def evaluate_as_of(uow: UnitOfWork, version: PolicyVersion, lead: Lead, at: datetime) -> AsOf:
    """Ask ``version`` about ``lead`` at ``at``."""
    touches = touches_until(uow.conn, lead.member_ids, at)
    state = fold(version, no_signals(version), touches)
    known = known_at(uow.conn, lead.member_ids, first_place(epoch_us(at) + 1))
    facts: Facts = facts_of(uow, lead) if known is None else known
    return AsOf(evaluate(version, facts, state, at), known is None)
