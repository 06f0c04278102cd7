"""What the policies in force say about one lead now. Writes nothing."""

from dataclasses import asdict
from typing import Any

from services.handoff.domain.cycle import HeldBack
from services.handoff.domain.explain import explained
from services.handoff.handlers.ask_now import Asked, ask_about
from services.handoff.readmodels import read_leads
from services.handoff.store import leads as leads_store
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
        asked = ask_about(uow, each.version, lead, each.people_key)
        answers.append(
            {
                "policy": each.policy,
                "version": each.version.number,
                "agreement": each.agreement,
                "explanation": explained(asked.evaluation, versions),
                "held_back": _held_back(asked),
                "override": None if asked.hold is None else dict(asked.hold._mapping),
            }
        )
    return answers


def _held_back(asked: Asked) -> dict[str, Any] | None:
    edge = asked.edge if asked.evaluation.is_ready else None
    return asdict(edge) if isinstance(edge, HeldBack) else None
