"""What the parts of a policy do to each other: told at its place, with what to do."""

from time import perf_counter

import pytest

from services.handoff.handlers.policies import compile_for_shelf
from services.handoff.policy_document import compile_policy
from tests.unit.handoff.good_policy import GOOD, problems_of

FIT = """\
  decides:
    when: {lead.title: {contains: cto}}
    points: 40
"""
RIVAL = "  rival:\n    when: {account.domain: {in_list: rivals}}\n"
GATE_LINE = 21


def found(*changes: tuple[str, str]) -> list[tuple[str, str, int, str]]:
    """The problems of the good policy with these changes: code, severity, line, message."""
    return [(each.code, each.severity, each.line, each.message) for each in problems_of(*changes)]


def shifted(line: int, *changes: tuple[str, str]) -> int:
    """Where a line of the good policy is after changes above it."""
    return line + sum(new.count("\n") - old.count("\n") for old, new in changes)


def fit_by(*whens: str, points: int = 40) -> tuple[str, str]:
    """Fit by these conditions and no others."""
    criteria = (
        f"  c{number}:\n    when: {when}\n    points: {points}\n"
        for number, when in enumerate(whens)
    )
    return FIT, "".join(criteria)


def excluding(*whens: str) -> tuple[str, str]:
    """These exclusions beside the rival."""
    more = (f"  e{number}:\n    when: {when}\n" for number, when in enumerate(whens))
    return RIVAL, RIVAL + "".join(more)


@pytest.mark.parametrize(
    ("fit", "exclude", "names"),
    [
        pytest.param(
            ["{account.domain: {in_list: rivals}}"], [], "`rival`", id="the very same question"
        ),
        pytest.param(["{account.domain: rival.com}"], [], "`rival`", id="a value of the list"),
        pytest.param(
            ["{account.employees: {at_least: 500}}"], ["{account.employees: {at_least: 200}}"],
            "`e0`", id="a larger number",
        ),
        pytest.param(
            ["{lead.title: {contains: head of sales}}"], ["{lead.title: {contains: [head, cto]}}"],
            "`e0`", id="a word of the phrase",
        ),
        pytest.param(
            ["{account.customer: true}", "{account.domain: rival.com}"],
            ["{account.customer: true}"], "`e0`, `rival`", id="several exclusions together",
        ),
        pytest.param(
            ["{lead.country: {not: [ES, PT]}}"], ["{lead.country: {not: ES}}"], "`e0`",
            id="none of two",
        ),
        pytest.param(
            ["{lead.country: ES, lead.title: {contains: cto}}"], ["{lead.country: {exists: true}}"],
            "`e0`", id="whoever is known",
        ),
    ],
)  # fmt: skip
def test_an_exclusion_that_swallows_a_gate_is_an_error(fit, exclude, names):
    changes = fit_by(*fit), excluding(*exclude)
    errors = [each for each in found(*changes) if each[1] == "error"]
    when = shifted(GATE_LINE + 2, *changes)

    assert [each[:3] for each in errors] == [("swallowed_gate", "error", when)]
    assert (
        f"it takes 40 points of fit, and whoever has them is excluded by {names}." in (errors[0][3])
    )


@pytest.mark.parametrize(
    ("fit", "exclude"),
    [
        pytest.param(
            ["{account.employees: {at_least: 200}}"], ["{account.employees: {at_least: 500}}"],
            id="an exclusion that asks for more",
        ),
        pytest.param(
            ["{account.domain: rival.com}", "{lead.country: ES}"], [], id="another way to fit"
        ),
        pytest.param(
            ["{lead.country: [ES, PT]}"], ["{lead.country: ES}"], id="one country of two"
        ),
        pytest.param(
            ["{lead.country: ES}"], ["{lead.country: {not: PT}, lead.title: {exists: true}}"],
            id="who has no title",
        ),
    ],
)  # fmt: skip
def test_an_exclusion_that_leaves_somebody_is_no_problem(fit, exclude):
    assert found(fit_by(*fit), excluding(*exclude)) == []


def test_a_gate_that_needs_two_criteria_is_swallowed_by_what_keeps_both_out():
    changes = (
        fit_by("{lead.country: ES}", "{lead.title: {contains: cto}}", points=20),
        excluding("{lead.country: ES, lead.title: {contains: [cto, ceo]}}"),
    )

    assert [each[0] for each in found(*changes)] == ["swallowed_gate"]


def test_fit_that_is_only_one_way_through_a_gate_swallows_nothing():
    changes = (
        fit_by("{account.domain: rival.com}"),
        ("      all:\n", "      any:\n"),
        (
            "        - {fit: {at_least: 40}}\n",
            "        - {all: [{fit: {at_least: 40}}, {signal: guide}]}\n",
        ),
    )

    assert "swallowed_gate" not in [each[0] for each in found(*changes)]


