"""What became of a hand-off: silence is a breach, and what nobody knows yet is nobody's fault."""

import pytest

from services.handoff.domain.results import acceptance, first_attempt, tally, winning
from tests.unit.handoff.histories import DAY, HOUR, MINUTE, NOW, handed_over


@pytest.mark.parametrize(
    ("one", "result"),
    [
        pytest.param(handed_over(stage="accepted"), "good", id="accepted"),
        pytest.param(handed_over(stage="won", closed=DAY), "good", id="won"),
        pytest.param(handed_over(stage="lost", closed=DAY), "good", id="lost, but accepted"),
        pytest.param(
            handed_over(stage="recycled", closed=DAY), "good", id="handed back after acceptance"
        ),
        pytest.param(
            handed_over(accepted=True), "good", id="accepted, then given to somebody else"
        ),
        pytest.param(handed_over(stage="rejected", closed=HOUR), "bad", id="rejected"),
        pytest.param(
            handed_over(stage="recycled", accepted=False, closed=HOUR), "bad", id="sent back"
        ),
        pytest.param(handed_over(), "bad", id="no answer for ten days"),
        pytest.param(handed_over(HOUR + MINUTE), "bad", id="no answer by the deadline"),
        pytest.param(handed_over(HOUR), "open", id="at the deadline"),
        pytest.param(handed_over(MINUTE), "open", id="within the deadline"),
        pytest.param(
            handed_over(stage="superseded", closed=MINUTE), "left_out", id="another one's lead"
        ),
    ],
)
def test_an_acceptance_is_a_yes_and_silence_is_none(one, result):
    assert acceptance(one, NOW) == result


@pytest.mark.parametrize(
    ("one", "result"),
    [
        pytest.param(handed_over(tried=MINUTE), "good", id="tried at once"),
        pytest.param(handed_over(tried=2 * HOUR), "good", id="tried at the deadline"),
        pytest.param(handed_over(tried=2 * HOUR + MINUTE), "bad", id="tried late"),
        pytest.param(handed_over(tried=-MINUTE), "good", id="they were talking already"),
        pytest.param(handed_over(), "bad", id="never answered, never tried"),
        pytest.param(handed_over(stage="accepted"), "bad", id="accepted and never tried"),
        pytest.param(handed_over(stage="won", closed=3 * DAY), "bad", id="won, no attempt known"),
        pytest.param(handed_over(2 * HOUR), "open", id="at the deadline, untried"),
        pytest.param(handed_over(2 * HOUR + MINUTE), "bad", id="past it"),
        pytest.param(handed_over(stage="rejected", closed=HOUR), "left_out", id="rejected in time"),
        pytest.param(handed_over(stage="rejected", closed=3 * HOUR), "bad", id="rejected too late"),
        pytest.param(
            handed_over(stage="superseded", tried=MINUTE), "left_out", id="another one's lead"
        ),
    ],
)
def test_an_attempt_is_in_time_or_was_not_made(one, result):
    assert first_attempt(one, 2 * HOUR, NOW) == result


@pytest.mark.parametrize(
    ("stage", "result"),
    [
        ("assigned", "open"),
        ("accepted", "open"),
        ("working", "open"),
        ("sql", "open"),
        ("opportunity", "open"),
        ("won", "good"),
        ("lost", "bad"),
        ("rejected", "bad"),
        ("recycled", "bad"),
        ("superseded", "left_out"),
    ],
)
def test_a_deal_is_open_until_it_ends(stage, result):
    assert winning(handed_over(stage=stage)) == result


def test_what_is_open_or_left_out_is_no_case():
    counted = tally([("good", 1), ("bad", 1), ("bad", 1), ("open", 1), ("left_out", 1)])

    assert (counted.cases, counted.together, counted.left_out) == (3, 4, 1)
