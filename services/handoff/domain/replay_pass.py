"""One group of leads replayed: item by item, version by version; see ``replay``."""

from collections.abc import Iterator, Sequence
from itertools import islice

from services.handoff.domain.colleagues import NO_COLLEAGUES
from services.handoff.domain.cycle import FIRST_CYCLE, CycleRecord, cool_down_until
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
    Held,
    Item,
    Known,
    LeadGroup,
    LetGo,
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
from services.handoff.domain.replay_accounts import group_cycle
from services.handoff.domain.replay_leads import ReplayedLeads
from services.handoff.domain.replay_runs import Fold, Replayed, Run, Score, Window
from services.handoff.domain.scores import case_of, evidence_of
from services.handoff.domain.standing import NEVER, Asked, Handover, Standing, overlapping
from services.handoff.domain.touches import Weight, epoch_us, moment_at

_ARRIVED = int(What.ARRIVED)  # compared once per item, where an enumeration's own costs more


class Pass:
    """One pass of several versions over one group."""

    def __init__(
        self,
        runs: Sequence[Run],
        folds: Sequence[Fold],
        kinds: frozenset[str],
        window: Window,
        open_for_us: int | None,
        group: LeadGroup,
    ) -> None:
        """Begin before the first item of ``group``.

        ``kinds`` of touch are seen; a hand-off that overlaps no real one ends after
        ``open_for_us``.
        """
        self.folds = list(folds)
        self.kinds = kinds
        self.open_for_us = open_for_us
        self.group = group
        self.runs = runs
        self.window = window
        self.leads = ReplayedLeads(group.root_of)
        self.heard_us: dict[str, int] = {}  # of each lead, in the window, at last
        self.turn = min((run.next_turn(-1) for run in runs if run.turns), default=NEVER)
        self.due = NEVER  # the place before which something happens by the model
        for run in runs:
            run.begin(self.leads)
        self.asking = [run for run in runs if run.accounts.is_asked]
        for fold in folds:
            fold.kept = {}

    def replayed(self) -> list[Replayed]:
        """Return what each version makes of the group."""
        folds, runs, kinds = self.folds, self.runs, self.kinds
        root_of, heard_us = self.leads.root_of, self.heard_us
        from_us, to_us = self.window.from_us, self.window.to_us
        items, asking, transaction, turn = self.group.items, self.asking, -1, self.turn
        for at, item in enumerate(items):
            if item[0] >= turn:
                turn, folds = self._turn(item[0], at), self.folds
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
            if asking and us_of(place) != transaction:
                transaction = us_of(place)
                for root in self.leads.foresee(items, at):
                    self._know(root)
            for fold in folds:
                fold.take(item)
            for run in asking:
                if run.fold.news:
                    run.accounts.take_in(item[2], run.fold.state([item[2]]), item[5])
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
            group=self._group(run, root),
            is_meant=lambda: self._profile(run, root).is_meant,
            hold=lambda: self.leads.hold(root, us_of(place)),
        )
        if isinstance(found, BecomesReady):
            self._hand_over(run, root, found, at_us, place)

    def _evaluate_if_ready(self, run: Run, root: str, at_us: int) -> Evaluation | None:
        state = run.fold.state(self.leads.members[root])
        return evaluate_if_ready(
            run.version,
            lambda: self._profile(run, root),
            state,
            at_us,
            run.accounts.colleagues(root),
        )

    def _group(self, run: Run, root: str) -> CycleRecord:
        """Return where the people of a lead's account stand together."""
        if not run.accounts.is_asked:
            return FIRST_CYCLE
        return group_cycle(self.leads.company(root), run.handovers)

    def _was_ready(self, run: Run, root: str, arrived: Arrived) -> bool:
        company = self.leads.facts(root)["account"].get("domain")
        colleagues = run.accounts.colleagues(root)
        stood = (
            Stood(
                earlier.is_known,
                earlier.facts,
                run.fold.again(earlier.members, self.group.items, arrived),
                # Before it came to its company it was one of other people.
                colleagues if earlier.facts["account"].get("domain") == company else NO_COLLEAGUES,
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
        open_for_us = self.open_for_us
        handover = Handover(
            self._handoff_id(root, found.cycle),
            root,
            found.cycle,
            at_us,
            overlapping(self.leads.own(root, self.group.handoffs), place, at_us, open_for_us),
            evaluation=found.evaluation,
            others=tuple(
                None if one is run else self._ask(one, root, at_us, place) for one in self.runs
            ),
            group_domain=self.leads.company(root) if found.evaluation.group else None,
        )
        for fold in self.folds:
            fold.leave(self.leads.members[root])  # what was judged stays as it was
        run.handovers.append(handover)
        standing = run.standing(root)
        standing.begin(handover)
        if handover.real is None and open_for_us is not None:
            standing.closes_us = at_us + open_for_us
            self.due = min(self.due, first_place(standing.closes_us))

    def _ask(self, run: Run, root: str, at_us: int, place: int) -> Asked:
        """Note what another version would have to be asked to say why it does not."""
        standing = run.standings.get(root)
        return Asked(
            run.version,
            self._profile(run, root),
            run.fold.state(self.leads.members[root]),
            FIRST_CYCLE if standing is None else standing.cycle,
            self.leads.is_known(root),
            at_us,
            run.accounts.colleagues(root),
            self._group(run, root),
            self.leads.hold(root, us_of(place)),
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
                self._know(self.leads.know(item))
            case Merged():
                self._merge(item)
            case Unmerged():
                self._unmerge(item)
            case Reconsidered():
                self._reconsider(item)
            case Released():
                self._release(item)
            case Held() | LetGo():
                self.leads.hold_back(item)
            case HandedOver() if item.handoff.decided_us < self.window.from_us:
                self._take_over(item.handoff)
            case HandedOver() if item.handoff.is_by_hand:
                self._take_over(item.handoff)
            case Closed():
                self._close_real(item.handoff, us_of(item.place))

    def _turn(self, place: int, at: int) -> int:
        """Let versions ask the lists that count from ``place`` on; return until where they do."""
        for run in self.runs:
            if run.turn(place, islice(self.group.items, at)):
                self.folds.append(run.fold)
        return min(run.next_turn(place) for run in self.runs)

    def _know(self, root: str) -> None:
        for run in self.runs:
            run.know(root, self.leads.members.get(root, ()))

    def _take_over(self, real: RealHandoff) -> None:
        """Let every version go on with a hand-off from before the window, or a person's."""
        for run in self.runs:
            standing = run.standing(self.leads.root_of[real.lead_id])
            if real.is_by_hand and standing.open is not None:
                continue  # it had handed the lead over itself
            cycle = standing.cycle.number + 1 if real.is_by_hand else real.cycle
            handover = Handover(
                real.handoff_id,
                real.lead_id,
                cycle,
                real.decided_us,
                real,
                group_domain=real.group_domain,
            )
            run.handovers.append(handover)
            standing.begin(handover)

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
            # An undone merge may have left a lead without any hand-off of its own.
            if standing.cycle.number and self.window.has(item.at_us):
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
        self._know(item.survivor)
        for run in self.runs:
            other = run.standings.pop(item.merged, None)
            if other is None:
                continue
            standing = run.standing(item.survivor)
            standing.join(other, us_of(item.place))
            if standing.open is not None and standing.open.real is not None:
                standing.open.real = self.group.went_on_as(standing.open.real)

    def _unmerge(self, item: Unmerged) -> None:
        root = self.leads.unmerge(item)
        self._know(root)
        self._know(item.lead_id)
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
