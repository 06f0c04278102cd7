"""A policy file means what it says: plain words, its digest, names kept outside, the starters."""

import json
from pathlib import Path

import pytest

from services.handoff.domain.facts import Equals, FactTest
from services.handoff.policy_document import Vocabulary, compile_policy
from tests.unit.handoff.good_policy import GOOD


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
