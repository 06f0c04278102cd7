"""The forms of a calendar: its week and holidays, and days that are not like their weekday."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date

from services.handoff.console.hours_form import DAYS, week_fields, week_said
from services.handoff.settings import HandoffSettings
from services.handoff.store.calendars import Document, Stored
from services.handoff.store.public_holidays import places, regions
from shared.console.formats import Formats
from shared.problem import Problem

PLAIN = ("name", "title", "zone", "country", "region")
NAMED = {"week": "day_mon", "holidays": "country", "days": "day"}
OFFICE = "09:00-18:00"
YEARLY = len("12-24")
LEAP_YEAR = 2028


def empty_form(settings: HandoffSettings) -> dict[str, str]:
    """Return the form of a new calendar."""
    office = dict.fromkeys(DAYS[:5], OFFICE) | dict.fromkeys(DAYS[5:], "")
    return dict.fromkeys(PLAIN, "") | {"zone": settings.zone} | office


def form_of(one: Stored) -> dict[str, str]:
    """Return the form of a calendar that is there."""
    of = one.document["holidays"] or {}
    return {
        "title": one.title,
        "zone": one.document["zone"],
        "country": of.get("country") or "",
        "region": of.get("region") or "",
        "revision": str(one.revision),
        **week_fields(one.document),
    }


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, with every field of the form."""
    blank = dict.fromkeys((*PLAIN, *DAYS, "revision"), "")
    return blank | {name: value for name, value in form.items() if name != "form_token"}


def said(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form says of a calendar, as a request would.

    A region counts with the country it was chosen for alone.
    """
    country, region = form.get("country", ""), form.get("region", "")
    known = {code for code, _ in regions(country)} if country else set()
    holidays = {"country": country, "region": region if region in known else None}
    return {
        "title": form.get("title", ""),
        "zone": form.get("zone", ""),
        "week": week_said(form) or {},
        "holidays": holidays if country else None,
    }


def day_said(form: Mapping[str, str], before: Document) -> dict[str, Any]:
    """Return the own days of a calendar with the one a form says.

    Raises ``Problem`` (422) where it names no day.
    """
    day = form.get("day", "").strip()
    if not day:
        where = {"pointer": "/day", "message": "choose a day"}
        raise Problem(422, "invalid", "/day: choose a day", [where])
    name = day[YEARLY:] if form.get("yearly") == "yes" else day
    title = form.get("title", "").strip()
    entry = {"title": title or None, "hours": form.get("hours", "").replace("–", "-").strip()}
    entry = {key: value for key, value in entry.items() if value}
    return {**before["days"], name: entry}


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day of a calendar's own that is not like its weekday, as a list shows it."""

    name: str
    """``2026-12-24``, or ``12-24`` for every year."""
    told: str
    title: str
    hours: str

    @property
    def is_yearly(self) -> bool:
        """Whether it is every year."""
        return len(self.name) == YEARLY


def own_days(one: Stored, words: Formats) -> list[OwnDay]:
    """Return the own days of a calendar: those of every year first, then in order."""
    days = sorted(one.document["days"].items(), key=lambda day: (len(day[0]), day[0]))
    return [
        OwnDay(
            name,
            _told(name, words),
            (each["title"] or {}).get(words.language, ""),
            ", ".join(each["hours"]),
        )
        for name, each in days
    ]


def _told(name: str, words: Formats) -> str:
    if len(name) == YEARLY:
        day = date.fromisoformat(f"{LEAP_YEAR}-{name}")
        return str(format_date(day, "d MMMM", words.language))
    return words.plain_day(date.fromisoformat(name))


def countries() -> tuple[str, ...]:
    """Return the countries a form offers, by code."""
    return places()
