"""What becomes of an arrival once the gate passes: is anything new about the lead?"""

from datetime import timedelta

import pytest

from services.handoff.domain.cycle import FIRST_CYCLE
from services.handoff.domain.judging import BecomesReady, judge
from services.handoff.domain.touches import Weight, epoch_us
from tests.unit.handoff.strategies import NOW
from tests.unit.handoff.written import asked, policy_of, touch

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("weight", "since", "was_ready", "becomes_ready"),
    [
        pytest.param(Weight.NEWS, NOW - DAY, True, True, id="it speaks for the lead"),
        pytest.param(Weight.JUDGED, NOW - DAY, True, False, id="it only weighs"),
        pytest.param(Weight.NONE, NOW - DAY, True, False, id="a fact that changes nothing"),
        pytest.param(Weight.NONE, NOW - DAY, False, True, id="a fact makes the difference"),
        pytest.param(Weight.JUDGED, NOW - DAY, False, True, id="a touch makes the difference"),
        pytest.param(Weight.NONE, NOW - 3 * DAY, True, True, id="evidence came in since"),
        pytest.param(Weight.NONE, None, True, True, id="no lead is older than the version"),
    ],
)
def test_a_lead_older_than_the_version_needs_something_new(weight, since, was_ready, becomes_ready):
    version = policy_of({"guide": {}})
    evaluation = asked(version, touch("t1", days_ago=2))
    found = judge(
        version,
        FIRST_CYCLE,
        weight,
        is_better_known=True,
        is_known=True,
        at_us=epoch_us(NOW),
        evaluate_if_ready=lambda: evaluation,
        since=since,
        was_ready=lambda: was_ready,
    )

    assert isinstance(found, BecomesReady) is becomes_ready
