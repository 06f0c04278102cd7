"""A policy version: when a lead is ready for sales, and what sales then owes.

Plain values. The YAML people write is read by ``policy_document``; a version is never
edited, only succeeded.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Literal, NamedTuple

from services.handoff.domain.case import Case
from services.handoff.domain.conditions import Condition, leaves
from services.handoff.domain.facts import FactCondition, Facts, reader
from services.handoff.domain.gates import question
from services.handoff.domain.ladder import USUAL_LADDER, Ladder
from services.handoff.domain.lists import kept_outside
from services.handoff.domain.people import LOOKED_AT, PeopleSeen
from services.handoff.domain.plain import plain
from services.handoff.domain.proof import passes_without_evidence, reach_of
from services.handoff.domain.questions import Exclusion, FitCriterion, Signal, Titles
from services.handoff.domain.touches import Weight

Language = Literal["es", "en"]
Effect = Literal[
    "suppress",
    "ask_right_person",
    "fix",
    "join",
    "owner",
    "recycle",
    "exclude",
    "opt_out",
    "text",
]


@dataclass(frozen=True)
class Gate:
    """A named way to become sales-ready."""

    name: str
    title: Titles
    tier: str
    when: Condition

    @cached_property
    def passes(self) -> Callable[[Case], bool]:
        """Says whether a case meets the condition, and nothing else."""
        return question(self.when)


@dataclass(frozen=True)
class ResponseTarget:
    """What sales owes a hand-off of one tier, in time of ``calendar``."""

    tier: str
    accept_in: timedelta
    first_attempt_in: timedelta
    calendar: str
    ladder: Ladder | None = None
    """Who is told when nobody answers; None: the usual one."""

    @property
    def steps(self) -> Ladder:
        """The ladder that holds."""
        return self.ladder or USUAL_LADDER


@dataclass(frozen=True)
class RejectReason:
    """A reason sales may send a lead back with, and what it causes."""

    name: str
    title: Titles
    effect: Effect
    after: timedelta | None = None
    """With ``recycle``: how long the lead stays with marketing."""
    attempts: int = 0
    """Attempts that must have been reported before this reason may be given."""


@dataclass(frozen=True)
class Targets:
    """The goals both teams share. Shares are percentages."""

    acceptance: float | None = None
    first_attempt_in_time: float | None = None
    won: float | None = None
    sales_ready_per_month: int | None = None


class Watch(NamedTuple):
    """What the fold needs of a signal, looked up once."""

    position: int
    holds: Callable[[Facts], bool | None] | None
    distinct_by: Callable[[Facts], Any] | None
    at_most: int


@dataclass(frozen=True)
class PolicyVersion:
    """One version of a named policy, ready to be asked.

    ``version_id`` and ``number`` are given by whoever stores it (``dataclasses.replace``);
    ``digest`` is the content's SHA-256 and does not depend on them.
    """

    policy: str
    title: Titles
    signals: tuple[Signal, ...]
    fit: tuple[FitCriterion, ...]
    exclude: tuple[Exclusion, ...]
    gates: tuple[Gate, ...]
    """In order: the first that passes decides."""
    cool_down: timedelta
    response: Mapping[str, ResponseTarget]
    reject_reasons: tuple[RejectReason, ...]
    targets: Targets
    reviewed_every: timedelta
    applies_to: FactCondition | None = None
    """Whom the policy is for; None: everybody."""
    version_id: str = ""
    number: int = 0

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the policy says; comments and layout of its file do not matter."""
        content = plain(replace(self, version_id="", number=0))
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @cached_property
    def position_of(self) -> Mapping[str, int]:
        """Where each signal stands in ``signals``."""
        return {signal.name: position for position, signal in enumerate(self.signals)}

    @cached_property
    def reasons_by_name(self) -> Mapping[str, RejectReason]:
        """The reject reasons by name."""
        return {reason.name: reason for reason in self.reject_reasons}

    @cached_property
    def strong_signals(self) -> tuple[Signal, ...]:
        """The signals that can make a gate pass."""
        return tuple(signal for signal in self.signals if not signal.weak)

    @cached_property
    def strong_by_name(self) -> dict[str, Signal]:
        """The same by name."""
        return {signal.name: signal for signal in self.strong_signals}

    @cached_property
    def strong_names(self) -> tuple[str | None, ...]:
        """The name of each signal in ``signals``; None in place of a weak one."""
        return tuple(None if signal.weak else signal.name for signal in self.signals)

    @cached_property
    def needs_evidence(self) -> bool:
        """Whether it is proved that no gate passes a lead that did nothing gates see."""
        reach = reach_of(self.signals, self.fit)
        return not any(passes_without_evidence(gate.when, reach) for gate in self.gates)

    @cached_property
    def signals_by_touch(self) -> Mapping[str, tuple[tuple[int, Signal], ...]]:
        """For each kind of touch the signals that may count it, each with its position."""
        index: dict[str, list[tuple[int, Signal]]] = {}
        for position, signal in enumerate(self.signals):
            for kind in dict.fromkeys(signal.touches):
                index.setdefault(kind, []).append((position, signal))
        return {kind: tuple(signals) for kind, signals in index.items()}

    @cached_property
    def watches(self) -> Mapping[str, tuple[Watch, ...]]:
        """The same, prepared for the fold."""
        return {
            kind: tuple(_watch(position, signal) for position, signal in signals)
            for kind, signals in self.signals_by_touch.items()
        }

    @cached_property
    def strong_watches(self) -> Mapping[str, tuple[Watch, ...]]:
        """Of these, those of signals that gates see; kinds that no gate sees are left out."""
        names = self.strong_names
        strong = {
            kind: tuple(watch for watch in watches if names[watch.position] is not None)
            for kind, watches in self.watches.items()
        }
        return {kind: watches for kind, watches in strong.items() if watches}

    @cached_property
    def weights(self) -> tuple[Weight, ...]:
        """What a certain touch that is new to a signal can change, signal by signal."""
        return tuple(_weight(signal) for signal in self.signals)

    @cached_property
    def fold_shape(self) -> bytes:
        """Eight bytes that name what the fold depends on.

        Two versions with the same shape share folded states: only which touches a signal
        keeps matters, not what they are worth. Another shape needs a fold from the start.
        """
        kept = [
            [
                *(signal.name, signal.touches, plain(signal.where)),
                *(signal.at_most, signal.distinct_by),
                # With another version of a list other touches count.
                *sorted([each.name, each.bound.number] for each in kept_outside(signal.where)),
            ]
            for signal in self.signals
        ]
        return _eight_bytes(kept)

    @cached_property
    def list_names(self) -> frozenset[str]:
        """The lists the policy names and does not hold."""
        return frozenset(each.name for each in kept_outside(self))

    @cached_property
    def lists(self) -> Mapping[str, int]:
        """The versions of those lists that are asked. Raises ``UnboundList``."""
        return {each.name: each.bound.number for each in kept_outside(self)}

    @cached_property
    def asks_about_people(self) -> tuple[PeopleSeen, ...]:
        """The conditions on several people of one account, in the gates' order."""
        return tuple(
            leaf
            for gate in self.gates
            for leaf in leaves(gate.when)
            if isinstance(leaf, PeopleSeen)
        )

    @cached_property
    def people_positions(self) -> tuple[int, ...]:
        """Where the signals stand that such a condition can look at."""
        named = {name for leaf in self.asks_about_people for name in leaf.asked(self.signals)}
        return tuple(
            self.position_of[signal.name] for signal in self.signals if signal.name in named
        )

    def people_positions_of(self, kind: str | None) -> tuple[int, ...]:
        """Return where those of them stand that count this kind of touch; None: all of them."""
        if kind is None:
            return self.people_positions
        return self._people_positions_by_touch.get(kind, ())

    @cached_property
    def _people_positions_by_touch(self) -> Mapping[str, tuple[int, ...]]:
        asked = frozenset(self.people_positions)
        return {
            kind: tuple(position for position, _ in signals if position in asked)
            for kind, signals in self.signals_by_touch.items()
        }

    @cached_property
    def people_shape(self) -> bytes:
        """Eight bytes that name what the fold of an account's people depends on."""
        return _eight_bytes([self.fold_shape.hex(), self.people_positions, LOOKED_AT])

    def people_key(self, since: datetime | None) -> bytes:
        """Return eight bytes under which accounts remember, for a version in force ``since``.

        What an account remembers is complete from then on only: who came in while another
        version decided was not taken in.
        """
        return _eight_bytes([self.people_shape.hex(), None if since is None else since.isoformat()])


def _eight_bytes(said: Any) -> bytes:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).digest()[:8]


def _weight(signal: Signal) -> Weight:
    if signal.weak:
        return Weight.NONE
    return Weight.NEWS if signal.points > 0 else Weight.JUDGED


def _watch(position: int, signal: Signal) -> Watch:
    holds = None if signal.where is None else signal.where.holds
    distinct_by = None if signal.distinct_by is None else reader(signal.distinct_by)
    return Watch(position, holds, distinct_by, signal.at_most)
