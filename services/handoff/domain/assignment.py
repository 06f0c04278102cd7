"""Who gets a hand-off: a fair turn within a team, a named person when nobody can.

Pure: the store hands in the members as they stand under lock, and saves the choice with
its counter in the same transaction. The order of the questions is the routing; each
person looked at gets a reason that is stored and shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A team member as rotation sees one. ``dealt`` counts the hand-offs given by rotation."""

    person_id: str
    name: str
    email: str
    active: bool
    dealt: int
    last_dealt_at: datetime | None


@dataclass(frozen=True, slots=True)
class Considered:
    """One person the choice looked at, and why they were or were not taken."""

    person_id: str
    name: str
    chosen: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Who owns the hand-off, and the reason that is stored with it."""

    person_id: str
    name: str
    email: str
    team: str | None
    code: str
    reason: str
    considered: tuple[Considered, ...]


@dataclass
class Rotation:
    """The turns of one team, in a transaction that holds the team's lock.

    ``members`` in any order; ``fallback`` is who gets what nobody else can take.
    """

    team: str | None
    members: list[Candidate]
    fallback: Candidate

    def choose(self, now: datetime) -> Choice:
        """Give the turn to the active member with the fewest, then the longest without one."""
        able = [member for member in self.members if member.active]
        if not able:
            return self._fall_back()
        chosen = min(able, key=_turn)
        in_turn = sorted(self.members, key=_turn)
        considered = tuple(self._consider(member, chosen) for member in in_turn)
        self._deal(chosen, now)
        reason = f"next in turn in {self.team}: {chosen.dealt} so far"
        return Choice(
            chosen.person_id,
            chosen.name,
            chosen.email,
            self.team,
            "fair_rotation",
            reason,
            considered,
        )

    def _fall_back(self) -> Choice:
        considered = tuple(
            Considered(member.person_id, member.name, False, "has left") for member in self.members
        )
        where = f"nobody in {self.team} can take leads" if self.team else "no team takes leads"
        named = Considered(
            self.fallback.person_id, self.fallback.name, True, "named as the last resort"
        )
        return Choice(
            self.fallback.person_id,
            self.fallback.name,
            self.fallback.email,
            self.team,
            "fallback",
            f"{where}: {self.fallback.name} is the named fallback",
            (*considered, named),
        )

    def _consider(self, member: Candidate, chosen: Candidate) -> Considered:
        if member is chosen:
            reason = f"chosen: {member.dealt} so far, the fewest"
        elif not member.active:
            reason = "has left"
        elif member.dealt > chosen.dealt:
            reason = f"{member.dealt} so far"
        else:
            reason = f"{member.dealt} so far, but had a turn later than {chosen.name}"
        return Considered(member.person_id, member.name, member is chosen, reason)

    def _deal(self, chosen: Candidate, now: datetime) -> None:
        position = self.members.index(chosen)
        self.members[position] = replace(chosen, dealt=chosen.dealt + 1, last_dealt_at=now)


def _turn(member: Candidate) -> tuple[int, float, str]:
    last = member.last_dealt_at.timestamp() if member.last_dealt_at else 0.0
    return member.dealt, last, member.person_id


def joining_count(members: Sequence[Candidate]) -> int:
    """Return what a new member's count starts at, so that nobody is flooded for being new."""
    return min((member.dealt for member in members if member.active), default=0)
