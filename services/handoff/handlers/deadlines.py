"""Clocks on hand-offs: counted on the calendar the policy names, kept, counted again.

What a deadline was counted with is stored beside it. When a calendar changes, the deadlines
and the steps of ladders still ahead are counted again, a batch a transaction, by a timer;
what has passed stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.calendar_words import counted, day_and_night, in_words
from services.handoff.domain.calendars import ALWAYS, TEAM
from services.handoff.domain.clock import EveryHour, Pause, Time, due_at, last_stretch
from services.handoff.domain.ladder import LadderStep
from services.handoff.domain.policy import ResponseTarget
from services.handoff.domain.questions import Titles
from services.handoff.domain.working_time import NoWorkingTime
from services.handoff.handlers.clocks import ACCEPT, FIRST_ATTEMPT, LEADS, OWNERS, RECOUNT
from services.handoff.store import calendars, deadlines
from services.handoff.store.calendars import Stored
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts import handoffs as contract
from shared.timers import Timer

HALF = LadderStep("remind", 50)
NO_NOTE = Titles("", "")
NO_TEAM_CALENDAR = Titles("; el equipo no tiene calendario", "; the team has no calendar")
NO_CALENDAR = Titles("; no existe el calendario «{name}»", "; there is no calendar “{name}”")
NO_HOURS = Titles(
    "; {name} no tiene tantas horas laborables por delante",
    "; {name} has no such working hours ahead",
)
RESUMED = Titles(
    "; es lo que quedaba tras la pausa hasta el {until}",
    "; that was left after the pause until {until}",
)


@dataclass(frozen=True, slots=True)
class Clock:
    """What a promise is counted on. Without a calendar it is counted day and night."""

    asked: str
    """As the policy says: ``always``, ``team`` or a name."""
    calendar: Stored | None
    note: Titles = NO_NOTE
    """Why there is none."""

    @property
    def time(self) -> Time:
        """What counts on it."""
        return EveryHour() if self.calendar is None else self.calendar.working

    def deadline(
        self,
        started_at: datetime,
        within: timedelta,
        kind: str = ACCEPT,
        pauses: Sequence[Pause] = (),
    ) -> contract.Deadline:
        """Return the deadline of a promise, with how it came about in words."""
        calendar, note = self.calendar, self.note
        try:
            stretch = last_stretch(self.time, started_at, within, pauses)
            due = self.time.due(stretch.start, stretch.left)
        except NoWorkingTime:  # a clock runs all the same
            assert calendar is not None, "there is always time day and night"
            note = _filled(NO_HOURS, calendar.title)
            calendar = None
            stretch = last_stretch(EveryHour(), started_at, within, pauses)
            due = stretch.start + stretch.left
        if calendar is None:
            why = day_and_night(stretch.left)
        else:
            working = calendar.working
            why = in_words(counted(working, calendar.title, stretch.start, stretch.left, due))
        if stretch.resumed:
            zone = UTC if calendar is None else calendar.working.zone
            until = f"{stretch.start.astimezone(zone):%Y-%m-%d %H:%M}"
            note = with_note(
                Titles(RESUMED.es.format(until=until), RESUMED.en.format(until=until)), note
            )
        return contract.Deadline(
            kind=kind,
            due_at=due,
            within_s=int(within.total_seconds()),
            calendar=ALWAYS if self.calendar is None else self.calendar.name,
            starts_at=started_at,
            explanation=said(with_note(why, note)),
        )

    def at(
        self,
        step: LadderStep,
        started_at: datetime,
        promised: timedelta,
        pauses: Sequence[Pause] = (),
    ) -> datetime:
        """Return when a step of the ladder is due."""
        within = step.within(promised)
        try:
            return due_at(self.time, started_at, within, pauses)
        except NoWorkingTime:
            return due_at(EveryHour(), started_at, within, pauses)


def clocks(
    uow: UnitOfWork, team_id: str | None, asked: Iterable[str], *, lock: bool = True
) -> Mapping[str, Clock]:
    """Return a clock for each calendar a policy asks for; the team is who has the hand-off.

    ``lock``: until the commit none of the calendars changes.
    """
    wanted = {name: name for name in set(asked) - {ALWAYS}}
    if not wanted:
        return {ALWAYS: Clock(ALWAYS, None)}
    if TEAM in wanted:
        wanted[TEAM] = calendars.of_team(uow.conn, team_id, lock=lock) or ""
    known = calendars.hold(uow.conn, wanted.values(), lock=lock)
    found = {ALWAYS: Clock(ALWAYS, None)}
    for name, really in wanted.items():
        missing = NO_TEAM_CALENDAR if name == TEAM else _filled(NO_CALENDAR, name)
        calendar = known.get(really)
        found[name] = Clock(name, calendar, NO_NOTE if calendar else missing)
    return found


@dataclass(frozen=True, slots=True)
class Started:
    """A clock that begins to run: what is told, stored and armed."""

    deadline: contract.Deadline
    row: dict[str, Any]
    timers: tuple[Timer, ...]
    """One, or none where the ladder has no step for it."""


def start(
    clock: Clock,
    promised: ResponseTarget,
    handoff_id: str,
    kind: str,
    step: int,
    started_at: datetime,
    pauses: Sequence[Pause] = (),
) -> Started:
    """Return a clock that starts at ``started_at``; of ``pauses`` those that are on matter."""
    within = promised.accept_in if kind == ACCEPT else promised.first_attempt_in
    one = clock.deadline(started_at, within, kind, pauses)
    row = deadline_row(handoff_id, step, clock, one)
    first = promised.steps.after(None, is_share=step == OWNERS)
    if first is None:
        return Started(one, row, ())
    at = clock.at(first, started_at, within, pauses)
    return Started(one, row | {"ladder_step": first.name}, (Timer(kind, handoff_id, step, at),))


def start_both(
    clock: Clock, promised: ResponseTarget, handoff_id: str, started_at: datetime
) -> tuple[Started, Started]:
    """Return the clocks of a new hand-off: to accept, and to make the first attempt."""
    return (
        start(clock, promised, handoff_id, ACCEPT, LEADS, started_at),
        start(clock, promised, handoff_id, FIRST_ATTEMPT, LEADS, started_at),
    )


def start_late(
    clock: Clock, promised: ResponseTarget, handoff_id: str, started_at: datetime, now: datetime
) -> list[Started]:
    """Return the shares of a first owner who gets a lead when half of its time was gone or more.

    After an hour without the bus the lead's own clock says how long it waited, and who has it
    still has time to answer before it goes to somebody else.
    """
    promises = {ACCEPT: promised.accept_in, FIRST_ATTEMPT: promised.first_attempt_in}
    return [
        start(clock, promised, handoff_id, kind, OWNERS, now)
        for kind, within in promises.items()
        if clock.at(HALF, started_at, within) <= now
    ]


def deadline_row(
    handoff_id: str, step: int, clock: Clock, one: contract.Deadline
) -> dict[str, Any]:
    """Return a deadline as it is stored, with what it was counted on."""
    calendar = clock.calendar
    counted_on = None if calendar is None else calendar.calendar_id
    revision = None if calendar is None else calendar.revision
    return {
        "handoff_id": handoff_id,
        "kind": one.kind,
        "step": step,
        "starts_at": one.starts_at,
        "within_s": one.within_s,
        "due_at": one.due_at,
        "asked": clock.asked,
        "calendar": one.calendar,
        "calendar_id": counted_on,
        "revision": revision,
        "explanation": one.explanation,
        "step_calendar_id": counted_on,
        "step_revision": revision,
    }


def start_shares(
    uow: UnitOfWork, handoff_id: str, team_id: str | None, promised: ResponseTarget, *, tried: bool
) -> list[contract.Deadline]:
    """Start a later owner's clocks; ``tried``: a first attempt was made. The lead's own go on.

    ``team_id`` is the team that has it now. Where the hand-off is paused they stand still as well.
    """
    clock = clocks(uow, team_id, [promised.calendar])[promised.calendar]
    kinds = (ACCEPT,) if tried else (ACCEPT, FIRST_ATTEMPT)
    pauses = deadlines.pauses(uow.conn, [handoff_id]).get(handoff_id, ())
    started = [start(clock, promised, handoff_id, kind, OWNERS, uow.now, pauses) for kind in kinds]
    deadlines.save(uow.conn, [one.row for one in started])
    uow.parts.timers.arm(uow.conn, [timer for one in started for timer in one.timers])
    return [one.deadline for one in started]


def team_after(uow: UnitOfWork, handoff: Row[Any], chosen: str | None) -> str | None:
    """Return the team that has a hand-off from now on: the one its new owner was chosen in.

    Where it is another one, what runs on the calendar ``team`` is counted again on its calendar.
    """
    if chosen is None or chosen == handoff.team_id:
        return None if handoff.team_id is None else str(handoff.team_id)
    recount_later(uow, chosen)
    return chosen


def as_event(row: Row[Any]) -> contract.Deadline:
    """Return a stored deadline as events tell it."""
    return contract.Deadline(
        kind=row.kind,
        due_at=row.due_at,
        within_s=row.within_s,
        calendar=row.calendar,
        starts_at=row.starts_at,
        explanation=row.explanation,
    )


def recount_later(uow: UnitOfWork, subject: str) -> None:
    """Let the deadlines ahead on a calendar, or of a team, be counted again right away."""
    uow.parts.timers.arm(uow.conn, [Timer(RECOUNT, subject, 1, uow.now)])


def _filled(text: Titles, name: str) -> Titles:
    return Titles(text.es.format(name=name), text.en.format(name=name))


def with_note(text: Titles, note: Titles) -> Titles:
    """Return ``text`` with a remark behind it."""
    return Titles(text.es + note.es, text.en + note.en)


def said(text: Titles) -> dict[str, str]:
    """Return a text as events and rows keep it."""
    return {"es": text.es, "en": text.en}
