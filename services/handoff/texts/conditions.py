"""Conditions as people say them: a phrase, and the phrases it lists.

A phrase follows the shape of the condition, so that two conditions are told alike only when
they are written alike.
"""

from collections.abc import Iterable, Iterator
from dataclasses import MISSING, Field, fields
from typing import Any

from services.handoff.domain.conditions import Condition, Group, Not
from services.handoff.domain.facts import (
    AllFacts,
    AnyFact,
    AtLeast,
    AtMost,
    Contains,
    Equals,
    Exists,
    FactCondition,
    FactTest,
    InList,
    IsNot,
    Matches,
    NotFact,
    Operator,
)
from services.handoff.domain.people import PeopleSeen
from services.handoff.texts.structure import Sentence
from services.handoff.texts.tongue import Tongue

Asked = Condition | FactCondition


def inside(condition: Asked) -> tuple[str, int, tuple[Asked, ...]] | None:
    """Return a group's kind, how many must hold, and its conditions; None of any other."""
    if isinstance(condition, Group):
        return condition.kind, condition.needed, condition.of
    if isinstance(condition, AllFacts):
        return "all", len(condition.of), condition.of
    if isinstance(condition, AnyFact):
        return "any", 1, condition.of
    return None


def kinds(condition: Asked) -> Iterator[str]:
    """Yield the kinds of question inside ``condition``, of facts the operators'."""
    group = inside(condition)
    if group is not None:
        for each in group[2]:
            yield from kinds(each)
    elif isinstance(condition, Not | NotFact):
        yield from kinds(condition.condition)
    elif isinstance(condition, FactTest):
        yield from _operator_kinds(condition.operators)
    else:
        assert not isinstance(condition, Group | AllFacts | AnyFact), "looked into above"
        yield condition.kind
        if isinstance(condition, PeopleSeen) and condition.where is not None:
            yield from kinds(condition.where)


def _operator_kinds(operators: Iterable[Operator]) -> Iterator[str]:
    for operator in operators:
        yield operator.kind
        if isinstance(operator, IsNot):
            yield from _operator_kinds(operator.operators)


def phrase(tongue: Tongue, condition: Asked, path: str) -> Sentence:
    """Return what ``condition`` asks, without capital and full stop."""
    group = inside(condition)
    if group is not None:
        kind, needed, of = group
        text = tongue.words.conditions[kind].format(needed=tongue.number(needed))
        listed = (phrase(tongue, each, f"{path}.{place}") for place, each in enumerate(of))
        return Sentence(path, text, tuple(listed))
    if isinstance(condition, Not) and not isinstance(condition.condition, Group | Not):
        return Sentence(path, leaf_phrase(tongue, condition.condition, met=False))
    if isinstance(condition, Not | NotFact):
        denied = phrase(tongue, condition.condition, f"{path}.not")
        text = tongue.words.conditions["not"].format(condition=denied.text)
        return Sentence(path, text, denied.of)
    if isinstance(condition, FactTest):
        return Sentence(path, test_phrase(tongue, condition))
    assert not isinstance(condition, Group | AllFacts | AnyFact), "told above"
    return Sentence(path, leaf_phrase(tongue, condition, met=True))


def leaf_phrase(tongue: Tongue, leaf: Any, met: bool) -> str:
    """Return what one condition on a lead asks, or that it must not be met."""
    words = tongue.words.conditions
    values = {field.name: field_phrase(tongue, leaf, field) for field in fields(leaf)}
    return words[leaf.kind if met else f"not {leaf.kind}"].format(**values)


def field_phrase(tongue: Tongue, leaf: Any, field: "Field[Any]") -> str:
    """Return what one field of a condition asks; nothing where it has its default."""
    value = getattr(leaf, field.name)
    if field.default is not MISSING and value == field.default:
        return ""
    key = f"{leaf.kind}.{field.name}"
    match field.metadata["asks"]:
        case "signals":
            said = tongue.either(tongue.thing("signals", name) for name in value)
        case "count" | "people":
            said = tongue.counted(key, value)
        case "facts":
            said = in_line(tongue, value)
        case "duration":
            said = tongue.last(value)
        case _:
            said = tongue.points(value)
    return tongue.words.conditions.get(key, f"{{{field.name}}}").format(**{field.name: said})


def in_line(tongue: Tongue, condition: FactCondition) -> str:
    """Return what ``condition`` asks, groups in brackets instead of lists."""
    said = phrase(tongue, condition, "")

    def bracketed(sentence: Sentence) -> str:
        inside = "; ".join(map(bracketed, sentence.of))
        return f"{sentence.text} ({inside})" if inside else sentence.text

    return bracketed(said)


def fact_phrase(tongue: Tongue, path: str) -> str:
    """Return what people call a fact."""
    return tongue.words.facts.get(path) or tongue.name(path)


def test_phrase(tongue: Tongue, test: FactTest) -> str:
    """Return what is asked about one fact."""
    truth = _truth(test)
    if truth is not None and test.path in tongue.words.truths:
        return tongue.words.truths[test.path][not truth]
    said = tongue.both(operator_phrase(tongue, each) for each in test.operators)
    return f"{fact_phrase(tongue, test.path)} {said}"


def _truth(test: FactTest) -> bool | None:
    """Return the truth that is asked for, when nothing else is."""
    match test.operators:
        case (Equals(values=(bool() as truth,)),):
            return truth
    return None


def operator_phrase(tongue: Tongue, operator: Operator) -> str:
    """Return what one operator asks of a fact."""
    words = tongue.words.operators
    if isinstance(operator, Exists):
        return words["exists" if operator.expected else "absent"]
    if not isinstance(operator, IsNot):
        return words[operator.kind].format(value=argument(tongue, operator))
    match operator.operators:
        case (Equals() | Contains() | AtLeast() | AtMost() | InList() | Matches() as denied,):
            return words[f"not {denied.kind}"].format(value=argument(tongue, denied))
    several = tongue.both(operator_phrase(tongue, each) for each in operator.operators)
    return words["not"].format(operators=several)


def argument(
    tongue: Tongue, operator: Equals | Contains | AtLeast | AtMost | InList | Matches
) -> str:
    """Return what an operator compares with."""
    match operator:
        case Equals(values=values):
            return tongue.either(map(tongue.value, values))
        case Contains(words=words):
            return tongue.either(map(tongue.quoted, words))
        case AtLeast(number=number) | AtMost(number=number):
            return tongue.number(number)
        case InList(name=name):
            return tongue.quoted(name)
        case Matches(pattern=pattern):
            return tongue.quoted(pattern)
