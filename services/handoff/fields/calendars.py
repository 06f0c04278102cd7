"""How hours are written in requests and answers; the same in files."""

import itertools
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import (
    MISSING,
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic_core import PydanticCustomError

from services.handoff.domain.calendars import block
from services.handoff.store.calendars import WEEKDAYS
from services.handoff.store.public_holidays import UnknownPlace, check_place
from shared.fields import Name, Zone

CALENDAR_NAME = r"[a-z][a-z0-9_-]{0,62}"
_BETWEEN = re.compile(r"\s*,\s*|(?<![-–\s])\s+(?![-–\s])")
_YEARLY = re.compile(r"[0-9]{2}-[0-9]{2}")
_LEAP_YEAR = "2028"
DAY_LENGTH = len("2026-12-24")
FIRST, LAST = date(1970, 1, 2), date(8998, 12, 30)


def _wrong(message: str) -> PydanticCustomError:
    return PydanticCustomError("hours", "{message}", {"message": message})


def _block(text: str) -> str:
    try:
        return str(block(text))
    except ValueError as error:
        raise _wrong(str(error)) from None


def _in_order(blocks: list[str]) -> list[str]:
    """Return a day's blocks in order. Raises when two of them overlap."""
    read = sorted(map(block, blocks))
    for one, following in itertools.pairwise(read):
        if following.start < one.end:
            raise _wrong(f"{one} and {following} overlap")
    return [str(one) for one in read]


def _several(hours: Any) -> Any:
    """Take ``09:00-14:00, 16:00-19:00`` as two blocks."""
    return _BETWEEN.split(hours.strip()) if isinstance(hours, str) else hours


def _day_name(name: str) -> str:
    """Return ``2026-12-24``, or ``12-24`` for every year, when there is such a day."""
    try:
        full = f"{_LEAP_YEAR}-{name}" if _YEARLY.fullmatch(name) else name
        if len(full) != 10 or not FIRST <= date.fromisoformat(full) <= LAST:
            raise ValueError
    except ValueError:
        raise _wrong("a day is written 2026-12-24, or 12-24 for every year") from None
    return name


def _day(value: date) -> date:
    if not FIRST <= value <= LAST:
        raise _wrong("calendars know the years 1970 to 8998")
    return value


def _written(value: Any) -> Any:
    """Refuse ``31/03/2027`` with how a day is written."""
    if isinstance(value, str):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            raise _wrong("a day is written 2027-03-31") from None
    return value


def _week(week: Any) -> Any:
    """Spell out ``mon-fri``. Raises for days there are not, and for days named twice."""
    if not isinstance(week, Mapping):
        return week
    spelled: dict[str, Any] = {}
    for name, hours in week.items():
        for day in _days_of(str(name)):
            if day in spelled:
                raise _wrong(f"{day} is there twice")
            spelled[day] = hours
    return {day: spelled[day] for day in WEEKDAYS if day in spelled}


def _days_of(name: str) -> tuple[str, ...]:
    first, hyphen, last = name.partition("-")
    if first not in WEEKDAYS or (hyphen and last not in WEEKDAYS):
        raise _wrong(f"days are {', '.join(WEEKDAYS)}, or several like mon-fri")
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    if end < start:
        raise _wrong(f"{name} ends before it begins; a week begins on mon")
    return WEEKDAYS[start : end + 1]


def _has_hours(week: dict[str, list[str]]) -> dict[str, list[str]]:
    if not any(week.values()):
        raise _wrong("somebody must work at some time of the week")
    return week


Hours = Annotated[
    list[Annotated[str, AfterValidator(_block)]],
    BeforeValidator(_several),
    Field(max_length=12),
    AfterValidator(_in_order),
]
Week = Annotated[
    dict[str, Hours],
    BeforeValidator(_week),
    AfterValidator(_has_hours),
    Field(
        description='Blocks per weekday: `{"mon-fri": ["09:00-14:00", "16:00-19:00"]}`, or as one '
        "text. An end before the start is on the next day. A day that is left out is free."
    ),
]
CalendarName = Annotated[str, Field(pattern=f"^{CALENDAR_NAME}$")]
Day = Annotated[date, BeforeValidator(_written), AfterValidator(_day)]


class Part(BaseModel):
    """Part of a request."""

    model_config = ConfigDict(extra="forbid")


class TitleBody(Part):
    """What people read, in both languages."""

    es: Name
    en: Name


def _both_titles(title: Any) -> Any:
    return {"es": title, "en": title} if isinstance(title, str) else title


class SpecialDayBody(Part):
    """A day that is not like its weekday."""

    title: Annotated[TitleBody | None, BeforeValidator(_both_titles)] = Field(
        default=None, description="What people read: a text, or one per language."
    )
    hours: Hours = Field(default=[], description="Its blocks; none: nobody works.")


class HolidaysBody(Part):
    """Whose public holidays are free."""

    country: str = Field(description="ISO 3166-1, as `ES`.")
    region: str | None = Field(default=None, description="ISO 3166-2 without the country: `CT`.")

    @model_validator(mode="after")
    def check(self) -> "HolidaysBody":
        """Refuse a place whose holidays nobody knows."""
        try:
            check_place(self.country, self.region)
        except UnknownPlace as error:
            raise _wrong(f"{error.field}: {error}") from None
        return self


Days = Annotated[
    dict[Annotated[str, AfterValidator(_day_name)], SpecialDayBody],
    Field(
        max_length=1000,
        description="Own holidays and half days by `2026-12-24`, or `12-24` for every year. "
        "They come before public holidays.",
    ),
]


def _wall_time(text: str) -> str:
    """Return a day, or a day and a time of no zone. Raises where it is neither."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise _wrong("a time is written 2026-12-24T14:00, a whole day 2026-12-24") from None
    if at.tzinfo is not None:
        raise _wrong("write the time as the clock on the wall shows it, without a zone")
    if not FIRST <= at.date() <= LAST:
        raise _wrong("calendars know the years 1970 to 8998")
    return text


WallTime = Annotated[str, Field(max_length=32), AfterValidator(_wall_time)]


class LeaveBody(Part):
    """Away: from a moment until before another, on the clock where the person works."""

    start: WallTime = Field(alias="from", description="`2026-12-24T14:00`, or a day.")
    until: WallTime = Field(
        description="The first moment back; a day without a time is the last day away."
    )

    @model_validator(mode="after")
    def check(self) -> "LeaveBody":
        """Refuse an end that is not after the start."""
        start, end = self.bounds()
        if end <= start:
            raise _wrong("the leave ends before it begins")
        return self

    def bounds(self) -> tuple[datetime, datetime]:
        """Return start and end as wall time."""
        end = datetime.fromisoformat(self.until)
        if len(self.until) <= DAY_LENGTH:
            end += timedelta(days=1)
        return datetime.fromisoformat(self.start), end


class NewCalendar(Part):
    """A calendar to make."""

    name: CalendarName = Field(description="What policies call it: `business`.")
    title: Name | MISSING = Field(default=MISSING, description="What people call it.")
    zone: Zone | MISSING = Field(default=MISSING, description="The installation's unless given.")
    week: Week
    holidays: HolidaysBody | None = None
    days: Days = {}


class CalendarChanges(Part):
    """What changes about a calendar. What is left out stays; a part that is given is replaced."""

    title: Name | MISSING = MISSING
    zone: Zone | MISSING = MISSING
    week: Week | MISSING = MISSING
    holidays: HolidaysBody | MISSING | None = MISSING
    days: Days | MISSING = MISSING


class OwnHoursChanges(Part):
    """What changes about the hours of the key's person. Null: the calendar's again."""

    calendar: CalendarName | MISSING | None = Field(
        default=MISSING, description="Whose hours they follow; the team's unless given."
    )
    zone: Zone | MISSING | None = Field(
        default=MISSING,
        description="Where the hours are; for own blocks the person's zone unless given.",
    )
    week: Week | MISSING | None = MISSING
    holidays: HolidaysBody | MISSING | None = MISSING
    days: Days | MISSING | None = MISSING
    leave: Annotated[list[LeaveBody], Field(max_length=500)] | MISSING = Field(
        default=MISSING, description="All of it: what is not listed is no longer leave."
    )

    def document(self) -> dict[str, Any]:
        """Return the changes as they are stored."""
        fields = self.model_dump(mode="json", exclude={"leave"})
        if isinstance(self.leave, list):
            bounds = sorted(one.bounds() for one in self.leave)
            fields["leave"] = [
                {"from": _minute(start), "until": _minute(end)} for start, end in bounds
            ]
        return fields


class HoursChanges(OwnHoursChanges):
    """What changes about a person's hours. Null: the calendar's again."""

    last_day: Day | MISSING | None = Field(
        default=MISSING,
        description="The last day of somebody who leaves, in their zone; null: they stay.",
    )


def _minute(wall: datetime) -> str:
    return wall.isoformat(timespec="minutes")


class CalendarShown(BaseModel):
    """A calendar."""

    calendar_id: str
    name: str
    revision: int
    title: str
    zone: str
    week: dict[str, list[str]]
    holidays: dict[str, str | None] | None
    days: dict[str, dict[str, Any]]


class RevisionShown(CalendarShown):
    """A calendar as it was."""

    changed_at: datetime
    changed_by: str


class HoursShown(BaseModel):
    """A person's own hours. Null or left out: the calendar's."""

    person_id: str
    revision: int = Field(description="0 until there are hours of their own.")
    follows: str | None = Field(
        description="The calendar whose hours count where they have no own: named, or the team's."
    )
    calendar: str | None = None
    zone: str | None = None
    week: dict[str, list[str]] | None = None
    holidays: dict[str, str | None] | None = None
    days: dict[str, dict[str, Any]] | None = None
    leave: list[dict[str, str]] = []
    last_day: date | None = None


class Stretch(BaseModel):
    """Hours of a day, on the clock of the zone: `09:00` to `14:00`."""

    start: str = Field(alias="from", serialization_alias="from")
    until: str


class DayShown(BaseModel):
    """One day as it will really be."""

    day: date
    hours: list[Stretch]
    worked_s: int
    special: dict[str, str] | None = Field(description="What is special, by language.")


class WeekShown(BaseModel):
    """Seven days as they will really be: holidays and leave are taken out."""

    zone: str
    days: list[DayShown]


class DueShown(BaseModel):
    """When something would be due, and how that comes about."""

    start: datetime = Field(alias="from", serialization_alias="from")
    within_s: int
    is_working: bool = Field(description="Whether somebody works at the start.")
    due_at: datetime
    explanation: dict[str, str]
