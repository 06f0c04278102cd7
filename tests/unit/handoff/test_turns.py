"""Whose turn it is: the laws of a fair choice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.handoff.domain.turns import Taker, Turns, carried, next_turn, parts_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WEIGHTS = st.lists(
    st.sampled_from([0.1, 0.5, 1.0, 1.0, 2.0, 3.0, 9.0, 30.0]), min_size=1, max_size=8
)


def team(*weights: float) -> list[Taker]:
    return [Taker(f"rep{n}", weight, Turns()) for n, weight in enumerate(weights)]


def deal(takers: list[Taker], present: set[str], number: int) -> tuple[str, list[Taker]]:
    """Deal one lead among those who are present."""
    pool = [one for one in takers if one.person_id in present]
    chosen, parts = next_turn(pool), parts_of(pool)
    after = []
    for one in takers:
        turns = one.turns.and_share(parts.get(one.person_id, 0.0))
        if one.person_id == chosen:
            turns = turns.and_lead(NOW + timedelta(seconds=number))
        after.append(replace(one, turns=turns))
    return chosen, after


@given(WEIGHTS, st.integers(1, 150))
def test_nobody_is_ever_a_whole_lead_from_their_weighted_share(weights, leads):
    takers, everybody = team(*weights), {f"rep{n}" for n in range(len(weights))}
    for number in range(1, leads + 1):
        _, takers = deal(takers, everybody, number)

        for one, weight in zip(takers, weights, strict=True):
            ideal = number * weight / sum(weights)
            assert one.turns.share == pytest.approx(ideal)
            assert abs(one.turns.dealt - ideal) < 1 + 1e-6


@given(st.integers(1, 6), st.integers(1, 20))
def test_equals_get_exactly_as_much(people, rounds):
    takers, everybody = team(*[1.0] * people), {f"rep{n}" for n in range(people)}
    for number in range(people * rounds):
        _, takers = deal(takers, everybody, number)

    assert {one.turns.dealt for one in takers} == {rounds}


def test_a_small_weight_never_rounds_to_nothing():
    takers = team(1.0, 9.0)
    for number in range(100):
        _, takers = deal(takers, {"rep0", "rep1"}, number)

    assert [one.turns.dealt for one in takers] == [10, 90]


@given(WEIGHTS.filter(lambda weights: len(weights) > 1), st.integers(0, 80), st.integers(1, 80))
def test_who_is_back_from_leave_neither_gets_a_burst_nor_has_to_wait(weights, before, after):
    everybody = {f"rep{n}" for n in range(len(weights))}
    takers = team(*weights)
    for number in range(before):
        _, takers = deal(takers, everybody - {"rep0"}, number)
    since_return = 0
    for number in range(1, after + 1):
        chosen, takers = deal(takers, everybody, before + number)
        since_return += chosen == "rep0"

        assert abs(since_return - number * weights[0] / sum(weights)) < 1 + 1e-6


@given(WEIGHTS, st.integers(0, 30), st.randoms())
def test_the_order_in_which_people_are_read_changes_nothing(weights, leads, random):
    takers, everybody = team(*weights), {f"rep{n}" for n in range(len(weights))}
    for number in range(leads):
        _, takers = deal(takers, everybody, number)
    shuffled = list(takers)
    random.shuffle(shuffled)

    assert next_turn(shuffled) == next_turn(takers)


@given(WEIGHTS, st.integers(1, 150), st.integers(1, 60))
def test_no_window_shows_anybody_two_leads_from_their_share(weights, leads, window):
    """Nothing is made up for twice because one half of it has left the window."""
    takers, everybody = team(*weights), {f"rep{n}" for n in range(len(weights))}
    dealt: list[str] = []
    for number in range(leads):
        chosen, takers = deal(takers, everybody, number)
        dealt.append(chosen)
        inside = dealt[-window:]

        for one in takers:
            ideal = len(inside) * one.weight / sum(weights)
            assert abs(inside.count(one.person_id) - ideal) < 2


BEHIND = st.lists(st.floats(-20, 20), min_size=1, max_size=8)
QUIET = st.timedeltas(timedelta(0), timedelta(days=400))
WEEK = timedelta(days=7)


def carried_by(values, weights, quiet):
    ids = [f"rep{n}" for n in range(len(values))]
    shares = dict(zip(ids, weights[: len(ids)], strict=True))
    return carried(dict(zip(ids, values, strict=True)), shares, quiet, WEEK)


@given(BEHIND, st.lists(st.floats(0.1, 30), min_size=8, max_size=8), QUIET)
def test_all_together_are_always_even(behind, weights, quiet):
    assert sum(carried_by(behind, weights, quiet).values()) == pytest.approx(0, abs=1e-6)


@given(BEHIND, QUIET, QUIET)
def test_what_is_above_a_lead_fades_with_time_and_nothing_else_does(behind, quiet, more):
    first = carried_by(behind, [1.0] * 8, timedelta(0))
    later = carried_by(behind, [1.0] * 8, quiet)
    latest = carried_by(list(later.values()), [1.0] * 8, more)
    far, then, at_last = (max(map(abs, each.values())) for each in (first, later, latest))

    if far <= 1:
        assert later == first
    else:
        assert then >= 1 - 1e-9
        assert at_last - 1e-9 <= then <= far + 1e-9
        assert latest == pytest.approx(carried_by(behind, [1.0] * 8, quiet + more), abs=1e-6)
        assert then - 1 == pytest.approx((far - 1) * exp(-quiet / WEEK), abs=1e-6)
    for person_id, value in later.items():
        assert value * first[person_id] >= 0


def test_what_who_left_was_ahead_goes_to_the_others_by_weight():
    behind = {"ana": 0.5, "bea": 0.4, "left": -0.9}

    assert carried(behind, {"ana": 2.0, "bea": 1.0}, WEEK, WEEK) == pytest.approx(
        {"ana": -0.1, "bea": 0.1}
    )


def test_somebody_with_many_leads_by_relation_is_back_in_turn_before_all_others_have_as_many():
    takers = team(1.0, 1.0, 1.0)
    for _ in range(12):  # a company of theirs that asks again and again
        parts = parts_of(takers)
        takers = [replace(one, turns=one.turns.and_share(parts[one.person_id])) for one in takers]
        takers[0] = replace(takers[0], turns=takers[0].turns.and_lead(NOW))
    weights = {one.person_id: one.weight for one in takers}
    waited, chosen = 0, ""
    while chosen != "rep0":  # a lead a day
        known = {one.person_id: one.turns.behind for one in takers}
        standing = carried(known, weights, timedelta(days=1), WEEK)
        takers = [
            replace(one, turns=replace(one.turns, behind=standing[one.person_id])) for one in takers
        ]
        chosen, takers = deal(takers, set(weights), 100 + waited)
        waited += 1

    assert 7 <= waited < 24


def test_a_lead_that_was_given_back_is_made_up_for():
    takers = team(1.0, 1.0)
    order = []
    for number in range(2):
        chosen, takers = deal(takers, {"rep0", "rep1"}, number)
        order.append(chosen)
    credited = [  # as if the second lead had not been dealt
        replace(
            one,
            turns=replace(one.turns, behind=one.turns.behind - 0.5 + (one.person_id == "rep1")),
        )
        for one in takers
    ]
    chosen, credited = deal(credited, {"rep0", "rep1"}, 2)
    again, _ = deal(credited, {"rep0", "rep1"}, 3)

    assert order == ["rep0", "rep1"]
    assert (chosen, again) == ("rep1", "rep0")


def test_only_who_is_wanted_gets_it_and_the_others_catch_up():
    takers = team(1.0, 1.0)
    german = next_turn(takers, {"rep1"})
    parts = parts_of(takers)
    takers = [replace(one, turns=one.turns.and_share(parts[one.person_id])) for one in takers]
    takers[1] = replace(takers[1], turns=takers[1].turns.and_lead(NOW))

    assert german == "rep1"
    assert next_turn(takers) == "rep0"


def test_nobody_to_choose_from_is_an_error():
    with pytest.raises(ValueError, match="nobody"):
        next_turn(team(1.0), set())
