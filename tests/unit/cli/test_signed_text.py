"""What was signed and what a file says now, compared line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cli.signed_text import MOST_LINES, differences

SIGNED = "policy: b2b\npoints: 30\nweak: true\n"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param(
            SIGNED.replace("30", "20"),
            ["p.yaml:2: `points: 30` was signed, not `points: 20`"],
            id="another value",
        ),
        pytest.param(
            SIGNED.replace("weak: true\n", ""),
            ["p.yaml:2: `weak: true` was signed and is missing"],
            id="a line less",
        ),
        pytest.param(
            SIGNED + "at_most: 2\n", ["p.yaml:4: `at_most: 2` was not signed"], id="a line more"
        ),
        pytest.param(
            "policy: b2b\npoints: 20\nat_most: 2\nweak: true\n",
            [
                "p.yaml:2: `points: 30` was signed, not `points: 20`",
                "p.yaml:3: `at_most: 2` was not signed",
            ],
            id="both",
        ),
        pytest.param(
            SIGNED, ["p.yaml: the same text, read differently by this release"], id="nothing"
        ),
    ],
)
def test_each_line_that_differs_is_told_with_its_place(given, told):
    assert differences(SIGNED, given, "p.yaml") == told


def test_a_long_list_is_cut_and_says_so():
    told = differences("", "x\n" * 50, "p.yaml")

    assert len(told) == MOST_LINES + 1
    assert told[-1] == f"and {50 - MOST_LINES} more"


lines = st.lists(st.sampled_from(["a: 1", "b: 2", "  c: 3"]), max_size=12)


@given(lines, lines)
def test_places_are_lines_of_the_file_and_in_its_order(signed, given):
    told = differences("\n".join(signed), "\n".join(given), "p.yaml")
    places = [
        int(one.split(":")[1]) for one in told if one.startswith("p.yaml:") and signed != given
    ]

    assert places == sorted(places)
    assert all(0 <= place <= len(given) for place in places)
    assert (places == []) == (signed == given)
