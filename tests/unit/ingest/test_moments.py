from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.moments import FUTURE_TOLERANCE, happened, read_moment

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        pytest.param("2026-03-02T12:00:00Z", NOON, id="ISO 8601"),
        pytest.param("2026-03-02T13:00:00+01:00", NOON, id="an offset"),
        pytest.param("2026-03-02T13:00:00+0100", NOON, id="an offset without colon"),
        pytest.param("2026-03-02 12:00:00", NOON, id="a blank and no zone"),
        pytest.param("2026-3-2T12:00:00Z", NOON, id="a month of one digit"),
        pytest.param(
            "2026-03-02T12:00:00.1234567Z", NOON.replace(microsecond=123456), id="7 digits"
        ),
        pytest.param("2026-03-02T12:00:00.5+00:00", NOON.replace(microsecond=500000), id="1 digit"),
        pytest.param("2026-03-02", NOON.replace(hour=0), id="a day"),
        pytest.param("Mon, 02 Mar 2026 12:00:00 GMT", NOON, id="HTTP"),
        pytest.param("Mon, 2 Mar 2026 13:00:00 +0100", NOON, id="mail"),
        pytest.param("Mon, 2 Mar 2026 08:00:00 -04:00", NOON, id="mail with a colon in the zone"),
        pytest.param(1772452800, NOON, id="seconds"),
        pytest.param(1772452800.5, NOON.replace(microsecond=500000), id="parts of seconds"),
        pytest.param(1772452800000, NOON, id="milliseconds"),
        pytest.param(1772452800000000, NOON, id="microseconds"),
        pytest.param("1772452800", NOON, id="seconds as text"),
        pytest.param(" 1772452800000 ", NOON, id="milliseconds as text"),
        pytest.param(None, None, id="nothing"),
        pytest.param("", None, id="an empty text"),
        pytest.param("yesterday", None, id="a word"),
        pytest.param("2026-13-01", None, id="a thirteenth month"),
        pytest.param("0001-01-01T00:00:00Z", None, id="a default of a language"),
        pytest.param("9999-12-31T23:59:59+00:00", None, id="for ever"),
        pytest.param(0, None, id="zero"),
        pytest.param(1e300, None, id="a number beyond all calendars"),
        pytest.param(float("nan"), None, id="no number"),
        pytest.param(True, None, id="a truth"),
    ],
)
def test_moments_are_read_as_tools_write_them(told, moment):
    assert read_moment(told) == moment


@given(st.none() | st.integers() | st.floats() | st.text() | st.datetimes().map(str))
def test_whatever_is_told_a_moment_is_aware_or_none(told):
    moment = read_moment(told)

    assert moment is None or moment.tzinfo is not None


@given(
    st.none() | st.integers() | st.floats() | st.text(),
    st.none() | st.integers() | st.floats() | st.text(),
    st.integers(0, 10**9).map(lambda seconds: NOON + timedelta(seconds=seconds)),
)
def test_nothing_happened_later_than_five_minutes_ahead(told, sent, received_at):
    assert happened(told, sent, received_at).at <= received_at + FUTURE_TOLERANCE


def test_a_wrong_clock_is_corrected_by_when_it_says_it_sent():
    told, sent = "2031-01-01T00:00:00Z", "2031-01-01T00:01:00Z"

    assert happened(told, sent, NOON).at == NOON - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("told", "note"),
    [(None, "missing"), ("", "missing"), ("?", "absurd"), ("2027-01-01", "future")],
)
def test_what_cannot_be_believed_is_replaced_by_the_moment_of_receipt(told, note):
    found = happened(told, None, NOON)

    assert (found.at, found.note) == (NOON, note)
