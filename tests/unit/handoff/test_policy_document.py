"""A policy file that is wrong: every problem at once, each at its place, with the fix."""

import json
from pathlib import Path

import pytest

from services.handoff.domain.facts import Equals, FactTest
from services.handoff.policy_document import Vocabulary, compile_policy

GOOD = """\
policy: tiny
lists:
  rivals: [rival.com]
signals:
  guide:
    touch: content.downloaded
    points: 30
    at_most: 2
    half_life: 7d
    within: 30d
  opened: {touch: email.opened, points: 1, weak: true}
fit:
  decides:
    when: {lead.title: {contains: cto}}
    points: 40
exclude:
  rival:
    when: {account.domain: {in_list: rivals}}
gates:
  engaged:
    tier: warm
    when:
      all:
        - {fit: {at_least: 40}}
        - {engagement: {at_least: 50}}
        - {signal: guide, times: 2, within: 30d}
response:
  warm: {accept_in: 4h, first_attempt_in: 1d}
"""

TOO_SOON = "{later: {effect: recycle, after: 1d}, stop: {effect: opt_out}}"


def problems_of(*changes: tuple[str, str]):
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return compile_policy(text, "p.yaml").problems


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


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        pytest.param(
            ("half_life: 7d", "half_life: 31d"), "contradictory_durations", 9, id="fades later"
        ),
        pytest.param(
            ("  opened: {", "  again: {touch: content.downloaded, points: 1}\n  opened: {"),
            "duplicate", 11, id="the same signal twice",
        ),
        pytest.param(
            ("points: 1, weak: true", "points: 0"), "unused_signal", 11, id="a signal nobody uses"
        ),
        pytest.param(
            ("rivals: [rival.com]", "rivals: [rival.com]\n  friends: [a.com]"), "unused_list", 4,
            id="a list nobody uses",
        ),
        pytest.param(
            ("response:\n", "response:\n  cold: {accept_in: 1h, first_attempt_in: 1h}\n"),
            "unused_tier", 28, id="a tier no gate has",
        ),
        pytest.param(("lead.title:", "lead.titel:"), "unfamiliar_name", 14, id="a misspelt fact"),
        pytest.param(
            ("policy: tiny", "policy: tiny\ntitle: {en: Tiny}"), "title_untranslated", 2,
            id="a title in one language",
        ),
        pytest.param(
            ("    points: 40", "    points: 40\n  fat: {when: {account.employees: 1}, points: 0}"),
            "no_points", 16, id="a criterion without points",
        ),
        pytest.param(
            ("response:\n", f"reject_reasons: {TOO_SOON}\nresponse:\n"),
            "contradictory_durations", 27, id="a return before the cool-down is over",
        ),
        pytest.param(
            ("first_attempt_in: 1d", "first_attempt_in: 1d, calendar: business"),
            "working_days", 28, id="days where hours of work are counted",
        ),
        pytest.param(
            ("response:\n", "reject_reasons: {no: {effect: fix}}\nresponse:\n"),
            "no_opt_out_reason", 27, id="no way to stop contacting",
        ),
        pytest.param(
            ("- {signal: guide, times: 2, within: 30d}",
             "- {any: [{signal: guide}, {signal: guide, times: 9}]}"),
            "unreachable_condition", 26, id="a branch that cannot be taken",
        ),
    ],
)  # fmt: skip
def test_what_is_only_odd_is_a_warning(change, code, line):
    problems = problems_of(change)

    assert [(each.code, each.line, each.severity) for each in problems] == [(code, line, "warning")]


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


@pytest.mark.parametrize(
    ("written", "values"),
    [
        pytest.param("[NO, SE]", ("NO", "SE"), id="Norway is text"),
        pytest.param("[yes, on, off]", ("yes", "on", "off"), id="yes, on and off are text"),
        pytest.param("08001", ("08001",), id="a postal code is text"),
        pytest.param("12:30", ("12:30",), id="a time is text"),
        pytest.param("2026-01-31", ("2026-01-31",), id="a date is text"),
        pytest.param("0x10", ("0x10",), id="a code is text"),
        pytest.param("1e3", ("1e3",), id="so is this"),
        pytest.param("[true, 7, 1.5]", (True, 7, 1.5), id="truths and numbers are what they are"),
        pytest.param('"true"', ("true",), id="unless they are quoted"),
    ],
)
def test_plain_words_stay_what_they_are(written, values):
    text = GOOD.replace("{lead.title: {contains: cto}}", f"\n      lead.country: {written}")
    version = compile_policy(text).version

    assert version is not None
    assert version.fit[0].when == FactTest("lead.country", (Equals(values),))


