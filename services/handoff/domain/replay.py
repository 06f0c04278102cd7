"""Replaying history: several policy versions decide again what production once decided.

Lead by lead, item by item, at the moment each thing was received, by the same fold, the
same evaluation and the same judgement as production: nothing is decided here. What is
added is only what a history cannot hold: how a hand-off ended that never was.

The model of that: it ends when sales really closed one of the lead that overlaps it. One
that overlaps none ends after ``open_for``; None: it stays open.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.handoff.domain.history import LeadGroup
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.replay_pass import Pass
from services.handoff.domain.replay_runs import Fold, Replayed, Run, Turn, Window
from services.handoff.domain.touches import OLDEST_QUALIFYING


class Replay:
    """Replays groups of leads with several versions in one pass.

    ``mirror`` is the number, in ``versions``, of the one production ran: it looks at leads
    again when production did, the others whenever a cool-down of theirs ends. ``since`` says,
    for each of ``versions``, when it came into force; None: before everything. ``turns`` says,
    for each of them, from where on its lists held something else.
    """

    def __init__(
        self,
        versions: Sequence[PolicyVersion],
        window: Window,
        open_for: timedelta | None = None,
        mirror: int | None = None,
        since: Sequence[datetime | None] | None = None,
        turns: Sequence[Sequence[Turn]] = (),
    ) -> None:
        """Prepare a replay. It remembers nothing of a group for the next one."""
        self.window = window
        self.folds: list[Fold] = []
        in_force = since or [None] * len(versions)
        self.runs = [
            Run(
                number,
                version,
                self._fold_of(version),
                number == mirror,
                in_force[number],
                turns[number] if turns else (),
            )
            for number, version in enumerate(versions)
        ]
        self.open_for_us = None if open_for is None else open_for // timedelta(microseconds=1)
        self.kinds = frozenset(kind for one in self.folds for kind in one.watches)
        """Kinds of touch that gates can see; it need not be given any others."""
        self.about = frozenset(
            kind
            for one in self.folds
            for kind, watching in one.watches.items()
            if any(watch.holds or watch.distinct_by for watch in watching)
        )
        """Those of them whose properties are looked at."""

    @property
    def asks_about_people(self) -> bool:
        """Whether a version asks about several people of an account: they must come together."""
        return any(run.accounts.is_asked for run in self.runs)

    def _fold_of(self, version: PolicyVersion) -> Fold:
        """Versions that ask the same of touches share what is kept of them."""
        found = next((one for one in self.folds if one.serves(version)), None)
        if found is None:
            found = Fold(version)
            self.folds.append(found)
        return found

    def since_us(self) -> int | None:
        """Return when the oldest touch can have happened that can still matter in the window.

        What is received in it may have happened long before and count; None: what happened
        at any time may, because a signal forgets nothing.
        """
        windows = [signal.within for run in self.runs for signal in run.version.strong_signals]
        if not windows or None in windows:
            return None
        longest = max(OLDEST_QUALIFYING, *(one for one in windows if one is not None))
        return self.window.from_us - longest // timedelta(microseconds=1)

    def replay(self, group: LeadGroup) -> list[Replayed]:
        """Return what each version makes of ``group``, in the order of the versions."""
        return Pass(
            self.runs, self.folds, self.kinds, self.window, self.open_for_us, group
        ).replayed()
