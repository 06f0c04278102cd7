"""Background work gives way: a slow page is followed by a smaller one and a longer rest."""

import pytest

from services.handoff.domain.pace import MOST_AT_ONCE, PAGE_S, REST, Pace


def test_alone_it_works_a_third_of_the_time():
    assert Pace().took(20, 0.03) == pytest.approx(0.03 * REST)
    assert pytest.approx(1 / 3) == 1 / (1 + REST)


def test_quick_pages_grow_up_to_a_limit():
    pace = Pace()
    sizes = []
    for _ in range(6):
        pace.took(pace.size, PAGE_S / 2)
        sizes.append(pace.size)

    assert sizes == [40, 80, 160, MOST_AT_ONCE, MOST_AT_ONCE, MOST_AT_ONCE]


def test_slow_pages_shrink_down_to_a_single_lead():
    pace = Pace(size=4)
    for _ in range(5):
        pace.took(pace.size, 1.0)

    assert pace.size == 1


@pytest.mark.parametrize("seconds", [PAGE_S, 1.5 * PAGE_S, 2 * PAGE_S])
def test_a_page_that_takes_what_it_should_stays_as_it_is(seconds):
    pace = Pace()
    pace.took(pace.size, seconds)

    assert pace.size == Pace().size


def test_the_last_page_of_a_few_says_nothing_about_the_size():
    pace = Pace()
    pace.took(pace.size - 1, PAGE_S / 2)

    assert pace.size == Pace().size


def test_the_rate_counts_the_rests_and_follows_slowly():
    pace = Pace()
    pace.took(30, 0.1)
    first = pace.rate or 0
    pace.took(60, 0.1)
    pace.took(0, 0.1)

    assert first == pytest.approx(30 / (0.1 + 0.1 * REST))
    assert pace.rate == pytest.approx(first * 1.2)
