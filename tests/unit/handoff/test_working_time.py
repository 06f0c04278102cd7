"""Working time against a minute-by-minute oracle, and the cases other products get wrong."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.handoff.domain.calendars import (
    DAY_AND_NIGHT,
    Block,
    Calendar,
    Leave,
    SpecialDay,
    block,
)
from services.handoff.domain.questions import Titles
from services.handoff.domain.working_time import (
    BeyondCalendars,
    NoWorkingTime,
    WorkingTime,
)
from tests.unit.handoff.minute_by_minute import (
    FIRST,
    LAST,
    MINUTE,
    calendars_at,
    minutes_worked,
)

LOOKED_AT = 8 * 1440  # minutes: a week and a day
NINE_TO_SIX = (block("09:00-18:00"),)
OFFICE = (*(NINE_TO_SIX,) * 5, (), ())
NIGHTS = ((block("22:00-06:00"),),) * 7
NOBODY = ((),) * 7
MADRID, HOUR = ZoneInfo("Europe/Madrid"), timedelta(hours=1)
SPECIAL = SpecialDay(Titles("Fiesta", "Holiday"))
SPLIT = (*((block("09:00-14:00"), block("16:00-19:00")),) * 5, (), ())


def madrid(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


def wall(text: str) -> datetime:
    """A time on the wall, of no zone."""
    return datetime.fromisoformat(text)


def office(**fields) -> WorkingTime:
    return WorkingTime(Calendar(**({"zone": "Europe/Madrid", "week": OFFICE} | fields)))


# --- against the oracle ------------------------------------------------------------------


@given(calendars_at())
def test_every_minute_of_a_week_is_worked_as_the_clock_on_the_wall_says(drawn):
    calendar, start = drawn
    working = WorkingTime(calendar)

    for at, worked in islice(minutes_worked(calendar, start, 7 * MINUTE), LOOKED_AT // 7):
        assert working.is_working(at) == worked, at


@settings(max_examples=60)
@given(calendars_at(), st.integers(1, 3000))
def test_a_due_time_is_reached_minute_by_minute(drawn, minutes):
    calendar, start = drawn
    walked = islice(minutes_worked(calendar, start), LOOKED_AT)
    ends = [at + MINUTE for at, worked in walked if worked]
    due_at = ends[minutes - 1] if len(ends) >= minutes else None

    try:
        found = WorkingTime(calendar).due(start, minutes * MINUTE)
    except NoWorkingTime:
        found = None

    if due_at is not None:
        assert found == due_at
    else:
        assert found is None or found > start + LOOKED_AT * MINUTE


@settings(max_examples=60)
@given(calendars_at(), st.integers(0, LOOKED_AT))
def test_time_between_is_what_was_worked_minute_by_minute(drawn, length):
    calendar, start = drawn
    end = start + length * MINUTE
    worked = sum(worked for _, worked in islice(minutes_worked(calendar, start), length))
    working = WorkingTime(calendar)

    assert working.between(start, end) == worked * MINUTE
    assert working.between(end, start) == -worked * MINUTE
    assert sum((b - a for a, b in working.spans(start, end)), timedelta()) == worked * MINUTE


@given(calendars_at(), st.timedeltas(timedelta(microseconds=1), timedelta(days=60)))
def test_what_lies_before_a_due_time_is_exactly_what_was_asked_for(drawn, duration):
    """Down to the microsecond, and no earlier moment would do."""
    calendar, start = drawn
    working, tick = WorkingTime(calendar), timedelta(microseconds=1)
    try:
        due_at = working.due(start, duration)
    except NoWorkingTime:
        far = start + timedelta(days=366 * 20)
        assert working.between(start, far) < duration
        return

    assert working.between(start, due_at) == duration
    assert working.between(start, due_at - tick) == duration - tick


@given(calendars_at(), st.lists(st.integers(1, 2000), min_size=2, max_size=4))
def test_durations_add_up(drawn, minutes):
    calendar, start = drawn
    working, at = WorkingTime(calendar), start
    try:
        together = working.due(start, sum(minutes) * MINUTE)
    except NoWorkingTime:
        return
    for each in minutes:
        at = working.due(at, each * MINUTE)

    assert at == together


@pytest.mark.parametrize(
    ("zone", "week"),
    [
        pytest.param("Europe/Madrid", SPLIT, id="Madrid, a long break"),
        pytest.param("America/Bogota", NIGHTS, id="Bogota, nights"),
        pytest.param("Australia/Lord_Howe", NIGHTS, id="Lord Howe, clocks change by half an hour"),
        pytest.param("Africa/Casablanca", ((block("00:00-24:00"),),) * 7, id="Casablanca, Ramadan"),
        pytest.param("Asia/Kathmandu", OFFICE, id="Kathmandu, three quarters of an hour off"),
    ],
)
def test_ten_years_add_up_quarter_by_quarter(zone, week):
    """All times here are quarters of an hour, so nothing can hide between two looks."""
    calendar, quarter = Calendar(zone, week), 15 * MINUTE
    looks = islice(minutes_worked(calendar, FIRST, quarter), int((LAST - FIRST) / quarter))
    worked = sum(worked for _, worked in looks)

    assert WorkingTime(calendar).between(FIRST, LAST) == worked * quarter


@settings(max_examples=30)
@given(st.datetimes(wall("1970-01-05"), wall("8950-01-01"), timezones=st.just(UTC)))
def test_any_year_is_counted_the_same_way(start):
    working = office()

    assert working.between(start, working.due(start, 45 * HOUR)) == 45 * HOUR


# --- the cases people know -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "hours", "due_at"),
    [
        pytest.param("2026-01-07 07:30", 1, "2026-01-07 10:00", id="before opening"),
        pytest.param("2026-01-07 09:00", 1, "2026-01-07 10:00", id="exactly at opening"),
        pytest.param("2026-01-07 10:20", 1, "2026-01-07 11:20", id="in the hours"),
        pytest.param("2026-01-07 17:00", 1, "2026-01-07 18:00", id="the last hour ends at closing"),
        pytest.param("2026-01-07 18:00", 1, "2026-01-08 10:00", id="exactly at closing"),
        pytest.param("2026-01-07 22:00", 1, "2026-01-08 10:00", id="after closing"),
        pytest.param("2026-01-09 16:00", 4, "2026-01-12 11:00", id="over the weekend"),
        pytest.param("2026-01-10 15:00", 1, "2026-01-12 10:00", id="Saturday: Monday at ten"),
        pytest.param("2026-01-07 12:00", 27, "2026-01-12 12:00", id="three days of nine hours"),
        pytest.param("2026-01-10 15:00", 0, "2026-01-10 15:00", id="nothing to work is due now"),
    ],
)
def test_office_hours(start, hours, due_at):
    assert office().due(madrid(start), hours * HOUR) == madrid(due_at)


@pytest.mark.parametrize(
    ("start", "due_at"),
    [
        pytest.param("2026-03-28 22:00", "2026-03-29 06:00", id="forward: the shift has 7 hours"),
        pytest.param("2026-10-24 22:00", "2026-10-25 06:00", id="back: the shift has 9 hours"),
    ],
)
def test_a_night_shift_ends_by_the_clock_on_the_wall(start, due_at):
    working = office(week=NIGHTS)
    length = working.between(madrid(start), madrid(due_at))

    assert length == (7 if "03" in start[5:7] else 9) * HOUR
    assert working.due(madrid(start), length) == madrid(due_at)
    assert not working.is_working(madrid(due_at))


def test_a_break_is_not_counted():
    assert office(week=SPLIT).due(madrid("2026-01-07 13:30"), HOUR) == madrid("2026-01-07 16:30")


def test_a_night_shift_is_finished_on_a_holiday_and_none_begins_on_it():
    working = office(week=NIGHTS, public=lambda _: {date(2026, 1, 6): Titles("Reyes", "Epiphany")})

    assert working.is_working(madrid("2026-01-06 05:00"))
    assert not working.is_working(madrid("2026-01-06 23:00"))
    assert not working.is_working(madrid("2026-01-07 05:00"))


def test_an_own_day_outranks_a_public_holiday_and_a_dated_one_a_yearly_one():
    christmas = Titles("Navidad", "Christmas")
    days = {
        "12-25": SpecialDay(christmas, (block("09:00-11:00"),)),
        "2028-12-25": SpecialDay(None),
    }
    working = office(days=days, public=lambda year: {date(year, 12, 25): christmas})

    assert working.is_working(madrid("2026-12-25 10:00"))
    assert not working.is_working(madrid("2026-12-25 11:00"))
    assert not working.is_working(madrid("2028-12-25 10:00"))


def test_half_a_day_of_leave_takes_its_hours_only():
    away = Leave(wall("2026-01-07 14:00"), wall("2026-01-08 10:00"))
    working = office(leave=(away,))

    assert working.due(madrid("2026-01-07 13:00"), 2 * HOUR) == madrid("2026-01-08 11:00")


def test_who_has_left_works_no_more():
    working = office(last_day=date(2026, 1, 8))

    assert working.is_working(madrid("2026-01-08 17:59"))
    assert not working.is_working(madrid("2026-01-09 10:00"))
    with pytest.raises(NoWorkingTime, match="no 1:00:00 of working time in the 20 years after"):
        working.due(madrid("2026-01-08 17:30"), HOUR)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"week": NOBODY}, id="an empty week"),
        pytest.param(
            {"days": {f"{date(2028, 1, 1) + timedelta(n):%m-%d}": SPECIAL for n in range(366)}},
            id="nothing but holidays",
        ),
        pytest.param(
            {"leave": (Leave(wall("2000-01-01 00:00"), wall("2100-01-01 00:00")),)},
            id="always on leave",
        ),
    ],
)
def test_without_hours_there_is_an_error_and_no_endless_loop(fields):
    working = office(**fields)

    with pytest.raises(NoWorkingTime):
        working.due(madrid("2026-01-07 10:00"), MINUTE)
    assert working.between(madrid("2026-01-01 00:00"), madrid("2027-01-01 00:00")) == timedelta()


def test_a_day_that_a_zone_skipped_has_no_hours():
    """Samoa crossed the date line: 30 December 2011 did not take place."""
    apia = ZoneInfo("Pacific/Apia")
    working = WorkingTime(Calendar("Pacific/Apia", ((block("09:00-17:00"),),) * 7))
    thursday, saturday = (datetime(2011, 12, day, 16, tzinfo=apia) for day in (29, 31))

    assert working.between(thursday, saturday) == 8 * HOUR


def test_day_and_night_is_time_itself():
    working, start = WorkingTime(DAY_AND_NIGHT), datetime(2026, 12, 31, 23, 59, 59, 1, tzinfo=UTC)

    assert working.due(start, timedelta(days=400)) == start + timedelta(days=400)


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(datetime(1969, 12, 31, tzinfo=UTC), id="before 1970"),
        pytest.param(datetime.max.replace(tzinfo=UTC), id="the end of time"),
    ],
)
def test_moments_beyond_all_calendars_are_refused(at):
    with pytest.raises(BeyondCalendars, match="1970 to 8999"):
        office().is_working(at)


def test_a_duration_below_zero_is_refused():
    with pytest.raises(ValueError, match="not negative"):
        office().due(madrid("2026-01-07 10:00"), -HOUR)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        pytest.param("09:00-14:00", Block(540, 840), id="a morning"),
        pytest.param("9:00 – 14:00", Block(540, 840), id="as people type"),
        pytest.param("22:00-06:00", Block(1320, 1800), id="over midnight"),
        pytest.param("00:00-24:00", Block(0, 1440), id="a whole day"),
        pytest.param("18:00-00:00", Block(1080, 1440), id="until midnight"),
    ],
)
def test_blocks_are_read(text, read):
    assert block(text) == read
    assert block(str(read)) == read


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("9-14", "written like", id="no minutes"),
        pytest.param("09:00", "written like", id="no end"),
        pytest.param("24:00-06:00", "begin before 24:00", id="begins at the end"),
        pytest.param("09:00-24:30", "from 00:00 to 24:00", id="after the end of the day"),
        pytest.param("09:00-09:00", "empty", id="no length"),
        pytest.param("", "written like", id="nothing"),
    ],
)
def test_what_is_no_block_says_why(text, why):
    with pytest.raises(ValueError, match=why):
        block(text)
