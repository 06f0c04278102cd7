"""When a failed delivery is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.attempts import Reply, after
from services.notify.domain.retries import (
    PERSON_DELAYS_S,
    SUBSCRIPTION_DELAYS_S,
    honour,
    retry_delay,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FAILED = Reply("sent", ok=False, status=503, reason="http 503")


@pytest.mark.parametrize(
    ("failures", "wait"),
    [
        pytest.param(1, timedelta(seconds=5), id="the first retry is quick"),
        pytest.param(2, timedelta(seconds=30), id="the second is not"),
        pytest.param(5, timedelta(hours=2), id="then hours"),
        pytest.param(10, timedelta(hours=24), id="the last retry is a day later"),
        pytest.param(11, None, id="then we give up"),
    ],
)
def test_subscriptions_are_retried_by_the_published_schedule(failures, wait):
    assert retry_delay(SUBSCRIPTION_DELAYS_S, failures, spread=0) == wait


def test_the_last_retry_of_a_subscription_comes_after_three_days():
    whole = timedelta(seconds=sum(SUBSCRIPTION_DELAYS_S))

    assert whole == timedelta(hours=75, minutes=35, seconds=35)


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(1, 5), (2, 15), (3, 45), (4, 120), (5, None)],
)
def test_a_channel_of_a_person_has_about_three_minutes(failures, wait):
    expected = None if wait is None else timedelta(seconds=wait)

    assert retry_delay(PERSON_DELAYS_S, failures, spread=0) == expected


@given(st.integers(1, 10), st.floats(-1, 1))
def test_the_spread_moves_a_wait_by_a_fifth_at_most(failures, spread):
    planned = retry_delay(SUBSCRIPTION_DELAYS_S, failures, spread=0)
    moved = retry_delay(SUBSCRIPTION_DELAYS_S, failures, spread)
    assert planned is not None
    assert moved is not None

    assert abs(moved - planned) <= planned / 5 + timedelta(microseconds=1)


def test_before_the_first_failure_there_is_no_wait():
    with pytest.raises(ValueError, match="at least 1"):
        retry_delay(SUBSCRIPTION_DELAYS_S, 0, spread=0)


@pytest.mark.parametrize(
    ("planned", "asked", "wait"),
    [
        pytest.param("5s", None, "5s", id="nothing asked"),
        pytest.param("5s", "1s", "5s", id="less than planned is not granted"),
        pytest.param("5s", "20m", "20m", id="up to an hour is granted"),
        pytest.param("5s", "9h", "1h", id="more than an hour is not, early on"),
        pytest.param("2h", "3h", "3h", id="up to twice the planned wait is granted"),
        pytest.param("2h", "30d", "4h", id="more is not"),
    ],
)
def test_retry_after_is_honoured_within_bounds(planned, asked, wait):
    assert honour(span(planned), asked and span(asked)) == span(wait)


def span(text: str) -> timedelta:
    unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[text[-1]]
    return timedelta(**{unit: int(text[:-1])})


@pytest.mark.parametrize(
    ("reply", "failures", "state"),
    [
        pytest.param(Reply("sent", ok=True, status=204), 3, "delivered", id="taken"),
        pytest.param(FAILED, 0, "pending", id="refused for now"),
        pytest.param(Reply("not_sent", ok=False), 0, "pending", id="not reached"),
        pytest.param(Reply("unknown", ok=False), 0, "pending", id="nobody knows"),
        pytest.param(Reply("sent", ok=False, status=410), 0, "parked", id="gone"),
        pytest.param(Reply("sent", ok=False, is_final=True), 0, "parked", id="refused for good"),
        pytest.param(FAILED, 10, "parked", id="tried eleven times"),
    ],
)
def test_what_follows_an_attempt(reply, failures, state):
    assert after(reply, failures, SUBSCRIPTION_DELAYS_S, NOW, spread=0).state == state


def test_the_next_attempt_waits_as_the_receiver_asked():
    reply = Reply("sent", ok=False, status=429, retry_after=timedelta(minutes=10))

    step = after(reply, 0, SUBSCRIPTION_DELAYS_S, NOW, spread=0)

    assert step.next_attempt_at == NOW + timedelta(minutes=10)
