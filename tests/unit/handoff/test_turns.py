"""Whose turn it is: the laws of a fair choice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.handoff.domain.turns import Taker, Turns, next_turn, parts_of

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


@given(WEIGHTS, st.integers(3, 40), st.lists(st.integers(0, 40), min_size=40, max_size=160))
def test_a_window_that_moves_on_keeps_everybody_near_their_share(weights, window, arrivals):
    """The leads of the window are forgotten one by one, as they grow old."""
    dealt: list[str] = []
    for number, _ in enumerate(arrivals):
        dealt = dealt[-window:]
        takers = [
            Taker(
                one.person_id,
                one.weight,
                Turns(
                    dealt.count(one.person_id),
                    len(dealt) * one.weight / sum(weights),
                    NOW + timedelta(seconds=number),
                ),
            )
            for one in team(*weights)
        ]
        dealt.append(next_turn(takers))

        for one in takers:
            ideal = len(dealt) * one.weight / sum(weights)
            assert abs(dealt.count(one.person_id) - ideal) < 3


def test_a_lead_that_was_given_back_is_made_up_for():
    takers = team(1.0, 1.0)
    order = []
    for number in range(2):
        chosen, takers = deal(takers, {"rep0", "rep1"}, number)
        order.append(chosen)
    credited = [
        replace(one, turns=replace(one.turns, dealt=one.turns.dealt - 1))
        if one.person_id == "rep1"
        else one
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
