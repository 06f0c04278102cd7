from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.incoming import Unreadable
from services.ingest.http.bodies import given_body
from services.ingest.vendors.bodies import fingerprint, form_of, value_at
from shared.problem import Problem

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("form", "values"),
    [
        pytest.param(b"a=1&b=%20x+y", {"a": "1", "b": " x y"}, id="plain"),
        pytest.param(b"d[who][mail]=a@b.c", {"d": {"who": {"mail": "a@b.c"}}}, id="nested"),
        pytest.param(b"x[]=1&x[]=2", {"x": ["1", "2"]}, id="empty brackets"),
        pytest.param(b"x=1&x=2&x=3", {"x": ["1", "2", "3"]}, id="a repeated name"),
        pytest.param(b"x[0]=1&x[1]=2", {"x": {"0": "1", "1": "2"}}, id="indexes"),
        pytest.param(b"x=1&x[a]=2", {"x": {"a": "2"}}, id="a value that becomes an object"),
        pytest.param(b"n=%00", {"n": "\ufffd"}, id="a NUL"),
        pytest.param(b"", {}, id="nothing"),
    ],
)  # fmt: skip
def test_forms_are_read_as_the_objects_they_mean(form, values):
    assert form_of(form) == values


@pytest.mark.parametrize(
    ("body", "encoding", "told"),
    [
        pytest.param("a", "base64", "is no base64", id="cut off"),
        pytest.param("señas", "base64", "is no base64", id="letters of no base64"),
        pytest.param("\udc30", "base64", "is no base64", id="half a character in base64"),
        pytest.param("\udc30", "text", "no text can hold", id="half a character"),
    ],
)
def test_a_body_that_cannot_be_is_told_at_its_place(body, encoding, told):
    with pytest.raises(Problem) as refused:
        given_body(body, encoding)

    assert refused.value.status == 422
    assert (refused.value.errors[0]["pointer"], told in refused.value.message) == ("/body", True)


@pytest.mark.parametrize(
    "form", [b"x=%ff", b"\xff=1", b"&".join(b"x=1" for _ in range(1001)), b"a" + b"[b]" * 20]
)
def test_a_form_that_could_hurt_is_unreadable(form):
    with pytest.raises(Unreadable):
        form_of(form)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_form_or_unreadable(raw):
    with suppress(Unreadable):
        assert isinstance(form_of(raw), dict)


@given(st.dictionaries(st.text(), JSON))
def test_the_order_of_the_keys_changes_no_fingerprint(content):
    turned = dict(reversed(content.items()))

    assert fingerprint(content) == fingerprint(turned)


def test_what_differs_between_two_sendings_is_left_out():
    assert fingerprint({"a": 1, "sentAt": 1}, ["sentAt"]) == fingerprint(
        {"a": 1, "sentAt": 2}, ["sentAt"]
    )
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b.0.c", 7),
        ("a.b.1", None),
        ("a.x.y", None),
        ("a.b.c", None),
        ("odd.name", 8),
        ("a.b.00000000", {"c": 7}),
    ],
)
def test_a_path_leads_to_a_value_or_to_none(path, value):
    assert value_at({"a": {"b": [{"c": 7}]}, "odd.name": 8}, path) == value
