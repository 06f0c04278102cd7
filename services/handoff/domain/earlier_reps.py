"""Who in sales had a lead before, and what that means for who gets it next.

A rep who sent a lead back twice with "not now" does not get it again, unless there was a
real talk: then nobody knows the lead better.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

NOT_NOW_TWICE = 2
NO_BLAME = frozenset({"fix", "join", "owner", "ask_right_person", "opt_out"})
"""Effects of reasons that say nothing about the rep who gave them: the turn is given back."""


@dataclass(frozen=True, slots=True)
class EarlierRep:
    """What one person of sales had to do with a lead so far."""

    person_id: str
    handoffs: int
    """Hand-offs of the lead this person said something about."""
    talked_at: datetime | None
    """Their latest real talk with the lead."""
    sent_back: Mapping[str, int]
    """How often they sent the lead back, by the name of the reason."""
    not_now: int
    """How often with an effect ``recycle`` whose reason asks for no attempts."""
    works_on_it_at: datetime | None
    """When a ``join`` verdict last named them as who works on the lead already."""
    last_at: datetime


def without(reps: Iterable[EarlierRep]) -> frozenset[str]:
    """Return the people the lead does not go to again by the ordinary choice."""
    return frozenset(
        one.person_id for one in reps if one.not_now >= NOT_NOW_TWICE and one.talked_at is None
    )


def earlier_rep(reps: Iterable[EarlierRep]) -> EarlierRep | None:
    """Return who knows the lead: who works on it already, else who talked with it last."""
    known = [one for one in reps if one.works_on_it_at or one.talked_at]
    return max(
        known,
        key=lambda one: (one.works_on_it_at is not None, one.works_on_it_at or one.talked_at),
        default=None,
    )


def credits_turn(effect: str) -> bool:
    """Return whether a lead sent back with this effect does not count as a turn taken."""
    return effect in NO_BLAME
