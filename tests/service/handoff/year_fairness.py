"""How fair a team's turns were in a ``Year``, counted here and not by the code that is tested.

A turn is a lead that was dealt: one lead to whom it went, its parts to those who shared it.
What comes by a relation, and what is sent back without blame, nobody can keep even.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp

from tests.service.handoff.year_people import Colleague

HOUR_S = 3600
EVEN = 1e-9


@dataclass
class Turn:
    """A lead that counted as a turn of a team."""

    at: datetime
    team_id: str
    person_id: str
    parts: Mapping[str, float]
    """Whose share it is; where it came by a relation, which tells no takers, as it is stored."""
    by_turn: bool
    back_at: datetime | None = None
    """When it came back without blame, so that it was none."""

    @property
    def change(self) -> dict[str, float]:
        """What it adds to what people are behind."""
        return {**self.parts, self.person_id: self.parts[self.person_id] - 1}

    @property
    def hour(self) -> int:
        """The hour it is counted in."""
        return int(self.at.timestamp() // HOUR_S)


@dataclass
class Fairness:
    """How far leads were from shares, in leads."""

    most_strict: float = 0.0
    """With the same people there since all of them were even."""
    strict_leads: int = 0
    most_by_turn_ever: float = 0.0
    """Of everything since the first day, until the first that was no plain turn."""
    most_ever: float = 0.0
    """Of everything since the first day, as far as it is not forgotten."""
    most_by_turn: float = 0.0
    """In the window, where nothing in it came by a relation or was sent back, and nobody had
    been more than a lead from their share before it: that is made up for in it, as it should."""
    most_in_window: float = 0.0
    above_one: int = 0
    looks: int = 0
    turns: int = 0


class Standing:
    """What everybody of a team is behind, of all there was since the first day."""

    def __init__(self, members: Sequence[Colleague], window: timedelta) -> None:
        self.behind: defaultdict[str, float] = defaultdict(float)
        self.far: list[float] = []
        """How far somebody was from their share at most, after each lead."""
        self._members = members
        self._window = window
        self._counted_at: datetime | None = None
        self._is_plain = True
        self._strict: dict[str, float] | None = {}
        """What the same people are behind since they were even; None: they are not the same."""

    def give_back(self, turn: Turn) -> None:
        """Take away a lead that was no turn, as if it had not been dealt."""
        self._is_plain, self._strict = False, None
        for person_id, change in turn.change.items():
            self.behind[person_id] -= change

    def deal(self, turn: Turn, found: Fairness) -> None:
        """Count a lead, and note how far from their share people are after it."""
        self._is_plain &= turn.by_turn
        self._carry(turn.at)
        self._look_for_the_same(turn)
        for person_id, change in turn.change.items():
            self.behind[person_id] += change
            if self._strict is not None:
                self._strict[person_id] += change
        far = _farthest(self.behind)
        self.far.append(far)
        found.most_ever = max(found.most_ever, far)
        if self._is_plain:
            found.most_by_turn_ever = max(found.most_by_turn_ever, far)
        if self._strict is not None:
            found.strict_leads += 1
            found.most_strict = max(found.most_strict, _farthest(self._strict))

    def _carry(self, at: datetime) -> None:
        """Let those who are here be even together; what is above a lead fades."""
        here = {one.person_id: one.weight for one in self._members if one.is_here(at)}
        for person_id in self.behind.keys() - here.keys():
            self.behind[person_id] = 0.0
        left = sum(self.behind.values())
        for person_id, weight in here.items():
            self.behind[person_id] -= left * weight / sum(here.values())
        most = _farthest(self.behind)
        if most > 1:
            windows = (at - (self._counted_at or at)) / self._window
            for person_id in here:
                self.behind[person_id] *= (1 + (most - 1) / exp(windows)) / most
        self._counted_at = at

    def _look_for_the_same(self, turn: Turn) -> None:
        if not turn.by_turn:
            self._strict = None
        elif all(abs(self.behind[one]) < EVEN for one in turn.parts):
            self._strict = dict.fromkeys(turn.parts, 0.0)
        elif self._strict is not None and (
            self._strict.keys() != turn.parts.keys()
            or any(abs(self.behind[one] - far) > EVEN for one, far in self._strict.items())
        ):
            self._strict = None


def look_at_all(
    turns: Sequence[Turn], members: Sequence[Colleague], window: timedelta, found: Fairness
) -> Standing:
    """Look at everybody after each lead, and return how they stand after the last."""
    standing = Standing(members, window)
    happened = [(one.at, True, one) for one in turns]
    happened += [(one.back_at, False, one) for one in turns if one.back_at is not None]
    for _, is_dealt, one in sorted(happened, key=lambda each: each[:2]):  # returned, then dealt
        if is_dealt:
            standing.deal(one, found)
        else:
            standing.give_back(one)
    return standing


def look_through_window(
    turns: Sequence[Turn], far: Sequence[float], window: timedelta, found: Fairness
) -> None:
    """Look at everybody's leads of the last days alone, after each lead."""
    hours = window // timedelta(hours=1)
    returns = [one.back_at for one in turns if one.back_at is not None]
    for place, one in enumerate(turns):
        inside = [each for each in turns[: place + 1] if each.hour > one.hour - hours]
        before = place - len(inside)
        owed = before >= 0 and far[before] > 1
        owed |= any(inside[0].at <= back_at <= one.at for back_at in returns)
        is_alone = not owed and all(each.by_turn and each.back_at is None for each in inside)
        behind: defaultdict[str, float] = defaultdict(float)
        for each in inside:
            if each.back_at is None or each.back_at > one.at:
                for person_id, change in each.change.items():
                    behind[person_id] += change
        found.most_in_window = max(found.most_in_window, _farthest(behind))
        if is_alone:
            found.most_by_turn = max(found.most_by_turn, _farthest(behind))
        found.above_one += sum(abs(far) > 1 for far in behind.values())
        found.looks += len(behind)


def _farthest(behind: Mapping[str, float]) -> float:
    return max(map(abs, behind.values()), default=0.0)
