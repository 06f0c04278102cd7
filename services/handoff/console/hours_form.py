"""Hours in forms: seven lines of a week, days that are not like theirs, leave."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from services.handoff.console.filling import Filled
from services.handoff.store.calendars import WEEKDAYS, Document
from shared.console.formats import Formats

DAYS = tuple(f"day_{day}" for day in WEEKDAYS)


def week_fields(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of a week: ``09:00-14:00, 16:00-19:00`` a day."""
    week = document.get("week") or {}
    return {f"day_{day}": ", ".join(week.get(day) or ()) for day in WEEKDAYS}


def week_said(form: Mapping[str, str]) -> dict[str, str] | None:
    """Return the week a form says, a day that is empty left out; None: it says none."""
    said = {day: form.get(f"day_{day}", "").replace("–", "-").strip() for day in WEEKDAYS}
    return {day: hours for day, hours in said.items() if hours} or None


def leave_said(form: Mapping[str, str]) -> dict[str, str]:
    """Return the leave a form says; without times whole days, the last of them away too."""
    start, until = form.get("leave_from", "").strip(), form.get("leave_until", "").strip()
    until = until or start
    from_time, until_time = form.get("from_time", "").strip(), form.get("until_time", "").strip()
    return {
        "from": f"{start}T{from_time}" if from_time else start,
        "until": f"{until}T{until_time}" if until_time else until,
    }


def leave_of(document: Document) -> list[dict[str, str]]:
    """Return the leave of a person's own hours, as it is stored."""
    return [dict(one) for one in document.get("leave", ())]


def at_its_day(filled: Filled, fault: Exception, words: Formats) -> Filled:
    """Return a form with the fault at the day whose hours are wrong."""
    if not isinstance(fault, ValidationError) or not filled.fault("day_mon"):
        return filled
    places = [one["loc"] for one in fault.errors() if one["loc"][:1] == ("week",)]
    days = [str(place[1]) for place in places if len(place) > 1]
    told = words.say("wrong_day_mon") if days else words.say("wrong_week")
    wrong = {f"day_{day}": told for day in days or ("mon",)}
    others = {name: text for name, text in filled.faults.items() if name != "day_mon"}
    return Filled(filled.values, others | wrong, filled.top, filled.now, filled.status)
