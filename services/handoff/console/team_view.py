"""How a team's leads were dealt lately: what everybody got beside their share, drawn and told.

Readable without colour: what somebody got is a filled bar, their share an outlined one over
it, both with their numbers, and a table has the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.handoff.store.teams import Team
from services.handoff.store.turns import Dealt


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's turns in the window."""

    name: str
    leads: int
    share: float
    got_width: float
    share_width: float
    """Both in per cent of the longest."""
    is_member: bool

    @property
    def apart(self) -> float:
        """Leads they got beyond their share; below zero: they are behind."""
        return self.leads - self.share


@dataclass(frozen=True, slots=True)
class Turns:
    """Everything to draw."""

    rows: tuple[Turn, ...]
    leads: int
    """Leads dealt by turn in all."""

    @property
    def widest_apart(self) -> float:
        """How many leads somebody is ahead or behind at most."""
        return max((abs(one.apart) for one in self.rows), default=0.0)


def turns_of(team: Team, dealt: Mapping[str, Dealt]) -> Turns:
    """Return what the members, and who was one in the window, got of the team's leads."""
    nothing = Dealt(0, 0.0)
    members = [(one.person_id, one.name) for one in team.members if one.active]
    known = {person_id for person_id, _ in members}
    gone = [person_id for person_id in dealt if person_id not in known]
    top = max((max(one.leads, one.share) for one in dealt.values()), default=0.0) or 1.0
    rows = []
    for person_id, name in [*members, *((one, "") for one in sorted(gone))]:
        one = dealt.get(person_id, nothing)
        rows.append(
            Turn(
                name,
                max(one.leads, 0),
                one.share,
                100 * max(one.leads, 0) / top,
                100 * one.share / top,
                person_id in known,
            )
        )
    return Turns(tuple(rows), sum(one.leads for one in rows))
