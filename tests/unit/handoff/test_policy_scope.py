"""Whom a policy is for, and what is proved of it before any lead is seen."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.handoff.domain.effort import Effort
from services.handoff.domain.explain import explained
from services.handoff.domain.fact_logic import FactLogic
from services.handoff.domain.fact_search import may_hold
from services.handoff.domain.scope import scope_of
from services.handoff.policy_document import compile_policy
from services.handoff.policy_document.fact_shapes import When
from services.handoff.policy_document.reading import Reading
from services.handoff.policy_document.yaml_tree import read_tree
from tests.unit.handoff.good_policy import GOOD
from tests.unit.handoff.written import asked, policy_of, touch

SEARCH = settings(max_examples=400, deadline=None)
IBERIA = {"applies_to": {"when": {"lead.country": ["ES", "PT"]}}}
READ = touch("t1")


def logic():
    return FactLogic(Effort(50_000))


def when(text: str):
    reading = Reading("x")
    condition = When(roots=("lead", "account")).read(read_tree(text), "", reading)
    assert reading.problems == []
    return condition


@pytest.mark.parametrize(
    ("lead", "applies", "missing", "ready"),
    [
        pytest.param({"country": "es"}, "yes", [], True, id="one of them"),
        pytest.param({"country": "FR"}, "no", [], False, id="somebody else"),
        pytest.param({}, "unknown", ["lead.country"], False, id="nobody knows"),
    ],
)
def test_a_policy_judges_whom_it_is_for(lead, applies, missing, ready):
    evaluation = asked(policy_of({"read": {}}, **IBERIA), READ, lead=lead)
    scope = explained(evaluation)["scope"]

    assert evaluation.is_ready is ready
    assert (scope["applies"], scope["missing"]) == (applies, missing)
    assert evaluation.passing is not None  # the gate would pass


def test_an_explanation_says_of_each_policy_why_it_is_not_for_this_lead():
    here = replace(policy_of({"read": {}}, **IBERIA), number=3)
    there = policy_of({"read": {}}, applies_to={"when": {"lead.country": "FR"}})
    big = policy_of({"read": {}}, applies_to={"when": {"account.employees": {"at_least": 50}}})

    told = explained(asked(here, READ, lead={"country": "ES"}), [here, there, big])["policies"]

    assert [(each["applies"], each["facts"], each["missing"]) for each in told] == [
        ("yes", {"lead.country": "ES"}, []),
        ("no", {"lead.country": "ES"}, []),
        ("unknown", {"account.employees": None}, ["account.employees"]),
    ]


def test_a_policy_without_the_key_is_for_everybody():
    version = policy_of({"read": {}})

    assert version.applies_to is None
    assert scope_of(None, {}).holds
    assert asked(version, READ).is_ready


def test_whom_it_is_for_is_part_of_what_is_signed():
    assert policy_of({"read": {}}).digest != policy_of({"read": {}}, **IBERIA).digest


@pytest.mark.parametrize(
    ("added", "line", "code", "severity", "says"),
    [
        pytest.param(
            "applies_to: {when: {lead.title: {exists: false, contains: cto}}}\n",
            2, "never_applies", "error", "for nobody", id="a fact that is there and is not",
        ),
        pytest.param(
            "applies_to: {when: {account.domain: ES, not: {account.domain: ES}}}\n",
            2, "never_applies", "error", "for nobody", id="a question and its opposite",
        ),
        pytest.param(
            "applies_to: {when: {account.domain: {in_list: rivals}}}\n",
            2, "never_applies", "error", "`rival` excludes everybody", id="excluded altogether",
        ),
        pytest.param(
            "applies_to: {when: {account.employees: {at_least: 50, at_most: 10}}}\n",
            2, "never_applies", "warning", "single value", id="two ends that do not meet",
        ),
        pytest.param(
            "applies_to: {when: {lead.contry: ES}}\n",
            2, "unfamiliar_name", "warning", "Did you mean `lead.country`?", id="a misspelt fact",
        ),
        pytest.param(
            "applies_to: {lead.country: ES}\n",
            2, "unknown_key", "error", "Known here: `when`", id="a question without `when`",
        ),
    ],
)  # fmt: skip
def test_whom_a_policy_is_for_is_checked(added, line, code, severity, says):
    text = GOOD.replace("policy: tiny\n", "policy: tiny\n" + added)
    found = [each for each in compile_policy(text).problems if each.code == code]

    assert [(each.line, each.severity) for each in found] == [(line, severity)]
    assert says in found[0].message


@pytest.mark.parametrize(
    ("own", "other", "warned"),
    [
        pytest.param(None, None, True, id="both for everybody"),
        pytest.param("{lead.country: ES}", None, True, id="a part of everybody"),
        pytest.param("{lead.country: ES}", "{lead.country: [ES, PT]}", True, id="a part of it"),
        pytest.param("{lead.country: ES}", "{lead.country: FR}", False, id="others"),
        pytest.param(
            "{lead.country: ES}", "{account.employees: {at_least: 9}}", False, id="nobody can say"
        ),
    ],
)
def test_policies_that_judge_the_same_leads_are_warned_about(own, other, warned):
    def text(name, condition):
        applies = "" if condition is None else f"applies_to: {{when: {condition}}}\n"
        return GOOD.replace("policy: tiny\n", f"policy: {name}\n{applies}")

    beside = [version for version in [compile_policy(text("other", other)).version] if version]
    found = compile_policy(text("own", own), beside=beside).problems
    again = compile_policy(text("other", own), beside=beside).problems

    assert [each.code for each in found] == (["overlapping_policies"] if warned else [])
    assert [each.code for each in again] == []  # its own next version is not another policy


VALUES = ("es", "pt", 5, 60)
operators = st.one_of(
    st.lists(st.sampled_from(VALUES), min_size=1, max_size=2),
    st.builds(lambda flag: {"exists": flag}, st.booleans()),
    st.builds(lambda number: {"at_least": number}, st.sampled_from([1, 50])),
    st.builds(lambda number: {"at_most": number}, st.sampled_from([1, 50])),
    st.builds(lambda value: {"not": value}, st.sampled_from(VALUES)),
    st.builds(lambda flag: {"not": {"exists": flag}}, st.booleans()),
)
tests_of_facts = st.dictionaries(st.sampled_from(["lead.a", "lead.b"]), operators, min_size=1)
questions = st.recursive(
    tests_of_facts,
    lambda inner: st.one_of(
        st.builds(lambda of: {"all": of}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda of: {"any": of}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda one: {"not": one}, inner),
    ),
    max_leaves=5,
)
one_value = st.sampled_from([None, *VALUES])
values = one_value | st.lists(st.sampled_from(VALUES), min_size=1, max_size=3)
leads = st.fixed_dictionaries({"a": values, "b": values})


def condition_of(written):
    return when(json.dumps(written))


@SEARCH
@given(questions, leads)
def test_what_is_proved_to_hold_never_holds_never(written, lead):
    condition = condition_of(written)

    if condition.holds({"lead": lead}):
        assert not logic().never_holds(condition)


@SEARCH
@given(questions, st.fixed_dictionaries({"a": one_value, "b": one_value}))
def test_of_what_holds_for_single_values_an_example_is_found(written, lead):
    condition = condition_of(written)

    if condition.holds({"lead": lead}):
        assert may_hold(condition, Effort(50_000))


@SEARCH
@given(questions, questions, leads)
def test_what_is_implied_holds_too(written, other, lead):
    one, implied = condition_of(written), condition_of(other)

    if logic().implies(one, implied) and one.holds({"lead": lead}):
        assert implied.holds({"lead": lead})


def test_the_proofs_find_what_they_should():
    assert logic().never_holds(when("{all: [{lead.a: 1}, {not: {lead.a: 1}}]}"))
    assert logic().never_holds(when("{any: [{lead.a: {exists: false, at_least: 1}}]}"))
    assert logic().implies(when("{lead.a: ES, lead.b: 1}"), when("{lead.a: [ES, PT]}"))
    assert logic().implies(when("{lead.a: ES}"), when("{lead.a: {exists: true}}"))
    assert logic().implies(when("{any: [{lead.a: ES}, {lead.a: PT}]}"), when("{lead.a: [ES, PT]}"))
    assert not may_hold(when("{lead.a: {at_least: 9, at_most: 3}}"), Effort(50_000))
