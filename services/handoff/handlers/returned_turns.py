"""A lead that came back through no fault of its owner was no turn: as if it were never dealt."""

from typing import Any

from sqlalchemy import Row

from services.handoff.domain.earlier_reps import credits_turn
from services.handoff.domain.handoff import Handoff
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.routing import COUNTED, Dealt
from services.handoff.store import assignments, routing
from services.handoff.unit_of_work import UnitOfWork

SENT_BACK = ("rejected", "recycled")


def give_back_turn(uow: UnitOfWork, row: Row[Any], version: PolicyVersion, after: Handoff) -> None:
    """Let the owner's turn not count where a closed hand-off was sent back without blame.

    Whether it was is told by the reason's effect. A lead that never counted as a
    turn is none to get back. A hand-off closes once, so nothing is given back twice.
    """
    reason = version.reasons_by_name.get(after.reason or "")
    if after.stage not in SENT_BACK or reason is None or not credits_turn(reason.effect):
        return
    assigned = assignments.latest(uow.conn, row.handoff_id)
    if assigned is None or assigned.team_id is None or _chosen_by(assigned) not in COUNTED:
        return
    routing.read_teams(uow.conn, lock=True)
    turn = Dealt(assigned.team_id, assigned.person_id, assigned.parts or {})
    routing.give_back(uow.conn, turn, assigned.assigned_at)


def _chosen_by(assigned: Row[Any]) -> str | None:
    """Return how the owner was chosen, also where the code says why they were looked for."""
    return next((one["code"] for one in assigned.considered if one["chosen"]), None)
