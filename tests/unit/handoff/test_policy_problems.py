"""A policy file that is wrong: every problem at once, each at its place, with the fix."""

import json

import pytest

from services.handoff.policy_document import compile_policy
from tests.unit.handoff.good_policy import GOOD, problems_of


def test_a_good_policy_has_no_problems():
    assert problems_of() == ()


@pytest.mark.parametrize(
    ("change", "line", "column", "path", "code", "says"),
    [
        pytest.param(
            ("    points: 30", "    poinst: 30"), 7, 5, "/signals/guide/poinst", "unknown_key",
            "Did you mean `points`?", id="a misspelt key",
        ),
        pytest.param(
            ("    points: 30\n", ""), 5, 3, "/signals/guide", "missing_key",
            "`guide` needs `points`", id="a missing key",
        ),
        pytest.param(
            ("points: 30", "points: many"), 7, 13, "/signals/guide/points", "wrong_type",
            "must be a number with at most 1 decimal from -1000 to 1000, not `many`",
            id="a word for a number",
        ),
        pytest.param(
            ("points: 30", 'points: "30"'), 7, 13, "/signals/guide/points", "wrong_type",
            "not `30`", id="a number in quotes is text",
        ),
        pytest.param(
            ("points: 30", "points: 0.05"), 7, 13, "/signals/guide/points", "out_of_range",
            "at most 1 decimal", id="a hundredth of a point",
        ),
        pytest.param(
            ("at_most: 2", "at_most: 51"), 8, 14, "/signals/guide/at_most", "out_of_range",
            "from 1 to 50", id="too many to remember",
        ),
        pytest.param(
            ("half_life: 7d", "half_life: 7"), 9, 16, "/signals/guide/half_life", "wrong_type",
            "`30d`, `4h`, `15m` or `90s`", id="a duration without a unit",
        ),
        pytest.param(
            ("half_life: 7d", "half_life: 0d"), 9, 16, "/signals/guide/half_life", "out_of_range",
            "from `1s` to `3650d`", id="no time at all",
        ),
        pytest.param(
            ("weak: true", "weak: maybe"), 11, 50, "/signals/opened/weak", "wrong_type",
            "`true` or `false`", id="neither true nor false",
        ),
        pytest.param(
            ("content.downloaded", "Content Downloaded"), 6, 12, "/signals/guide/touch",
            "wrong_value", "a kind of touch", id="no kind of touch",
        ),
        pytest.param(
            ("  opened:", "  Opened Mail:"), 11, 3, "/signals/Opened Mail", "wrong_name",
            "cannot name a signal", id="a name with capitals and blanks",
        ),
        pytest.param(
            ("lead.title:", "title:"), 14, 12, "/fit/decides/when/title", "unknown_fact",
            "facts start with `lead.` or `account.`", id="a fact of nobody",
        ),
        pytest.param(
            ("contains: cto", "containz: cto"), 14, 25, "/fit/decides/when/lead.title/containz",
            "unknown_key", "Did you mean `contains`?", id="a misspelt operator",
        ),
        pytest.param(
            ("contains: cto", 'contains: "!"'), 14, 35, "/fit/decides/when/lead.title/contains",
            "wrong_value", "no letter or digit", id="nothing to look for",
        ),
        pytest.param(
            ("contains: cto", 'matches: "(a"'), 14, 34, "/fit/decides/when/lead.title/matches",
            "wrong_pattern", "missing )", id="a broken pattern",
        ),
        pytest.param(
            ("contains: cto", r'matches: "(a)\\1"'), 14, 34, "/fit/decides/when/lead.title/matches",
            "wrong_pattern", "invalid escape", id="a pattern that could take for ever",
        ),
        pytest.param(
            ("in_list: rivals", "in_list: rivales"), 18, 38,
            "/exclude/rival/when/account.domain/in_list", "unknown_list",
            "Did you mean `rivals`?", id="a list nobody wrote",
        ),
        pytest.param(
            ("signal: guide", "signal: giude"), 26, 20, "/gates/engaged/when/all/2/signal",
            "unknown_signal", "There is no signal `giude`. Did you mean `guide`?",
            id="a misspelt signal",
        ),
        pytest.param(
            ("signal: guide, times: 2", "signal: opened"), 26, 20,
            "/gates/engaged/when/all/2/signal", "weak_signal_in_gate", "`opened` is weak",
            id="a weak signal in a gate",
        ),
        pytest.param(
            ("times: 2", "times: 3"), 26, 34, "/gates/engaged/when/all/2/times",
            "impossible_gate", "asks for 3 touches of `guide`, but a lead can bring 2 at most",
            id="more touches than are remembered",
        ),
        pytest.param(
            ("{at_least: 50}", "{at_least: 60.1}"), 25, 35,
            "/gates/engaged/when/all/1/engagement/at_least", "impossible_gate",
            "asks for 60.1 points of engagement, but a lead can bring 60 at most",
            id="more engagement than there is",
        ),
        pytest.param(
            ("{fit: {at_least: 40}}", "{fit: {at_least: 41}}"), 24, 28,
            "/gates/engaged/when/all/0/fit/at_least", "impossible_gate",
            "asks for 41 points of fit, but a lead can bring 40 at most",
            id="more fit than there is",
        ),
        pytest.param(
            ("{engagement: {at_least: 50}}", "{different_signals: {at_least: 2}}"), 25, 42,
            "/gates/engaged/when/all/1/different_signals/at_least", "impossible_gate",
            "a lead can bring 1 at most", id="more signals than are strong",
        ),
        pytest.param(
            ("times: 2, within: 30d", "times: 2, within: 31d"), 26, 45,
            "/gates/engaged/when/all/2/within", "contradictory_durations",
            "looks back 31d, but `guide` counts only the last 30d",
            id="a gate that looks back too far",
        ),
        pytest.param(
            ("first_attempt_in: 1d", "first_attempt_in: 1h"), 28, 43,
            "/response/warm/first_attempt_in", "contradictory_durations",
            "due (1h) before the owner has to accept (4h)", id="called before accepted",
        ),
        pytest.param(
            ("first_attempt_in: 1d", "first_attempt_in: 1d, calendar: Office hours"), 28, 57,
            "/response/warm/calendar", "wrong_value",
            "must be `always`, `team` or a calendar like `business`, not `Office hours`",
            id="no name of a calendar",
        ),
        pytest.param(
            ("tier: warm", "tier: wram"), 21, 11, "/gates/engaged/tier", "tier_without_response",
            "Did you mean `warm`?", id="a tier nobody answers",
        ),
        pytest.param(
            ("    at_most: 2\n", "    at_most: 2\n    points: 3\n"), 9, 5, "/signals/guide/points",
            "duplicate_key", "already in line 7", id="a key that is there twice",
        ),
        pytest.param(
            ("lists:\n  rivals: [rival.com]", "lists:\n  rivals: []"), 3, 11, "/lists/rivals",
            "wrong_type", "a list of 1 to 2000 values", id="an empty list",
        ),
        pytest.param(
            ("policy: tiny", "policy: null"), 1, 9, "/policy", "wrong_type",
            "must be a name like `b2b-software`, not nothing", id="no value",
        ),
        pytest.param(
            ("first_attempt_in: 1d", "first_attempt_in: 1d, ladder: {remind: 99%, manager: 80%}"),
            28, 78, "/response/warm/ladder/manager", "ladder_out_of_order",
            "must come after `remind`", id="a manager told before the owner",
        ),
        pytest.param(
            ("first_attempt_in: 1d", "first_attempt_in: 1d, ladder: {remind: 50%}"),
            28, 47, "/response/warm/ladder", "ladder_tells_nobody", "`last_resort` or both",
            id="a ladder that ends with the owner",
        ),
        pytest.param(
            ("first_attempt_in: 1d", "first_attempt_in: 1d, ladder: {manger: 100%}"),
            28, 56, "/response/warm/ladder/manger", "unknown_key", "Did you mean `manager`",
            id="a step nobody knows",
        ),
        pytest.param(
            ("first_attempt_in: 1d", "first_attempt_in: 1d, ladder: {manager: 0%}"),
            28, 65, "/response/warm/ladder/manager", "wrong_value", "from `1%` to `1000%`",
            id="a step at no time",
        ),
        pytest.param(
            ("policy: tiny", "policy: [a]"), 1, 9, "/policy", "wrong_type", "not a list",
            id="a list for a word",
        ),
    ],
)  # fmt: skip
def test_a_problem_is_named_at_its_place(change, line, column, path, code, says):
    errors = [each for each in problems_of(change) if each.severity == "error"]

    assert [(each.line, each.column, each.path, each.code) for each in errors] == [
        (line, column, path, code)
    ]
    assert says in errors[0].message


