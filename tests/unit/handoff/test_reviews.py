"""When both teams are asked to look at their policy again, and when not yet."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.handoff.domain.goals import ShareMeasured
from services.handoff.domain.results import Tally
from services.handoff.domain.reviews import (
    Proposal,
    Rhythm,
    looks_again_at,
    proposals,
    rhythm_of,
)
from tests.unit.handoff.histories import DAY, HOUR
from tests.unit.handoff.test_months import MADRID, at
from tests.unit.handoff.written import policy_of

BEGAN = at(2026, 1, 10, 12)
RHYTHM = Rhythm(BEGAN, 90 * DAY)
MISSED = ShareMeasured("acceptance", 0.7, Tally(10, 90, 0, 0))
MET = ShareMeasured("won", 0.1, Tally(90, 10, 0, 0))
UNCLEAR = ShareMeasured("first_attempt_in_time", 0.9, Tally(2, 3, 0, 0))


@pytest.mark.parametrize(
    ("after", "latest", "following"),
    [
        pytest.param(0 * DAY, None, 90, id="at the beginning"),
        pytest.param(90 * DAY - HOUR, None, 90, id="just before"),
        pytest.param(90 * DAY, 90, 180, id="on the date"),
        pytest.param(91 * DAY, 90, 180, id="after it"),
        pytest.param(400 * DAY, 360, 450, id="after four of them"),
        pytest.param(-DAY, None, 90, id="before the beginning"),
    ],
)
def test_a_date_comes_again_and_again_until_there_is_a_review(after, latest, following):
    now = BEGAN + after

    assert RHYTHM.latest(now) == (None if latest is None else BEGAN + latest * DAY)
    assert RHYTHM.following(now) == BEGAN + following * DAY


def test_nobody_is_asked_more_than_once_a_day():
    version = replace(policy_of({"demo": {}}), reviewed_every=timedelta(seconds=1))

    assert rhythm_of(version, BEGAN).every == DAY


def test_a_review_is_proposed_for_its_date_and_for_each_missed_goal():
    assert proposals(RHYTHM, [MISSED, MET, UNCLEAR], BEGAN + 100 * DAY) == [
        Proposal("review_date", BEGAN + 90 * DAY),
        Proposal("acceptance", BEGAN, MISSED),
    ]
    assert proposals(RHYTHM, [MET, UNCLEAR], BEGAN + DAY) == []


@pytest.mark.parametrize(
    ("now", "again"),
    [
        pytest.param(BEGAN, at(2026, 2, 1, 9), id="when the month is over"),
        pytest.param(at(2026, 4, 1, 9), BEGAN + 90 * DAY, id="on the review date"),
    ],
)
def test_the_next_look_is_at_the_end_of_the_month_or_on_the_date(now, again):
    assert looks_again_at(RHYTHM, now, MADRID) == again
