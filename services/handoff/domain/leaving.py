"""When somebody leaves, and what is said of it. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.handoff.domain.calendar_words import day_in_words
from services.handoff.domain.questions import Titles

OWNER_LEFT = "owner_left"
"""The code of an assignment that was made because the owner left."""


def end_of(last_day: date, zone: str) -> datetime:
    """Return the moment a person's last day is over where they are, in UTC."""
    midnight = datetime.combine(last_day + timedelta(days=1), time(), ZoneInfo(zone))
    return midnight.astimezone(UTC)


def today(now: datetime, zone: str) -> date:
    """Return the day it is where a person is."""
    return now.astimezone(ZoneInfo(zone)).date()


def why_moved(name: str, last_day: date | None) -> Titles:
    """Say why somebody's hand-offs are other people's now."""
    if last_day is None:
        return Titles(f"{name} ya no trabaja aquí", f"{name} does not work here any more")
    return Titles(
        f"el último día de {name} fue el {day_in_words(last_day, 'es')} de {last_day.year}",
        f"{name}’s last day was {day_in_words(last_day, 'en')} {last_day.year}",
    )
