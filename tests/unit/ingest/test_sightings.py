"""Touches of one mail judged together: what shows a machine, and that order does not matter."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.incoming import Mark
from services.ingest.domain.made_by import NO_SIGN, PERSONS_PROXY
from services.ingest.domain.sightings import (
    ALL_AT_ONCE,
    BEFORE_DELIVERY,
    CLICKED,
    DELIVERED,
    HIDDEN_LINK,
    NEAR_HIDDEN_LINK,
    NOT_SETTLED,
    OPENED,
    SENT,
    SOON_AFTER_DELIVERY,
    TWO_AT_ONCE,
    UPON_DELIVERY,
    Sighting,
    hidden_address,
    is_hidden,
    judge_together,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
VENDOR_HUMAN = Mark("human", "vendor_flag")
BARE = Mark("unsure", "bare_user_agent")


def at(
    seconds: float,
    kind: str = CLICKED,
    link: str | None = None,
    own: Mark = NO_SIGN,
    settles: float | None = None,
) -> Sighting:
    return Sighting(
        f"{kind} {link} {seconds}",
        kind,
        NOON + timedelta(seconds=seconds),
        None if link is None else link.encode(),
        own,
        None if settles is None else NOON + timedelta(seconds=settles),
    )


def marks(*seen: Sighting, now: datetime = LATER) -> list[Mark]:
    found = judge_together(seen, now)
    return [found[one.key] for one in seen]


@pytest.mark.parametrize(
    ("seen", "mark"),
    [
        pytest.param([at(0, DELIVERED), at(0, OPENED)], UPON_DELIVERY, id="in the same second"),
        pytest.param([at(0, DELIVERED), at(3, CLICKED, "a")], UPON_DELIVERY, id="three seconds"),
        pytest.param([at(0, DELIVERED), at(4, OPENED)], SOON_AFTER_DELIVERY, id="four seconds"),
        pytest.param([at(0, DELIVERED), at(10, OPENED)], SOON_AFTER_DELIVERY, id="ten seconds"),
        pytest.param([at(0, DELIVERED), at(11, OPENED)], NO_SIGN, id="eleven seconds"),
        pytest.param([at(0, SENT), at(2, OPENED)], UPON_DELIVERY, id="after sending"),
        pytest.param([at(0, SENT), at(4, OPENED)], NO_SIGN, id="sending takes its time"),
        pytest.param([at(60, DELIVERED), at(0, CLICKED, "a")], BEFORE_DELIVERY, id="before it"),
        pytest.param([at(61, DELIVERED), at(0, CLICKED, "a")], NO_SIGN, id="of an earlier sending"),
        pytest.param(
            [at(0, DELIVERED), at(1, OPENED, own=BARE)], UPON_DELIVERY, id="Apple's proxy"
        ),
        pytest.param([at(0, DELIVERED), at(5, OPENED, own=BARE)], BARE, id="unsure stays unsure"),
        pytest.param(
            [at(0, DELIVERED), at(1, OPENED, own=PERSONS_PROXY)], PERSONS_PROXY, id="Gmail's proxy"
        ),
        pytest.param(
            [at(0, DELIVERED), at(1, CLICKED, "a", VENDOR_HUMAN)],
            VENDOR_HUMAN,
            id="the vendor knows",
        ),
    ],
)
def test_seconds_after_delivery_tell(seen, mark):
    assert marks(*seen)[-1] == mark


def test_three_links_within_a_second_were_followed_by_a_machine():
    seen = at(100, link="a"), at(100.4, link="b"), at(101, link="c")

    assert marks(*seen) == [ALL_AT_ONCE] * 3


def test_an_open_beside_such_a_burst_is_the_machines():
    burst = at(100, link="a"), at(100, link="b"), at(100, link="c")

    assert marks(*burst, at(101, OPENED))[-1] == ALL_AT_ONCE
    assert marks(*burst, at(102.5, OPENED))[-1] == NO_SIGN


def test_a_person_who_clicks_after_the_scanner_is_a_person():
    burst = at(0, link="a"), at(0, link="b"), at(1, link="c")

    assert marks(*burst, at(3600, link="a"))[-1] == NO_SIGN


def test_two_links_within_a_second_are_nobodys_for_certain():
    assert marks(at(0, link="a"), at(1, link="b")) == [TWO_AT_ONCE] * 2
    assert marks(at(0, link="a"), at(1.1, link="b")) == [NO_SIGN] * 2


def test_a_double_click_is_a_persons():
    assert marks(at(0, link="a"), at(0.2, link="a"), at(0.4, link="a")) == [NO_SIGN] * 3


def test_the_window_of_a_second_moves_along():
    slow = [at(number * 0.6, link=str(number)) for number in range(5)]

    assert set(marks(*slow)) == {TWO_AT_ONCE}


def test_who_follows_a_hidden_link_did_all_around_it():
    seen = (
        at(0, OPENED, own=VENDOR_HUMAN),
        at(9, link="trap", own=HIDDEN_LINK),
        at(19, link="a"),
        at(19.5, link="a"),
    )

    assert marks(*seen) == [NEAR_HIDDEN_LINK, HIDDEN_LINK, NEAR_HIDDEN_LINK, NO_SIGN]


def test_what_has_not_waited_long_enough_is_unsure():
    click = at(0, link="a", settles=60)

    assert marks(click, now=NOON + timedelta(seconds=59)) == [NOT_SETTLED]
    assert marks(click, now=NOON + timedelta(seconds=60)) == [NO_SIGN]


def test_evidence_does_not_wait():
    seen = at(0, DELIVERED), at(1, link="a", settles=60)

    assert marks(*seen, now=NOON)[-1] == UPON_DELIVERY


OWN = st.sampled_from([NO_SIGN, PERSONS_PROXY, VENDOR_HUMAN, BARE, HIDDEN_LINK])
SEEN = st.lists(
    st.builds(
        at,
        st.integers(0, 40).map(lambda tenths: tenths / 4),
        st.sampled_from([SENT, DELIVERED, OPENED, CLICKED]),
        st.sampled_from([None, "a", "b", "c", "d"]),
        OWN,
    ),
    unique_by=lambda one: one.key,
    max_size=9,
)


@given(SEEN, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(seen, random):
    shuffled = random.sample(seen, len(seen))

    assert judge_together(shuffled, LATER) == judge_together(seen, LATER)


def test_the_one_that_shows_it_may_come_last():
    seen = at(0, DELIVERED), at(30, link="a"), at(30, link="b"), at(31, link="c")

    for order in permutations(seen):
        found = judge_together(order, LATER)
        assert {found[one.key] for one in seen[1:]} == {ALL_AT_ONCE}


@given(SEEN)
def test_unsure_is_never_made_human_by_neighbours(seen):
    found = judge_together(seen, LATER)

    assert all(found[one.key].made_by != "human" for one in seen if one.own.made_by != "human")


@pytest.mark.parametrize(
    "url",
    [
        "https://Acme.com/s/trap",
        "http://acme.com/s/trap/?utm_source=x#y",
        "acme.com/s/trap",
    ],
)
def test_a_hidden_link_is_known_by_host_and_path(url):
    hidden = frozenset({hidden_address("https://acme.com/s/trap")})

    assert is_hidden({"email": {"url": url}}, hidden)
    assert is_hidden({"page": {"url": url}}, hidden)
    assert not is_hidden({"email": {"url": "https://acme.com/s/trapdoor"}}, hidden)