@pytest.mark.parametrize(
    ("when", "code"),
    [
        pytest.param("{fit: {at_least: 10}}", "gate_without_evidence", id="fit alone"),
        pytest.param("{not: {signal: guide}}", "gate_without_evidence", id="having done nothing"),
        pytest.param(
            "{any: [{signal: guide}, {fit: {at_least: 40}}]}", "gate_without_evidence", id="or fit"
        ),
        pytest.param(
            "{all: [{fit: {at_least: 1}}, {not: {engagement: {at_least: 50}}}]}",
            "gate_without_evidence",
            id="fitting and quiet",
        ),
        pytest.param(
            "{all: [{signal: guide}, {not: {signal: guide}}]}",
            "impossible_gate",
            id="contradiction",
        ),
        pytest.param(
            "{all: [{engagement: {at_least: 50}}, {not: {signal: guide}}]}",
            "impossible_gate",
            id="points only from what must not be done",
        ),
        pytest.param("{engagement: {at_least: 0}}", "out_of_range", id="no engagement at all"),
        pytest.param("{}", "missing_key", id="nothing asked"),
        pytest.param("{all: []}", "wrong_type", id="all of nothing"),
        pytest.param("{sginal: guide}", "unknown_key", id="a misspelt condition"),
        pytest.param("{signal: guide, fit: {at_least: 3}}", "two_conditions", id="two at once"),
        pytest.param("{not: {signal: guide}, of: []}", "unknown_key", id="something beside not"),
        pytest.param("{at_least: 1}", "missing_key", id="at least one of what"),
        pytest.param(
            "{at_least: 3, of: [{signal: guide}, {signal: guide}]}",
            "out_of_range",
            id="three of two",
        ),
        pytest.param("[signal, guide]", "wrong_type", id="no condition"),
    ],
)
def test_gates_that_cannot_be_accepted(when, code):
    start, end = GOOD.index("      all:"), GOOD.index("response:")
    text = f"{GOOD[:start]}      {when}\n{GOOD[end:]}"

    assert [each.code for each in compile_policy(text).errors] == [code]


