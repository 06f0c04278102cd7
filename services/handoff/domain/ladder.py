"""Who is told while a clock runs: the owner, their manager, somebody else, the last resort.

A step stands at a share of the promised time, in the time of the promise's calendar, and is
taken once. What a lead's own clock reaches is the whole ladder; the share of a later owner has
no last resort, because that is told of the lead's whole wait, however many people had it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, NamedTuple, get_args

StepName = Literal["remind", "manager", "reassign", "last_resort"]
STEP_NAMES: tuple[str, ...] = get_args(StepName)
OF_A_SHARE: frozenset[StepName] = frozenset({"remind", "manager", "reassign"})
"""The steps the share of a later owner has."""


class LadderStep(NamedTuple):
    """One step: what is done, and after which share of the promised time, in percent."""

    name: StepName
    percent: int

    @property
    def number(self) -> int:
        """Which step of the ladder it is, from 1; the same number whatever is left out."""
        return STEP_NAMES.index(self.name) + 1

    def within(self, promised: timedelta) -> timedelta:
        """Return how much of the promise has gone by when the step is due."""
        return promised * self.percent / 100


@dataclass(frozen=True)
class Ladder:
    """The steps of a tier, each at a percentage of the promise; None: there is no such step."""

    remind: int | None = None
    """The owner is reminded."""
    manager: int | None = None
    """The owner's manager is told."""
    reassign: int | None = None
    """The hand-off goes to somebody else."""
    last_resort: int | None = None
    """The person who gets what nobody else takes is told."""

    @property
    def steps(self) -> tuple[LadderStep, ...]:
        """The steps there are, in order."""
        return tuple(self._steps())

    def _steps(self) -> Iterator[LadderStep]:
        for name in get_args(StepName):
            percent = getattr(self, name)
            if percent is not None:
                yield LadderStep(name, percent)

    def after(self, name: str | None, *, is_share: bool = False) -> LadderStep | None:
        """Return the step that follows ``name``; None as a name: the first one."""
        done = 0 if name is None else 1 + STEP_NAMES.index(name)
        left = (step for step in self.steps if step.number > done)
        return next((step for step in left if not is_share or step.name in OF_A_SHARE), None)

    @property
    def reaches_somebody_else(self) -> bool:
        """Whether anybody but owners is ever told."""
        return self.manager is not None or self.last_resort is not None


USUAL_LADDER = Ladder(remind=50, manager=100, reassign=150, last_resort=200)
"""What holds where a policy names no ladder."""
