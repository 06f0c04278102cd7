"""Moments in files: read as they were meant, or refused; never taken for the moment of import."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.ingest.domain.file_moments import file_moment
from services.ingest.domain.incoming import Unreadable

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def read(told, order=None, zone=MADRID):
    return file_moment(told, zone, order, NOW).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("told", "order", "moment"),
    [
        pytest.param("2024-07-04 10:22:07", None, "2024-07-04 08:22:07", id="ISO in summer"),
        pytest.param("2024-01-04 10:22", None, "2024-01-04 09:22:00", id="ISO in winter"),
        pytest.param("2024-07-04T10:22:07Z", None, "2024-07-04 10:22:07", id="its own zone"),
        pytest.param("2024-07-04T10:22:07-05:00", None, "2024-07-04 15:22:07", id="an offset"),
        pytest.param("2024-07-04", None, "2024-07-03 22:00:00", id="a day begins where it is"),
        pytest.param("04/03/2024 10:22", "dmy", "2024-03-04 09:22:00", id="day first"),
        pytest.param("04/03/2024 10:22", "mdy", "2024-04-03 08:22:00", id="month first"),
        pytest.param("25/03/2024", None, "2024-03-24 23:00:00", id="only a day is 25"),
        pytest.param("03/25/2024", None, "2024-03-24 23:00:00", id="only a day is 25, behind"),
        pytest.param("04.03.2024 10:22", None, "2024-03-04 09:22:00", id="dots: day first"),
        pytest.param("4-3-24 9:05", "dmy", "2024-03-04 08:05:00", id="two digits of a year"),
        pytest.param("05/05/2024", None, "2024-05-04 22:00:00", id="the same either way"),
        pytest.param("3/4/2024 12:05 AM", "mdy", "2024-03-03 23:05:00", id="midnight by twelve"),
        pytest.param("3/4/2024 12:05 p. m.", "mdy", "2024-03-04 11:05:00", id="noon in Spanish"),
        pytest.param("4 mar 2024, 10:22", None, "2024-03-04 09:22:00", id="month by name"),
        pytest.param("4 de agosto de 2024", None, "2024-08-03 22:00:00", id="as Spanish says it"),
        pytest.param("Mar 4, 2024 10:22 am", None, "2024-03-04 09:22:00", id="as English does"),
        pytest.param("1709548927", None, "2024-03-04 10:42:07", id="seconds since 1970"),
        pytest.param(1709548927, None, "2024-03-04 10:42:07", id="as a number"),
    ],
)
def test_moments_are_read_as_they_were_meant(told, order, moment):
    assert read(told, order) == moment


@pytest.mark.parametrize(
    ("told", "code"),
    [
        pytest.param("", "no_time", id="empty"),
        pytest.param(None, "no_time", id="missing"),
        pytest.param("04/03/2024", "ambiguous_date", id="day or month"),
        pytest.param("04-03-2024 10:00", "ambiguous_date", id="with hyphens"),
        pytest.param("31/02/2024", "invalid_time", id="no such day"),
        pytest.param("yesterday", "invalid_time", id="a word"),
        pytest.param("4 foo 2024", "invalid_time", id="no month"),
        pytest.param("13/4/2024 13:05 pm", "invalid_time", id="no such hour"),
        pytest.param("1969-01-01", "invalid_time", id="before there was anything"),
        pytest.param("0000-00-00 00:00:00", "invalid_time", id="what databases write for nothing"),
        pytest.param(True, "invalid_time", id="a truth"),
        pytest.param("2026-12-01", "future_time", id="in the future"),
    ],
)
def test_what_is_no_moment_is_refused_and_never_counts_as_now(told, code):
    with pytest.raises(Unreadable) as refused:
        read(told)

    assert refused.value.code == code


def test_clocks_that_go_a_little_ahead_are_forgiven():
    ahead = (NOW + timedelta(minutes=4)).isoformat()

    assert file_moment(ahead, MADRID, None, NOW) > NOW
