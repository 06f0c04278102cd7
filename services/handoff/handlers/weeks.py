"""Seven days as they will really be, and when something would be due on a calendar."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from services.handoff.domain.calendar_words import counted, in_words, special_in_words
from services.handoff.domain.figures import LANGUAGES
from services.handoff.domain.working_time import BeyondCalendars, NoWorkingTime, WorkingTime
from services.handoff.fields.calendars import (
    DayShown,
    DueShown,
    HoursShown,
    Stretch,
    WeekShown,
)
from services.handoff.store import calendars, people
from services.handoff.store.calendars import Document, Stored
from shared.problem import Problem

DAY = timedelta(days=1)


def hours_shown(conn: Connection, person_id: str, revision: int, own: Document) -> HoursShown:
    """Return a person's hours as callers see them."""
    follows = calendars.followed(conn, person_id, own)
    name = None if follows is None else follows.name
    last_day = people.last_day_of(conn, person_id)
    return HoursShown(
        person_id=person_id, revision=revision, follows=name, last_day=last_day, **own
    )


def week_of(working: WorkingTime, first: date | None, now: datetime) -> WeekShown:
    """Return seven days from ``first``, else from this week's Monday."""
    if first is None:
        today = now.astimezone(working.zone).date()
        first = today - timedelta(days=today.weekday())
    days = [_day(working, first + number * DAY) for number in range(7)]
    return WeekShown(zone=working.calendar.zone, days=days)


def _day(working: WorkingTime, day: date) -> DayShown:
    start, end = (
        datetime.combine(each, datetime.min.time(), working.zone) for each in (day, day + DAY)
    )
    found = list(working.spans(start, end)) if start < end else []
    special = next((each for _, each in working.calendar.special_days(day, day)), None)
    words: dict[str, str] | None = None
    if special is not None:
        words = {language: special_in_words(day, special, language) for language in LANGUAGES}
    worked_s = sum(int((until - since).total_seconds()) for since, until in found)
    hours = [
        Stretch(**{"from": _wall(since, working, day), "until": _wall(until, working, day)})
        for since, until in found
    ]
    return DayShown(day=day, hours=hours, worked_s=worked_s, special=words)


def _wall(at: datetime, working: WorkingTime, day: date) -> str:
    """Return what the clock on the wall shows; the midnight that ends the day is 24:00."""
    local = at.astimezone(working.zone)
    return f"{local:%H:%M}" if local.date() == day else "24:00"


def due_of(one: Stored, start: datetime, length: timedelta) -> DueShown:
    """Return when something is due. Raises ``Problem`` (422) where the calendar has no end."""
    working = one.working
    try:
        due_at = working.due(start, length)
        why = in_words(counted(working, one.title, start, length, due_at))
        is_working = working.is_working(start)
    except (NoWorkingTime, BeyondCalendars) as error:
        code = "no_working_time" if isinstance(error, NoWorkingTime) else "invalid"
        raise Problem(422, code, str(error)) from None
    fields: dict[str, Any] = {"from": start, "within_s": int(length.total_seconds())}
    explanation = {"es": why.es, "en": why.en}
    return DueShown(**fields, is_working=is_working, due_at=due_at, explanation=explanation)