def test_what_only_lists_of_values_could_pass_is_a_warning():
    """A lead with two domains could be one rival and one other company; nobody knows of any."""
    changes = (
        fit_by("{account.domain: acme.com}"),
        excluding("{account.domain: {exists: true}, lead.title: {exists: true}}",
                  "{account.domain: {exists: true}, lead.title: {exists: false}}"),
    )  # fmt: skip

    assert [each[:2] for each in found(*changes)] == [("swallowed_gate", "warning")]


def test_criteria_that_contradict_each_other_make_a_gate_impossible():
    changes = [fit_by("{lead.title: cto}", "{lead.title: {not: cto}}", points=20)]

    assert [each[:2] for each in found(*changes)] == [("impossible_gate", "error")]
    assert "the criteria that bring them contradict each other" in found(*changes)[0][3]


def test_criteria_that_only_a_list_could_meet_are_a_warning():
    changes = [fit_by("{lead.country: ES}", "{lead.country: PT}", points=20)]

    assert [each[:3] for each in found(*changes)] == [
        ("no_example", "warning", shifted(GATE_LINE - 1, *changes))
    ]


@pytest.mark.parametrize(
    "when",
    [
        pytest.param("{lead.country: {equals: ES, not: ES}}", id="is and is not"),
        pytest.param("{lead.country: {exists: false, equals: ES}}", id="unknown, and yet known"),
        pytest.param("{all: [{lead.country: ES}, {not: {lead.country: [ES, PT]}}]}", id="none of"),
        pytest.param("{lead.employees: {at_least: 50, at_most: 10}}", id="a range turned round"),
        pytest.param("{lead.country: ES, all: [{lead.country: PT}]}", id="two countries"),
    ],
)
def test_questions_nothing_answers_are_warned_about(when):
    change = excluding(when)

    assert [each[:3] for each in found(change)] == [("never_holds", "warning", 20)]


@pytest.mark.parametrize(
    "when",
    [
        pytest.param("{lead.country: {not: ES}}", id="not this"),
        pytest.param("{lead.employees: {at_least: 50, at_most: 500}}", id="a range"),
        pytest.param("{lead.title: {contains: [head of], not: {contains: sales}}}", id="but not"),
        pytest.param('{lead.title: {matches: "^[A-Z]{3}-\\\\d+$"}}', id="a pattern"),
        pytest.param('{lead.title: {matches: "x"}, lead.country: {not: {matches: "y"}}}', id="two"),
        pytest.param("{account.customer: false}", id="no"),
        pytest.param("{lead.title: {contains: [student*, becari*]}}", id="any ending"),
    ],
)
def test_questions_that_can_be_answered_are_no_problem(when):
    assert found(excluding(when)) == []


def test_a_signal_nobody_can_give_makes_its_gates_impossible():
    change = (
        "    within: 30d\n",
        "    within: 30d\n    where: {content.topic: {equals: roi, not: roi}}\n",
    )
    codes = {each[0] for each in found(change)}

    assert codes == {"never_holds", "impossible_gate"}


@pytest.mark.parametrize(
    ("exclude", "needless", "by"),
    [
        pytest.param(["{account.domain: rival.com}"], "e0", "rival", id="one value of a list"),
        pytest.param(
            ["{lead.country: ES}", "{lead.country: ES, lead.title: {contains: cto}}"], "e1", "e0",
            id="who also has a title",
        ),
        pytest.param(
            ["{lead.country: ES, lead.title: {contains: cto}}", "{lead.country: ES}"], "e0", "e1",
            id="the other way round",
        ),
        pytest.param(
            ["{account.employees: {at_least: 9}}", "{account.employees: {at_least: 5}}"], "e0",
            "e1", id="a larger number",
        ),
        pytest.param(
            ["{lead.country: México}", "{lead.country: [mexico]}"], "e1", "e0",
            id="the same in another spelling, told once",
        ),
    ],
)  # fmt: skip
def test_an_exclusion_inside_another_is_a_warning(exclude, needless, by):
    problems = found(excluding(*exclude))
    line = 19 + 2 * int(needless[1])

    assert [each[:3] for each in problems] == [("overlapping_exclusions", "warning", line)]
    assert problems[0][3].startswith(f"Whoever is `{needless}` is `{by}` too")


