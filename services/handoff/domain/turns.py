"""Whose turn it is: a weighted fair choice that neither punishes nor floods anybody.

Every lead that is dealt adds one lead's worth of *share*, divided by weight among those who
could have taken it, and one lead to whom it was dealt to. What somebody is ahead or behind
is their share less their leads, over a rolling window. Who was away or full when a lead was
dealt gets no share of it, so nobody has to catch up when they are back, and nobody is
punished for having been there.

The turn goes to who would be the first to be a whole lead behind: the *quota method* of
Balinski and Young (1975), which keeps everybody within one lead of their share at every
moment, whatever the weights. To deal to who is furthest behind does not: with weights
30, 30 and six of 1 somebody is 1.18 leads behind after some dealing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

_PRECISION = 6
"""Decimals in which two people are as far behind as each other; shares are sums of fractions."""


@dataclass(frozen=True, slots=True)
class Turns:
    """What somebody got in the window, and what their share of it was, in leads."""

    dealt: float = 0.0
    share: float = 0.0
    last_at: datetime | None = None
    """When they last had a turn, in the window or before."""

    @property
    def behind(self) -> float:
        """Leads they are short of their share; below zero: ahead of it."""
        return self.share - self.dealt

    def and_share(self, part: float) -> "Turns":
        """Return the turns after a lead was dealt of which ``part`` would be theirs."""
        return replace(self, share=self.share + part)

    def and_lead(self, at: datetime) -> "Turns":
        """Return the turns after they got a lead."""
        return replace(self, dealt=self.dealt + 1, last_at=at)


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
