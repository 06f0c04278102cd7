"""Who gets a hand-off that its owner did not answer: a turn in the team, without some people."""

from collections.abc import Collection

from services.handoff.domain.assignment import Choice, Rotation
from services.handoff.handlers.who_hears import away
from services.handoff.store import people
from services.handoff.unit_of_work import UnitOfWork


def choose_another(uow: UnitOfWork, without: Collection[str]) -> Choice | None:
    """Give somebody else a turn, who is here and none of ``without``; None: there is nobody."""
    turns = people.take_turns(uow.conn, uow.parts.settings.owner_email)
    everybody = [*turns.rotation.members, turns.rotation.fallback]
    staff = people.rows_by_id(uow.conn, [one.person_id for one in everybody])
    here = {
        person_id
        for person_id, row in staff.items()
        if person_id not in without and away(uow.conn, row, uow.now) is None
    }
    able = [one for one in turns.rotation.members if one.person_id in here]
    rotation = Rotation(turns.rotation.team, able, turns.rotation.fallback)
    choice = rotation.choose(uow.now)
    if choice.person_id not in here:
        return None
    dealt = {one.person_id: one for one in rotation.members}
    turns.rotation.members = [dealt.get(one.person_id, one) for one in turns.rotation.members]
    people.save_turns(uow.conn, turns)
    return choice
