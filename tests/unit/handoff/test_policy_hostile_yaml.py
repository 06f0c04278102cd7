"""Files that want to hurt: each ends quickly, with a problem and never with an exception."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.handoff.policy_document import Compilation, compile_policy

KIB_64 = 64 * 1024
LIMIT_S = 0.05
"""Of a processor's time."""


def billion_laughs() -> str:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 30)]
    return "\n".join(lines)


def filled(text: str, start: str = "", end: str = "") -> str:
    room = KIB_64 - len((start + end).encode())
    return start + text * (room // len(text.encode())) + end


HOSTILE = {
    "billion laughs": (billion_laughs(), "anchor_refused"),
    "an alias to nothing": ("policy: *p", "alias_refused"),
    "an alias to itself": ("policy: &p [*p]", "anchor_refused"),
    "a merge key": ("policy: x\n<<: {a: 1}", "merge_key_refused"),
    "a tag that makes an object": ("policy: !!python/object/apply:os.system [ls]", "tag_refused"),
    "a tag of a type": ("policy: !!binary aGk=", "tag_refused"),
    "the empty tag": ("policy: ! x", "tag_refused"),
    "a directive": ("%YAML 1.1\n---\npolicy: x", "directive_refused"),
    "a directive of tags": ("%TAG ! tag:x.org,2000:\n---\npolicy: x", "directive_refused"),
    "two documents": ("policy: x\n---\npolicy: y", "several_documents"),
    "a file too large": ("#" * (KIB_64 + 1), "file_too_large"),
    "a large file of letters too large in bytes": ("ñ" * (KIB_64 // 2 + 1), "file_too_large"),
    "nothing": ("", "empty_file"),
    "only comments": (filled("# x\n"), "empty_file"),
    "only line ends": (filled("\n"), "empty_file"),
    "a NUL": ("policy: a\0b", "control_character"),
    "an escape": ("policy: \x1b[31m", "control_character"),
    "a lone surrogate": ("policy: \ud800", "not_utf8"),
    "bytes that are no UTF-8": (b"policy: \xff\xfe", "not_utf8"),
    "UTF-16": ("policy: x".encode("utf-16"), "not_utf8"),
    "a tab for indentation": ("policy:\n\tx: 1", "yaml_syntax"),
    "brackets without end": (filled("["), "too_deep"),
    "braces without end": (filled("{a: "), "too_deep"),
    "dashes without end": (filled("- "), "too_deep"),
    "questions without end": (filled("? "), "too_deep"),
    "seventeen levels": ("[" * 17 + "]" * 17, "too_deep"),
    "a flat list": (filled("a,", "signals: [", "a]"), "too_many_values"),
    "closed brackets": (filled("[],", "[", "[]]"), "too_many_values"),
    "a key that is a list": ("[a, b]: c", "key_not_text"),
    "a quote without end": ('policy: "' + "x" * 60_000, "yaml_syntax"),
    "escapes": (filled("\\x41", 'policy: "', '"'), "wrong_value"),
    "colons": (filled("a: "), "yaml_syntax"),
    "a long word": ("x" * 60_000, "wrong_type"),
    "a key without end": ("x" * 60_000 + ": 1", "yaml_syntax"),
    "a list of policies": ("- policy: x", "wrong_type"),
    "one word": ("policy", "wrong_type"),
    "unknown keys": ("\n".join(f"unknown_{n}: 1" for n in range(2000)), "unknown_key"),
    "one key again and again": ("policy: x\n" * 2000, "duplicate_key"),
    "a block of text": (filled(" x\n", "policy: |\n"), "wrong_value"),
    "a folded block": (filled(" x\n\n", "policy: >\n"), "wrong_value"),
    "an endless number": ("policy: x\ncool_down: " + "9" * 60_000, "wrong_type"),
    "a bidirectional override": ("policy: x\u202e", "wrong_value"),
    "names that nearly match": (
        "signals: {" + ", ".join(f"sgnal{n}: {{tuch: a, pionts: 1}}" for n in range(90)) + "}",
        "unknown_key",
    ),
    "a pattern that explodes": (
        'policy: x\nfit: {a: {points: 1, when: {lead.a: {matches: "((a{100}){100}){100}"}}}}',
        "wrong_pattern",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "code"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_ends_quickly_in_a_problem(source, code):
    fastest, compilation = LIMIT_S, Compilation(None, ())
    for _ in range(3):  # the first run may pay for a cold cache, or for a busy neighbour
        started = time.thread_time()
        compilation = compile_policy(source, "hostile.yaml")
        fastest = min(fastest, time.thread_time() - started)

    assert compilation.version is None
    assert code in {each.code for each in compilation.problems}
    assert len(compilation.problems) <= 50
    assert fastest < LIMIT_S


PIECES = re.findall(r"\w+|\W", Path("deploy/policies/starter.en.yaml").read_text("utf-8"))
ODD = [
    "[",
    "]",
    "{",
    "}",
    ":",
    ": ",
    "- ",
    "\n",
    "  ",
    '"',
    "'",
    "#",
    "&a",
    "*a",
    "!",
    "|",
    "0",
    "-1",
]
ODD += ["null", "true", "9" * 30, "1e999", ".inf", "30d", "\u00e1", "\U0001f600", "%", "not", "all"]


@settings(max_examples=300)
@given(
    st.integers(0, len(PIECES)),
    st.integers(0, 400),
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from(ODD)), max_size=8),
)
def test_whatever_happens_to_a_policy_nothing_is_raised(start, length, changes):
    pieces = PIECES[start : start + length]
    for place, odd in changes:
        pieces[place : place + 1] = [odd]
    compilation = compile_policy("".join(pieces))

    assert (compilation.version is None) is bool(compilation.errors)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, len(PIECES)), st.sampled_from(ODD)), max_size=3))
def test_a_few_slips_in_a_whole_policy_are_told_or_harmless(changes):
    pieces = list(PIECES)
    for place, odd in changes:
        pieces[place : place + 1] = [odd]
    compilation = compile_policy("".join(pieces))

    assert (compilation.version is None) is bool(compilation.errors)


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_end_in_a_problem(source):
    assert compile_policy(source).errors


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        pytest.param("policy: x\ntitle: a\0b", 2, 9, id="a NUL"),
        pytest.param(b"policy: x\ntitle: a\xff", 2, 9, id="a byte that is no UTF-8"),
        pytest.param("policy: x\ntitle: &a b", 2, 8, id="an anchor"),
        pytest.param("policy: x\n---\nb: 1", 2, 1, id="another document"),
        pytest.param("policy: x\n  - y: [", 2, 6, id="broken YAML"),
        pytest.param("policy:\n\tx: 1", 2, 1, id="a tab"),
        pytest.param("policy: x\nñandú: [[" + "[" * 20, 2, 23, id="the level that is too deep"),
    ],
)
def test_even_then_the_place_is_told(source, line, column):
    (problem,) = compile_policy(source).problems

    assert (problem.line, problem.column) == (line, column)


@pytest.mark.parametrize(
    ("source", "fix"),
    [
        pytest.param("policy:\n\tx: 1", "use spaces", id="tabs"),
        pytest.param("a: [12:30]", "needs quotes", id="a colon in a list"),
        pytest.param("policy: [a", "did not find expected ',' or ']'", id="a bracket left open"),
    ],
)
def test_broken_yaml_is_told_with_its_fix(source, fix):
    (problem,) = compile_policy(source).problems

    assert fix in problem.message


def test_a_byte_order_mark_is_no_fault():
    errors = compile_policy("\ufeffpolicy: x".encode()).errors

    assert {each.code for each in errors} == {"missing_key"}
