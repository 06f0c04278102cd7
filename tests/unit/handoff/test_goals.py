"""Goals: met or missed only where neither chance nor what is still open can be the reason."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.handoff.domain.goal_words import goal_as_data, goal_in_words
from services.handoff.domain.goals import RateMeasured, ShareMeasured, measure
from services.handoff.domain.months import months_between
from services.handoff.domain.policy import Targets
from services.handoff.domain.results import Counted, Tally
from tests.unit.handoff.histories import DAY, HOUR, MINUTE, NOW, handed_over
from tests.unit.handoff.test_months import MADRID, at
from tests.unit.handoff.written import policy_of

VERSION = replace(policy_of({"demo": {}}), targets=Targets(70, 90, 10, 40))


def share(good: int, bad: int, open_: int = 0, wanted: float | None = 0.7) -> ShareMeasured:
    return ShareMeasured("acceptance", wanted, Tally(good, bad, open_, 0))


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [
        pytest.param(share(90, 10), "met", id="90 of 100"),
        pytest.param(share(75, 25), "not_enough", id="75 of 100: it may be 66"),
        pytest.param(share(750, 250), "met", id="750 of 1000"),
        pytest.param(share(50, 50), "missed", id="50 of 100"),
        pytest.param(share(0, 2), "not_enough", id="2 cases are never judged"),
        pytest.param(share(0, 19), "not_enough", id="nor 19"),
        pytest.param(share(0, 20), "missed", id="20 are"),
        pytest.param(share(0, 0), "not_enough", id="none"),
        pytest.param(share(90, 10, open_=60), "not_enough", id="60 that are open may end badly"),
        pytest.param(share(50, 50, open_=60), "not_enough", id="or well"),
        pytest.param(share(50, 50, open_=5), "missed", id="5 cannot change it"),
        pytest.param(share(30, 0, wanted=1), "met", id="all of them"),
        pytest.param(share(30, 0, open_=1, wanted=1), "not_enough", id="all but one that is open"),
        pytest.param(share(29, 1, wanted=1), "missed", id="all but one"),
        pytest.param(share(50, 50, wanted=None), "no_target", id="no goal is no miss"),
    ],
)
def test_a_share_is_judged_where_its_interval_is_on_one_side(measured, verdict):
    assert measured.verdict == verdict


def test_what_is_open_is_told_as_at_least_and_at_most():
    measured = share(45, 15, open_=20)

    assert (measured.measured, measured.at_least, measured.at_most) == (0.75, 45 / 80, 65 / 80)


def history(now):
    """Three months and a half: 60 hand-offs a month but 20 in June, some of each kind."""
    for month, count in ((3, 60), (4, 60), (5, 60), (6, 20)):
        for number in range(count):
            decided = at(2026, month, 1 + number % 13, 10)
            ago = now - decided
            if number % 4 == 0:
                yield handed_over(ago, "rejected", closed=30 * MINUTE)
            elif number % 10 == 1:
                yield handed_over(ago)  # nobody ever answered
            else:
                yield handed_over(ago, "won" if number % 10 == 2 else "working", tried=HOUR)


def measured_of(version, handoffs, since=None):
    months = months_between(since or at(2026, 3, 1), NOW, MADRID)
    return {
        one.name: one for one in measure(version, [Counted(one) for one in handoffs], months, NOW)
    }


def test_every_goal_is_measured_over_all_hand_offs():
    handoffs = [*history(NOW), handed_over(MINUTE), handed_over(DAY, "superseded")]
    found = measured_of(VERSION, handoffs)

    assert found["acceptance"].tally == (130, 70, 1, 1)
    assert found["first_attempt_in_time"].tally == (130, 20, 1, 51)
    assert found["won"].tally == (10, 50, 141, 1)
    assert found["sales_ready_per_month"].cases == 180
    assert [one.sales_ready for one in found["sales_ready_per_month"].months] == [60, 60, 60, 21]


def test_each_tier_is_tried_within_its_own_promise():
    version = replace(
        VERSION,
        response={
            "hot": VERSION.response["hot"],
            "warm": replace(VERSION.response["hot"], first_attempt_in=timedelta(days=3)),
        },
    )
    handoffs = [handed_over(tier=tier, tried=2 * DAY) for tier in ("hot", "warm")]

    assert measured_of(version, handoffs)["first_attempt_in_time"].tally == (1, 1, 0, 0)


def rate(*counts: int, wanted: int | None = 40) -> RateMeasured:
    """Whole months from January on."""
    handoffs = [
        handed_over(NOW - at(2026, month, 10))
        for month, count in enumerate(counts, 1)
        for _ in range(count)
    ]
    months = months_between(at(2026, 1, 1), at(2026, len(counts) + 1, 1), MADRID)
    version = replace(VERSION, targets=Targets(sales_ready_per_month=wanted))
    found = measure(version, [Counted(one) for one in handoffs], months, NOW)[-1]
    assert isinstance(found, RateMeasured)
    return found


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [
        pytest.param(rate(30), "not_enough", id="30 in one month may be chance"),
        pytest.param(rate(26), "missed", id="26 are too few"),
        pytest.param(rate(30, 30, 30), "missed", id="so are 30 in each of three months"),
        pytest.param(rate(44, 38, 41), "not_enough", id="about 40"),
        pytest.param(rate(55, 52), "met", id="well above"),
        pytest.param(rate(0, 0), "missed", id="nobody"),
        pytest.param(rate(), "not_enough", id="no whole month"),
        pytest.param(rate(3, wanted=None), "no_target", id="no goal"),
    ],
)
def test_months_are_judged_as_counts_that_chance_moves(measured, verdict):
    assert measured.verdict == verdict


def test_a_partial_month_is_shown_and_not_judged():
    handoffs = [handed_over(NOW - at(2026, 6, 10)) for _ in range(3)]
    found = measured_of(VERSION, handoffs, since=at(2026, 5, 20))["sales_ready_per_month"]

    assert [one.sales_ready for one in found.months] == [0, 3]
    assert (found.measured, found.verdict) == (None, "not_enough")


def test_touches_received_while_versions_change_hands_are_counted_too():
    early = handed_over(NOW - at(2026, 3, 1) + MINUTE)
    late = handed_over(-MINUTE)
    found = measured_of(VERSION, [early, late])["sales_ready_per_month"]

    assert [one.sales_ready for one in found.months] == [1, 0, 0, 1]


@pytest.mark.parametrize(
    ("measured", "english", "spanish"),
    [
        pytest.param(
            share(45, 15, open_=3),
            "Accepted by sales: 45 of 60, 75% (59.3% to 85%); 3 not known yet, so at least 71.4% "
            "and at most 76.2%; wanted 70%: not enough cases to say.",
            "Aceptados por ventas: 45 de 60, 75 % (de 59,3 % a 85 %); 3 por conocer: como mínimo "
            "71,4 % y como máximo 76,2 %; objetivo 70 %: los casos no bastan para decirlo.",
            id="a share",
        ),
        pytest.param(
            share(1, 99, wanted=0.125),
            "Accepted by sales: 1 of 100, 1% (0.2% to 5.4%); wanted 12.5%: missed.",
            "Aceptados por ventas: 1 de 100, 1 % (de 0,2 % a 5,4 %); objetivo 12,5 %: no "
            "alcanzado.",
            id="a small share",
        ),
        pytest.param(
            share(0, 0, wanted=None),
            "Accepted by sales: no result is known yet; no goal is set.",
            "Aceptados por ventas: aún no se conoce ningún resultado; sin objetivo.",
            id="nothing",
        ),
        pytest.param(
            rate(30, 31),
            "Sales-ready per month: 30.5 over 2 whole months (23.3 to 39.2); wanted 40: missed.",
            "Listos para ventas al mes: 30,5 en 2 meses completos (de 23,3 a 39,2); objetivo 40: "
            "no alcanzado.",
            id="months",
        ),
        pytest.param(
            rate(55),
            "Sales-ready per month: 55 in a whole month (41.4 to 71.6); wanted 40: met.",
            "Listos para ventas al mes: 55 en un mes completo (de 41,4 a 71,6); objetivo 40: "
            "alcanzado.",
            id="a month",
        ),
        pytest.param(
            rate(),
            "Sales-ready per month: no whole month yet; wanted 40: not enough cases to say.",
            "Listos para ventas al mes: aún no hay ningún mes completo; objetivo 40: los casos no "
            "bastan para decirlo.",
            id="no month",
        ),
    ],
)
def test_a_goal_is_told_in_both_languages(measured, english, spanish):
    words = goal_in_words(measured)

    assert words["en"] == english
    assert words["es"].replace("\u00a0", " ") == spanish


def test_a_goal_as_data_speaks_in_the_units_of_the_policy():
    data = goal_as_data(share(45, 15))

    assert (data["unit"], data["wanted"], data["measured"]) == ("percent", 70.0, 75.0)
    assert (data["low"], data["high"], data["cases"], data["good"]) == (62.8, 84.2, 60, 45)
