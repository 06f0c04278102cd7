"""Other goals in a policy's text: its other lines stay as they were written."""

import pytest

from services.handoff.domain.policy import Targets
from services.handoff.policy_document.targets_text import with_targets

GOALS = Targets(acceptance=72.5, sales_ready_per_month=40)
LINE = "targets: {acceptance: 72.5%, sales_ready_per_month: 40}"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param("a: 1\ntargets: {won: 5%}\nb: 2\n", f"a: 1\n{LINE}\nb: 2\n", id="a line"),
        pytest.param("targets:\n  won: 5%\n  # why\nb: 2", f"{LINE}\nb: 2\n", id="a block"),
        pytest.param("targets: {\n won: 5%\n}\nb: 2\n", f"{LINE}\nb: 2\n", id="over lines"),
        pytest.param(
            "targets :  {won: 5%}\n\nb: 2\n", f"{LINE}\n\nb: 2\n", id="a blank line stays"
        ),
        pytest.param("a: 1\n", f"a: 1\n{LINE}\n", id="none before"),
        pytest.param("a: 1\r\ntargets: {}\r\n", f"a: 1\r\n{LINE}\r\n", id="of Windows"),
        pytest.param("t: |\n  targets: x\n", f"t: |\n  targets: x\n{LINE}\n", id="in a text"),
    ],
)
def test_only_the_goals_are_written_anew(text, after):
    assert with_targets(text, GOALS) == after


def test_no_goal_leaves_no_line():
    assert with_targets("a: 1\ntargets: {won: 5%}\nb: 2\n", Targets()) == "a: 1\nb: 2\n"
