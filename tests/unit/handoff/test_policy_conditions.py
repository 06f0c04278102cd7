"""The conditions of a gate, a row per edge."""

from datetime import timedelta

import pytest

from tests.unit.handoff.strategies import NOW
from tests.unit.handoff.written import asked, policy_of, touch

DEMO = {"touch": "demo.requested"}
READ = touch("r1", days_ago=3)
READ_LONG_AGO = touch("r2", days_ago=20)
DEMO_ASKED = touch("d1", "demo.requested", days_ago=1)


@pytest.mark.parametrize(
    ("when", "touches", "met"),
    [
        pytest.param({"signal": "read"}, [READ], True, id="seen"),
        pytest.param({"signal": "read"}, [], False, id="not seen"),
        pytest.param({"signal": "read", "times": 2}, [READ], False, id="once is not twice"),
        pytest.param({"signal": "read", "times": 2}, [READ, READ_LONG_AGO], True, id="twice"),
        pytest.param(
            {"signal": "read", "times": 2, "within": "10d"},
            [READ, READ_LONG_AGO],
            False,
            id="twice, but one too long ago",
        ),
        pytest.param({"signal": "read", "within": "3d"}, [READ], True, id="on the last moment"),
        pytest.param({"signal": "read", "within": "71h"}, [READ], False, id="an hour too late"),
        pytest.param({"signal": ["read", "demo"]}, [DEMO_ASKED], True, id="either signal"),
        pytest.param(
            {"signal": ["read", "demo"], "times": 2}, [READ, DEMO_ASKED], True, id="both together"
        ),
        pytest.param({"engagement": {"at_least": 20}}, [READ, READ_LONG_AGO], True, id="exactly"),
        pytest.param(
            {"engagement": {"at_least": 20.1}}, [READ, READ_LONG_AGO], False, id="a tenth short"
        ),
        pytest.param(
            {"different_signals": {"at_least": 2}}, [READ, DEMO_ASKED], True, id="two things"
        ),
        pytest.param(
            {"different_signals": {"at_least": 2}},
            [READ, READ_LONG_AGO],
            False,
            id="one thing twice",
        ),
        pytest.param(
            {"different_signals": {"at_least": 2, "within": "2d"}},
            [READ, DEMO_ASKED],
            False,
            id="two things, one too long ago",
        ),
        pytest.param(
            {"all": [{"signal": "read"}, {"signal": "demo"}]}, [READ], False, id="all needs both"
        ),
        pytest.param(
            {"any": [{"signal": "read"}, {"signal": "demo"}]}, [READ], True, id="any needs one"
        ),
        pytest.param(
            {"all": [{"signal": "read"}, {"not": {"signal": "demo"}}]}, [READ], True, id="not seen"
        ),
        pytest.param(
            {"all": [{"signal": "read"}, {"not": {"signal": "demo"}}]},
            [READ, DEMO_ASKED],
            False,
            id="seen though it must not be",
        ),
        pytest.param(
            {
                "at_least": 2,
                "of": [{"signal": "read"}, {"signal": "demo"}, {"engagement": {"at_least": 10}}],
            },
            [READ],
            True,
            id="two of three",
        ),
    ],
)
def test_a_condition(when, touches, met):
    version = policy_of({"read": {"at_most": 3}, "demo": DEMO}, {"gate": when})

    assert asked(version, *touches).is_ready is met


@pytest.mark.parametrize(
    ("title", "met"),
    [
        pytest.param("CTO", True, id="exactly enough"),
        pytest.param("Baker", False, id="not enough"),
        pytest.param(None, False, id="unknown brings nothing"),
    ],
)
def test_fit(title, met):
    version = policy_of(
        {"read": {}},
        {"gate": {"all": [{"signal": "read"}, {"fit": {"at_least": 30}}]}},
        fit={"decides": {"when": {"lead.title": {"contains": "cto"}}, "points": 30}},
    )

    assert asked(version, READ, lead={"title": title}).is_ready is met


def test_one_touch_is_not_two_different_signals():
    version = policy_of(
        {"read": {}, "any_download": {}}, {"gate": {"different_signals": {"at_least": 2}}}
    )
    one, other = READ, touch("r3", days_ago=1)

    assert not asked(version, one).is_ready
    assert not asked(version, one, other).is_ready  # both signals keep only the latest


def test_two_touches_are_shared_out_over_the_signals_that_count_them():
    version = policy_of(
        {"any_download": {"at_most": 2}, "read_a": {"where": {"content.id": "a"}}},
        {"gate": {"different_signals": {"at_least": 2}}},
    )
    evaluation = asked(version, touch("t1", content={"id": "a"}), touch("t2", days_ago=1))

    assert {each.touch_id for each in evaluation.deciding} == {"t1", "t2"}


def test_signals_that_cost_points_are_not_different_things_done():
    version = policy_of(
        {"read": {}, "demo": {**DEMO, "points": -5}, "third": {"touch": "page.viewed"}},
        {"gate": {"different_signals": {"at_least": 2}}},
    )

    assert not asked(version, READ, DEMO_ASKED).is_ready


@pytest.mark.parametrize(
    ("age", "points"),
    [
        pytest.param(timedelta(0), 30.0, id="fresh"),
        pytest.param(timedelta(days=14), 15.0, id="one half-life"),
        pytest.param(timedelta(days=28), 7.5, id="two half-lives"),
        pytest.param(timedelta(days=60), 1.5, id="the last moment of the window"),
        pytest.param(timedelta(days=60, milliseconds=1), 0.0, id="just outside"),
        pytest.param(timedelta(minutes=-5), 30.0, id="a clock ahead of ours"),
    ],
)
def test_points_fade_by_the_time_it_happened(age, points):
    version = policy_of({"guide": {"points": 30, "half_life": "14d", "within": "60d"}})
    done = touch("t1")._replace(occurred_at=NOW - age)

    assert asked(version, done).engagement / 10 == points


def test_only_the_latest_count():
    version = policy_of({"guide": {"points": 10, "at_most": 2}})

    assert asked(version, *(touch(f"t{n}", days_ago=n) for n in range(9))).engagement == 200


def test_negative_points_take_away():
    version = policy_of(
        {"read": {"points": 30}, "jobs": {"touch": "careers.viewed", "points": -40}}
    )

    assert asked(version, READ, touch("j", "careers.viewed")).qualifying_engagement == -100
