"""Who the people of an account are that are handed over together, as events tell them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from services.handoff.domain.context import Seen
from services.handoff.handlers.cards import lead_card, touch_line
from services.handoff.handlers.qualified import Qualified
from services.handoff.store.handoffs import seen
from services.handoff.store.lead_reading import identifiers_of
from services.handoff.store.leads import Lead
from services.handoff.store.tables import TOUCH
from services.handoff.unit_of_work import UnitOfWork
from shared.bulk import is_in
from shared.contracts.handoffs import GroupPerson

_TOUCHES = select(TOUCH).where(is_in(TOUCH.c.touch_id))


@dataclass(frozen=True)
class GroupCards:
    """The people of each hand-off that is for several, the lead itself first."""

    people: Mapping[str, Sequence[GroupPerson]]
    leads: Mapping[str, Lead]

    def cards(self, one: Qualified) -> list[GroupPerson]:
        """Return the people of a hand-off; nobody where it is for the lead alone."""
        return list(self.people.get(one.handoff_id, ()))

    def of(self, one: Qualified) -> list[str]:
        """Return the leads of a hand-off that is for several."""
        return [person.lead_id for person in self.cards(one)]

    def colleagues(self, one: Qualified) -> list[Lead]:
        """Return the others of a hand-off that is for several."""
        return [self.leads[lead_id] for lead_id in self.of(one) if lead_id != one.lead.lead_id]


def group_cards(uow: UnitOfWork, qualified: Iterable[Qualified]) -> GroupCards:
    """Return the people of all these hand-offs, with a few statements for all of them."""
    did: dict[str, dict[str, list[str]]] = {}
    leads: dict[str, Lead] = {}
    for one in qualified:
        theirs = did.setdefault(one.handoff_id, {one.lead.lead_id: []})
        leads[one.lead.lead_id] = one.lead
        assert one.groups is not None, "several people are found among their account's"
        for touch in one.evaluation.group:
            lead_id = touch.colleague or one.lead.lead_id
            theirs.setdefault(lead_id, []).append(touch.touch_id)
            leads[lead_id] = one.groups.colleague(lead_id)
    if not did:
        return GroupCards({}, {})
    touches = touches_by_id(
        uow.conn,
        (touch_id for theirs in did.values() for ids in theirs.values() for touch_id in ids),
    )
    names = identifiers_of(uow.conn, leads.values())
    people = {
        handoff_id: [
            group_person(
                leads[lead_id], names[lead_id], [touches[one] for one in ids if one in touches]
            )
            for lead_id, ids in theirs.items()
        ]
        for handoff_id, theirs in did.items()
    }
    return GroupCards(people, leads)


def group_person(
    lead: Lead, identifiers: list[str], touches: Iterable[Seen], joined: bool = True
) -> GroupPerson:
    """Return one of the people, and what they did."""
    card = lead_card(lead, identifiers)
    return GroupPerson(
        lead_id=lead.lead_id,
        name=card.name,
        title=card.title,
        email=card.email,
        touches=[touch_line(each) for each in touches],
        joined=joined,
    )


def touches_by_id(conn: Connection, touch_ids: Iterable[str]) -> dict[str, Seen]:
    """Return these touches as the context reads them."""
    rows = conn.execute(_TOUCHES, {"wanted": sorted(set(touch_ids))})
    return {row.touch_id: seen(row) for row in rows}
