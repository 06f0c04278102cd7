"""A condition on an account: several of its people did something, not one person a lot."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from services.handoff.domain.asking import Unit, asks
from services.handoff.domain.case import Case, Counted, Reach, newest_first
from services.handoff.domain.facts import FactCondition, Facts
from services.handoff.domain.questions import Signal

LOOKED_AT = 60
"""Leads an account remembers of each signal: those who did it last. The others cannot count,
so that a touch at an account of thousands costs what it costs at one of three."""

MOST_PEOPLE = 20
"""People a condition may ask for; well below ``LOOKED_AT``, because one person may have been
several leads."""

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class PeopleSeen:
    """Different people of the lead's account did something certain and strong lately.

    The lead itself must be one of those who did: who did nothing is not handed over because
    of what colleagues did. Whoever the policy excludes or is not for does not count.
    """

    kind: ClassVar[str] = "people"
    doc: ClassVar[str] = (
        "Different people of the lead's account, the lead among them, did one of these things."
    )
    unit: ClassVar[Unit] = "people"
    number: ClassVar[str] = "at_least"
    noun: ClassVar[str] = "people of one account"

    at_least: int = field(metadata=asks("people", "How many different people are needed."))
    within: timedelta = field(metadata=asks("duration", "Only touches not older than this."))
    signals: tuple[str, ...] = field(
        default=(),
        metadata=asks(
            "signals", "What they did, any of these; left out: any signal with points above zero."
        ),
    )
    where: FactCondition | None = field(
        default=None, metadata=asks("facts", "What must be true of each of them: a role.")
    )

    def asked(self, signals: tuple[Signal, ...]) -> tuple[str, ...]:
        """Return which of ``signals`` count."""
        if self.signals:
            return self.signals
        return tuple(each.name for each in signals if each.points > 0 and not each.weak)

    @property
    def wanted(self) -> int:
        """People needed."""
        return self.at_least

    def actual(self, case: Case) -> int:
        """People seen; none where the lead itself did nothing."""
        return len(self._seen(case)) + (case.colleagues.strangers if self._own(case) else 0)

    def evidence(self, case: Case) -> tuple[Counted, ...]:
        """What each of them did last."""
        return newest_first(self._seen(case).values())

    def span(self, reach: Reach) -> tuple[int, int]:
        """Between nobody and as many as an account remembers."""
        names = self.signals or [name for name, points in reach.points.items() if points > 0]
        return 0, LOOKED_AT if any(name in reach.at_most for name in names) else 0

    def _seen(self, case: Case) -> dict[str | None, Counted]:
        """Return what each person did last, by lead; nothing where the lead did nothing."""
        own = self._own(case)
        if own is None:
            return {}
        seen: dict[str | None, Counted] = {}
        if self._is_meant(case.facts):
            seen[case.colleagues.lead_id] = own
        for done in case.colleagues.latest(self._oldest(case)):
            if self._is_meant(case.colleagues.facts(done.lead_id)):
                [touch] = case.counted(done.signal, (done.touch,))
                seen[done.lead_id] = touch._replace(colleague=done.lead_id)
        return seen

    def _own(self, case: Case) -> Counted | None:
        """Return what the lead itself did last."""
        done = [
            (touch, name)
            for name in self._names(case)
            for touch in case.recent(name, self.within // _MILLISECOND)[:1]
        ]
        if not done:
            return None
        touch, name = max(done)
        return case.counted(name, (touch,))[0]

    def _oldest(self, case: Case) -> dict[str, int]:
        """Return for each signal that counts the moment before which it does not."""
        oldest = {}
        for name in self._names(case):
            limit = self.within // _MILLISECOND
            own_limit = case.signals[name].within_ms
            oldest[name] = case.at_ms - (limit if own_limit is None else min(limit, own_limit))
        return oldest

    def _names(self, case: Case) -> tuple[str, ...]:
        names = self.asked(tuple(case.signals.values()))
        return tuple(name for name in names if name in case.signals)

    def _is_meant(self, facts: Facts) -> bool:
        return self.where is None or self.where.holds(facts) is True
