"""The choice itself: the questions of the routing, asked in their order about one lead."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.handoff.domain import routing_words as words
from services.handoff.domain.presence import Presence
from services.handoff.domain.questions import Titles
from services.handoff.domain.routing import (
    COUNTED,
    Asked,
    Choice,
    Code,
    Considered,
    Desk,
    Member,
    Question,
    Relation,
    Staff,
    Step,
    StepName,
    Team,
)
from services.handoff.domain.turns import Taker, next_turn, parts_of

TOGETHER = timedelta(minutes=30)
"""Who begins at most so long after the first one of those who are not working begins with
them: five minutes are no reason to give somebody every lead of the night."""
SHORT_LEAVE = timedelta(days=3)
"""Whoever the lead belongs to keeps it when they are back so soon."""
SLACK = 4
"""Whoever it belongs to may go a quarter above their cap, by one lead at least."""


def choose(desk: Desk, question: Question) -> Choice:
    """Return who gets the lead; the same for the same desk, in whatever order it was read.

    Nothing is counted: ``desk.deal`` does it once the choice is carried out.
    """
    decision = _Decision(desk, question)
    return (
        decision.by_relation()
        or decision.by_territory()
        or decision.by_turn()
        or decision.fall_back()
    )


@dataclass(frozen=True, slots=True)
class _No:
    """Why somebody cannot take the lead."""

    code: str
    words: Titles
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Able:
    """A member of the team who can take the lead, and from when on."""

    person: Staff
    member: Member
    starts: datetime


class _Decision:
    def __init__(self, desk: Desk, question: Question) -> None:
        self.desk = desk
        self.question = question
        self.team = desk.team_of(question)
        self.considered: list[Considered] = []
        self.steps = [Step("contact", "checked", question.contact)]

    # --- whose it is already --------------------------------------------------------------

    def by_relation(self) -> Choice | None:
        """Return the first of those the lead belongs to who still can have it."""
        said: list[Titles] = []
        for one in self.question.relations:
            person = self.desk.people.get(one.person_id or "")
            if person is None:
                said.append(words.answer("relation.stranger", because=one.because))
                continue
            no = self._cannot_keep(person)
            if no is None:
                kept = words.answer("relation.kept", name=person.name, because=one.because)
                self._answer("relation", one.code, words.both(*said, kept))
                return self._theirs(person, one)
            left = words.reason("not_any_more", because=one.because, why=no.words)
            self._consider(person, no.code, left, no.numbers)
            because = {"because": one.because, "why": no.words}
            said.append(words.answer("relation.left", name=person.name, **because))
        none = words.answer("relation.none")
        self._answer("relation", "none", words.both(*said) if said else none)
        return None

    def by_territory(self) -> Choice | None:
        """Return the person of the lead's territory, if it is a person's and they can."""
        placed = self.question.placed
        person = None if placed is None else self.desk.people.get(placed.person_id or "")
        if placed is None or person is None:
            self._answer_team()
            return None
        no = self._cannot_keep(person)
        if no is None:
            self._answer(
                "territory",
                "territory_owner",
                words.answer("territory.person", why=placed.why, name=person.name),
            )
            return self._theirs(person, Relation("territory_owner", person.person_id, placed.why))
        left = words.reason("not_any_more", because=placed.why, why=no.words)
        self._consider(person, no.code, left, no.numbers)
        self._answer_team(
            words.answer("relation.left", name=person.name, because=placed.why, why=no.words)
        )
        return None

    def _answer_team(self, *before: Titles) -> None:
        if self.team is None:
            code, said = "nobody", words.answer("territory.nobody")
        elif self.question.placed is not None and self.question.placed.team_id is not None:
            why = self.question.placed.why
            code, said = "team", words.answer("territory.team", why=why, team=self.team.name)
        else:
            code, said = "none", words.answer("territory.none", team=self.team.name)
        self._answer("territory", code, words.both(*before, said))

    def _theirs(self, person: Staff, relation: Relation) -> Choice:
        chosen = words.reason("relation", because=relation.because)
        self._consider(person, relation.code, chosen, self._load(person), chosen=True)
        parts = self._counts_as_turn(person) if relation.code in COUNTED else {}
        return self._choice(person, relation.code, relation.because, parts)

    def _counts_as_turn(self, person: Staff) -> Mapping[str, float]:
        """Return whose share the lead would have been; nobody's where the owner is in no team.

        Who gets the colleagues of a lead gets fewer of the others.
        """
        team = self.team
        own = None if team is None else team.member(person.person_id)
        if team is None or own is None or own.weight <= 0:
            return {}
        found = (self._can(team, one, self.desk.people[one.person_id]) for one in team.members)
        able = [one for one in found if isinstance(one, _Able)]
        takers = {one.person.person_id: self._taker(team, one) for one in self._soonest(able)}
        turns = self.desk.turns(team.team_id, person.person_id)
        takers[person.person_id] = Taker(person.person_id, own.weight, turns)
        return parts_of(list(takers.values()))

    def _cannot_keep(self, person: Staff) -> _No | None:
        no = self._ruled_out(person) or self._absent(person, SHORT_LEAVE)
        if no is not None:
            return no
        cap = self.desk.cap_of(person.person_id)
        if cap is not None and person.active >= cap + max(1, cap // SLACK):
            return self._full(person, cap)
        return None

    # --- whose turn it is -----------------------------------------------------------------

    def by_turn(self) -> Choice | None:
        """Return whose turn it is among the team's members who can begin soonest."""
        team = self.team
        if team is None:
            return None
        able: list[_Able] = []
        nos: list[str] = []
        for member in sorted(team.members, key=lambda one: one.person_id):
            person = self.desk.people[member.person_id]
            found = self._can(team, member, person)
            if isinstance(found, _No):
                nos.append(found.code)
                self._consider(person, found.code, found.words, found.numbers)
            else:
                able.append(found)
        wanted = self._who_suits(team, able, nos)
        if not wanted:
            why = words.counted(nos) if nos else None
            said = (
                words.answer("turn.nobody", team=team.name, why=why)
                if why is not None
                else words.answer("turn.empty", team=team.name)
            )
            self._answer("turn", "nobody", said)
            return None
        return self._deal(team, able, wanted)

    def _can(self, team: Team, member: Member, person: Staff) -> _Able | _No:
        no = self._ruled_out(person) or self._absent(person)
        if no is not None:
            return no
        if member.weight <= 0:
            return _No("no_turns", words.reason("no_turns"))
        cap = self.desk.cap_of(person.person_id, team)
        if cap is not None and person.active >= cap:
            return self._full(person, cap)
        starts = self._presence(person).at
        assert starts is not None, "who can work begins at some moment"
        return _Able(person, member, starts)

    def _who_suits(self, team: Team, able: list[_Able], nos: list[str]) -> list[_Able]:
        """Return those who speak the lead's language and have the skill, as far as it is asked."""
        wanted = list(able)
        said: list[Titles] = []
        code = "any"
        for kind, asked in (("language", self.question.language), ("skill", self.question.skills)):
            if asked is None or not wanted:
                continue
            suits = [one for one in wanted if _has(one.person, kind, asked)]
            count: dict[str, words.Filled] = {"count": len(suits), "able": len(wanted)}
            others = [one for one in wanted if one not in suits]
            if suits or kind in team.requires:
                code = "found" if suits else "required"
                self._leave_out(kind, asked, others)
                nos += [f"no_{kind}"] * len(others)
                wanted = suits
            else:
                code = "nobody"
            said.append(words.answer(f"language.{code}", wanted=asked.said, **count))
        if able:
            none = words.answer("language.any")
            self._answer("language", code, words.both(*said) if said else none)
        return wanted

    def _leave_out(self, kind: str, asked: Asked, others: Iterable[_Able]) -> None:
        for one in others:
            code = f"no_{kind}"
            spoken = words.listed(one.person.spoken)
            why = words.reason(code, wanted=asked.said, spoken=spoken)
            self._consider(one.person, code, why, self._load(one.person))

    def _deal(self, team: Team, able: list[_Able], wanted: list[_Able]) -> Choice:
        """Choose among those who can begin soonest.

        Everybody who could begin as soon has a share of the lead, whatever they speak: who
        gets leads for a language gets fewer of the others.
        """
        first = self._soonest(wanted)
        sharing = {one.person.person_id: one for one in (*self._soonest(able), *first)}
        takers = [self._taker(team, one) for one in sharing.values()]
        sooner = {one.person.person_id for one in first}
        chosen_id = next_turn(takers, sooner)
        parts = parts_of(takers)
        chosen = sharing[chosen_id].person
        numbers = self._numbers(team, chosen, parts)
        why = self._turns_in_words("fair_rotation", numbers)
        self._consider(chosen, "fair_rotation", why, numbers, chosen=True)
        for one in sorted(wanted, key=lambda each: (each.starts, each.person.person_id)):
            if one.person is chosen:
                continue
            numbers = self._numbers(team, one.person, parts)
            if one.person.person_id in sooner:
                code, why = "waits", self._turns_in_words("waits", numbers)
            else:
                starts = words.moment(one.starts, one.person.working.zone)
                code, why = "later", self._turns_in_words("later", numbers, starts=starts)
            self._consider(one.person, code, why, numbers)
        now = min(one.starts for one in first) <= self.desk.now
        code = "working" if now else "later"
        said = words.answer(f"turn.{code}", count=len(first), name=chosen.name)
        self._answer("turn", code, said)
        numbers = self._numbers(team, chosen, parts)
        turns = self._turns_in_words("waits", numbers)
        said = words.answer("turn.chosen", turns=turns, team=team.name)
        return self._choice(chosen, "fair_rotation", said, parts)

    def _soonest(self, able: list[_Able]) -> list[_Able]:
        """Return who works now, else who begins first and who begins soon after them."""
        first = min((one.starts for one in able), default=self.desk.now)
        latest = first if first <= self.desk.now else first + TOGETHER
        return [one for one in able if one.starts <= latest]

    def _taker(self, team: Team, one: _Able) -> Taker:
        person_id = one.person.person_id
        return Taker(person_id, one.member.weight, self.desk.turns(team.team_id, person_id))

    def _numbers(self, team: Team, person: Staff, parts: Mapping[str, float]) -> dict[str, float]:
        turns = self.desk.turns(team.team_id, person.person_id)
        part = parts.get(person.person_id, 0.0)
        found = {
            "dealt": turns.dealt,
            "share": round(turns.share + part, 3),
            "days": team.window_days,
            "behind": round(turns.behind + part, 3),
        }
        return found | self._load(person, team)

    def _turns_in_words(
        self, code: str, numbers: Mapping[str, float], **more: words.Filled
    ) -> Titles:
        return words.reason(code, turns=words.turns(numbers), **more)

    # --- whom else ------------------------------------------------------------------------

    def fall_back(self) -> Choice:
        """Return the first named person who can begin before the lead is due.

        If none can, the first who is not away; if all are, the last one named.
        """
        desk, team = self.desk, self.team
        named = list(dict.fromkeys((*(team.fallbacks if team else ()), desk.last_resort)))
        people = [desk.people[person_id] for person_id in named]
        nos = [self._ruled_out(person) or self._absent(person) for person in people]
        able = [one for one, no in zip(people, nos, strict=True) if no is None]
        in_time = [one for one in able if self._begins_in_time(one)]
        owner = (in_time or able or people[-1:])[0]
        for place, (person, no) in enumerate(zip(people, nos, strict=True), start=1):
            if person is owner:
                code = self._fallback_code(person)
                name = "" if team is None else team.name
                why = words.reason(code, place=place, places=len(people), team=name)
                self._consider(person, code, why, self._load(person), chosen=True)
                break
            if no is None:
                no = self._late(person)
            self._consider(person, no.code, no.words, no.numbers)
        code = self._fallback_code(owner)
        where = "" if team is None else team.name
        said = words.answer(f"fallback.{code}", name=owner.name, team=where)
        self._answer("fallback", code, said)
        reasons = [one.words for one in self.steps if one.step in ("turn", "fallback")]
        if team is None:
            reasons = [words.answer("territory.nobody"), said]
        return self._choice(owner, code, words.both(*reasons))

    def _fallback_code(self, person: Staff) -> Code:
        is_teams = self.team is not None and person.person_id in self.team.fallbacks
        return "fallback" if is_teams else "last_resort"

    def _begins_in_time(self, person: Staff) -> bool:
        starts, due_at = self._presence(person).at, self.question.due_at
        return starts is not None and (due_at is None or starts <= due_at)

    def _late(self, person: Staff) -> _No:
        when = self._presence(person)
        return _No("not_before", words.of_presence("not_before", when, person.working.zone))

    # --- what is true of anybody ----------------------------------------------------------

    def _presence(self, person: Staff) -> Presence:
        return self.desk.presence(person, self.question.accept_in)

    def _ruled_out(self, person: Staff) -> _No | None:
        because = self.question.without.get(person.person_id)
        return None if because is None else _No("without", because)

    def _absent(self, person: Staff, at_most: timedelta = timedelta(0)) -> _No | None:
        """Return why somebody cannot begin in time; ``at_most``: so long an absence is none."""
        when = self._presence(person)
        if when.can_work or when.is_back_by(self.question.due_at):
            return None
        if at_most and when.is_back_by(self.desk.now + at_most):
            return None
        return _No(when.state, words.of_presence(when.state, when, person.working.zone))

    def _full(self, person: Staff, cap: int) -> _No:
        numbers = {"active": person.active, "cap": cap}
        return _No("full", words.reason("full", active=person.active, cap=cap), numbers)

    def _load(self, person: Staff, team: Team | None = None) -> dict[str, float]:
        cap = self.desk.cap_of(person.person_id, team)
        load: dict[str, float] = {"active": person.active}
        return load if cap is None else load | {"cap": cap}

    def _consider(
        self,
        person: Staff,
        code: str,
        why: Titles,
        numbers: Mapping[str, float],
        *,
        chosen: bool = False,
    ) -> None:
        one = Considered(person.person_id, person.name, chosen, code, why, numbers)
        self.considered.append(one)

    def _answer(self, step: StepName, code: str, said: Titles) -> None:
        self.steps.append(Step(step, code, said))

    def _choice(
        self, person: Staff, code: Code, said: Titles, parts: Mapping[str, float] | None = None
    ) -> Choice:
        return Choice(
            person,
            None if self.team is None else self.team.team_id,
            None if self.team is None else self.team.name,
            code,
            said,
            tuple(self.considered),
            tuple(self.steps),
            parts or {},
        )


def _has(person: Staff, kind: str, asked: Asked) -> bool:
    has = person.languages if kind == "language" else person.skills
    return not has.isdisjoint(asked.keys)
