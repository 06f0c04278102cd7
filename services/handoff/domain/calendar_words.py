"""A due time in words, in Spanish and in English: which hours were counted, and why not others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from services.handoff.domain.calendars import SpecialDay
from services.handoff.domain.figures import LANGUAGES
from services.handoff.domain.policy import Language
from services.handoff.domain.questions import Titles
from services.handoff.domain.working_time import WorkingTime

SHOWN = 4
"""Stretches and special days that are told; of more the first ones, the last and how many."""
_WEEK = timedelta(days=6)

WEEKDAYS: Mapping[Language, tuple[str, ...]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
MONTHS: Mapping[Language, tuple[str, ...]] = {
    "en": (
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    "es": (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio"),
        *("agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
}
UNITS: Mapping[Language, tuple[tuple[str, str], ...]] = {
    "en": (("hour", "hours"), ("minute", "minutes"), ("second", "seconds")),
    "es": (("hora", "horas"), ("minuto", "minutos"), ("segundo", "segundos")),
}
WORKING: Mapping[Language, tuple[str, str]] = {
    "en": ("working", "working"),
    "es": ("laborable", "laborables"),
}
PHRASES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "and": " and ",
        "counting": "counting {length} of {calendar}: {spans} ({zone} time)",
        "at_once": "due at once: nothing to count",
        "always": "counting {length}, day and night",
        "more": "{n} more until",
        "day": "{weekday} {day} {month}",
        "holiday": "{day} is a holiday",
        "hours": "{day} is worked {blocks}",
        "more_days": "{n} more special days",
    },
    "es": {
        "and": " y ",
        "counting": "contando {length} de {calendar}: {spans} (hora de {zone})",
        "at_once": "vence al momento: nada que contar",
        "always": "contando {length}, de día y de noche",
        "more": "{n} más hasta",
        "day": "{weekday} {day} de {month}",
        "holiday": "el {day} es festivo",
        "hours": "el {day} se trabaja {blocks}",
        "more_days": "{n} días especiales más",
    },
}
Stretch = tuple[datetime, datetime]


@dataclass(frozen=True)
class Counted:
    """How a due time came about: the stretches that were counted and the days that differ."""

    length: timedelta
    calendar: str
    """What people call it."""
    zone: str
    first: tuple[Stretch, ...]
    more: int
    """Stretches between ``first`` and ``last`` that are not told."""
    last: Stretch | None
    special: tuple[tuple[date, SpecialDay], ...]
    more_special: int
    with_dates: bool
    """A weekday alone would not say which one."""


def counted(
    working: WorkingTime, title: str, start: datetime, length: timedelta, due_at: datetime
) -> Counted:
    """Look up how ``due_at``, which ``working`` counted, came about."""
    zone = working.zone
    spans = [
        (since.astimezone(zone), until.astimezone(zone))
        for since, until in working.spans(start, due_at)
    ]
    first_day, last_day = (each.astimezone(zone).date() for each in (start, due_at))
    special = list(working.calendar.special_days(first_day, last_day))
    is_long = len(spans) > SHOWN
    return Counted(
        length=length,
        calendar=title,
        zone=working.calendar.zone,
        first=tuple(spans[: SHOWN - 1] if is_long else spans),
        more=len(spans) - SHOWN if is_long else 0,
        last=spans[-1] if is_long else None,
        special=tuple(islice(special, SHOWN)),
        more_special=max(0, len(special) - SHOWN),
        with_dates=due_at - start > _WEEK,
    )


def in_words(how: Counted) -> Titles:
    """Return the sentence in both languages, without a full stop."""
    return _both(lambda language: _sentence(how, language))


def day_and_night(length: timedelta) -> Titles:
    """Return the sentence for a clock that never rests."""
    return _both(
        lambda language: PHRASES[language]["always"].format(length=plain(length, language))
    )


def plain(length: timedelta, language: Language) -> str:
    """Return a length of time: ``1 hour and 30 minutes``."""
    return PHRASES[language]["and"].join(_parts(length, language)) or _amount(0, 1, language)


def working(length: timedelta, language: Language) -> str:
    """Return a length of working time: ``4 working hours``, ``15 minutos laborables``."""
    parts = _parts(length, language) or [_amount(0, 1, language)]
    one, many = WORKING[language]
    if language == "en":
        number, unit = parts[0].split(" ")
        parts[0] = f"{number} {one} {unit}"
        return PHRASES[language]["and"].join(parts)
    single = len(parts) == 1 and parts[0].startswith("1 ")
    return f"{PHRASES[language]['and'].join(parts)} {one if single else many}"


def day_in_words(day: date, language: Language) -> str:
    """Return a day: ``Tuesday 6 January``, ``martes 6 de enero``."""
    return PHRASES[language]["day"].format(
        weekday=WEEKDAYS[language][day.weekday()],
        day=day.day,
        month=MONTHS[language][day.month - 1],
    )


def blocks_in_words(day: SpecialDay) -> str:
    """Return the hours of a day: ``9:00–14:00, 15:00–18:00``."""
    return ", ".join(str(each).replace("-", "–") for each in day.blocks)


def special_in_words(day: date, special: SpecialDay, language: Language) -> str:
    """Return what is special about a day, with its name where it has one."""
    phrases, said = PHRASES[language], day_in_words(day, language)
    text = (
        phrases["hours"].format(day=said, blocks=blocks_in_words(special))
        if special.blocks
        else phrases["holiday"].format(day=said)
    )
    return text if special.title is None else f"{text} ({_own(special.title, language)})"


def _sentence(how: Counted, language: Language) -> str:
    phrases = PHRASES[language]
    if not how.first:
        return phrases["at_once"]
    spans = [_stretch(each, how, language) for each in how.first]
    if how.last is not None:
        until = _stretch(how.last, how, language)
        spans.append(f"{phrases['more'].format(n=how.more)} {until}" if how.more else until)
    said = phrases["counting"].format(
        length=working(how.length, language),
        calendar=how.calendar,
        spans=", ".join(spans),
        zone=how.zone,
    )
    special = [special_in_words(day, each, language) for day, each in how.special]
    if how.more_special:
        special.append(phrases["more_days"].format(n=how.more_special))
    return "; ".join((said, *special))


def _stretch(stretch: Stretch, how: Counted, language: Language) -> str:
    start, end = stretch
    day = _short_day(start, how.with_dates, language)
    # The midnight that ends a day is its 24:00, not the next day's 0:00.
    last = (end.replace(tzinfo=None) - timedelta(microseconds=1)).date()
    if start.date() == last:
        until = "24:00" if end.date() != start.date() else _time(end)
        return f"{day} {_time(start)}–{until}"
    return f"{day} {_time(start)} – {_short_day(end, how.with_dates, language)} {_time(end)}"


def _short_day(at: datetime, with_date: bool, language: Language) -> str:
    short = WEEKDAYS[language][at.weekday()][:3]
    if not with_date:
        return short
    return f"{short} {at.day} {MONTHS[language][at.month - 1][:3]}"


def _time(at: datetime) -> str:
    return f"{at.hour}:{at.minute:02d}"


def _parts(length: timedelta, language: Language) -> list[str]:
    seconds = int(length.total_seconds())
    amounts = (seconds // 3600, seconds // 60 % 60, seconds % 60)
    return [_amount(amount, place, language) for place, amount in enumerate(amounts) if amount]


def _amount(amount: int, place: int, language: Language) -> str:
    one, many = UNITS[language][place]
    return f"{amount} {one if amount == 1 else many}"


def _own(title: Titles, language: Language) -> str:
    return title.es if language == "es" else title.en


def _both(say: Callable[[Language], str]) -> Titles:
    said = {language: say(language) for language in LANGUAGES}
    return Titles(es=said["es"], en=said["en"])
