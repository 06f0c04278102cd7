"""Whose turn it is: a weighted fair choice that neither punishes nor floods anybody.

Every lead that is dealt adds one lead's worth of *share*, divided by weight among those who
could have taken it, and one lead to whom it was dealt to. What somebody is *behind* is their
share less their leads since they joined. Who was away or full when a lead was dealt gets no
share of it, so nobody has to catch up when they are back, and nobody is punished for having
been there.

The turn goes to who would be the first to be a whole lead behind: the *quota method* of
Balinski and Young (1975), which keeps everybody within one lead of their share at every
moment, whatever the weights. To deal to who is furthest behind does not: with weights
30, 30 and six of 1 somebody is 1.18 leads behind after some dealing.

What somebody is behind is carried on and never cut off at the edge of a window: else what
they got too much would be forgotten before what the others got for it, and be made up for
twice. Only what is more than a lead, which leads by a relation bring about, fades over the
team's window: after it a bit more than a third is left.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp

_PRECISION = 6
"""Decimals in which two people are as far behind as each other; shares are sums of fractions."""


@dataclass(frozen=True, slots=True)
class Turns:
    """What somebody got in the window, what their share of it was, and how they stand."""

    dealt: float = 0.0
    share: float = 0.0
    behind: float = 0.0
    """Leads they are short of their share, of all there were; below zero: ahead of it."""
    last_at: datetime | None = None
    """When they last had a turn, in the window or before."""

    def and_share(self, part: float) -> "Turns":
        """Return the turns after a lead was dealt of which ``part`` would be theirs."""
        return replace(self, share=self.share + part, behind=self.behind + part)

    def and_lead(self, at: datetime) -> "Turns":
        """Return the turns after they got a lead."""
        return replace(self, dealt=self.dealt + 1, behind=self.behind - 1, last_at=at)


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who could take the lead that is dealt."""

    person_id: str
    weight: float
    turns: Turns


def parts_of(takers: Sequence[Taker]) -> Mapping[str, float]:
    """Return what part of one lead is whose, by weight. All weights are above zero."""
    together = sum(taker.weight for taker in takers)
    return {taker.person_id: taker.weight / together for taker in takers}


def carried(
    behind: Mapping[str, float], weights: Mapping[str, float], quiet: timedelta, window: timedelta
) -> Mapping[str, float]:
    """Return what people are behind ``quiet`` after it was counted, as it is carried on.

    ``weights`` are those of who takes turns now, by id. What others were ahead or behind,
    who left or take none any more, is shared by them, so that all together are even.
    """
    together = sum(weights.values())
    left = sum(behind.get(person_id, 0.0) for person_id in weights)
    even = {
        person_id: behind.get(person_id, 0.0) - left * weight / together
        for person_id, weight in weights.items()
    }
    most = max(map(abs, even.values()), default=0.0)
    if most <= 1:
        return even
    kept = (1 + (most - 1) * exp(-quiet / window)) / most
    return {person_id: kept * value for person_id, value in even.items()}


def next_turn(takers: Sequence[Taker], wanted: Collection[str] | None = None) -> str:
    """Return whose turn it is among ``takers``; ``wanted`` leaves only these to choose from.

    Who is no longer behind once the lead is shared waits. Between equals it goes to who has
    been longest without one, then by id: the order of ``takers`` does not matter.

    Raises ``ValueError`` when there is nobody to choose from.
    """
    parts = parts_of(takers)
    able = [one for one in takers if wanted is None or one.person_id in wanted]
    if not able:
        raise ValueError("there is nobody whose turn it could be")
    behind = {one.person_id: one.turns.behind + parts[one.person_id] for one in able}
    waiting = [one for one in able if round(behind[one.person_id], _PRECISION) > 0] or able

    def order(one: Taker) -> tuple[float, float, str]:
        leads_until_whole = (1 - behind[one.person_id]) / parts[one.person_id]
        last = one.turns.last_at.timestamp() if one.turns.last_at else 0.0
        return round(leads_until_whole, _PRECISION), last, one.person_id

    return min(waiting, key=order).person_id
