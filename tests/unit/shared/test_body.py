"""Bodies that want to hurt: each is read in full, or refused with the place."""

import asyncio
import gc
import gzip
import json
import time
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.body import (
    LIMIT,
    MAX_DEPTH,
    Disconnected,
    _read_thoroughly,
    clean_text,
    decode,
    read_json,
    read_raw,
)
from shared.problem import Problem

VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)
SOUP = st.text(alphabet='{}[]",:0123456789eE.+-\\u \nab')


ODD = st.sampled_from(
    [
        "NaN",
        "1e999",
        "-1e309",
        "[[[[",
        '{"a":1,"a":2}',
        "\\ud800",
        '"\\ud800"',
        '"\\u0000"',
        "\\",
        '"',
    ]
    + [
        "9007199254740993",
        "-9007199254740993",
        "12345678901234567890",
        "1.0e+400",
        "\ufeff",
        "\x00",
    ]
    + ["[" * 40 + "]" * 40, "{}", "[]", '"[[["', '"\\"[[["', " ", ",", ":", "1e1000000", "0x1", "-"]
)


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


@given(VALUES.map(lambda value: json.dumps([value, {"a": value}]).encode()), st.data())
def test_both_ways_agree_on_damaged_json(body, data):
    place = data.draw(st.integers(0, len(body)))
    odd = data.draw(ODD).encode()
    damaged = body[:place] + odd + body[place + data.draw(st.integers(0, 3)) :]

    assert outcome(read_json, damaged) == outcome(_read_thoroughly, damaged)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param(b"[" * 100_000, "nested deeper than 32", id="very deep"),
        pytest.param(b"[" * 33 + b"]" * 33, "nested deeper than 32", id="one too deep"),
        pytest.param(b'{"a": NaN}', "NaN is not JSON", id="NaN"),
        pytest.param(b'{"a": -Infinity}', "-Infinity is not JSON", id="infinity"),
        pytest.param(b'{"a": 1e999}', "the number 1e999 is out of range", id="too large a float"),
        pytest.param(b'{"a": "\xff"}', "not UTF-8 at byte 7", id="bad UTF-8"),
        pytest.param('{"a": 1}'.encode("utf-16"), "not UTF-8 at byte 0", id="UTF-16"),
        pytest.param(b'{"\\ud800": 1}', "a lone surrogate in a text", id="surrogate key"),
        pytest.param(b'{"a": "\\udc00"}', "a lone surrogate in a text", id="surrogate text"),
        pytest.param(b'{"a": 1, "a": 2}', "the key 'a' appears twice in one object", id="repeat"),
        pytest.param(b'{"a": 1', "at line 1 column 8", id="cut off"),
        pytest.param(b"", "Expecting value at line 1 column 1", id="nothing"),
        pytest.param(b"{'a': 1}", "at line 1 column 2", id="no JSON"),
        pytest.param(b'{"a" 1}', "at line 1 column 6", id="syntax"),
    ],
)
def test_what_cannot_be_accepted_is_refused_with_the_reason(body, why):
    with pytest.raises(Problem) as caught:
        read_json(body)

    assert (caught.value.status, caught.value.code) == (400, "invalid_json")
    assert why in caught.value.message


