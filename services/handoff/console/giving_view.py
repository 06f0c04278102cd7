"""Who a hand-off could be given to, and whether its clocks stand still."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.handoff.domain.pauses import REASON_TITLES
from services.handoff.domain.questions import Titles
from services.handoff.store import deadlines, people
from services.handoff.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Giving:
    """What the forms ask."""

    others: Sequence[tuple[str, str]]
    """Id and name of everybody who works here, but the owner, by name."""
    paused_until: datetime | None
    """Until when its clocks stand still."""
    paused_why: Titles | None


def giving_of(uow: UnitOfWork, handoff_id: str, owner_id: str) -> Giving:
    """Return what the forms about a hand-off ask."""
    everybody = people.everybody(uow.conn)
    others = [(one.person_id, one.name) for one in everybody if one.active]
    pauses = deadlines.pauses_of(uow.conn, handoff_id)
    present = next((one for one in pauses if one.until > uow.now), None)
    return Giving(
        [one for one in others if one[0] != owner_id],
        None if present is None else present.until,
        None if present is None else REASON_TITLES[present.reason],
    )
