"""What becomes of a subscription to which nothing gets through."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notify.domain.failing import next_measure

SINCE = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failing", "warned", "measure"),
    [
        pytest.param(timedelta(hours=23), None, None, id="not yet a day"),
        pytest.param(timedelta(days=1), None, "warn", id="a day"),
        pytest.param(timedelta(days=2), timedelta(days=1), None, id="warned already"),
        pytest.param(timedelta(days=4), timedelta(days=1), "warn", id="a day before the end"),
        pytest.param(timedelta(days=4.5), timedelta(days=4), None, id="warned twice"),
        pytest.param(timedelta(days=4.5), None, "warn", id="never warned, late"),
        pytest.param(timedelta(days=5), timedelta(days=4), "disable", id="five days"),
        pytest.param(timedelta(days=9), None, "disable", id="we were away ourselves"),
    ],
)
def test_the_owner_is_warned_twice_before_it_is_disabled(failing, warned, measure):
    warned_at = None if warned is None else SINCE + warned

    assert next_measure(SINCE, warned_at, SINCE + failing) == measure


def test_a_warning_about_an_earlier_failure_does_not_count():
    before = SINCE - timedelta(days=10)

    assert next_measure(SINCE, before, SINCE + timedelta(days=1)) == "warn"
