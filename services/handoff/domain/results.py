"""What became of a hand-off, as the shared goals count it: good, bad, open, or left out.

*Open* is what nobody can know yet. It is never counted as good, nor as bad, and a verdict
on a goal has to hold whichever way it ends. Silence is not open for ever: once the
deadline has passed without an answer, the answer is missing.

Left out of everything is a hand-off that another one took the place of, because their
leads turned out to be one person: it would count that lead twice.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from services.handoff.domain.handoff import OPEN_STAGES

Result = Literal["good", "bad", "open", "left_out"]


class Period(NamedTuple):
    """Hand-offs decided from ``since`` (None: the first) until ``until`` (None: the last)."""

    since: datetime | None = None
    until: datetime | None = None


class HandedOver(NamedTuple):
    """One hand-off as goals look at it. Moments are aware."""

    tier: str
    stage: str
    decided_at: datetime
    answer_due_at: datetime
    """The lead's own deadline; another owner's share does not move it."""
    is_accepted: bool
    """Whether anybody ever took it, also who gave it to somebody else afterwards."""
    first_attempt_at: datetime | None
    closed_at: datetime | None
    first_attempt_due_at: datetime | None = None
    """As the lead's own clock counted it; None where none was kept: day and night then."""

    @property
    def is_superseded(self) -> bool:
        """Whether another hand-off took its place."""
        return self.stage == "superseded"


class Counted(NamedTuple):
    """Hand-offs that count alike at a moment: one of them, and how many they are."""

    example: HandedOver
    handoffs: int = 1


def acceptance(one: HandedOver, now: datetime) -> Result:
    """Return whether sales took it: late counts too, no answer by the deadline is a no."""
    if one.is_superseded:
        return "left_out"
    if one.is_accepted:
        return "good"
    return "open" if one.stage in OPEN_STAGES and now <= one.answer_due_at else "bad"


def first_attempt(one: HandedOver, promised: timedelta, now: datetime) -> Result:
    """Return whether somebody tried to reach the lead in time.

    That is within ``promised`` of the decision, by the clock that was kept of it.

    One that was closed in time without an attempt (a competitor, a wrong number) owed none:
    it is left out. Every other one counts, whether somebody answered it or nobody did.
    """
    if one.is_superseded:
        return "left_out"
    due_at = one.first_attempt_due_at or one.decided_at + promised
    if one.first_attempt_at is not None:
        return "good" if one.first_attempt_at <= due_at else "bad"
    if one.closed_at is not None and one.closed_at <= due_at:
        return "left_out"
    return "open" if one.closed_at is None and now <= due_at else "bad"


def winning(one: HandedOver) -> Result:
    """Return whether it was won; open as long as sales works on it, however long."""
    if one.is_superseded:
        return "left_out"
    if one.stage == "won":
        return "good"
    return "open" if one.stage in OPEN_STAGES else "bad"


class Tally(NamedTuple):
    """How many hand-offs had each result."""

    good: int
    bad: int
    open: int
    left_out: int

    @property
    def cases(self) -> int:
        """Those whose result is known."""
        return self.good + self.bad

    @property
    def together(self) -> int:
        """Those that count now or will, once their result is known."""
        return self.good + self.bad + self.open


def tally(results: Iterable[tuple[Result, int]]) -> Tally:
    """Add up how many hand-offs had each result."""
    counts: Counter[Result] = Counter()
    for result, handoffs in results:
        counts[result] += handoffs
    return Tally(counts["good"], counts["bad"], counts["open"], counts["left_out"])
