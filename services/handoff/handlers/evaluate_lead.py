"""What the policies in force say about one lead now. Writes nothing."""

from dataclasses import asdict
from typing import Any

from services.handoff.domain.cycle import HeldBack
from services.handoff.domain.evaluation import Evaluation
from services.handoff.domain.explain import explained
from services.handoff.handlers.standing import standing
from services.handoff.readmodels import read_leads
from services.handoff.store import leads as leads_store
from services.handoff.store.leads import Lead
from services.handoff.store.policies import InForce
from services.handoff.unit_of_work import UnitOfWork


def evaluate_lead(uow: UnitOfWork, lead_id: str) -> list[dict[str, Any]] | None:
    """Return each policy's answer with its explanation; None when there is no such lead."""
    root = leads_store.root_of(uow.conn, lead_id)
    if root is None:
        return None
    lead = read_leads(uow.conn, [root])[root]
    in_force = uow.parts.shelf.in_force(uow.conn)
    versions = [each.version for each in in_force]
    answers = []
    for each in in_force:
        stands = standing(uow, lead, each)
        held = stands.edge
        answers.append(
            {
                "policy": each.policy,
                "version": each.version.number,
                "agreement": each.agreement,
                "explanation": explained(stands.evaluation, versions),
                "held_back": asdict(held) if isinstance(held, HeldBack) else None,
                "override": None if stands.hold is None else dict(stands.hold._mapping),
            }
        )
    return answers


def evaluate_now(uow: UnitOfWork, lead: Lead, in_force: InForce) -> Evaluation:
    """Ask one version about a lead as it is stored, now."""
    return standing(uow, lead, in_force).evaluation
