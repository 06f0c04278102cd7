import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.body import MAX_DEPTH, _read_thoroughly, read_json
from shared.problem import Problem

VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)
SOUP = st.text(alphabet='{}[]",:0123456789eE.+-\\u \nab')


@given(VALUES, st.booleans())
@example({"a": 1e300 * 1e10}, True)
@example([2**53, 2**53 + 1, -(2**63)], True)
@example({"a": "\x00\ud800"}, True)
def test_the_quick_way_reads_what_the_thorough_way_reads(value, ascii_only):
    body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")

    assert outcome(read_json, body) == outcome(_read_thoroughly, body)


@given(SOUP)
@example('{"a":1,"a":2}')
@example('{"brackets": "}{][", "n": [1e999]}')
@example("\ufeff{}")
def test_both_ways_refuse_the_same(soup):
    assert outcome(read_json, soup.encode()) == outcome(_read_thoroughly, soup.encode())


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"a":[', '[{"a":'])
def test_depth_is_counted_over_objects_and_lists_together(opening):
    steps = opening.count("{") + opening.count("[")
    closing = "".join("]" if char == "[" else "}" for char in reversed(opening) if char in "[{")
    deepest = MAX_DEPTH // steps
    fits = opening * deepest + "1" + closing * deepest
    too_deep = opening * (deepest + 1) + "1" + closing * (deepest + 1)

    read_json(fits.encode())
    with pytest.raises(Problem, match="nested deeper"):
        read_json(too_deep.encode())


@pytest.mark.parametrize(
    ("body", "place"),
    [
        pytest.param(b'{"a": 1, "a": 2}', "'a' appears twice", id="repeated key"),
        pytest.param(b'{"a": NaN}', "NaN is not JSON", id="not a number"),
        pytest.param(b'{"a": 1e999}', "out of range", id="overflowing exponent"),
        pytest.param(b'{"a": "\xff"}', "not UTF-8 at byte 7", id="bad encoding"),
        pytest.param(b'{"a": "\\ud800"}', "lone surrogate", id="lone surrogate"),
        pytest.param(b'{"a" 1}', "line 1 column 6", id="syntax"),
        pytest.param(b"[" * 100_000, "nested deeper", id="a hundred thousand brackets"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(body, place):
    with pytest.raises(Problem, match=place) as caught:
        read_json(body)

    assert caught.value.status == 400


def test_digits_other_languages_would_lose_are_kept_as_text():
    assert read_json(b'{"id": 9007199254740993}') == {"id": "9007199254740993"}


def outcome(read, body):
    """The value or the refusal, as text, because NaN does not equal itself."""
    try:
        return repr(read(body))
    except Problem as problem:
        return problem.message
