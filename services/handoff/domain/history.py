"""What happened to leads, as it is read again for a try-out: in the order it was judged in.

A *place* is a moment of the database's clock, taken while the leads were locked, in
microseconds since 1970 times 2048, plus a number within the transaction. Places order
everything that was decided about one lead, whatever the clocks of senders say. No two
transactions of one lead share a microsecond, so a place also says what was decided together.

Moments are microseconds since 1970 here: a replay looks at a million of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from operator import itemgetter
from typing import Any, NamedTuple

from services.handoff.domain.facts import Facts
from services.handoff.domain.touches import epoch_us

PER_MICROSECOND = 2048
"""More than a transaction decides: it takes 500 events at most."""


def first_place(us: int) -> int:
    """Return the first place of this moment."""
    return us * PER_MICROSECOND


def us_of(place: int) -> int:
    """Return the moment of a place."""
    return place // PER_MICROSECOND


BY_HAND = "override"
"""The gate of a lead that a person handed over; no policy may have one of this name."""


class What(IntEnum):
    """The kinds of items, in the order they have at one place."""

    MERGED = 0
    UNMERGED = 1
    KNOWN = 2
    ARRIVED = 3
    RECONSIDERED = 4
    RELEASED = 5
    LET_GO = 6
    HELD = 7
    HANDED_OVER = 8
    CLOSED = 9


class Merged(NamedTuple):
    """``members``, one lead until then, became part of ``survivor``."""

    place: int
    what: int
    survivor: str
    merged: str
    members: tuple[str, ...]


class Unmerged(NamedTuple):
    """``members`` stand for themselves again, as the lead ``lead_id``."""

    place: int
    what: int
    lead_id: str
    members: tuple[str, ...]


class Known(NamedTuple):
    """What gates and criteria saw of the lead of ``lead_id`` from here on."""

    place: int
    what: int
    lead_id: str
    facts: Facts
    """``{"lead": {…}, "account": {…}}``"""
    is_known: bool
    """It has an identifier that names a person."""
    said: Mapping[str, Mapping[str, Any]]
    """By scope and name: each fact with when it was said, RFC 3339 text in UTC; empty: derived."""


class Arrived(NamedTuple):
    """An event of a lead: a touch, or (no ``kind``) something told about it."""

    place: int
    what: int
    lead_id: str
    """The member it was recorded under."""
    received_us: int
    tells: bool
    """It, or what came with it, told news about the lead."""
    kind: str
    touch_id: str = ""
    occurred_us: int = 0
    made_by: str = ""
    properties: Mapping[str, Any] = {}


class Reconsidered(NamedTuple):
    """A cool-down had ended at ``due_us``; the lead was looked at again at ``at_us``."""

    place: int
    what: int
    lead_id: str
    at_us: int
    due_us: int


class Released(NamedTuple):
    """Whether the lead is ready was asked again: people had chosen it from a reviewed batch,
    or held it back until then.
    """

    place: int
    what: int
    lead_id: str
    at_us: int


class Held(NamedTuple):
    """A person said that the lead is not to be handed over, until then or until it is lifted."""

    place: int
    what: int
    lead_id: str
    hold_id: str
    until_us: int | None


class LetGo(NamedTuple):
    """A person took that back."""

    place: int
    what: int
    lead_id: str
    hold_id: str


class HandedOver(NamedTuple):
    """A real hand-off began."""

    place: int
    what: int
    handoff: "RealHandoff"


class Closed(NamedTuple):
    """A real hand-off ended."""

    place: int
    what: int
    handoff: "RealHandoff"


Item = (
    Merged
    | Unmerged
    | Known
    | Arrived
    | Reconsidered
    | Released
    | Held
    | LetGo
    | HandedOver
    | Closed
)


@dataclass(frozen=True, slots=True)
class RealHandoff:
    """A hand-off production made, with what became of it so far."""

    handoff_id: str
    lead_id: str
    policy: str
    version: int
    cycle: int
    gate: str
    decided_us: int
    decided_place: int
    stage: str
    accepted_us: int | None = None
    closed_us: int | None = None
    closed_place: int | None = None
    returns_us: int | None = None
    reason: str | None = None
    owner_id: str = ""
    group_domain: str | None = None
    """The account whose people it was opened for together, if it was."""

    @property
    def is_by_hand(self) -> bool:
        """A person handed the lead over; no gate did."""
        return self.gate == BY_HAND

    @property
    def is_superseded(self) -> bool:
        """A merge closed it; ``reason`` is the hand-off that took its place."""
        return self.stage == "superseded"


@dataclass(frozen=True, slots=True)
class Won:
    """A deal with the lead was won: said by sales about a hand-off, or told as a touch."""

    at_us: int
    told_by: str
    """``sales`` or the source of the touch."""


@dataclass(slots=True)
class LeadGroup:
    """Leads whose histories depend on each other: those that were ever merged.

    ``root_of`` says which lead each member belonged to before the first item, ``items``
    are in the order of their places.
    """

    root_of: dict[str, str]
    items: list[Item]
    handoffs: list[RealHandoff] = field(default_factory=list)
    won: dict[str, list[Won]] = field(default_factory=dict)
    """By member."""
    lost_us: dict[str, list[int]] = field(default_factory=dict)
    """By member: when a CRM told that a deal was lost."""
    first_seen_us: dict[str, int] = field(default_factory=dict)
    """By member: when its first touch happened."""
    touches: int = 0
    """How many touches there are, those no signal asks for included."""
    is_guessed: bool = False
    """What was known at first was not kept: it is taken to be what is known now."""

    def roots_in_the_end(self) -> dict[str, str]:
        """Return the lead each member belongs to after all items."""
        if len(self.root_of) == 1:
            return self.root_of
        root_of = dict(self.root_of)
        for item in self.items:
            if isinstance(item, Merged):
                root_of |= dict.fromkeys(item.members, item.survivor)
            elif isinstance(item, Unmerged):
                root_of |= dict.fromkeys(item.members, item.lead_id)
        return root_of

    def went_on_as(self, handoff: RealHandoff) -> RealHandoff:
        """Return the hand-off that took the place of one a merge closed; itself otherwise."""
        while handoff.is_superseded:
            later = next((one for one in self.handoffs if one.handoff_id == handoff.reason), None)
            if later is None:
                break
            handoff = later
        return handoff


_in_order: Callable[[Item], int] = itemgetter(0)


def ordered(items: Iterable[Item]) -> list[Item]:
    """Return ``items`` by their places, and at one place by what they are."""
    return sorted(sorted(items, key=itemgetter(1)), key=_in_order)


def as_it_happened(group: LeadGroup) -> LeadGroup:
    """Return the history as if everything had reached us when it happened.

    For histories that were imported at once: each touch is received when it occurred, each
    fact known from the moment it was said, and whoever is one person now was one from the
    start. Real hand-offs keep their moments.
    """
    final = group.roots_in_the_end()
    items: list[Item] = [
        item._replace(
            place=first_place(item.occurred_us) + 1, received_us=item.occurred_us, tells=False
        )
        for item in group.items
        if isinstance(item, Arrived) and item.kind
    ]
    group.handoffs = [_when_it_happened(one) for one in group.handoffs if not one.is_superseded]
    for one in group.handoffs:
        items.append(HandedOver(one.decided_place, What.HANDED_OVER, one))
        if one.closed_place is not None:
            items.append(Closed(one.closed_place, What.CLOSED, one))
    known = [item for item in group.items if isinstance(item, Known)]
    for root in sorted(set(final.values())):
        items += _told_in_time(root, [item for item in known if final[item.lead_id] == root])
    group.root_of, group.items = final, ordered(items)
    return group


def _when_it_happened(one: RealHandoff) -> RealHandoff:
    closed_place = None if one.closed_us is None else first_place(one.closed_us)
    return replace(one, decided_place=first_place(one.decided_us), closed_place=closed_place)


def _told_in_time(root: str, known: list[Known]) -> Iterable[Item]:
    """Yield what was known of ``root`` whenever something was said about it."""
    said = {
        (at, scope, name): value
        for item in known
        for scope in ("lead", "account")
        for name, (value, at) in item.said[scope].items()
    }
    statements = sorted(said.items(), key=itemgetter(0))
    is_known = any(item.is_known for item in known)
    facts: dict[str, dict[str, Any]] = {"lead": {}, "account": {}}
    for number, ((at, scope, name), value) in enumerate(statements):
        facts[scope][name] = value
        if number + 1 < len(statements) and statements[number + 1][0][0] == at:
            continue
        us = epoch_us(datetime.fromisoformat(at)) if at else 0
        place = first_place(us) + 1  # in the transaction that begins then, and not before it
        copied = {scope: dict(held) for scope, held in facts.items()}
        yield Known(place, What.KNOWN, root, copied, is_known, {})
        yield Arrived(place, What.ARRIVED, root, us, True, "")
