"""What is remembered of a lead's touches: for each signal, the few that can still matter.

A signal counts its ``at_most`` latest distinct touches, so those are all it keeps: an
older one could only count if a newer one were taken away, and touches are never taken
away. Two heaps are kept apart: touches that may qualify, and those that may not (unsure
or late), so that no doubtful touch can push a certain one out.
"""

import json
from hashlib import blake2b
from typing import NamedTuple

from services.handoff.domain.comparing import comparable, fold_text

LONGEST_DISTINCT = 40
"""Characters of a distinct key that are kept as they are; a longer one is kept as its hash."""


class Kept(NamedTuple):
    """What a signal remembers of one touch. The order of the fields is the order in time."""

    occurred_ms: int
    touch_id: str
    first_received: int
    """Milliseconds of the receipt, negative: of two receipts of one touch, the first is greater."""
    distinct: str
    """The value the touch is distinct by; empty: the touch itself."""
    late: bool
    """It was too old at its receipt to qualify."""

    @property
    def received_ms(self) -> int:
        """When it was received, in milliseconds since 1970."""
        return -self.first_received


# By place: half the time of by name, and this runs once per touch and signal.
_TOUCH_ID, _DISTINCT = Kept._fields.index("touch_id"), Kept._fields.index("distinct")


def keep(kept: tuple[Kept, ...], touch: Kept, at_most: int) -> tuple[Kept, ...]:
    """Return ``kept`` (newest first) with ``touch`` in it; the same object if nothing changes.

    Of touches with one distinct key the newest stays, and of all keys the ``at_most``
    newest. The same touches give the same answer in any order and however often repeated.
    """
    if not kept:
        return (touch,)
    if len(kept) == at_most and touch < kept[-1]:
        return kept
    key = touch[_DISTINCT] or touch[_TOUCH_ID]
    newer, older = [], []
    for each in kept:
        if (each[_DISTINCT] or each[_TOUCH_ID]) == key:
            if each >= touch:
                return kept
        elif each > touch:
            newer.append(each)
        else:
            older.append(each)
    return (*newer, touch, *older)[:at_most]


class SignalTouches(NamedTuple):
    """The touches one signal remembers, newest first."""

    certain: tuple[Kept, ...] = ()
    """Made by a human, in time: these may qualify."""
    doubtful: tuple[Kept, ...] = ()
    """Unsure or late: people see them, gates do not."""

    def more(self) -> list[Kept]:
        """Return the doubtful touches that are not a second sight of a certain one."""
        known = {each.distinct or each.touch_id for each in self.certain}
        return [each for each in self.doubtful if (each.distinct or each.touch_id) not in known]

    def joined(self, other: "SignalTouches", at_most: int) -> "SignalTouches":
        """Return the touches of both."""
        certain, doubtful = self
        for touch in other.certain:
            certain = keep(certain, touch, at_most)
        for touch in other.doubtful:
            doubtful = keep(doubtful, touch, at_most)
        return SignalTouches(certain, doubtful)


NONE_KEPT = SignalTouches()


def distinct_key(value: object) -> str:
    """Return the key touches with ``value`` are distinct by; empty when there is no value."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = fold_text(value) if len(value) <= LONGEST_DISTINCT else value
    elif isinstance(value, int | float):
        text = comparable(value)
    else:
        text = json.dumps(value, sort_keys=True, default=str)
    if len(text) <= LONGEST_DISTINCT:
        return "=" + text
    return "#" + blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
