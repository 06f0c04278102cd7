"""Which events a subscription wants."""

import pytest

from services.notify.domain.event_types import is_pattern, matcher

READY = "handoff.sales_ready.v1"


@pytest.mark.parametrize(
    ("patterns", "kind", "wanted"),
    [
        pytest.param(("*",), READY, True, id="everything"),
        pytest.param((READY,), READY, True, id="the type itself"),
        pytest.param((READY,), "handoff.sales_ready.v2", False, id="not another version"),
        pytest.param(("handoff.*",), READY, True, id="a pattern"),
        pytest.param(("handoff.*",), "lead.merged.v1", False, id="not another noun"),
        pytest.param(("lead.*", READY), READY, True, id="one of several"),
        pytest.param(("handoff",), READY, False, id="a beginning is no pattern"),
    ],
)
def test_patterns_end_in_a_star(patterns, kind, wanted):
    assert matcher(patterns)(kind) == wanted


def test_a_pattern_that_matches_nothing_known_is_none():
    assert is_pattern("handoff.*", [READY])
    assert not is_pattern("handof.*", [READY])
    assert not is_pattern("*.v1", [READY])
