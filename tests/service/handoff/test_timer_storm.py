"""Deadlines by the thousand, due together, while the processes that fire them are killed."""

import os
from datetime import timedelta

import pytest

from tests.support.timer_storm import Storm

TIMERS = int(os.environ.get("RELEVO_TEST_TIMERS", "100000"))
MINUTE_S = 60


def check(outcome, count: int) -> None:
    print(outcome)
    assert (outcome.fired, outcome.early) == (count, 0)
    assert (outcome.told, outcome.told_twice, outcome.events) == (count, 0, count)


@pytest.mark.postgres
async def test_each_deadline_is_told_once_though_processes_are_killed(
    migrated_postgres_url, tmp_path
):
    storm = Storm(migrated_postgres_url, tmp_path, 2_000, timedelta(seconds=4))

    check(await storm.ride_out(kills=2, every_s=2, most_s=120), 2_000)


@pytest.mark.torture
@pytest.mark.postgres
async def test_torture_of_a_hundred_thousand_deadlines_in_one_minute(
    migrated_postgres_url, tmp_path
):
    """One of the three processes is killed every second of the minute they are due in."""
    storm = Storm(migrated_postgres_url, tmp_path, TIMERS, timedelta(seconds=MINUTE_S))

    check(await storm.ride_out(kills=MINUTE_S, every_s=1, most_s=3_600), TIMERS)
