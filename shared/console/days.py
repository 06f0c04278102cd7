"""Days and moments as a form sends them: text of nobody knows what, in the reader's zone."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

YEARS = range(2000, 3000)


def day_of(text: str) -> date | None:
    """Return a day of a year that can be meant; None for any other text."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.year in YEARS else None


def is_day(text: str) -> bool:
    """Return whether nothing is wrong with what a field for a day holds; it may be empty."""
    return not text or day_of(text) is not None


def midnight(text: str, zone: str, days_later: int = 0) -> datetime | None:
    """Return when a day begins where the reader is, or one some days later; None for no day."""
    day = day_of(text)
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=days_later), time(), ZoneInfo(zone))


def moment(text: str, zone: str) -> datetime | None:
    """Return a moment on the reader's clock, or of the zone it names; None for any other text."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if found.year not in YEARS:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=ZoneInfo(zone))
