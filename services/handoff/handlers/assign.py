"""A new owner for hand-offs that lose theirs, chosen as for new ones."""

from typing import Any

from sqlalchemy import Row

from services.handoff.domain.assignment import Choice
from services.handoff.handlers.same_owner import at_work_on
from services.handoff.store import handoffs, people
from services.handoff.store.leads import Lead
from services.handoff.unit_of_work import UnitOfWork


class NewOwners:
    """Chooses owners within one transaction; the leads are locked before it is made."""

    def __init__(self, uow: UnitOfWork) -> None:
        """Lock the turns."""
        self._uow = uow
        self._turns = people.take_turns(uow.conn, uow.parts.settings.owner_email)

    def choose(self, handoff: Row[Any], lead: Lead) -> tuple[Choice, str | None]:
        """Return who gets a hand-off, and the team they take it for, if they do for one.

        Somebody else who is at work on the lead already comes before the turns.
        """
        uow = self._uow
        own = handoffs.earlier(uow.conn, dict.fromkeys(lead.member_ids, lead.lead_id))
        others = [
            row
            for row in own.get(lead.lead_id, ())
            if row.closed_at is None and row.owner_id != handoff.owner_id
        ]
        at_work = at_work_on(uow.conn, {handoff.handoff_id: others})
        if handoff.handoff_id in at_work:
            return at_work[handoff.handoff_id], handoff.team_id
        return self._turns.rotation.choose(uow.now), self._turns.team_id

    def save(self) -> None:
        """Write the turns that were given."""
        people.save_turns(self._uow.conn, self._turns)