@pytest.mark.parametrize(
    "when",
    [
        pytest.param("{signal: guide, times: 2}", id="more often"),
        pytest.param("{signal: guide, within: 7d}", id="more lately"),
        pytest.param("{all: [{signal: guide}, {fit: {at_least: 40}}]}", id="with fit too"),
        pytest.param(
            "{any: [{signal: guide, times: 2}, {signal: guide, within: 1d}]}", id="either"
        ),
    ],
)
def test_a_gate_behind_one_that_asks_for_less_is_a_warning(when):
    first = "  first: {tier: warm, when: {signal: guide}}\n"
    change = "gates:\n", f"gates:\n{first}  second: {{tier: warm, when: {when}}}\n"
    problems = [each for each in found(change) if "second" in each[3]]

    assert [each[:3] for each in problems] == [("shadowed_gate", "warning", 21)]
    assert "Move it before `first`, or delete it." in problems[0][3]


def test_a_gate_that_is_asked_before_is_not_in_the_shadow():
    change = (
        "response:\n",
        "  last: {tier: warm, when: {signal: guide}}\nresponse:\n",
    )

    assert found(change) == []


def test_a_gate_whose_signals_come_together_has_no_example():
    """Every download counts for both: one cannot be seen without the other."""
    topical = "touch: content.downloaded, within: 30d, where: {content.topic: {exists: true}}"
    change = "  opened:", f"  topical: {{points: 5, {topical}}}\n  opened:"
    gate = (
        "        - {engagement: {at_least: 50}}\n",
        "        - {signal: topical}\n        - {not: {signal: guide}}\n",
    )
    rest = "        - {signal: guide, times: 2, within: 30d}\n", ""
    (problem,) = [each for each in found(change, gate, rest) if each[0] != "unused_signal"]

    assert problem[:2] == ("no_example", "warning")
    assert "counts for one that must not be seen" in problem[3]


def test_reject_reasons_that_look_alike_are_warned_about():
    reasons = (
        "reject_reasons:\n  no: {title: No, effect: fix}\n  never: {title: No, effect: opt_out}\n"
    )
    problems = found(("response:\n", f"{reasons}response:\n"))

    assert [each[:3] for each in problems] == [("duplicate", "warning", 29)]
    assert problems[0][3].startswith("`never` is called the same as `no`.")


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        pytest.param(
            "    within: 30d\n", "    within: 30d\n    where: {content.topci: roi}\n",
            "`content.topci` is no property Relevo knows. Did you mean `content.topic`?",
            id="in a question",
        ),
        pytest.param(
            "    within: 30d\n", "    within: 30d\n    distinct_by: content.idd\n",
            "Did you mean `content.id`?", id="what is distinct",
        ),
    ],
)  # fmt: skip
def test_misspelt_properties_are_warned_about(old, new, hint):
    (problem,) = found((old, new))

    assert problem[:2] == ("unfamiliar_name", "warning")
    assert hint in problem[3]


def test_so_many_warnings_do_not_refuse_a_policy():
    titles = "\n".join(
        f"  s{number}: {{touch: a.b{number}, points: 1, title: {{en: S{number}}}}}"
        for number in range(90)
    )
    compilation = compile_policy(GOOD.replace("signals:\n", f"signals:\n{titles}\n"))

    assert compilation.version is not None
    assert (compilation.errors, len(compilation.warnings)) == ((), 50)


def test_a_version_that_was_accepted_once_is_not_judged_again():
    """A check that came later refuses drafts, and never stops what runs."""
    text = GOOD
    for old, new in (fit_by("{account.domain: rival.com}"),):
        text = text.replace(old, new)

    assert compile_policy(text).version is None
    assert compile_for_shelf(text, "some-id", 3).number == 3


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            GOOD.replace(
                FIT,
                "".join(
                    f"  c{n}: {{when: {{any: [{{lead.a{n}: x}}, {{lead.b{n}: y}}]}}, points: 1}}\n"
                    for n in range(90)
                ),
            ),
            id="ninety ways to fit",
        ),
        pytest.param(
            GOOD.replace(
                RIVAL,
                RIVAL
                + "".join(
                    f"  e{n}: {{when: {{any: [{{lead.x: a{n}}}, {{lead.y: {{not: b{n}}}}}]}}}}\n"
                    for n in range(90)
                ),
            ),
            id="ninety exclusions",
        ),
        pytest.param(
            GOOD.replace(
                "      all:\n",
                "      all:\n"
                + "        - {any: [{signal: guide}, {engagement: {at_least: 1}}]}\n" * 600,
            ),
            id="six hundred conditions",
        ),
    ],
)
def test_checking_a_large_policy_ends(text):
    """In a second or so; a proof without bounds would take hours."""
    start = perf_counter()
    compile_policy(text)

    assert perf_counter() - start < 30
