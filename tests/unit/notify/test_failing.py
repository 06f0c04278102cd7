"""What becomes of a subscription to which nothing gets through."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notify.domain.failing import disabled_at_earliest, next_measure

SINCE = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failing", "warned", "failed", "measure"),
    [
        pytest.param(0.9, None, 0.9, None, id="not yet a day"),
        pytest.param(1, None, 1, "warn", id="a day"),
        pytest.param(2, 1, 2, None, id="warned already"),
        pytest.param(4, 1, 4, "warn", id="a day before the end"),
        pytest.param(4.5, 4, 4.5, None, id="warned twice"),
        pytest.param(4.5, None, 4.5, "warn", id="never warned, late"),
        pytest.param(5, 4, 4.9, "disable", id="five days"),
        pytest.param(9, None, 0.5, "warn", id="we were away ourselves"),
        pytest.param(9, 1, 0.5, "warn", id="we were away and had warned once"),
        pytest.param(9.5, 9, 9.4, None, id="warned late, not a day ago"),
        pytest.param(10, 9, 9.9, "disable", id="warned late, and it still fails"),
        pytest.param(10, 9, 0.5, None, id="nothing was tried since the warning"),
        pytest.param(30, 4, 4.5, None, id="away since the last warning"),
        pytest.param(30.1, 4, 30.05, "disable", id="back, and it still fails"),
        pytest.param(10, 9, None, None, id="no failure is known"),
    ],
)
def test_nobody_is_disabled_unwarned_or_untried(failing, warned, failed, measure):
    def moment(days: float | None) -> datetime | None:
        return None if days is None else SINCE + timedelta(days=days)

    now = SINCE + timedelta(days=failing)
    assert next_measure(SINCE, moment(failed), moment(warned), now) == measure


def test_a_warning_about_an_earlier_failure_does_not_count():
    before, now = SINCE - timedelta(days=10), SINCE + timedelta(days=1)

    assert next_measure(SINCE, now, before, now) == "warn"


@pytest.mark.parametrize(("failing", "end"), [(1, 5), (4, 5), (4.5, 5.5), (9, 10)])
def test_a_warning_names_a_moment_that_is_still_a_day_away(failing, end):
    now = SINCE + timedelta(days=failing)

    assert disabled_at_earliest(SINCE, now) == SINCE + timedelta(days=end)
