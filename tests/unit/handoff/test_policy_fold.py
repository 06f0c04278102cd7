"""The laws of the fold, over random policies and random histories."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.handoff.domain.evaluation import evaluate
from services.handoff.domain.fold import fold, merge
from services.handoff.domain.kept import LONGEST_DISTINCT, distinct_key
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import (
    StaleSignals,
    decode_state,
    encode_state,
    no_signals,
)
from services.handoff.domain.touches import TouchFact
from tests.unit.handoff.strategies import LAW, NOW, facts, histories, policies
from tests.unit.handoff.written import policy_of, touch

History = list[TouchFact]


def folded(version: PolicyVersion, history: History):
    return fold(version, no_signals(version), history)


@LAW
@given(policies(), histories(), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_give_the_same_state(
    version: PolicyVersion, history: History, chance: random.Random
):
    shuffled = history + chance.choices(history, k=len(history)) if history else []
    chance.shuffle(shuffled)

    assert folded(version, shuffled) == folded(version, history)


@LAW
@given(policies(), histories(), st.integers(0, 25))
def test_folding_on_is_folding_from_the_start(version: PolicyVersion, history: History, cut: int):
    stored = encode_state(folded(version, history[:cut]))

    assert fold(version, decode_state(version, stored), history[cut:]) == folded(version, history)


@LAW
@given(policies(), histories(), st.lists(st.integers(0, 2), min_size=25, max_size=25))
def test_any_split_into_leads_merges_to_the_same_state(
    version: PolicyVersion, history: History, lead_of: list[int]
):
    leads = [
        folded(version, [touch for touch, lead in zip(history, lead_of, strict=False) if lead == n])
        for n in range(3)
    ]
    first, second, third = leads

    assert merge(version, merge(version, first, second), third) == folded(version, history)
    assert merge(version, first, merge(version, third, second)) == folded(version, history)
    assert merge(version, first, first) == first


@LAW
@given(policies(), histories(max_size=60))
def test_the_state_is_bounded_by_the_policy(version: PolicyVersion, history: History):
    state = folded(version, history)
    longest_touch = 21 + len("t59") + LONGEST_DISTINCT + 1
    bound = 9 + sum(4 + 2 + 2 * signal.at_most * longest_touch for signal in version.signals)

    assert len(encode_state(state)) <= bound


@LAW
@given(policies(), histories(), facts)
def test_stored_and_read_again_says_the_same(version: PolicyVersion, history: History, known):
    state = folded(version, history)
    again = decode_state(version, encode_state(state))

    assert encode_state(again) == encode_state(state)
    assert (
        evaluate(version, known, again, NOW).answers == evaluate(version, known, state, NOW).answers
    )


@LAW
@given(policies(), histories(), histories(made_by=("unsure",)))
def test_doubtful_touches_never_push_out_certain_ones(
    version: PolicyVersion, history: History, doubtful: History
):
    renamed = [each._replace(touch_id=f"u{each.touch_id}") for each in doubtful]
    before, after = folded(version, history), folded(version, history + renamed)

    for position in range(len(version.signals)):
        assert after.at(position).certain == before.at(position).certain


@LAW
@given(policies(), histories(made_by=("machine",)))
def test_what_machines_did_leaves_no_trace(version: PolicyVersion, history: History):
    assert folded(version, history) == no_signals(version)


def test_the_same_document_ten_times_is_once():
    version = policy_of({"guide": {"distinct_by": "content.id", "at_most": 3}})
    history = [touch(f"t{n}", days_ago=n, content={"id": "a"}) for n in range(10)]

    assert [kept.touch_id for kept in folded(version, history).at(0).certain] == ["t0"]


def test_a_touch_without_the_distinct_property_is_distinct_by_itself():
    version = policy_of({"guide": {"distinct_by": "content.id", "at_most": 3}})
    history = [touch("t1"), touch("t2"), touch("t3", content={"id": "a"})]

    assert len(folded(version, history).at(0).certain) == 3


def test_of_two_receipts_of_one_touch_the_first_counts():
    version = policy_of({"guide": {}})
    first = touch("t1", days_ago=5)
    again = first._replace(received_at=first.received_at + timedelta(days=3))

    for history in ([first, again], [again, first]):
        kept = folded(version, history).at(0).certain
        assert [each.received_ms for each in kept] == [int(first.received_at.timestamp() * 1000)]


@pytest.mark.parametrize(
    ("late_by", "certain"),
    [
        pytest.param(timedelta(days=90), 1, id="ninety days old at its receipt still qualifies"),
        pytest.param(timedelta(days=90, milliseconds=1), 0, id="older does not"),
    ],
)
def test_what_reaches_us_too_late_does_not_qualify(late_by, certain):
    version = policy_of({"guide": {}})
    late = touch("t1", days_ago=100)
    state = folded(version, [late._replace(received_at=late.occurred_at + late_by)])

    assert len(state.at(0).certain) == certain
    assert len(state.at(0).doubtful) == 1 - certain


def test_a_fold_that_changes_nothing_returns_the_same_state():
    version = policy_of({"guide": {"at_most": 1}})
    state = folded(version, [touch("new", days_ago=1)])

    assert fold(version, state, [touch("old", days_ago=2), touch("new", days_ago=1)]) is state


def test_a_state_folded_for_other_questions_is_refused():
    one = policy_of({"guide": {"at_most": 1}})
    other = policy_of({"guide": {"at_most": 2}})
    stored = encode_state(no_signals(one))

    with pytest.raises(StaleSignals):
        decode_state(other, stored)
    with pytest.raises(StaleSignals):
        fold(other, no_signals(one), [])


def test_other_points_need_no_new_fold():
    cheap, dear = policy_of({"guide": {"points": 1}}), policy_of({"guide": {"points": 50}})

    assert cheap.fold_shape == dear.fold_shape
    assert cheap.digest != dear.digest


@pytest.mark.parametrize(
    ("value", "key"),
    [
        pytest.param(None, "", id="nothing"),
        pytest.param("Guía", "=guia", id="text is compared without case and accents"),
        pytest.param(7, "=7", id="a number is its text"),
        pytest.param(["a", 1], '=["a", 1]', id="a list is itself"),
    ],
)
def test_distinct_keys(value, key):
    assert distinct_key(value) == key


def test_long_distinct_values_are_kept_as_hashes():
    one, other = distinct_key("x" * 5000), distinct_key("x" * 4999)

    assert one != other
    assert max(len(one), len(other)) <= LONGEST_DISTINCT
