"""Who is who during a replay, and what is known of them, now and before what arrives now."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from services.handoff.domain.facts import Facts
from services.handoff.domain.history import (
    PER_MICROSECOND,
    Held,
    Item,
    Known,
    LetGo,
    Merged,
    RealHandoff,
    Unmerged,
    us_of,
)
from services.handoff.domain.judging import Hold
from services.handoff.domain.touches import moment_at

NOTHING_KNOWN: Facts = {"lead": {}, "account": {}}


class Earlier(NamedTuple):
    """A lead as it was before a transaction began; by its end it may be part of another."""

    members: tuple[str, ...]
    is_known: bool
    facts: Facts


class ReplayedLeads:
    """The leads of a group, item by item."""

    def __init__(self, root_of: Mapping[str, str]) -> None:
        """Begin with who belonged to whom before the first item."""
        self.root_of = dict(root_of)
        self.members: dict[str, list[str]] = {}
        self._known: dict[str, Known] = {}
        self._before: dict[str, list[Earlier]] = {}  # of what the transaction changed
        self._transaction = -1
        self._holds: dict[str, Held] = {}
        self._count_members()

    def is_known(self, root: str) -> bool:
        """Return whether an identifier of the lead names a person."""
        known = self._known.get(root)
        return known is not None and known.is_known

    def facts(self, root: str) -> Facts:
        """Return what fit criteria and exclusions see of a lead."""
        known = self._known.get(root)
        return NOTHING_KNOWN if known is None else known.facts

    def company(self, root: str) -> str | None:
        """Return the company a lead is one of the people of; a browser is nobody of anywhere."""
        domain = self.facts(root)["account"].get("domain") if self.is_known(root) else None
        return None if domain is None else str(domain)

    def hold(self, root: str, at_us: int) -> Hold | None:
        """Return a person's word that a lead is not to be handed over at ``at_us``."""
        held = [
            one.until_us
            for one in self._holds.values()
            if self.root_of[one.lead_id] == root and (one.until_us is None or one.until_us > at_us)
        ]
        if not held:
            return None
        return Hold(None if None in held else moment_at(max(one for one in held if one)))

    def hold_back(self, item: Held | LetGo) -> None:
        """Take a person's word, or take it back."""
        if isinstance(item, Held):
            self._holds[item.hold_id] = item
        else:
            self._holds.pop(item.hold_id, None)

    def foresee(self, items: Sequence[Item], start: int) -> set[str]:
        """Let be known already what becomes known in the transaction that ``start`` is in.

        All who did something in it are judged with what is known at its end, their colleagues
        too. Returns the leads concerned.
        """
        transaction, concerned = us_of(items[start].place), set[str]()
        for item in islice(items, start, None):
            if us_of(item.place) != transaction:
                break
            if isinstance(item, Known):
                concerned.add(self.know(item))
        return concerned

    def own(self, root: str, handoffs: Iterable[RealHandoff]) -> list[RealHandoff]:
        """Return those of ``handoffs`` that are the lead's."""
        return [one for one in handoffs if self.root_of.get(one.lead_id) == root]

    def before(self, root: str, place: int) -> list[Earlier]:
        """Return the leads that ``root`` was before the transaction of ``place`` began."""
        self._enter(place)
        return self._before.get(root) or [self._now(root)]

    def know(self, item: Known) -> str:
        """Let something else be known of a lead from here on; return its root."""
        root = self.root_of[item.lead_id]
        if item.place % PER_MICROSECOND:  # at a first place it says what was known before
            self._enter(item.place)
            self._before.setdefault(root, [self._now(root)])
        self._known[root] = item
        return root

    def merge(self, item: Merged) -> None:
        """Let a lead be part of another."""
        self._enter(item.place)
        both = (item.survivor, item.merged)
        earlier = [one for root in both for one in self._before.get(root) or [self._now(root)]]
        self._before[item.survivor] = earlier
        self.root_of |= dict.fromkeys(item.members, item.survivor)
        self._count_members()

    def unmerge(self, item: Unmerged) -> str:
        """Let a lead stand for itself again; return the root it was part of."""
        root = self.root_of[item.lead_id]
        self.root_of |= dict.fromkeys(item.members, item.lead_id)
        self._count_members()
        return root

    def _now(self, root: str) -> Earlier:
        return Earlier(tuple(self.members.get(root, ())), self.is_known(root), self.facts(root))

    def _enter(self, place: int) -> None:
        transaction = us_of(place)
        if transaction != self._transaction:
            self._transaction = transaction
            self._before.clear()

    def _count_members(self) -> None:
        self.members.clear()
        for member, root in self.root_of.items():
            self.members.setdefault(root, []).append(member)
