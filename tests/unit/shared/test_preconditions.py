"""Which revision a request wants to change."""

import pytest

from shared.preconditions import etag, expected_revision
from shared.problem import Problem


@pytest.mark.parametrize(
    ("if_match", "expected"),
    [(etag(7), 7), (' "12" ', 12), ("*", None)],
    ids=["our tag", "spaces around it", "any"],
)
def test_a_tag_names_a_revision(if_match, expected):
    assert expected_revision(if_match) == expected


@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        pytest.param(None, 428, id="none"),
        pytest.param("", 412, id="an empty one"),
        pytest.param("7", 412, id="without quotes"),
        pytest.param('W/"7"', 412, id="a weak one"),
        pytest.param('"7", "8"', 412, id="two"),
        pytest.param('"٧"', 412, id="other digits"),
        pytest.param('"-7"', 412, id="a negative one"),
        pytest.param(f'"{"7" * 5000}"', 412, id="one no number holds"),
    ],
)
def test_what_is_no_tag_of_ours_matches_nothing(if_match, status):
    with pytest.raises(Problem) as refused:
        expected_revision(if_match)

    assert refused.value.status == status
