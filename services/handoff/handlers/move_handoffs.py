"""Who leaves leaves no hand-off behind: each goes to somebody else, with the reason stored.

A batch a transaction, by a timer, however many there are; a process that dies in between
is followed by another. When none is left it is looked once more after a minute: a decision
that was under way while the person left may have named them.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.commands import Reassign
from services.handoff.domain.handoff import apply
from services.handoff.domain.leaving import OWNER_LEFT, why_moved
from services.handoff.domain.questions import Titles
from services.handoff.domain.routing import Choice
from services.handoff.handlers.answer_handoffs import state_of
from services.handoff.handlers.cards import assignment
from services.handoff.handlers.clocks import MOVE
from services.handoff.handlers.deadlines import start_shares, team_after
from services.handoff.handlers.fall_back import fell_back
from services.handoff.handlers.references import reference
from services.handoff.handlers.routing import need_of, open_routing
from services.handoff.store import handoffs, people
from services.handoff.store.assignments import assignment_row, said
from services.handoff.store.leads import Lead, lock_leads
from services.handoff.store.leads import save_batch as save_leads
from services.handoff.unit_of_work import UnitOfWork
from shared.audit import RELEVO
from shared.contracts.handoffs import Deadline, Reassigned
from shared.timers import Timer

BATCH = 50
MOVING, LOOKING_AGAIN = 1, 2  # steps of the timer
ONE_MINUTE = timedelta(minutes=1)


def move_later(uow: UnitOfWork, *person_ids: str) -> None:
    """Let the open hand-offs of people who have left move right away."""
    uow.parts.timers.arm(uow.conn, [Timer(MOVE, one, MOVING, uow.now) for one in person_ids])


def ensure_no_owner_has_left(uow: UnitOfWork) -> None:
    """Let hand-offs move that somebody left behind before leaving moved them."""
    move_later(uow, *handoffs.owners_gone(uow.conn))


def move_handoffs(uow: UnitOfWork, timer: Timer) -> None:
    """Move a batch of a leaver's open hand-offs; go on until none is left."""
    if not uow.parts.timers.claim(uow.conn, timer, uow.now):
        return
    row = people.find_person(uow.conn, timer.subject)
    if row is None or row.active:
        return
    found = handoffs.open_of(uow.conn, row.person_id, BATCH)
    if not found:
        if timer.step == MOVING:
            again = Timer(MOVE, row.person_id, LOOKING_AGAIN, uow.now + ONE_MINUTE)
            uow.parts.timers.arm(uow.conn, [again])
        return
    batch = lock_leads(uow.conn, sorted({one.root_id for one in found}), uow.now)
    # Closed, merged or given away while we waited for the locks: no longer ours to move.
    rows = _still(uow, row.person_id, found)
    needs = [need_of(uow, one) for one in rows]
    routing = open_routing(uow, needs)
    for one, need in zip(rows, needs, strict=True):
        _move(uow, row, one, batch.leads[one.root_id], routing.route(need).choice)
    routing.save()
    save_leads(uow.conn, batch)
    move_later(uow, row.person_id)


def _still(uow: UnitOfWork, person_id: str, found: Sequence[Row[Any]]) -> list[Row[Any]]:
    locked = {one.root_id for one in found}
    return [one for one in handoffs.open_of(uow.conn, person_id, BATCH) if one.root_id in locked]


def _move(uow: UnitOfWork, leaver: Row[Any], row: Row[Any], lead: Lead, choice: Choice) -> None:
    if choice.person.person_id == leaver.person_id:
        raise RuntimeError(f"nobody but {leaver.person_id}, who has left, can take hand-offs")
    after = apply(state_of(row), Reassign(RELEVO, choice.person.person_id), uow.now)
    state = asdict(after)
    state["owner_id"] = state.pop("owner")
    team_id = team_after(uow, row, choice.team_id)
    handoffs.change_handoff(uow.conn, row.handoff_id, team_id=team_id, **state)
    why = why_moved(leaver.name, leaver.last_day)
    handoffs.add_assignment(uow.conn, _assignment_row(row.handoff_id, choice, why, uow.now))
    _write_down(uow, row, choice, why)
    ref = reference(uow.conn, row.handoff_id)
    given = assignment(choice, uow.now).model_copy(update=_left(choice, why))
    event = Reassigned(
        handoff=ref,
        assignment=given,
        earlier_owner=people.as_person(leaver),
        deadlines=_share(uow, row, team_id) if after.stage == "assigned" else [],
        why=said(why),
    )
    uow.stage([uow.envelope(event, lead)])
    if choice.fell_back:
        fell_back(uow, ref, lead, given)


def _left(choice: Choice, why: Titles) -> dict[str, Any]:
    """Return what an assignment says where the owner left: that, and how the next was chosen."""
    words = Titles(f"{why.es}; {choice.words.es}", f"{why.en}; {choice.words.en}")
    return {"code": OWNER_LEFT, "reason": words.en, "words": said(words)}


def _assignment_row(handoff_id: str, choice: Choice, why: Titles, now: datetime) -> dict[str, Any]:
    return assignment_row(handoff_id, choice, now) | _left(choice, why)


def _share(uow: UnitOfWork, row: Row[Any], team_id: str | None) -> list[Deadline]:
    """Start the new owner's clocks. The lead's own go on as they were."""
    promised = uow.parts.shelf.by_id(uow.conn, row.version_id).response[row.tier]
    return start_shares(uow, row.handoff_id, team_id, promised, tried=row.attempts > 0)


def _write_down(uow: UnitOfWork, row: Row[Any], choice: Choice, why: Titles) -> None:
    moved = {"from": row.owner_id, "to": choice.person.person_id, "code": OWNER_LEFT}
    detail = moved | {"why": said(why)}
    handoffs.add_step(uow.conn, row.handoff_id, Reassign.name, RELEVO, uow.now, detail)
    what = f"handoff.{Reassign.name}"
    handoffs.add_audit(uow.conn, uow.now, RELEVO, what, row.handoff_id, "the owner left", moved)
