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
    largest_state,
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
@given(policies(), histories(max_size=40), st.randoms(use_true_random=False))
def test_any_partition_into_leads_and_batches_merges_to_the_same_state(
    version: PolicyVersion, history: History, chance: random.Random
):
    """Touches of up to five leads, some of several; each in batches, stored in between."""
    leads = [no_signals(version) for _ in range(chance.randint(1, 5))]
    deliveries = [(touch, chance.randrange(len(leads))) for touch in history]
    deliveries += chance.choices(deliveries, k=len(deliveries)) if deliveries else []
    deliveries += [(touch, chance.randrange(len(leads))) for touch, _ in deliveries[:5]]
    chance.shuffle(deliveries)
    while deliveries:
        size = chance.randint(1, 7)
        batch, deliveries = deliveries[:size], deliveries[size:]
        for place, state in enumerate(leads):
            touches = [touch for touch, lead in batch if lead == place]
            stored = encode_state(fold(version, state, touches))
            leads[place] = decode_state(version, stored)
    while len(leads) > 1:
        one, other = (leads.pop(chance.randrange(len(leads))) for _ in range(2))
        leads.append(merge(version, one, other))

    assert leads[0] == folded(version, history)


@LAW
@given(policies(), histories(), histories(), histories())
def test_merging_is_a_join(version: PolicyVersion, one: History, other: History, third: History):
    a, b, c = (
        folded(version, [touch._replace(touch_id=f"{name}{touch.touch_id}") for touch in history])
        for name, history in zip("aba", (one, other, third), strict=True)
    )

    assert merge(version, a, a) == a
    assert merge(version, a, b) == merge(version, b, a)
    assert merge(version, merge(version, a, b), c) == merge(version, a, merge(version, b, c))
    assert merge(version, a, no_signals(version)) == a


@LAW
@given(policies(), histories(max_size=60), st.integers(1, 200))
def test_the_state_is_bounded_by_the_policy(version: PolicyVersion, history: History, length: int):
    """However long the history, the ids and the values touches are distinct by."""
    named = [touch._replace(touch_id=touch.touch_id.ljust(length, "ñ")) for touch in history]
    state = folded(version, named)
    longest = max((len(touch.touch_id.encode()) for touch in named), default=0)

    assert len(encode_state(state)) <= largest_state(version, longest)
    assert largest_state(version, longest) == 9 + sum(
        4 + 2 + 2 * signal.at_most * (21 + longest + 4 * 41) for signal in version.signals
    )


def test_the_largest_state_is_reached_and_not_passed():
    """As many touches as are remembered, certain and doubtful, with the longest keys."""
    version = policy_of({"guide": {"at_most": 50, "distinct_by": "content.id"}})
    history = [
        touch(
            str(number).rjust(36, "0"),
            made_by="human" if number % 2 else "unsure",
            content={"id": f"{chr(0x20000 + number)}{'𠀀' * 39}"},
        )
        for number in range(300)
    ]

    assert len(encode_state(folded(version, history))) > largest_state(version) - 2 * 50 * 4
    assert len(encode_state(folded(version, history))) <= largest_state(version)


@LAW
@given(policies(), histories(max_size=40), facts, st.integers(0, 40))
def test_evaluating_on_is_evaluating_from_the_start(
    version: PolicyVersion, history: History, known, cut: int
):
    stored = encode_state(folded(version, history[:cut]))
    going_on = fold(version, decode_state(version, stored), history[cut:])
    one, other = (
        evaluate(version, known, state, NOW) for state in (going_on, folded(version, history))
    )

    assert (one.gate, one.answers, one.factors) == (other.gate, other.answers, other.factors)


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