@pytest.mark.parametrize(
    ("body", "value"),
    [
        pytest.param(b'\xef\xbb\xbf{"a": 1}', {"a": 1}, id="a BOM"),
        pytest.param(b'{"id": 12345678901234567890}', {"id": "12345678901234567890"}, id="big id"),
        pytest.param(b"9007199254740993", "9007199254740993", id="just too big to be exact"),
        pytest.param(b"-9007199254740992", -(2**53), id="just exact"),
        pytest.param(b"[" + b"9" * 5_000 + b"]", ["9" * 5_000], id="more digits than int() takes"),
        pytest.param(b'{"a": "x\\u0000y"}', {"a": "x\ufffdy"}, id="NUL"),
        pytest.param(b'{"a\\u0000": 1}', {"a\ufffd": 1}, id="NUL in a key"),
        pytest.param(b'"\\ud83d\\ude80"', "\U0001f680", id="a pair of surrogates"),
        pytest.param(b"[" * 32 + b"]" * 32, eval("[" * 32 + "]" * 32), id="just deep enough"),
    ],
)
def test_what_is_only_unusual_is_read(body, value):
    assert read_json(body) == value


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            json.dumps({f"k{n}": 0 for n in range(25_000)})[:-1] + ', "k24999": 0}',
            id="late repeat",
        ),
        pytest.param("[" * (LIMIT - 1), id="brackets"),
        pytest.param('"' + "\\u0041" * (LIMIT // 6 - 1) + '"', id="escapes"),
        pytest.param("[" + "1" * (LIMIT - 2) + "]", id="digits"),
        pytest.param('{"a":' * (LIMIT // 5), id="objects"),
        pytest.param("[" + ",".join(["[]"] * (LIMIT // 3)) + "]", id="many lists"),
    ],
)
def test_no_body_of_the_largest_size_takes_long(body):
    gc.freeze()  # as a serving process does; else what other tests left is counted too
    try:
        started = time.thread_time()
        outcome(read_json, body.encode())
        took_s = time.thread_time() - started
    finally:
        gc.unfreeze()

    assert took_s < 1


@given(st.text(st.characters()))
def test_clean_text_can_be_stored_anywhere(text):
    clean = clean_text(text)

    assert "\x00" not in clean
    assert clean.encode().decode() == clean


def arriving(*messages, forever=False):
    """Return a ``receive`` that gives these messages, and then nothing more."""
    waiting = list(messages)

    async def receive():
        if waiting:
            return waiting.pop(0)
        if forever:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    return receive


def part(body, more=False):
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_in_parts_is_put_together():
    receive = arriving(part(b"a", more=True), part(b"", more=True), part(b"b"))

    assert await read_raw(receive, []) == b"ab"


async def test_a_body_that_comes_later_is_waited_for():
    event = asyncio.Event()

    async def receive():
        await event.wait()
        await asyncio.sleep(0)
        return part(b"late")

    reading = asyncio.create_task(read_raw(receive, []))
    await asyncio.sleep(0)
    event.set()

    assert await reading == b"late"


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([], id="never begins"),
        pytest.param([part(b"a", more=True)], id="stops half way"),
    ],
)
async def test_a_body_that_does_not_come_ends_408(messages):
    with pytest.raises(Problem) as caught:
        await read_raw(arriving(*messages, forever=True), [], slowest_s=0.01)

    assert (caught.value.status, caught.value.code) == (408, "body_too_slow")
    assert caught.value.headers == {"Connection": "close"}


async def test_a_request_that_is_cancelled_while_it_waits_ends():
    reading = asyncio.create_task(read_raw(arriving(forever=True), []))
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)

    assert reading.cancelled()


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([{"type": "http.disconnect"}], id="before its body"),
        pytest.param([part(b"a", more=True), {"type": "http.disconnect"}], id="half way"),
    ],
)
async def test_a_client_that_goes_away_is_told_apart(messages):
    with pytest.raises(Disconnected):
        await read_raw(arriving(*messages), [])


@pytest.mark.parametrize(
    ("messages", "headers"),
    [
        pytest.param([part(b"x" * 11)], [], id="at once"),
        pytest.param([part(b"x" * 6, more=True), part(b"x" * 5)], [], id="in parts"),
        pytest.param([part(b"", more=True)], [(b"content-length", b"11")], id="announced"),
        pytest.param([part(b"x" * 11, more=True)], [(b"content-length", b"x")], id="odd length"),
    ],
)
async def test_a_body_over_the_limit_is_refused(messages, headers):
    with pytest.raises(Problem) as caught:
        await read_raw(arriving(*messages), headers, limit=10)

    assert caught.value.status == 413


async def test_a_body_of_just_the_limit_is_taken():
    assert await read_raw(arriving(part(b"x" * 5, more=True), part(b"x" * 5)), [], 10) == b"x" * 10


@pytest.mark.parametrize("encoding", [b"gzip", b"GZIP", b" deflate"])
@given(body=st.binary(max_size=200))
def test_an_encoded_body_is_decoded(encoding, body):
    encoded = gzip.compress(body) if b"gz" in encoding.lower() else zlib.compress(body)

    assert decode(encoded, encoding) == body


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        pytest.param(gzip.compress(b"0" * 100_000_000), b"gzip", 413, id="a bomb"),
        pytest.param(gzip.compress(b"x")[:-9], b"gzip", 400, id="cut off"),
        pytest.param(b"plain", b"gzip", 400, id="not gzip"),
        pytest.param(b"", b"gzip", 400, id="nothing"),
        pytest.param(b"x", b"br", 415, id="an encoding we do not know"),
        pytest.param(gzip.compress(gzip.compress(b"x")), b"gzip, gzip", 415, id="two encodings"),
    ],
)
def test_a_body_that_is_not_what_its_encoding_says_is_refused(body, encoding, status):
    with pytest.raises(Problem) as caught:
        decode(body, encoding)

    assert caught.value.status == status


@pytest.mark.parametrize("encoding", [None, b"", b"identity"])
def test_a_body_without_encoding_is_left_as_it_is(encoding):
    assert decode(b"\x1f\x8b", encoding) == b"\x1f\x8b"


def outcome(read, body):
    """The value or the refusal, as text, because NaN does not equal itself."""
    try:
        return repr(read(body))
    except Problem as problem:
        return problem.message
