"""Clocks on hand-offs: counted on the calendar the policy names, kept, counted again.

What a deadline was counted with is stored beside it. When a calendar changes, the deadlines
still ahead are counted again, a batch a transaction, by a timer; what has passed stays.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.calendar_words import counted, day_and_night, in_words
from services.handoff.domain.calendars import ALWAYS, TEAM
from services.handoff.domain.policy import ResponseTarget
from services.handoff.domain.questions import Titles
from services.handoff.domain.working_time import NoWorkingTime
from services.handoff.handlers.clocks import ACCEPT, RECOUNT
from services.handoff.handlers.references import references
from services.handoff.store import calendars, deadlines, handoffs
from services.handoff.store.calendars import Stored
from services.handoff.store.leads import lock_leads
from services.handoff.store.leads import save_batch as save_leads
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts import handoffs as contract
from shared.contracts.clocks import Rescheduled
from shared.timers import Timer

BATCH = 200

NO_NOTE = Titles("", "")
NO_TEAM_CALENDAR = Titles("; el equipo no tiene calendario", "; the team has no calendar")
NO_CALENDAR = Titles("; no existe el calendario «{name}»", "; there is no calendar “{name}”")
NO_HOURS = Titles(
    "; {name} no tiene tantas horas laborables por delante",
    "; {name} has no such working hours ahead",
)
TIME_IS_UP = Titles(
    "; con el calendario cambiado ya había vencido, y vence en el momento del cambio",
    "; by the changed calendar it was over already, so it is due at the moment of the change",
)


@dataclass(frozen=True, slots=True)
class Clock:
    """What a promise is counted on. Without a calendar it is counted day and night."""

    asked: str
    """As the policy says: ``always``, ``team`` or a name."""
    calendar: Stored | None
    note: Titles = NO_NOTE
    """Why there is none."""

    def deadline(
        self, started_at: datetime, within: timedelta, kind: str = ACCEPT
    ) -> contract.Deadline:
        """Return the deadline of a promise, with how it came about in words."""
        calendar, note = self.calendar, self.note
        due_at, why = started_at + within, day_and_night(within)
        if calendar is not None:
            working = calendar.working
            try:
                due_at = working.due(started_at, within)
                why = in_words(counted(working, calendar.title, started_at, within, due_at))
            except NoWorkingTime:  # a clock runs all the same
                note = _filled(NO_HOURS, calendar.title)
        return contract.Deadline(
            kind=kind,
            due_at=due_at,
            within_s=int(within.total_seconds()),
            calendar=ALWAYS if calendar is None else calendar.name,
            starts_at=started_at,
            explanation=_said(_with(why, note)),
        )


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


def deadline_row(
    handoff_id: str, step: int, clock: Clock, one: contract.Deadline
) -> dict[str, Any]:
    """Return a deadline as it is stored, with what it was counted on."""
    return {
        "handoff_id": handoff_id,
        "kind": one.kind,
        "step": step,
        "starts_at": one.starts_at,
        "within_s": one.within_s,
        "due_at": one.due_at,
        "asked": clock.asked,
        "calendar": one.calendar,
        "calendar_id": None if clock.calendar is None else clock.calendar.calendar_id,
        "revision": None if clock.calendar is None else clock.calendar.revision,
        "explanation": one.explanation,
    }


def start_share(uow: UnitOfWork, handoff: Row[Any], promised: ResponseTarget) -> contract.Deadline:
    """Start a later owner's clock. The lead's own goes on as it was."""
    clock = clocks(uow, handoff.team_id, [promised.calendar])[promised.calendar]
    one = clock.deadline(uow.now, promised.accept_in)
    deadlines.save(uow.conn, [deadline_row(handoff.handoff_id, 2, clock, one)])
    uow.parts.timers.arm(uow.conn, [Timer(ACCEPT, handoff.handoff_id, 2, one.due_at)])
    return one


def passed(uow: UnitOfWork, timer: Timer, promised: ResponseTarget) -> contract.Deadline:
    """Return the deadline whose timer fires, as it was counted."""
    row = deadlines.find(uow.conn, timer.subject, timer.kind, timer.step)
    if row is None:  # begun before deadlines were kept
        within_s = int(promised.accept_in.total_seconds())
        return contract.Deadline(
            kind=timer.kind, due_at=timer.due_at, within_s=within_s, calendar=promised.calendar
        )
    return as_event(row)


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


# --- counted again ------------------------------------------------------------------------


def recount_later(uow: UnitOfWork, subject: str) -> None:
    """Let the deadlines ahead on a calendar, or of a team, be counted again right away."""
    uow.parts.timers.arm(uow.conn, [Timer(RECOUNT, subject, 1, uow.now)])


def recount(uow: UnitOfWork, timer: Timer) -> None:
    """Count a batch of deadlines again; go on until none is left that an older revision gave."""
    if not uow.parts.timers.claim(uow.conn, timer, uow.now):
        return
    found = deadlines.outdated(uow.conn, timer.subject, uow.now, BATCH)
    if not found:
        return
    batch = lock_leads(uow.conn, sorted({row.lead_id for row in found}), uow.now)
    # Answered, merged or fired while we waited for the locks: no longer ours to touch.
    still = deadlines.outdated(uow.conn, timer.subject, uow.now, BATCH)
    rows = [row for row in still if row.lead_id in batch.leads]
    known = references(uow.conn, (row.handoff_id for row in rows))
    counting: dict[tuple[str | None, str], Clock] = {}
    for row in rows:
        key = row.team_id, row.asked
        if key not in counting:
            counting[key] = clocks(uow, row.team_id, [row.asked])[row.asked]
        moved = _count_again(uow, row, counting[key])
        if moved is not None:
            event = Rescheduled(
                handoff=known[row.handoff_id], deadline=moved, earlier_due_at=row.due_at
            )
            uow.stage([uow.envelope(event, batch.leads[row.lead_id])])
    save_leads(uow.conn, batch)
    recount_later(uow, timer.subject)


def _count_again(uow: UnitOfWork, row: Row[Any], clock: Clock) -> contract.Deadline | None:
    """Store a deadline as the calendar gives it now; return it when its time is another."""
    within = timedelta(seconds=row.within_s)
    one = clock.deadline(row.starts_at, within, row.kind)
    if one.due_at < uow.now:  # nobody is late before the calendar said so
        explanation = _said(_with(Titles(**(one.explanation or {})), TIME_IS_UP))
        one = one.model_copy(update={"due_at": uow.now, "explanation": explanation})
    deadlines.save(uow.conn, [deadline_row(row.handoff_id, row.step, clock, one)])
    if one.due_at == row.due_at:
        return None
    uow.parts.timers.arm(uow.conn, [Timer(row.kind, row.handoff_id, row.step, one.due_at)])
    if row.step == 1:
        handoffs.change_handoff(uow.conn, row.handoff_id, due_at=one.due_at)
    detail = {
        "kind": row.kind,
        "step": row.step,
        "calendar": one.calendar,
        "from": row.due_at.isoformat(),
        "to": one.due_at.isoformat(),
    }
    handoffs.add_step(uow.conn, row.handoff_id, "rescheduled", "relevo", uow.now, detail)
    what = "handoff.rescheduled"
    handoffs.add_audit(uow.conn, uow.now, "relevo", what, row.handoff_id, detail=detail)
    return one


def _filled(text: Titles, name: str) -> Titles:
    return Titles(text.es.format(name=name), text.en.format(name=name))


def _with(text: Titles, note: Titles) -> Titles:
    return Titles(text.es + note.es, text.en + note.en)


def _said(text: Titles) -> dict[str, str]:
    return {"es": text.es, "en": text.en}
