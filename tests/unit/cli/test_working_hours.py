"""Reading hours and leave as they are typed."""

import pytest

from services.cli.calendars import week_of
from services.cli.client import Api
from services.cli.failure import Failure
from services.cli.hours import with_leave
from services.handoff.fields.calendars import NewCalendar

BOTH = ["09:00-14:00", "16:00-19:00"]


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(["mon 09:00-14:00 16:00-19:00"], id="blanks between"),
        pytest.param(["mon 09:00-14:00, 16:00-19:00"], id="commas as in files"),
        pytest.param([" mon  09:00-14:00", "mon 16:00-19:00"], id="a day named twice"),
    ],
)
def test_a_day_has_all_the_blocks_that_were_typed(typed: list[str]) -> None:
    made = NewCalendar.model_validate({"name": "office", "week": week_of(typed)})

    assert made.week == {"mon": BOTH}


@pytest.mark.parametrize(
    "typed", [pytest.param("", id="nothing"), pytest.param("mon-fri", id="no hours")]
)
def test_days_without_hours_are_refused(typed: str) -> None:
    with pytest.raises(Failure, match="names no hours"):
        week_of([typed])


def test_leave_from_a_time_on_needs_an_end() -> None:
    nowhere = Api("http://127.0.0.1:1", None)  # nothing is asked
    with pytest.raises(Failure, match="no end"):
        with_leave(nowhere, "/v1/hours", "2026-12-24T14:00")
