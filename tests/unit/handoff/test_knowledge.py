"""The laws of what is known: order, repetition and grouping of statements change nothing."""

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from services.handoff.domain.knowledge import (
    DERIVED,
    Knowledge,
    Learned,
    learn,
    union,
    values,
)

statements = st.tuples(
    st.sampled_from(["title", "country"]),
    st.one_of(st.text(max_size=3), st.integers(0, 3), st.booleans()),
    st.sampled_from([DERIVED, "2026-01-01T00:00:00.000000Z", "2026-02-01T00:00:00.000000Z"]),
    st.sampled_from(["crm", "web"]),
)
bodies = st.lists(statements, max_size=8)


def known(told):
    body: Knowledge = {}
    for statement in told:
        learn(body, *statement)
    return body


@given(bodies, st.randoms())
def test_the_order_of_statements_changes_nothing(told, chance):
    shuffled = list(told)
    chance.shuffle(shuffled)

    assert known(shuffled) == known(told)


@given(bodies)
def test_repeating_statements_changes_nothing(told):
    assert known([*told, *told]) == known(told)


@given(st.lists(bodies, min_size=1, max_size=4))
def test_joining_bodies_in_any_grouping_is_hearing_everything(parts):
    together = known([statement for part in parts for statement in part])
    learned = [known(part) for part in parts]

    assert union(learned) == together
    assert reduce(lambda one, other: union([one, other]), learned) == together


def test_a_later_statement_outranks_an_earlier_and_any_outranks_a_conclusion():
    body: Knowledge = {}
    assert learn(body, "title", "CTO", DERIVED, "") is Learned.VALUE
    assert learn(body, "title", "CEO", "2026-01-01", "crm") is Learned.VALUE
    assert learn(body, "title", "CEO", "2026-01-02", "crm") is Learned.MOMENT
    assert learn(body, "title", "COO", "2026-01-01", "web") is Learned.NOTHING

    assert values(body) == {"title": "CEO"}
