"""Who gets a hand-off, and why: the order of the questions is the routing.

May anybody contact the lead → who is at work on it or its account already, or talked with
it before → whose territory it is → who speaks its language and has the skill → whose turn
it is among those who can begin soonest → the named people of the fallback, in order → an
alarm. Everybody who was looked at is kept with the reason, and so is the answer to each
question. A lead never ends with nobody.

Pure: the store hands in people, teams and turns as they stand under lock (``Desk``), and
saves what ``Desk.deal`` notes in the same transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

from services.handoff.domain.presence import GONE, Presence, presence
from services.handoff.domain.questions import Titles
from services.handoff.domain.turns import Turns
from services.handoff.domain.working_time import WorkingTime

Code = Literal[
    "open_handoff",
    "account_owner",
    "account_handoff",
    "works_on_it",
    "earlier_owner",
    "territory_owner",
    "fair_rotation",
    "fallback",
    "last_resort",
]
StepName = Literal["contact", "relation", "territory", "language", "turn", "fallback"]
MAY_BE_CONTACTED = Titles("nada impide contactarle", "nothing forbids to contact them")
FELL_BACK: frozenset[str] = frozenset({"fallback", "last_resort"})
"""Codes of a choice that nobody of a team could take, so that somebody has to look."""
COUNTED: frozenset[str] = frozenset(
    {"fair_rotation", "open_handoff", "account_handoff", "works_on_it", "earlier_owner"}
)
"""Codes of leads that count as a turn of who got them. What comes to the owner of an account
or a territory is their own, and what falls back is nobody's turn."""


@dataclass(frozen=True)
class Staff:
    """Somebody who works with leads, as the choice sees them."""

    person_id: str
    name: str
    email: str
    is_active: bool
    working: WorkingTime
    last_day: date | None = None
    spoken: tuple[str, ...] = ()
    """Languages, as people read them."""
    languages: frozenset[str] = frozenset()
    """The same as they are compared: who speaks ``es-mx`` speaks ``es``."""
    skills: frozenset[str] = frozenset()
    active: int = 0
    """Hand-offs of theirs that are neither qualified by sales nor closed."""


@dataclass(frozen=True, slots=True)
class Member:
    """What somebody takes of a team's leads."""

    person_id: str
    weight: float = 1.0
    """Turns beside those of the others; 0: none."""
    cap: int | None = None
    """Active hand-offs at most."""


@dataclass(frozen=True)
class Team:
    """A team as it deals its leads."""

    team_id: str
    name: str
    members: tuple[Member, ...]
    fallbacks: tuple[str, ...] = ()
    """Ids of people, in order: who takes what nobody in the team can."""
    window_days: int = 7
    requires: frozenset[str] = frozenset()
    """``language``, ``skill``: without it nobody gets the lead; else it is preferred."""

    def member(self, person_id: str) -> Member | None:
        """Return what somebody takes of the team's leads; None: they are not in it."""
        return next((one for one in self.members if one.person_id == person_id), None)


@dataclass(frozen=True, slots=True)
class Asked:
    """Something a lead needs: as it was said, and as it is compared."""

    said: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Relation:
    """Somebody the lead belongs to already, as far as that still makes sense."""

    code: Code
    person_id: str | None
    """None: it was told, and nobody here is called so."""
    because: Titles


@dataclass(frozen=True, slots=True)
class Placed:
    """The territory that has the lead, if one has: its team or its person."""

    why: Titles
    team_id: str | None = None
    person_id: str | None = None


@dataclass(frozen=True)
class Question:
    """One lead that needs an owner."""

    accept_in: timedelta = timedelta(0)
    """The working time in which its owner owes an answer."""
    due_at: datetime | None = None
    language: Asked | None = None
    skills: Asked | None = None
    relations: tuple[Relation, ...] = ()
    """In the order in which they count."""
    placed: Placed | None = None
    without: Mapping[str, Titles] = field(default_factory=dict)
    """Ids of people it must not go to, each with why."""
    contact: Titles = MAY_BE_CONTACTED


@dataclass(frozen=True, slots=True)
class Considered:
    """One person the choice looked at, and why they were or were not taken."""

    person_id: str
    name: str
    chosen: bool
    code: str
    words: Titles
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One question of the routing, and its answer."""

    step: StepName
    code: str
    words: Titles


@dataclass(frozen=True)
class Choice:
    """Who owns the hand-off, and the reason that is stored with it."""

    person: Staff
    team_id: str | None
    team: str | None
    code: Code
    words: Titles
    considered: tuple[Considered, ...]
    steps: tuple[Step, ...]
    parts: Mapping[str, float] = field(default_factory=dict)
    """Where it counts as a turn: what part of the lead is whose share."""

    @property
    def fell_back(self) -> bool:
        """Whether nobody could take the lead, so that a named person got it."""
        return self.code in FELL_BACK


@dataclass(frozen=True, slots=True)
class Dealt:
    """A turn that was taken: what is added to the team's count."""

    team_id: str
    person_id: str
    parts: Mapping[str, float]


class Desk:
    """Everybody leads can go to, at one moment, and what they have already.

    ``deal`` keeps count within a transaction, so many leads are dealt from one reading.
    """

    def __init__(
        self,
        now: datetime,
        people: Mapping[str, Staff],
        teams: Mapping[str, Team],
        taking: str | None,
        last_resort: str,
        turns: Mapping[tuple[str, str], Turns] | None = None,
    ) -> None:
        """``taking`` is the team that takes what has no territory; ids all the way."""
        self.now = now
        self.people = dict(people)
        self.teams = teams
        self.taking = taking
        self.last_resort = last_resort
        self.dealt: list[Dealt] = []
        self._turns = dict(turns or {})
        self._presences: dict[tuple[str, timedelta], Presence] = {}

    def team_of(self, question: Question) -> Team | None:
        """Return the team whose lead it is: its territory's, else the one that takes leads."""
        named = question.placed.team_id if question.placed is not None else None
        return self.teams.get(named or "") or self.teams.get(self.taking or "")

    def turns(self, team_id: str, person_id: str) -> Turns:
        """Return what somebody got in a team, this transaction included."""
        return self._turns.get((team_id, person_id)) or Turns()

    def presence(self, person: Staff, promised: timedelta) -> Presence:
        """Return when somebody can work on a lead of now."""
        if not person.is_active:
            return GONE
        key = person.person_id, promised
        found = self._presences.get(key)
        if found is None:
            found = presence(person.working, self.now, promised, person.last_day)
            self._presences[key] = found
        return found

    def cap_of(self, person_id: str, team: Team | None = None) -> int | None:
        """Return somebody's cap in a team; without one the highest of all their teams."""
        teams = self.teams.values() if team is None else (team,)
        caps = [one.cap for each in teams for one in each.members if one.person_id == person_id]
        return None if not caps or None in caps else max(cap for cap in caps if cap is not None)

    def deal(self, choice: Choice) -> None:
        """Note that a choice was carried out."""
        owner = choice.person
        known = self.people[owner.person_id]
        self.people[owner.person_id] = replace(known, active=known.active + 1)
        if choice.team_id is None or not choice.parts:
            return
        for person_id, part in choice.parts.items():
            key = choice.team_id, person_id
            self._turns[key] = self.turns(*key).and_share(part)
        key = choice.team_id, owner.person_id
        self._turns[key] = self.turns(*key).and_lead(self.now)
        self.dealt.append(Dealt(choice.team_id, owner.person_id, choice.parts))
