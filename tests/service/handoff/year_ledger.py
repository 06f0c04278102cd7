"""What must have come out of a ``Year``, counted here and not by the code that is tested.

Each check raises ``AssertionError`` with all it found; ``fairness`` also says how far it went.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, select

from services.handoff.store.tables import (
    ASSIGNMENT,
    HANDOFF,
    HANDOFF_DEADLINE,
    HANDOFF_PAUSE,
    STEP,
    TEAM_MEMBER,
    TIMER,
    TURN,
)
from tests.service.handoff.year import Year
from tests.service.handoff.year_fairness import (
    Fairness,
    Standing,
    Turn,
    look_at_all,
    look_through_window,
)
from tests.service.handoff.year_hours import Hours, hours_of
from tests.service.handoff.year_people import DAY

PERCENT = {"remind": 50, "manager": 100, "reassign": 150, "last_resort": 200}
LEADS, OWNERS = 1, 2
QUIET = 45 * DAY
"""Whoever answers at all has done with a lead by then; leads also come back in the end."""
BY_TURN = "fair_rotation"
ALREADY_THEIRS = {"open_handoff", "account_handoff", "works_on_it", "earlier_owner"}
"""Relations that count as a turn."""
NO_TURN = {"bad_data", "already_worked", "existing_customer", "wrong_person", "do_not_contact"}
"""Reasons with which a lead comes back without blame."""
ON_HAND = {"assigned", "accepted", "working"}


@dataclass
class Ledger:
    """All that is stored, and what is to be said of it."""

    year: Year
    handoffs: dict[str, Any]
    assignments: dict[str, list[Any]]
    clocks: list[Any]
    pauses: dict[str, list[Any]]
    steps: dict[str, list[Any]]
    turn_rows: list[Any]
    members: list[Any]
    timers: list[Any]
    wrong: list[str] = field(default_factory=list)

    # --- 1, 5: nothing is left over -----------------------------------------------------

    def nothing_is_left_over(self) -> None:
        """No leak, no timer overdue or failed, nothing reopened, nobody's lead forgotten."""
        year = self.year
        self._expect(not any(found for _, found in year.leaks), f"leaks: {year.leaks}")
        self._expect(len(year.leaks) > 12, "looked for leaks each month")
        self._expect(not year.reopened, f"reopened: {year.reopened}")
        for one in self.timers:
            self._expect(one.tries == 0, f"timer failed: {one}")
            self._expect(one.state != "armed" or one.due_at >= year.end, f"overdue: {one}")
        for row in self.handoffs.values():
            is_fresh = self.assignments[row.handoff_id][-1].assigned_at > year.end - QUIET
            if row.closed_at is None and not is_fresh:
                self._is_with_who_never_answers(row)

    def _is_with_who_never_answers(self, row: Any) -> None:
        owner = self.year.staff[row.owner_id]
        self._expect(owner.never_answers, f"open with {owner.name}, who answers: {row.handoff_id}")
        given, steps = self.assignments[row.handoff_id], self.steps[row.handoff_id]
        told = [one for one in steps if one.kind == "escalated"]
        own = [one for one in self.clocks if one.handoff_id == row.handoff_id]
        if any(one.step == LEADS and one.stopped_at is None for one in own):
            named = {one.detail["step"] for one in told if one.detail["share"] == LEADS}
            self._expect("last_resort" in named, f"the last resort never heard: {row.handoff_id}")
        elif row.stage == "assigned":  # it was answered before it was given to who has it now
            later = [one for one in told if one.happened_at > given[-1].assigned_at]
            self._expect(bool(later), f"nobody heard since it was given: {row.handoff_id}")

    # --- 2, 5: ladders and due times ----------------------------------------------------

    def every_step_is_told_once_and_when_it_is_due(self) -> int:
        """Return how many steps of ladders were taken or skipped."""
        count = 0
        for handoff_id, steps in self.steps.items():
            given = [one.assigned_at for one in self.assignments[handoff_id]]
            keys: Counter[tuple[Any, ...]] = Counter()
            reassigned = 0
            for one in steps:
                if "clock" not in one.detail:
                    continue
                count += 1
                share = one.detail["share"]
                turn = sum(at < one.happened_at for at in given) if share == OWNERS else 0
                keys[one.detail["clock"], share, one.detail["step"], turn] += 1
                reassigned += one.kind == "reassigned"
                because = one.detail.get("because", "")
                self._expect(one.kind != "ladder_skipped" or bool(because), f"no reason: {one}")
            twice = [key for key, times in keys.items() if times > 1]
            self._expect(not twice, f"{handoff_id} told twice: {twice}")
            self._expect(reassigned <= 1, f"{handoff_id} given away by ladders {reassigned} times")
        for clock in self.clocks:
            self._look_at_clock(clock)
        return count

    def _look_at_clock(self, clock: Any) -> None:
        handoff = self.handoffs[clock.handoff_id]
        stops = [one for one in (clock.stopped_at, handoff.closed_at) if one is not None]
        until = min(stops, default=self.year.end)
        told = [
            one
            for one in self.steps[clock.handoff_id]
            if one.detail.get("clock") == clock.kind
            and one.detail["share"] == clock.step
            and one.happened_at > clock.starts_at
        ]
        late = [one for one in told if one.happened_at > until]
        self._expect(not late, f"told after it was stopped at {until}: {late}")
        changes = [at for at, _ in self.year.closed_days[clock.calendar]]
        paused = [(one.began_at, one.until) for one in self.pauses[clock.handoff_id]]
        paused = [one for one in paused if one[0] < until]
        names = [name for name in PERCENT if clock.step == LEADS or name != "last_resort"]
        within = timedelta(seconds=clock.within_s)
        hours = self._hours_at(clock.calendar, clock.starts_at)
        due = hours.due(clock.starts_at, within, paused)
        # A pause that was ended early was to be longer when the clock stopped within it.
        is_still = not any(clock.starts_at <= at <= due for at in changes) and not any(
            one.ended_by is not None and one.began_at < until <= one.until
            for one in self.pauses[clock.handoff_id]
        )
        self._expect(not is_still or clock.due_at == due, f"due {due}, stored {clock}")
        known = self._hours_at(clock.calendar, min(clock.due_at, until))
        self._expect(
            known.is_open(clock.due_at) or clock.due_at in changes,
            f"due when nobody works: {clock.due_at} {clock.calendar}",
        )
        by_name = {one.detail["step"]: one.happened_at for one in told}
        for name in names:
            at = hours.due(clock.starts_at, within * PERCENT[name] / 100, paused)
            is_exact = not any(clock.starts_at <= moment <= at for moment in changes)
            when = by_name.get(name)
            where = f"{clock.handoff_id} {clock.kind} {clock.step} {name}: due {at}, told {when}"
            if when is None:
                owed = at < until and (is_exact or not stops)
                self._expect(not owed, f"never told: {where}, until {until}")
            elif is_exact:
                self._expect(when == at, where)
            else:  # a day that is closed only makes it later
                self._expect(when >= at, f"early: {where}")

    def _hours_at(self, name: str, at: datetime) -> Hours:
        closed = frozenset(day for since, day in self.year.closed_days[name] if since <= at)
        return hours_of(self.year.offices[name], closed)

    # --- 3: who has what ----------------------------------------------------------------

    def nobody_gets_what_they_cannot_take(self) -> None:
        """By turn nobody who is gone, leaving, away or full; never somebody who is gone."""
        on_hand = self._on_hand()
        for rows in self.assignments.values():
            for row in rows:
                one = self.year.staff[row.person_id]
                who = f"{one.name} got {row.handoff_id} at {row.assigned_at} ({row.code})"
                self._expect(one.is_here(row.assigned_at), f"gone: {who}")
                if self._code(row) == BY_TURN:
                    self._could_take(row, one, on_hand[row.person_id], who)
        for person_id, spans in on_hand.items():
            self._left_nothing(person_id, spans)

    def _could_take(self, row: Any, one: Any, spans: list[tuple[Any, ...]], who: str) -> None:
        at = row.assigned_at
        self._expect(not one.leaves_within_a_week(at), f"leaving: {who}")
        team = next(name for name, found in self.year.team_ids.items() if found == row.team_id)
        back = one.leave_until(at)
        due = self._hours_at(team, at).due(at, self.year.within)
        self._expect(back is None or back <= due, f"away until {back}, due {due}: {who}")
        if one.cap is not None:
            before = sum(start < at and (end is None or at < end) for start, end, *_ in spans)
            now = sum(start == at and by_turn for start, _, by_turn, _ in spans)
            self._expect(before + now <= one.cap, f"{before} + {now} of {one.cap}: {who}")

    def _on_hand(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return for everybody from when until when they had which hand-off to work on."""
        found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for handoff_id, rows in self.assignments.items():
            row = self.handoffs[handoff_id]
            qualified = [
                one.happened_at
                for one in self.steps[handoff_id]
                if one.kind in ("sql", "opportunity")
            ]
            ends = [*(one.assigned_at for one in rows[1:]), row.closed_at]
            for one, end in zip(rows, ends, strict=True):
                # What sales qualified stays so when it is given on.
                later = [max(at, one.assigned_at) for at in qualified]
                until = min((at for at in (*later, end) if at is not None), default=None)
                by_turn = self._code(one) == BY_TURN
                found[one.person_id].append((one.assigned_at, until, by_turn, end))
        return found

    def _left_nothing(self, person_id: str, spans: list[tuple[Any, ...]]) -> None:
        one = self.year.staff[person_id]
        for start, _, _, end in spans:
            mine = [each for each in one.stints if each[0] <= start]
            stint = mine[-1] if mine else None
            if stint is not None and stint[1] is not None and stint[1] < self.year.end:
                self._expect(
                    end is not None and end <= stint[1], f"{one.name} left {stint}: {start}–{end}"
                )

    @staticmethod
    def _code(row: Any) -> str | None:
        """Return how the owner was chosen, whyever one was looked for; None: by hand."""
        chosen = [one["code"] for one in row.considered if one["chosen"]]
        return chosen[0] if chosen else None

    # --- 4: fairness --------------------------------------------------------------------

    def fairness(self) -> Fairness:
        """Count shares again from who was considered, and say how far leads were from them."""
        found, turns = Fairness(), self._turns()
        found.turns = len(turns)
        self._agrees_with_what_is_stored(turns)
        for name, team_id in self.year.team_ids.items():
            mine = [one for one in turns if one.team_id == team_id]
            window = self.year.windows[name] * DAY
            members = [one for one in self.year.staff.values() if one.team == name and one.weight]
            standing = look_at_all(mine, members, window, found)
            look_through_window(mine, standing.far, window, found)
            self._stands_as_stored(team_id, standing)
        return found

    def _turns(self) -> list[Turn]:
        found = []
        for handoff_id, rows in self.assignments.items():
            for row in rows:
                code = self._code(row)
                counts = code == BY_TURN or code in ALREADY_THEIRS
                if not counts or row.team_id is None or not self._weight(row, row.person_id):
                    continue
                takers = [
                    one["person_id"] for one in row.considered if one["code"] in (BY_TURN, "waits")
                ]
                weights = {one: self._weight(row, one) for one in takers}
                total = sum(weights.values())
                parts = {one: weight / total for one, weight in weights.items()}
                if code == BY_TURN:
                    self._expect(row.parts == pytest.approx(parts), f"parts differ: {row}")
                turn = Turn(row.assigned_at, row.team_id, row.person_id, row.parts, code == BY_TURN)
                handoff = self.handoffs[handoff_id]
                came_back = handoff.stage in ("rejected", "recycled") and handoff.reason in NO_TURN
                if came_back and row is rows[-1]:
                    turn.back_at = handoff.closed_at
                found.append(turn)
        return sorted(found, key=lambda one: one.at)

    def _weight(self, row: Any, person_id: str) -> float:
        one = self.year.staff[person_id]
        return one.weight if self.year.team_ids.get(one.team) == row.team_id else 0

    def _agrees_with_what_is_stored(self, turns: list[Turn]) -> None:
        """By the hour."""
        mine: dict[tuple[str, int], list[Turn]] = defaultdict(list)
        for one in turns:
            mine[one.team_id, int(one.at.timestamp() // 3600)].append(one)
        stored: dict[tuple[str, int], list[Any]] = defaultdict(list)
        for row in self.turn_rows:
            stored[row.team_id, row.hour].append(row)
        self._expect(mine.keys() == stored.keys(), "turns are stored for the hours they were in")
        for key in mine.keys() & stored.keys():
            kept = [one for one in mine[key] if one.back_at is None]
            dealt = Counter(one.person_id for one in kept)
            shares: defaultdict[str, float] = defaultdict(float)
            for one in kept:
                for person_id, part in one.parts.items():
                    shares[person_id] += part
            for row in stored[key]:
                name = self.year.staff[row.person_id].name
                told = f"{name} in {key}: {row.dealt} stored, {dealt[row.person_id]} counted"
                self._expect(row.dealt == dealt[row.person_id], told)
                told = f"{name} in {key}: {row.share} stored, {shares[row.person_id]} counted"
                self._expect(abs(row.share - shares[row.person_id]) < 1e-6, told)

    def _stands_as_stored(self, team_id: str, standing: Standing) -> None:
        for row in self.members:
            if row.team_id == team_id:
                counted = standing.behind[row.person_id]
                told = (
                    f"{self.year.staff[row.person_id].name}: {row.behind} behind, {counted} counted"
                )
                self._expect(abs(row.behind - counted) < 1e-6, told)

    # ------------------------------------------------------------------------------------

    def _expect(self, is_so: bool, what: str) -> None:
        if not is_so:
            self.wrong.append(what)


async def ledger_of(year: Year) -> Ledger:
    """Read all that is stored of a year."""

    async def rows(table: Table, *order: str) -> list[Any]:
        query = select(table).order_by(*(table.c[name] for name in order))
        return list(await year.world.read(lambda conn: conn.execute(query).all()))

    def by_handoff(found: list[Any]) -> dict[str, list[Any]]:
        grouped: dict[str, list[Any]] = defaultdict(list)
        for row in found:
            grouped[row.handoff_id].append(row)
        return grouped

    handoffs = {row.handoff_id: row for row in await rows(HANDOFF, "decided_at")}
    return Ledger(
        year,
        handoffs,
        by_handoff(await rows(ASSIGNMENT, "assigned_at", "assignment_id")),
        await rows(HANDOFF_DEADLINE, "starts_at"),
        by_handoff(await rows(HANDOFF_PAUSE, "began_at")),
        by_handoff(await rows(STEP, "happened_at", "step_id")),
        await rows(TURN, "hour"),
        await rows(TEAM_MEMBER, "person_id"),
        await rows(TIMER, "due_at"),
    )
