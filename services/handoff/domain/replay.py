"""Replaying history: several policy versions decide again what production once decided.

Lead by lead, item by item, at the moment each thing was received, by the same fold, the
same evaluation and the same judgement as production: nothing is decided here. What is
added is only what a history cannot hold: how a hand-off ended that never was.

The model of that: it ends when sales really closed one of the lead that overlaps it. One
that overlaps none ends after ``open_for``; None: it stays open.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from services.handoff.domain.cycle import FIRST_CYCLE, cool_down_until
from services.handoff.domain.evaluation import (
    Evaluation,
    Profile,
    evaluate_if_ready,
    profile_of,
)
from services.handoff.domain.fold import weigh
from services.handoff.domain.history import (
    Arrived,
    Closed,
    HandedOver,
    Item,
    Known,
    LeadGroup,
    Merged,
    RealHandoff,
    Reconsidered,
    Released,
    Unmerged,
    What,
    first_place,
    us_of,
)
from services.handoff.domain.judging import BecomesReady, Stood, judge, was_ready
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.replay_leads import ReplayedLeads
from services.handoff.domain.replay_runs import Fold, Replayed, Run, Score, Window
from services.handoff.domain.scores import case_of, evidence_of
from services.handoff.domain.standing import NEVER, Asked, Handover, Standing, overlapping
from services.handoff.domain.touches import OLDEST_QUALIFYING, Weight, epoch_us, moment_at

_ARRIVED = int(What.ARRIVED)  # compared once per item, where an enumeration's own costs more


class Replay:
    """Replays groups of leads with several versions in one pass.

    ``mirror`` is the number, in ``versions``, of the one production ran: it looks at leads
    again when production did, the others whenever a cool-down of theirs ends. ``since`` says,
    for each of ``versions``, when it came into force; None: before everything.
    """

    def __init__(
        self,
        versions: Sequence[PolicyVersion],
        window: Window,
        open_for: timedelta | None = None,
        mirror: int | None = None,
        since: Sequence[datetime | None] | None = None,
    ) -> None:
        """Prepare a replay. It remembers nothing of a group for the next one."""
        self.window = window
        self.folds: list[Fold] = []
        in_force = since or [None] * len(versions)
        self.runs = [
            Run(number, version, self._fold_of(version), number == mirror, in_force[number])
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
        return _Pass(self, group).replayed()


class _Pass:
    """One pass over one group."""

    def __init__(self, replay: Replay, group: LeadGroup) -> None:
        self.replay = replay
        self.group = group
        self.runs = replay.runs
        self.window = replay.window
        self.leads = ReplayedLeads(group.root_of)
        self.heard_us: dict[str, int] = {}  # of each lead, in the window, at last
        self.due = NEVER  # the place before which something happens by the model
        for run in replay.runs:
            run.begin()
        for fold in replay.folds:
            fold.kept = {}

    def replayed(self) -> list[Replayed]:
        folds, runs, kinds = self.replay.folds, self.runs, self.replay.kinds
        root_of, heard_us = self.leads.root_of, self.heard_us
        from_us, to_us = self.window.from_us, self.window.to_us
        for item in self.group.items:
            if item[1] != _ARRIVED or not isinstance(item, Arrived):
                self._go_to(item[0])
                self._apply(item)
                continue
            tells = item[4]
            if item[5] not in kinds and not tells:
                continue  # nothing sees it
            place, received_us = item[0], item[3]
            if place >= self.due:
                self._go_to(place)
            for fold in folds:
                fold.take(item)
            if not from_us <= received_us <= to_us:
                continue
            root = root_of[item[2]]
            heard_us[root] = received_us
            for run in runs:
                weight = weigh(run.version, run.fold.news)
                if weight or tells:  # nothing else is judged
                    self._judge(run, root, weight, tells, received_us, place, item)
        self._go_to(first_place(to_us + 1))
        return [Replayed(run.handovers, list(self._scores(run))) for run in runs]

    # --- decisions ------------------------------------------------------------------------

    def _judge(
        self,
        run: Run,
        root: str,
        weight: Weight,
        tells: bool,
        at_us: int,
        place: int,
        arrived: Arrived | None = None,
    ) -> None:
        """Judge an arrival, or look at a lead again: then nothing has arrived."""
        standing = run.standings.get(root)
        found = judge(
            run.version,
            FIRST_CYCLE if standing is None else standing.cycle,
            weight,
            tells,
            self.leads.is_known(root),
            at_us,
            lambda: self._evaluate_if_ready(run, root, at_us),
            None if arrived is None else run.since,
            lambda: arrived is not None and self._was_ready(run, root, arrived),
        )
        if isinstance(found, BecomesReady):
            self._hand_over(run, root, found, at_us, place)

    def _evaluate_if_ready(self, run: Run, root: str, at_us: int) -> Evaluation | None:
        state = run.fold.state(self.leads.members[root])
        return evaluate_if_ready(run.version, lambda: self._profile(run, root), state, at_us)

    def _was_ready(self, run: Run, root: str, arrived: Arrived) -> bool:
        stood = (
            Stood(
                earlier.is_known,
                earlier.facts,
                run.fold.again(earlier.members, self.group.items, arrived),
            )
            for earlier in self.leads.before(root, arrived.place)
        )
        return was_ready(run.version, stood, moment_at(arrived.received_us))

    def _profile(self, run: Run, root: str) -> Profile:
        """Return who a lead is, as ``run`` sees it now."""
        profile = run.profiles.get(root)
        if profile is None:
            profile = run.profiles[root] = profile_of(run.version, self.leads.facts(root))
        return profile

    def _hand_over(self, run: Run, root: str, found: BecomesReady, at_us: int, place: int) -> None:
        open_for_us = self.replay.open_for_us
        handover = Handover(
            self._handoff_id(root, found.cycle),
            root,
            found.cycle,
            at_us,
            overlapping(self.leads.own(root, self.group.handoffs), place, at_us, open_for_us),
            evaluation=found.evaluation,
            others=tuple(None if one is run else self._ask(one, root, at_us) for one in self.runs),
        )
        for fold in self.replay.folds:
            fold.leave(self.leads.members[root])  # what was judged stays as it was
        run.handovers.append(handover)
        standing = run.standing(root)
        standing.begin(handover)
        if handover.real is None and open_for_us is not None:
            standing.closes_us = at_us + open_for_us
            self.due = min(self.due, first_place(standing.closes_us))

    def _ask(self, run: Run, root: str, at_us: int) -> Asked:
        """Note what another version would have to be asked to say why it does not."""
        standing = run.standings.get(root)
        return Asked(
            run.version,
            self._profile(run, root),
            run.fold.state(self.leads.members[root]),
            FIRST_CYCLE if standing is None else standing.cycle,
            self.leads.is_known(root),
            at_us,
        )

    def _handoff_id(self, root: str, cycle: int) -> str:
        """Return the id production gave, or would give, as far as ids of one lead compare."""
        for real in self.group.handoffs:
            if real.lead_id == root and real.cycle == cycle:
                return real.handoff_id
        return f"{root}/{cycle}"

    def _scores(self, run: Run) -> Iterator[Score]:
        for root, at_us in self.heard_us.items():
            if root not in self.leads.members:
                continue  # part of another lead since
            state = run.fold.state(self.leads.members[root])
            if seen := evidence_of(run.version, state):
                profile = self._profile(run, root)
                case = case_of(run.version, profile.fit, state, at_us // 1000, seen)
                excluded_by = profile.excluded_by[0].name if profile.excluded_by else None
                yield Score(root, profile.fit, case.engagement, excluded_by)

    # --- what happened beside arrivals ----------------------------------------------------

    def _apply(self, item: Item) -> None:
        match item:
            case Known():
                root = self.leads.know(item)
                for run in self.runs:
                    run.profiles.pop(root, None)
            case Merged():
                self._merge(item)
            case Unmerged():
                self._unmerge(item)
            case Reconsidered():
                self._reconsider(item)
            case Released():
                self._release(item)
            case HandedOver() if item.handoff.decided_us < self.window.from_us:
                self._take_over(item.handoff)
            case Closed():
                self._close_real(item.handoff, us_of(item.place))

    def _take_over(self, real: RealHandoff) -> None:
        """Begin the window with a hand-off production had made before."""
        for run in self.runs:
            handover = Handover(
                real.handoff_id,
                real.lead_id,
                real.cycle,
                real.decided_us,
                real,
            )
            run.handovers.append(handover)
            run.standing(self.leads.root_of[real.lead_id]).begin(handover)

    def _close_real(self, real: RealHandoff, us: int) -> None:
        assert real.closed_us is not None, "it was closed"
        for run in self.runs:
            standing = run.standings.get(self.leads.root_of[real.lead_id])
            if standing is not None and standing.open is not None and standing.open.real is real:
                self._close(run, standing, real.closed_us, real.returns_us, us, run.is_mirror)

    def _close(
        self,
        run: Run,
        standing: Standing,
        closed_us: int,
        returns_us: int | None,
        us: int,
        is_looked_at: bool,
    ) -> None:
        """Close at ``us`` what is said to have ended at ``closed_us``.

        ``is_looked_at``: production's own timer looks at the lead when the cool-down ends.
        """
        standing.end(closed_us, returns_us)
        until = cool_down_until(standing.cycle, run.version.cool_down)
        assert until is not None, "it was closed just now"
        until_us = epoch_us(until)
        if any(
            isinstance(one, Reconsidered) and one.due_us == until_us for one in self.group.items
        ):
            standing.awaited.add(until_us)
        elif not is_looked_at:
            self._look_at(standing, max(us, until_us))

    def _look_at(self, standing: Standing, us: int) -> None:
        standing.looks.append(us)
        self.due = min(self.due, first_place(us))

    def _reconsider(self, item: Reconsidered) -> None:
        root = self.leads.root_of[item.lead_id]
        for run in self.runs:
            standing = run.standings.get(root)
            if standing is None or not (run.is_mirror or item.due_us in standing.awaited):
                continue
            standing.awaited.discard(item.due_us)
            if self.window.has(item.at_us):
                self._judge(run, root, Weight.NONE, True, item.at_us, item.place)

    def _release(self, item: Released) -> None:
        root = self.leads.root_of[item.lead_id]
        if self.window.has(item.at_us):
            for run in self.runs:
                self._judge(run, root, Weight.NONE, True, item.at_us, item.place)

    def _go_to(self, place: int) -> None:
        """Let happen what the model says happens before ``place``."""
        while self.due < place:
            following = min(
                (
                    (standing.next_us(), run.number, root)
                    for run in self.runs
                    for root, standing in run.standings.items()
                ),
                default=(NEVER, 0, ""),
            )
            us, number, root = following
            self.due = first_place(us)
            if self.due >= place:
                return
            run = self.runs[number]
            standing = run.standings[root]
            if standing.closes_us == us:
                self._close(run, standing, us, None, us, is_looked_at=False)
            else:
                standing.looks.remove(us)
                if self.window.has(us):
                    self._judge(run, root, Weight.NONE, True, us, first_place(us))

    # --- who is who -----------------------------------------------------------------------

    def _merge(self, item: Merged) -> None:
        self.leads.merge(item)
        for run in self.runs:
            run.profiles.pop(item.survivor, None)
            other = run.standings.pop(item.merged, None)
            if other is None:
                continue
            standing = run.standing(item.survivor)
            standing.join(other, us_of(item.place))
            if standing.open is not None and standing.open.real is not None:
                standing.open.real = self.group.went_on_as(standing.open.real)

    def _unmerge(self, item: Unmerged) -> None:
        root = self.leads.unmerge(item)
        us = us_of(item.place)
        for run in self.runs:
            standing = run.standings.get(root)
            if standing is None:
                continue
            run.standings[item.lead_id] = left = standing.part(item.members)
            for one in (standing, left):
                until = cool_down_until(one.cycle, run.version.cool_down)
                if one.cycle.number and one.open is None and not run.is_mirror:
                    self._look_at(one, max(us, us if until is None else epoch_us(until)))
