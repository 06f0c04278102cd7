"""An endpoint that fails nearly always is left alone for a while."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notify.domain.breaker import Breaker

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def called(*results, every=timedelta(seconds=1)):
    """A breaker after these results, and the moment of the last."""
    breaker, now = Breaker(), NOW
    for ok in results:
        breaker.start()
        breaker.record(ok, now)
        now += every
    return breaker, now - every


@pytest.mark.parametrize(
    ("results", "allowed"),
    [
        pytest.param([False] * 9, True, id="nine failures are no proof"),
        pytest.param([False] * 10, False, id="ten failures are"),
        pytest.param([True] * 3 + [False] * 7, False, id="seven of ten"),
        pytest.param([True] * 4 + [False] * 6, True, id="six of ten"),
        pytest.param([False] * 7 + [True] * 3, False, id="in any order"),
        pytest.param([False] * 6 + [True] * 10, True, id="the latest ten count"),
    ],
)
def test_seven_failures_in_ten_calls_open_it(results, allowed):
    breaker, now = called(*results)

    assert breaker.allows(now) == allowed


def test_calls_over_more_than_five_minutes_prove_nothing():
    breaker, now = called(*[False] * 10, every=timedelta(minutes=1))

    assert breaker.allows(now)


def test_after_half_a_minute_one_call_is_let_through():
    breaker, now = called(*[False] * 10)

    assert not breaker.allows(now + timedelta(seconds=29))
    assert breaker.allows(now + timedelta(seconds=30))
    breaker.start()
    assert not breaker.allows(now + timedelta(seconds=31))


def test_a_probe_that_succeeds_closes_it():
    breaker, now = called(*[False] * 10)
    later = now + timedelta(seconds=30)
    breaker.start()
    breaker.record(True, later)

    assert breaker.allows(later)
    breaker.start()
    breaker.record(False, later)
    assert breaker.allows(later)  # it begins to count anew


def test_the_pause_doubles_up_to_ten_minutes():
    breaker, now = called(*[False] * 10)
    pauses = []
    for _ in range(7):
        now = breaker.open_until
        breaker.start()
        breaker.record(False, now)
        pauses.append((breaker.open_until - now).total_seconds())

    assert pauses == [60, 120, 240, 480, 600, 600, 600]


def test_calls_that_began_before_it_opened_do_not_move_it():
    breaker, now = called(*[False] * 10)
    until = breaker.open_until
    breaker.record(False, now)
    breaker.record(True, now)

    assert breaker.open_until == until
    assert not breaker.allows(now)


def test_a_dead_endpoint_gets_few_calls_however_much_waits_for_it():
    breaker, calls, now = Breaker(), 0, NOW
    while now < NOW + timedelta(hours=1):
        if breaker.allows(now):
            breaker.start()
            breaker.record(False, now)
            calls += 1
        now += timedelta(milliseconds=100)

    assert 10 < calls <= 20