def test_misspelt_kinds_of_touch_are_warned_about_when_kinds_are_known():
    known = Vocabulary(touches=("content.downloaded", "email.opened"))
    text = GOOD.replace("email.opened", "email.openned")

    assert [each.code for each in compile_policy(text, vocabulary=known).warnings] == [
        "unfamiliar_name"
    ]
    assert (
        compile_policy(text.replace("email.openned", "fax.sent"), vocabulary=known).problems == ()
    )


def test_lists_may_be_kept_outside_the_file():
    text = GOOD.replace("lists:\n  rivals: [rival.com]\n", "")

    assert compile_policy(text).version is None
    assert compile_policy(text, lists=["rivals"]).version is not None


def test_the_digest_is_of_what_is_said_not_of_how():
    as_json = json.dumps(
        {
            "policy": "p",
            "signals": {"s": {"points": 1, "touch": "a.b"}},
            "gates": {"g": {"when": {"signal": "s"}, "tier": "t"}},
            "response": {"t": {"first_attempt_in": "1d", "accept_in": "60m"}},
        }
    )
    as_yaml = (
        "# a comment\npolicy: p\nresponse: {t: {accept_in: 1h, first_attempt_in: 24h}}\n"
        "gates: {g: {tier: t, when: {signal: [s]}}}\nsignals: {s: {touch: [a.b], points: 1.0}}\n"
    )
    one, other = compile_policy(as_json).version, compile_policy(as_yaml).version
    changed = compile_policy(as_yaml.replace("points: 1.0", "points: 1.1")).version

    assert one is not None
    assert other is not None
    assert changed is not None
    assert one.digest == other.digest != changed.digest


STARTERS = sorted(Path("deploy/policies").glob("starter.*.yaml"))


@pytest.mark.parametrize("starter", STARTERS, ids=lambda path: path.name)
def test_a_starter_policy_has_no_problem(starter):
    assert compile_policy(starter.read_bytes(), starter.name).problems == ()


def test_the_starters_agree_in_everything_but_their_names():
    english, spanish = (compile_policy(starter.read_bytes()).version for starter in STARTERS)
    assert english is not None
    assert spanish is not None

    def numbers(version):
        return (
            [(each.touches, each.points, each.at_most, each.weak) for each in version.signals],
            [(each.points, each.title) for each in version.fit],
            [each.title for each in version.gates],
            [(each.effect, each.after, each.attempts) for each in version.reject_reasons],
            (version.response, version.targets, version.cool_down),
        )

    assert numbers(english) == numbers(spanish)


@pytest.mark.parametrize(
    ("calendar", "message"),
    [
        pytest.param("busines", "Did you mean `business`?", id="misspelt"),
        pytest.param("teams", "Did you mean `team`?", id="a misspelt word of ours"),
        pytest.param("xyz", "There are: `always`, `team`, `business`, `iberia`.", id="unlike any"),
        pytest.param("iberia", None, id="one that exists"),
        pytest.param("team", None, id="the team's"),
        pytest.param("always", None, id="day and night"),
    ],
)
def test_a_clock_runs_on_a_calendar_that_exists(calendar, message):
    text = GOOD.replace("first_attempt_in: 1d", f"first_attempt_in: 20h, calendar: {calendar}")
    vocabulary = Vocabulary(calendars=("business", "iberia"))
    faults = compile_policy(text, vocabulary=vocabulary).problems

    assert [(each.code, each.path, each.line) for each in faults] == (
        [("unknown_name", "/response/warm/calendar", 28)] if message else []
    )
    assert message is None or faults[0].message.endswith(message)


def test_where_nobody_knows_the_calendars_none_is_refused():
    text = GOOD.replace("first_attempt_in: 1d", "first_attempt_in: 20h, calendar: anything")

    assert compile_policy(text).problems == ()
