"""Who a hand-off could be given to, and whether its clocks stand still."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.handoff.domain.pauses import REASON_TITLES
from services.handoff.domain.questions import Titles
from services.handoff.store import deadlines, staff
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts.handoffs import Person

MOST_NAMED = 2000
"""People a form names; who has more gives a hand-off away by the command."""


@dataclass(frozen=True, slots=True)
class Giving:
    """What the forms ask."""

    others: Sequence[tuple[str, str]]
    """Name and address of who works here, but the owner, by name."""
    paused_until: datetime | None
    """Until when its clocks stand still."""
    paused_why: Titles | None


def giving_of(uow: UnitOfWork, handoff_id: str, owner: Person) -> Giving:
    """Return what the forms about a hand-off ask."""
    pauses = deadlines.pauses_of(uow.conn, handoff_id)
    present = next((one for one in pauses if one.until > uow.now), None)
    return Giving(
        [one for one in staff.addresses(uow.conn, MOST_NAMED) if one[1] != owner.email],
        None if present is None else present.until,
        None if present is None else REASON_TITLES[present.reason],
    )