def test_a_reason_that_does_not_recycle_has_no_return():
    change = ("response:\n", "reject_reasons: {no: {effect: opt_out, after: 1d}}\nresponse:\n")

    assert [each.code for each in problems_of(change)] == ["contradictory_effect"]


def test_all_problems_are_told_at_once_in_the_order_of_the_file():
    problems = problems_of(
        ("    points: 30\n", "    points: lots\n"),
        ("contains: cto", "contians: cto"),
        ("in_list: rivals", "in_list: rivales"),
        ("signal: guide", "signal: giude"),
        ("{fit: {at_least: 40}}", "{fit: {at_least: soon}}"),
        ("first_attempt_in: 1d", "first_attempt_in: 1m"),
    )

    assert [str(each).split(": ", 1)[0] for each in problems if each.severity == "error"] == [
        "p.yaml:7:13",
        "p.yaml:14:25",
        "p.yaml:18:38",
        "p.yaml:24:28",
        "p.yaml:26:20",
        "p.yaml:28:43",
    ]


def test_a_broken_signal_does_not_make_sound_gates_look_impossible():
    codes = [each.code for each in problems_of(("points: 30", "points: lots"))]

    assert codes == ["wrong_type"]


def test_a_problem_reads_like_a_compiler_and_as_data():
    (problem,) = problems_of(("signal: guide", "signal: giude"))

    assert str(problem) == (
        "p.yaml:26:20: error: There is no signal `giude`. Did you mean `guide`? [unknown_signal]"
    )
    assert json.loads(json.dumps(problem.as_dict()))["path"] == "/gates/engaged/when/all/2/signal"
