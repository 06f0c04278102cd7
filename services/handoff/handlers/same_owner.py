"""Who is at work on a lead already gets its next hand-off too, whichever policy makes it.

For people who are handed over together, whoever is at work on one of them gets them all.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from services.handoff.domain.assignment import Choice, Considered
from services.handoff.handlers.group_people import GroupCards
from services.handoff.handlers.qualified import Qualified
from services.handoff.store import handoffs
from services.handoff.store.tables import PERSON
from services.handoff.unit_of_work import UnitOfWork


def owners_at_work(
    uow: UnitOfWork,
    qualified: Sequence[Qualified],
    before: Mapping[str, Sequence[Row[Any]]],
    together: GroupCards,
) -> dict[str, Choice]:
    """Return the owner of each hand-off whose people somebody here is at work on, by its id.

    ``before`` has the hand-offs each lead already had.
    """
    members = {
        member_id: one.handoff_id
        for one in qualified
        for lead in together.colleagues(one)
        for member_id in lead.member_ids
    }
    theirs = handoffs.earlier(uow.conn, members) if members else {}
    return at_work_on(
        uow.conn,
        {
            one.handoff_id: [
                *before.get(one.lead.lead_id, ()),
                *theirs.get(one.handoff_id, ()),
            ]
            for one in qualified
        },
    )


def at_work_on(conn: Connection, beside: Mapping[str, Sequence[Row[Any]]]) -> dict[str, Choice]:
    """Return who works here and owns the oldest open hand-off beside each, by its id."""
    at_work: dict[str, Row[Any]] = {}
    for handoff_id, rows in beside.items():
        open_rows = [row for row in rows if row.closed_at is None]
        if open_rows:
            at_work[handoff_id] = min(open_rows, key=lambda row: row.decided_at)
    if not at_work:
        return {}
    owner_ids = {row.owner_id for row in at_work.values()}
    people = select(PERSON).where(PERSON.c.person_id.in_(owner_ids), PERSON.c.active.is_(True))
    staff = {row.person_id: row for row in conn.execute(people)}
    return {
        handoff_id: _choice(staff[row.owner_id], row)
        for handoff_id, row in at_work.items()
        if row.owner_id in staff
    }


def _choice(person: Row[Any], handoff: Row[Any]) -> Choice:
    reason = f"at work on {handoff.lead_name} already, by policy {handoff.policy}"
    considered = Considered(person.person_id, person.name, True, f"chosen: {reason}")
    return Choice(
        person.person_id, person.name, person.email, None, "open_handoff", reason, (considered,)
    )
