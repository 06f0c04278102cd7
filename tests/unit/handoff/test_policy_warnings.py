"""What is only odd in a policy file: told as a warning, and taken."""

import pytest

from services.handoff.policy_document import Vocabulary, compile_policy
from tests.unit.handoff.good_policy import GOOD, problems_of

TOO_SOON = "{later: {effect: recycle, after: 1d}, stop: {effect: opt_out}}"


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


def test_misspelt_kinds_of_touch_are_warned_about_when_kinds_are_known():
    known = Vocabulary(touches=("content.downloaded", "email.opened"))
    text = GOOD.replace("email.opened", "email.openned")

    assert [each.code for each in compile_policy(text, vocabulary=known).warnings] == [
        "unfamiliar_name"
    ]
    assert (
        compile_policy(text.replace("email.openned", "fax.sent"), vocabulary=known).problems == ()
    )
