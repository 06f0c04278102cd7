"""Owners for hand-offs: of a batch, of one that looks for another owner, of none at all.

Everything that gives a lead to somebody comes here. The teams are locked before anything is
counted, so choice and counter are one transaction, and many leads are dealt from one
reading.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.consent import refused
from services.handoff.domain.deciding import choose
from services.handoff.domain.questions import Titles
from services.handoff.domain.routing import (
    MAY_BE_CONTACTED,
    Asked,
    Choice,
    Desk,
    Placed,
    Question,
)
from services.handoff.domain.territories import Territory, TerritoryFacts, asked
from services.handoff.handlers.account_groups import facts_of_lead
from services.handoff.handlers.deadlines import Clock, clocks
from services.handoff.handlers.need import Need
from services.handoff.handlers.place_leads import lists_of, territory_facts
from services.handoff.handlers.relations import Relations, look_up
from services.handoff.readmodels import read_leads
from services.handoff.store import handoffs, territories
from services.handoff.store import leads as leads_store
from services.handoff.store import routing as store
from services.handoff.store.accounts import find_account
from services.handoff.unit_of_work import UnitOfWork

NOBODY_RULED_OUT: Mapping[str, Titles] = {}


@dataclass(frozen=True, slots=True)
class Routed:
    """Who owns a hand-off, and what its clock is counted on."""

    choice: Choice
    clock: Clock


@dataclass
class Routing:
    """The desk of a transaction, with what is known of the leads it deals."""

    uow: UnitOfWork
    desk: Desk
    relations: Relations
    territories: Sequence[Territory]
    lists: dict[str, Any]
    lock: bool = True
    _clocks: dict[tuple[str | None, str], Clock] = field(default_factory=dict)

    def route(self, need: Need, without: Mapping[str, Titles] = NOBODY_RULED_OUT) -> Routed:
        """Choose an owner and count the choice; ``without``: people ruled out, with why."""
        question, clock = self.question(need, without)
        choice = choose(self.desk, question)
        self.desk.deal(choice)
        self.relations.opened(need, choice.person)
        return Routed(choice, clock)

    def question(
        self, need: Need, without: Mapping[str, Titles] = NOBODY_RULED_OUT
    ) -> tuple[Question, Clock]:
        """Return what is asked about a lead, and the clock its answer is owed on."""
        told = self.told(need)
        question = Question(
            accept_in=need.promised.accept_in,
            language=_asked(told, "language"),
            skills=_asked(told, "product"),
            relations=self.relations.of(need),
            placed=self._placed(told),
            without={**self.relations.not_again(need), **without},
            contact=_contact(need),
        )
        team = self.desk.team_of(question)
        clock = self._clock(None if team is None else team.team_id, need.promised.calendar)
        due_at = clock.deadline(need.started_at, need.promised.accept_in).due_at
        return replace(question, due_at=due_at), clock

    def told(self, need: Need) -> TerritoryFacts:
        """Return what territories, languages and skills ask about a lead."""
        return territory_facts(facts_of_lead(need.lead, need.account), need.policy, self.lists)

    def save(self) -> None:
        """Store the turns that were taken."""
        store.save_turns(self.uow.conn, self.desk)

    def _placed(self, told: TerritoryFacts) -> Placed | None:
        said = asked(self.territories, told)
        if not said or not said[-1].is_met:
            return None
        one, why = said[-1].territory, said[-1].reason
        because = Titles(f"territorio {one.title} ({why.es})", f"territory {one.title} ({why.en})")
        return Placed(because, one.team_id, one.person_id)

    def _clock(self, team_id: str | None, calendar: str) -> Clock:
        key = team_id, calendar
        if key not in self._clocks:
            found = clocks(self.uow, team_id, [calendar], lock=self.lock)
            self._clocks[key] = found[calendar]
        return self._clocks[key]


def open_routing(uow: UnitOfWork, needs: Sequence[Need], *, lock: bool = True) -> Routing:
    """Read all that choosing owners for these leads needs, by a few statements for all.

    ``lock``: the teams are the transaction's until its commit. Without, nothing may be saved.
    """
    teams = store.read_teams(uow.conn, lock=lock)
    relations, named = look_up(uow, needs)
    asking = territories.in_force(uow.conn)
    ids = named.ids | {one.person_id for one in asking if one.person_id is not None}
    named = store.Named(ids, named.emails)
    last_resort = uow.parts.settings.owner_email
    desk, by_email = store.read_desk(uow.conn, uow.now, last_resort, teams, named)
    relations.people = {**desk.people, **by_email}
    return Routing(uow, desk, relations, asking, lists_of(uow, asking), lock)


def choose_owner(
    uow: UnitOfWork, row: Row[Any], without: Mapping[str, Titles] = NOBODY_RULED_OUT
) -> Choice:
    """Choose another owner for a hand-off (a row of ``handoff``), whose lead is locked.

    ``without``: ids of people it must not go to, each with why. The turn is counted; to
    write who owns it now is the caller's.
    """
    need = need_of(uow, row)
    routing = open_routing(uow, [need])
    choice = routing.route(need, without).choice
    routing.save()
    return choice


def need_of(uow: UnitOfWork, row: Row[Any]) -> Need:
    """Return what is known of a hand-off that looks for another owner."""
    root = leads_store.root_of(uow.conn, row.lead_id) or row.lead_id
    lead = read_leads(uow.conn, [root])[root]
    members = dict.fromkeys(lead.member_ids, root)
    return Need(
        row.handoff_id,
        lead,
        find_account(uow.conn, lead.account_domain),
        row.policy,
        uow.parts.shelf.by_id(uow.conn, row.version_id).response[row.tier],
        uow.now,
        handoffs.earlier(uow.conn, members).get(root, ()),
    )


def _asked(told: TerritoryFacts, kind: str) -> Asked | None:
    found = told.told.get(kind)
    return None if found is None else Asked(found.said, found.keys)


def _contact(need: Need) -> Titles:
    """Return what the lead said about being contacted."""
    channels = ", ".join(refused(need.lead.consent))
    if not channels:
        return MAY_BE_CONTACTED
    return Titles(f"no quiere contacto por: {channels}", f"refused to be contacted by: {channels}")
