"""Which lead an event belongs to, and which leads are one."""

from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.handoff.domain.identity import (
    MOST_IDENTIFIERS,
    Resolver,
    best_name,
    is_shared,
)

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def resolver() -> Resolver:
    numbers = count(1)
    return Resolver({}, {}, {}, lambda: f"lead{next(numbers):03}", NOW)


def groups(events) -> set[frozenset[str]]:
    """Return which identifiers are one person, after these events."""
    one = resolver()
    for identifiers in events:
        one.resolve(identifiers)
    found: dict[str, set[str]] = {}
    for identifier, lead_id in one.found.items():
        found.setdefault(one.root(lead_id), set()).add(identifier)
    return {frozenset(identifiers) for identifiers in found.values()}


people = st.sampled_from(["email:a@x.com", "email:b@x.com", "user:crm:1", "user:crm:2"])
events = st.lists(st.lists(people, min_size=1, max_size=3), max_size=8)


@given(events, st.randoms())
def test_the_order_of_events_does_not_decide_who_is_who(told, chance):
    shuffled = list(told)
    chance.shuffle(shuffled)

    assert groups(shuffled) == groups(told)


@given(events)
def test_repeating_events_joins_nobody_else(told):
    assert groups([*told, *told]) == groups(told)


@pytest.mark.parametrize(
    ("told", "persons"),
    [
        pytest.param([["anon:w:1"], ["email:a@x.com", "anon:w:1"]], 1, id="a visitor gets a name"),
        pytest.param(
            [["email:a@x.com", "anon:w:1"], ["email:b@x.com", "anon:w:1"]], 2, id="shared computer"
        ),
        pytest.param(
            [["email:a@x.com"], ["user:crm:1"], ["email:a@x.com", "user:crm:1"]], 1, id="one by id"
        ),
        pytest.param(
            [["user:crm:1", "email:info@x.com"], ["user:crm:2", "email:info@x.com"]],
            2,
            id="a shared mailbox is no link",
        ),
        pytest.param([["email:info@x.com"], ["email:info@x.com"]], 1, id="but finds its own lead"),
    ],
)
def test_who_is_one_person(told, persons):
    assert len(groups(told)) == persons


def test_no_person_has_more_identifiers_than_the_limit():
    one = resolver()
    for number in range(MOST_IDENTIFIERS + 10):
        one.resolve(["email:a@x.com", f"user:crm:{number}"])

    root = one.leads[one.root(one.found["email:a@x.com"])]
    assert root.identifiers == MOST_IDENTIFIERS


@pytest.mark.parametrize("address", ["info@x.com", "ventas@x.com", "test@test.com"])
def test_mailboxes_of_many_are_shared(address):
    assert is_shared(f"email:{address}")
    assert not is_shared("email:eva@x.com")


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        pytest.param({"name": "Eva Ruiz"}, "Eva Ruiz", id="the name"),
        pytest.param({"first_name": "Eva", "last_name": "Ruiz"}, "Eva Ruiz", id="its parts"),
        pytest.param({"last_name": "Ruiz"}, "Ruiz", id="one part"),
        pytest.param({}, "eva@x.com", id="the address"),
    ],
)
def test_a_lead_is_called_by_what_is_known(facts, name):
    assert best_name(facts, ["email:eva@x.com"]) == name
