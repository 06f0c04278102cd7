"""The edge: ready once per cycle, then time and something new are needed."""

from datetime import timedelta

import pytest

from services.handoff.domain.case import Counted
from services.handoff.domain.cycle import (
    FIRST_CYCLE,
    CycleRecord,
    HeldBack,
    Qualifies,
    cool_down_until,
    judge_edge,
)
from services.handoff.domain.touches import epoch_ms
from tests.unit.handoff.strategies import NOW

DAY = timedelta(days=1)
COOL_DOWN = 30 * DAY


def received(at):
    return Counted("demo", "t1", epoch_ms(at), epoch_ms(at), 0, 100, "counts")


@pytest.mark.parametrize(
    ("record", "received_at", "edge"),
    [
        pytest.param(FIRST_CYCLE, NOW, Qualifies(1), id="the first time"),
        pytest.param(
            CycleRecord(1, open_handoff_id="h1"),
            NOW,
            HeldBack("open_handoff", handoff_id="h1"),
            id="sales is on it",
        ),
        pytest.param(
            CycleRecord(1, closed_at=NOW - 29 * DAY),
            NOW,
            HeldBack("cool_down", until=NOW + DAY),
            id="too soon",
        ),
        pytest.param(
            CycleRecord(1, closed_at=NOW - 30 * DAY),
            NOW,
            Qualifies(2),
            id="at the last moment the cool-down is over",
        ),
        pytest.param(
            CycleRecord(1, closed_at=NOW - 31 * DAY),
            NOW - 32 * DAY,
            HeldBack("no_new_evidence"),
            id="still ready, but nothing new",
        ),
        pytest.param(
            CycleRecord(1, closed_at=NOW - 31 * DAY),
            NOW - 31 * DAY,
            HeldBack("no_new_evidence"),
            id="received at the very moment of the close is not new",
        ),
        pytest.param(
            CycleRecord(1, closed_at=NOW - 31 * DAY),
            NOW - 31 * DAY + timedelta(milliseconds=1),
            Qualifies(2),
            id="received right after the close is new",
        ),
        pytest.param(
            CycleRecord(3, closed_at=NOW - 40 * DAY, returns_at=NOW + DAY),
            NOW,
            HeldBack("cool_down", until=NOW + DAY),
            id="a reason may ask for more time",
        ),
        pytest.param(
            CycleRecord(3, closed_at=NOW - 10 * DAY, returns_at=NOW - 5 * DAY),
            NOW,
            HeldBack("cool_down", until=NOW + 20 * DAY),
            id="but not for less",
        ),
    ],
)
def test_the_edge(record, received_at, edge):
    assert judge_edge(record, COOL_DOWN, [received(received_at)], NOW) == edge


def test_before_the_first_close_there_is_nothing_to_wait_for():
    assert cool_down_until(FIRST_CYCLE, COOL_DOWN) is None
