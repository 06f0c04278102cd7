"""What is proved of facts and gates is true of all leads: rows for each step, and a search."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.handoff.domain.case import Case
from services.handoff.domain.effort import Effort, Undecided
from services.handoff.domain.fact_logic import Answer, FactLogic, OneOf, OnList
from services.handoff.domain.fact_search import Wanted, find_facts, possible, values_for
from services.handoff.domain.facts import (
    AllFacts,
    AnyFact,
    Exists,
    FactCondition,
    InList,
    ListVersion,
    NotFact,
    Operator,
    ask,
    find,
)
from services.handoff.domain.gate_logic import GateLogic
from services.handoff.domain.gates import is_met
from services.handoff.domain.proof import reach_of
from services.handoff.domain.questions import Exclusion, FitCriterion, Titles
from services.handoff.domain.swallowing import swallowed
from services.handoff.policy_document.fact_shapes import When
from services.handoff.policy_document.reading import Reading, Wrong
from services.handoff.policy_document.yaml_tree import read_tree
from tests.unit.handoff.strategies import conditions
from tests.unit.handoff.test_policy_proof import cases, condition_of, signals
from tests.unit.handoff.whole_policies import facts_about, paths

SEARCH = settings(max_examples=400, deadline=None)
LISTS = {"rivals": ("rival.com", "ES"), "friends": ("es",), "more": ("rival.com", "ES", "PT")}


def facts_of(written: Any) -> FactCondition:
    reading = Reading("x", lists=dict(LISTS))
    reading.stands("", read_tree("x").place)
    condition = When().read(read_tree(json.dumps(written)), "", reading)
    assert not isinstance(condition, Wrong), reading.problems
    return condition


def logic() -> FactLogic:
    return FactLogic(Effort(100_000))


# --- questions about facts -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("premise", "conclusion", "follows"),
    [
        pytest.param({"a": "x"}, {"a": ["x", "y"]}, True, id="fewer values"),
        pytest.param({"a": ["x", "y"]}, {"a": "x"}, False, id="more values"),
        pytest.param({"a": "México"}, {"a": "mexico"}, True, id="another spelling"),
        pytest.param({"a": "x"}, {"b": "x"}, False, id="another fact"),
        pytest.param({"a": True}, {"a": 1}, False, id="true is not one"),
        pytest.param({"a": "50"}, {"a": 50}, True, id="a number may be a text"),
        pytest.param({"a": "es"}, {"a": {"in_list": "rivals"}}, True, id="a value of a list"),
        pytest.param(
            {"a": {"in_list": "rivals"}}, {"a": {"in_list": "more"}}, True, id="a shorter list"
        ),
        pytest.param(
            {"a": {"in_list": "more"}}, {"a": {"in_list": "rivals"}}, False, id="a longer list"
        ),
        pytest.param({"a": {"at_least": 50}}, {"a": {"at_least": 10}}, True, id="a larger number"),
        pytest.param({"a": {"at_least": 10}}, {"a": {"at_least": 50}}, False, id="a smaller one"),
        pytest.param({"a": {"at_most": 10}}, {"a": {"at_most": 50}}, True, id="at most less"),
        pytest.param(
            {"a": {"not": {"at_least": 10}}}, {"a": {"not": {"at_least": 50}}}, True,
            id="below less",
        ),
        pytest.param(
            {"a": {"not": {"at_least": 50}}}, {"a": {"at_most": 50}}, False,
            id="below is not at most: numbers of a list",
        ),
        pytest.param(
            {"a": {"contains": "head of sales"}}, {"a": {"contains": ["head", "boss"]}}, True,
            id="a longer phrase",
        ),
        pytest.param(
            {"a": {"contains": "header"}}, {"a": {"contains": "head"}}, False, id="another word"
        ),
        pytest.param(
            {"a": {"contains": "estudiante"}}, {"a": {"contains": "estudiant*"}}, True,
            id="a word with that beginning",
        ),
        pytest.param(
            {"a": {"contains": "estudiant*"}}, {"a": {"contains": "estudiante"}}, False,
            id="any ending",
        ),
        pytest.param({"a": "Head of Sales"}, {"a": {"contains": "sales"}}, True, id="its word"),
        pytest.param({"a": 50}, {"a": {"at_least": 10}}, False, id="a text may look like 50"),
        pytest.param({"a": "x"}, {"a": {"exists": True}}, True, id="who says yes knows"),
        pytest.param({"a": {"not": "x"}}, {"a": {"exists": True}}, True, id="who says no knows"),
        pytest.param({"a": {"not": "x"}}, {"a": "y"}, False, id="not this is not that"),
        pytest.param({"a": "x"}, {"a": {"not": "y"}}, False, id="a list may have both"),
        pytest.param(
            {"a": {"not": ["x", "y"]}}, {"a": {"not": "x"}}, True, id="none of two is not one"
        ),
        pytest.param(
            {"a": {"matches": "^x"}}, {"a": {"matches": "^x"}}, True, id="the same pattern"
        ),
        pytest.param({"a": {"matches": "^xy"}}, {"a": {"matches": "^x"}}, False, id="a pattern"),
        pytest.param({"a": "x", "b": "y"}, {"b": "y"}, True, id="both are one"),
        pytest.param({"any": [{"a": "x"}, {"a": "y"}]}, {"a": ["x", "y"]}, True, id="either"),
        pytest.param({"any": [{"a": "x"}, {"b": "y"}]}, {"a": "x"}, False, id="or another"),
        pytest.param({"a": "x"}, {"any": [{"b": "y"}, {"a": "x"}]}, True, id="one of several"),
        pytest.param(
            {"not": {"any": [{"a": "x"}, {"b": "y"}]}}, {"a": {"not": "x"}}, True, id="neither"
        ),
        pytest.param(
            {"not": {"a": "x", "b": "y"}}, {"a": {"not": "x"}}, False, id="not both"
        ),
        pytest.param({"a": {"exists": False, "equals": "x"}}, {"b": "z"}, True, id="nobody at all"),
        pytest.param(
            {"a": {"at_least": 5, "not": {"at_least": 2}}}, {"b": "z"}, True, id="nobody either"
        ),
        pytest.param(
            {"a": {"at_least": 500, "at_most": 5}}, {"b": "z"}, False, id="a list of 5 and 500"
        ),
    ],
)  # fmt: skip
def test_what_follows_from_questions_about_facts(premise, conclusion, follows):
    assert logic().implies(facts_of(premise), facts_of(conclusion)) is follows


random_conditions = facts_about(paths).map(facts_of)


@st.composite
def bodies(draw: st.DrawFn, *asked: FactCondition) -> list[dict[str, Any]]:
    """Facts of ten leads, chosen among what the conditions can tell apart; some are lists."""
    known = values_for(asked)
    return [
        {
            path: draw(st.one_of(st.sampled_from(tried), st.lists(st.sampled_from(tried[1:]))))
            for path, tried in known.items()
        }
        for _ in range(10)
    ]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[FactCondition, FactCondition]:
    """Two conditions, of which the second often follows from the first."""
    one, other = draw(random_conditions), draw(random_conditions)
    return draw(
        st.sampled_from(
            [
                (one, other),
                (AllFacts((one, other)), one),
                (one, AnyFact((other, one))),
                (NotFact(AnyFact((one, other))), NotFact(one)),
                (AllFacts((one, other)), AnyFact((other, one))),
            ]
        )
    )


def gives(answer: Answer, facts: Any) -> bool:
    """Whether facts give the answer of a case."""
    match answer.question:
        case None:
            question: Operator = Exists(True)
        case OneOf(keys=keys):
            question = InList("some", keys)
        case OnList(name=name):
            question = InList(name, kept=ListVersion(1, frozenset({"x"})))
        case other:
            question = other
    return ask(question, find(facts, answer.path)) is answer.yes


@SEARCH
@given(pairs(), st.data())
def test_what_is_said_to_follow_does(pair, data):
    premise, conclusion = pair
    follows = logic().implies(premise, conclusion)
    never = logic().never_holds(premise)

    for facts in data.draw(bodies(premise, conclusion)):
        if premise.holds(facts):
            assert not never
            assert not follows or conclusion.holds(facts)


@SEARCH
@given(random_conditions, st.data())
def test_a_condition_holds_exactly_in_its_cases(condition, data):
    try:
        found = logic().cases_of([condition])
    except Undecided:
        return

    for facts in data.draw(bodies(condition)):
        is_case = any(all(gives(answer, facts) for answer in case) for case in found)
        assert is_case is (condition.holds(facts) is True)


@SEARCH
@given(random_conditions, st.sampled_from([True, False, None]))
def test_facts_that_are_made_up_give_the_wanted_answer(condition, answer):
    facts = find_facts([Wanted(condition, frozenset({answer}))], [(0, 0)], Effort(20_000))

    if facts is not None:
        assert condition.holds(facts) is answer
        assert possible(condition, facts | dict.fromkeys(condition.paths())) is not None


@SEARCH
@given(random_conditions, st.data())
def test_what_may_still_be_includes_what_is(condition, data):
    every = data.draw(bodies(condition))[0]
    chosen = data.draw(st.sets(st.sampled_from(sorted(every))))
    some = {path: value for path, value in every.items() if path in chosen}

    assert condition.holds(every) in possible(condition, some)
    assert possible(condition, every) == {condition.holds(every)}


def test_thinking_ends_when_its_steps_do():
    many = {"any": [{"a": str(number)} for number in range(60)]}
    premise, conclusion = facts_of(many), facts_of({"all": [many] * 5})

    assert logic().implies(premise, conclusion)
    assert not FactLogic(Effort(100)).implies(premise, conclusion)
    with pytest.raises(Undecided):
        find_facts([Wanted(premise, frozenset({True}))], [(0, 0)], Effort(10))


def test_a_condition_with_too_many_cases_claims_nothing():
    def choices(count: int) -> FactCondition:
        either = [{"any": [{f"a{n}": "x"}, {f"b{n}": "x"}, {f"c{n}": "x"}]} for n in range(count)]
        return facts_of({"all": either})

    assert logic().implies(choices(3), choices(3))
    assert not logic().implies(choices(5), choices(5))


# --- conditions of gates -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("narrow", "wide", "follows"),
    [
        pytest.param({"signal": "s1"}, {"signal": ["s1", "s2"]}, True, id="fewer signals"),
        pytest.param({"signal": ["s1", "s2"]}, {"signal": "s1"}, False, id="more signals"),
        pytest.param({"signal": "s1", "times": 2}, {"signal": "s1"}, True, id="more often"),
        pytest.param({"signal": "s1", "within": "7d"}, {"signal": "s1"}, True, id="more lately"),
        pytest.param(
            {"signal": "s1", "within": "7d"}, {"signal": "s1", "within": "1d"}, False,
            id="less lately",
        ),
        pytest.param(
            {"engagement": {"at_least": 60}}, {"engagement": {"at_least": 50}}, True, id="points"
        ),
        pytest.param({"fit": {"at_least": 5}}, {"engagement": {"at_least": 5}}, False, id="fit"),
        pytest.param(
            {"all": [{"signal": "s1"}, {"fit": {"at_least": 5}}]}, {"signal": "s1"}, True,
            id="one of all",
        ),
        pytest.param(
            {"signal": "s1"}, {"all": [{"signal": "s1"}, {"fit": {"at_least": 5}}]}, False,
            id="all of one",
        ),
        pytest.param(
            {"any": [{"signal": "s1"}, {"signal": "s2"}]}, {"signal": ["s1", "s2"]}, True,
            id="either",
        ),
        pytest.param(
            {"signal": "s1"}, {"any": [{"signal": "s1"}, {"signal": "s2"}]}, True, id="one of any"
        ),
        pytest.param(
            {"at_least": 2, "of": [{"signal": "s1"}, {"signal": "s2"}, {"signal": "s3"}]},
            {"at_least": 1, "of": [{"signal": "s3"}, {"signal": "s2"}, {"signal": "s1"}]},
            True, id="two of three are one",
        ),
        pytest.param(
            {"at_least": 2, "of": [{"signal": "s1"}, {"signal": "s2"}, {"signal": "s3"}]},
            {"any": [{"signal": "s1"}, {"signal": "s2"}]}, True,
            id="two of three are one of the first two",
        ),
        pytest.param(
            {"at_least": 2, "of": [{"signal": "s1"}, {"signal": "s2"}, {"signal": "s3"}]},
            {"signal": "s1"}, False, id="two of three are not the first",
        ),
        pytest.param(
            {"at_least": 2, "of": [{"signal": "s1", "times": 2}, {"signal": "s1", "times": 3},
             {"fit": {"at_least": 5}}]},
            {"signal": "s1"}, True, id="two of three cannot do without it",
        ),
        pytest.param(
            {"not": {"signal": ["s1", "s2"]}}, {"not": {"signal": "s1"}}, True, id="neither"
        ),
        pytest.param({"not": {"signal": "s1"}}, {"signal": "s2"}, False, id="not this, but that"),
    ],
)  # fmt: skip
def test_what_follows_from_conditions(narrow, wide, follows):
    steps = GateLogic(Effort(10_000))

    assert steps.implies(condition_of(narrow), condition_of(wide)) is follows


@SEARCH
@given(conditions, conditions, signals, st.integers(-400, 700), st.data())
def test_a_gate_that_is_said_to_be_shadowed_is(narrow, wide, asked, fit, data):
    one, other = condition_of(narrow), condition_of(wide)
    case: Case = data.draw(cases(asked, fit))

    if GateLogic(Effort(10_000)).implies(one, other) and is_met(one, case):
        assert is_met(other, case)


def test_comparing_ends_when_its_steps_do():
    deep = {"all": [{"any": [{"signal": "s1"}, {"signal": "s2"}]}] * 5}

    assert GateLogic(Effort(10_000)).implies(condition_of(deep), condition_of(deep))
    assert not GateLogic(Effort(5)).implies(condition_of(deep), condition_of(deep))


# --- exclusions that swallow ---------------------------------------------------------------------


@SEARCH
@given(
    st.lists(st.tuples(random_conditions, st.integers(-100, 300)), min_size=1, max_size=3),
    random_conditions,
    st.integers(1, 400),
    st.data(),
)
def test_a_gate_that_is_said_to_be_swallowed_is(scored, excluding, needed, data):
    """Whoever fits well enough is excluded, whatever else is known of them."""
    asked = [when for when, _ in scored]
    excluded = st.lists(st.sampled_from([*asked, AnyFact((asked[0], excluding)), excluding]))
    nobody = Titles("", "")
    fit = [FitCriterion(f"c{n}", nobody, when, points) for n, (when, points) in enumerate(scored)]
    exclude = [Exclusion(f"e{n}", nobody, when) for n, when in enumerate(data.draw(excluded))]
    when = condition_of({"all": [{"signal": "s1"}, {"fit": {"at_least": needed / 10}}]})
    reach = reach_of((), fit)._replace(at_most={"s1": 1}, points={"s1": 10})
    why = swallowed(when, reach, fit, exclude, logic())
    if why is None or reach.fit_most < needed:
        return

    for facts in data.draw(bodies(*asked)):
        score = sum(one.points for one in fit if one.when.holds(facts))
        if score >= needed:
            assert any(one.when.holds(facts) for one in exclude)
