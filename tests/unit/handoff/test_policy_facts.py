"""Questions about facts, a row per edge."""

import pytest

from services.handoff.domain.facts import (
    AllFacts,
    AnyFact,
    AtLeast,
    AtMost,
    Contains,
    Equals,
    Exists,
    FactTest,
    InList,
    IsNot,
    Matches,
    NotFact,
    find,
)


@pytest.mark.parametrize(
    ("operator", "value", "answer"),
    [
        pytest.param(Equals(("es",)), "ES", True, id="case does not matter"),
        pytest.param(Equals(("México",)), " mexico ", True, id="nor do accents and blanks"),
        pytest.param(Equals(("NO",)), "no", True, id="Norway is a country"),
        pytest.param(Equals((50,)), "50", True, id="a number given as text"),
        pytest.param(Equals((50,)), 50.0, True, id="a number with a point"),
        pytest.param(Equals((True,)), True, True, id="a truth"),
        pytest.param(Equals((True,)), 1, False, id="one is not true"),
        pytest.param(Equals(("a", "b")), "b", True, id="any of several"),
        pytest.param(Equals(("a",)), ["x", "a"], True, id="one element of a list"),
        pytest.param(Equals(("a",)), "c", False, id="another value"),
        pytest.param(Contains(("cto",)), "CTO & founder", True, id="a word"),
        pytest.param(Contains(("cto",)), "Director", False, id="letters inside a word"),
        pytest.param(Contains(("Jefé",)), "la JEFE de ventas", True, id="word without accents"),
        pytest.param(Contains(("head of",)), "Head-of Sales", True, id="a phrase over a hyphen"),
        pytest.param(Contains(("estudiant*",)), "Estudiantes", True, id="any ending"),
        pytest.param(Contains(("estudiant",)), "Estudiantes", False, id="no ending without a star"),
        pytest.param(Contains(("pricing",)), "/pricing/enterprise", True, id="part of a path"),
        pytest.param(Contains(("7",)), 7, True, id="a number is a word"),
        pytest.param(AtLeast(50), 50, True, id="exactly the least"),
        pytest.param(AtLeast(50), 49.9, False, id="just below"),
        pytest.param(AtLeast(50), "1200", True, id="digits given as text"),
        pytest.param(AtLeast(50), "51-200", None, id="a range is no number"),
        pytest.param(AtLeast(50), True, None, id="a truth is no number"),
        pytest.param(AtLeast(50), float("nan"), None, id="nor is not-a-number"),
        pytest.param(AtMost(10), 10, True, id="exactly the most"),
        pytest.param(AtMost(10), 10.1, False, id="just above"),
        pytest.param(InList("l", frozenset({"acme.com"})), "ACME.com", True, id="in the list"),
        pytest.param(InList("l", frozenset({"acme.com"})), "x.com", False, id="not in the list"),
        pytest.param(Matches("a+", lambda text: "a" in text), "bab", True, id="found"),
        pytest.param(Matches("a+", lambda text: "a" in text), "bbb", False, id="not found"),
        pytest.param(Exists(True), "x", True, id="known"),
        pytest.param(Exists(True), None, False, id="missing is not known"),
        pytest.param(Exists(False), None, True, id="asked for missing"),
        pytest.param(Exists(True), "  ", False, id="blank is missing"),
        pytest.param(Exists(True), [], False, id="an empty list is missing"),
        pytest.param(Exists(True), 0, True, id="zero is known"),
        pytest.param(Exists(True), False, True, id="false is known"),
        pytest.param(IsNot((Equals(("a",)),)), "b", True, id="the opposite"),
        pytest.param(IsNot((Equals(("a",)),)), None, None, id="unknown stays unknown"),
        pytest.param(IsNot((Exists(True),)), None, True, id="but missing can be asked"),
        pytest.param(IsNot((AtLeast(5), AtMost(9))), 7, False, id="not inside a range"),
        pytest.param(IsNot((AtLeast(5), AtMost(9))), 10, True, id="outside of it"),
        pytest.param(Equals(("a",)), None, None, id="missing is not a no"),
    ],
)
def test_a_question_about_one_fact(operator, value, answer):
    assert FactTest("lead.fact", (operator,)).holds({"lead": {"fact": value}}) is answer


YES, NO, UNKNOWN = (FactTest(name, (Equals((True,)),)) for name in ("yes", "no", "unknown"))


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        pytest.param(AllFacts((YES, YES)), True, id="all hold"),
        pytest.param(AllFacts((YES, NO, UNKNOWN)), False, id="one no decides against all"),
        pytest.param(AllFacts((YES, UNKNOWN)), None, id="else the unknown does"),
        pytest.param(AnyFact((NO, UNKNOWN, YES)), True, id="one yes decides for any"),
        pytest.param(AnyFact((NO, UNKNOWN)), None, id="else the unknown does too"),
        pytest.param(AnyFact((NO, NO)), False, id="none holds"),
        pytest.param(NotFact(YES), False, id="not yes"),
        pytest.param(NotFact(NO), True, id="not no"),
        pytest.param(NotFact(UNKNOWN), None, id="not unknown is unknown"),
    ],
)
def test_conditions_on_facts(condition, answer):
    assert condition.holds({"yes": True, "no": False}) is answer


@pytest.mark.parametrize(
    ("facts", "value"),
    [
        pytest.param({"a": {"b": {"c": 1}}}, 1, id="level by level"),
        pytest.param({"a.b.c": 1}, 1, id="written whole"),
        pytest.param({"a": {"b": 5}, "a.b.c": 1}, 1, id="whole when a level is no mapping"),
        pytest.param({"a": {"b": {}}}, None, id="missing"),
        pytest.param({"a": "text"}, None, id="no mapping on the way"),
    ],
)
def test_finding_a_fact(facts, value):
    assert find(facts, "a.b.c") == value


def test_a_fact_longer_than_anyone_writes_is_cut_before_it_is_compared():
    endless = "a" * 1_000_000 + " cto"

    assert FactTest("t", (Contains(("cto",)),)).holds({"t": endless}) is False
