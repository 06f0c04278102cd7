"""The edge: ready once per cycle, then time and something new are needed."""

from datetime import timedelta

import pytest

from services.handoff.domain.case import Counted
from services.handoff.domain.cycle import (
    FIRST_CYCLE,
    CycleRecord,
    HeldBack,
    OpenHandoff,
    PastHandoff,
    Qualifies,
    cool_down_until,
    go_on,
    judge_edge,
    stand_together,
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


def past(handoff_id, days, closed=None, stage="rejected"):
    closed_at = None if closed is None else NOW + closed * DAY
    return PastHandoff(handoff_id, 1, stage, NOW + days * DAY, closed_at, None)


@pytest.mark.parametrize(
    ("handoffs", "record"),
    [
        pytest.param([], FIRST_CYCLE, id="never"),
        pytest.param(
            [past("h1", 0, 1), past("h2", 2)], CycleRecord(1, "h2"), id="the second is open"
        ),
        pytest.param(
            [past("h2", 2, 3), past("h1", 0, 5)],
            CycleRecord(1, closed_at=NOW + 3 * DAY),
            id="the latest counts, whichever was closed last",
        ),
        pytest.param(
            [past("h1", 0), past("h2", 2, 3)], CycleRecord(1, "h1"), id="the first is open still"
        ),
        pytest.param(
            [past("h1", 0, 1), past("h2", 2, 3, "superseded")],
            CycleRecord(1, closed_at=NOW + DAY),
            id="one that a merge closed was never answered",
        ),
    ],
)
def test_where_the_people_of_an_account_stand_together(handoffs, record):
    assert stand_together(handoffs) == record


@pytest.mark.parametrize(
    ("several", "stays", "end"),
    [
        pytest.param([], None, [], id="none is open"),
        pytest.param([(5, "h1", "a.com")], (5, "h1", "a.com"), [], id="one is"),
        pytest.param([(7, "h2", None), (5, "h1", None)], (5, "h1", None), ["h2"], id="the earlier"),
        pytest.param([(5, "h2", None), (5, "h1", None)], (5, "h1", None), ["h2"], id="at once"),
        pytest.param(
            [(5, "h1", None), (7, "h2", "a.com")],
            (5, "h1", "a.com"),
            ["h2"],
            id="it is for the others' people from now on",
        ),
        pytest.param(
            [(5, "h1", "b.com"), (7, "h2", "a.com")],
            (5, "h1", "b.com"),
            ["h2"],
            id="it has people of its own",
        ),
    ],
)
def test_which_handoff_a_lead_that_was_several_goes_on_with(several, stays, end):
    goes_on, ending = go_on(OpenHandoff(*one) for one in several)

    assert goes_on == stays
    assert [one.handoff_id for one in ending] == end
