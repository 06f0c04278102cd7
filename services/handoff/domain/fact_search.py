"""Making up facts: values for which questions are answered as wanted.

The counterpart of ``fact_logic``: what is found here is no claim but an example, checked by
asking the questions themselves. What is not found may exist all the same.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from services.handoff.domain.effort import Effort, Undecided
from services.handoff.domain.facts import (
    AllFacts,
    AnyFact,
    AtLeast,
    AtMost,
    Contains,
    Equals,
    FactCondition,
    FactTest,
    InList,
    IsNot,
    Matches,
    NotFact,
    Operator,
    ask,
)

Facts = dict[str, Any]
"""Made-up facts by dotted path; a fact that is not there is unknown."""
Possible = frozenset[bool | None]
"""The answers a condition may still give."""

MOST_VALUES = 40
"""Values tried for one fact: one for each set of answers its questions can give."""
MOST_WORDS = 64
SOMETHING_ELSE = "something else"
ANY_ANSWER: Possible = frozenset({True, False, None})
_OPPOSITE = {True: False, False: True, None: None}
_PLAIN = re.compile(r"(?:\(\?i\))?\^?(?P<text>(?:\\\W|[\w \-@])+)\$?")
_ALTERNATIVES = re.compile(r"\((?:\?:)?([^()|]+)(?:\|[^()]*)\)")


class Wanted(NamedTuple):
    """A condition, the answers it may give, and the points it brings when it holds."""

    condition: FactCondition
    answers: Possible = ANY_ANSWER
    points: int = 0


def find_facts(
    wanted: Sequence[Wanted], ranges: Sequence[tuple[int, int]], effort: Effort
) -> Facts | None:
    """Return facts for which everything ``wanted`` is so, and the points are in one of ``ranges``.

    None: nothing was found among the values tried. Raises ``Undecided``.
    """
    return _Search(wanted, ranges, effort).run()


class _Search:
    """A search fact by fact, which gives up a choice as soon as nothing can come of it."""

    def __init__(
        self, wanted: Sequence[Wanted], ranges: Sequence[tuple[int, int]], effort: Effort
    ) -> None:
        self._wanted = wanted
        self._ranges = ranges
        self._effort = effort
        self._values = values_for(each.condition for each in wanted)
        self._about = {
            path: [place for place, each in enumerate(wanted) if path in each.condition.paths()]
            for path in self._values
        }
        # What many conditions ask about is chosen first.
        self._paths = sorted(self._values, key=lambda path: -len(self._about[path]))

    def run(self) -> Facts | None:
        facts: Facts = {}
        answers = [possible(each.condition, facts) for each in self._wanted]
        found = self._is_open(answers) and self._choose(0, facts, answers)
        return (
            {path: value for path, value in facts.items() if value is not None} if found else None
        )

    def _choose(self, number: int, facts: Facts, answers: list[Possible]) -> bool:
        if number == len(self._paths):
            return True
        path = self._paths[number]
        for _, value, then in sorted(self._tries(path, facts, answers), key=lambda one: -one[0]):
            facts[path] = value
            if self._choose(number + 1, facts, then):
                return True
        facts.pop(path, None)
        return False

    def _tries(
        self, path: str, facts: Facts, answers: list[Possible]
    ) -> Iterator[tuple[int, Any, list[Possible]]]:
        """Yield the values nothing speaks against, each with the points that are then sure."""
        for value in self._values[path]:
            self._effort.spend(len(self._wanted))
            then = list(answers)
            for place in self._about[path]:
                then[place] = possible(self._wanted[place].condition, {**facts, path: value})
            if self._is_open(then):
                yield self._points(then)[0], value, then

    def _is_open(self, answers: list[Possible]) -> bool:
        """Return whether something may still come of it."""
        if any(not (each.answers & now) for each, now in zip(self._wanted, answers, strict=True)):
            return False
        least, most = self._points(answers)
        return any(start <= most and least <= end for start, end in self._ranges)

    def _points(self, answers: list[Possible]) -> tuple[int, int]:
        """Return the least and the most points that are still possible."""
        least = most = 0
        for each, now in zip(self._wanted, answers, strict=True):
            sure, maybe = each.points * (now == {True}), each.points * (True in now)
            least += min(sure, maybe)
            most += max(sure, maybe)
        return least, most


def may_hold(condition: FactCondition, effort: Effort) -> bool:
    """Return False only when no facts were found that make ``condition`` hold.

    Texts for patterns are only guessed, so where one is asked for it may always hold.
    Lists kept outside the policy must be bound.
    """
    if any(_has_pattern(test.operators) for test in tests_in(condition)):
        return True
    try:
        return find_facts([Wanted(condition, frozenset({True}))], [(0, 0)], effort) is not None
    except Undecided:
        return True


def _has_pattern(operators: Iterable[Operator]) -> bool:
    return any(isinstance(one, Matches) for one in _single(operators))


def tests_in(condition: FactCondition) -> Iterator[FactTest]:
    """Yield every question about one fact inside ``condition``."""
    match condition:
        case FactTest():
            yield condition
        case AllFacts(of=of) | AnyFact(of=of):
            for each in of:
                yield from tests_in(each)
        case NotFact(condition=denied):
            yield from tests_in(denied)


def values_for(conditions: Iterable[FactCondition]) -> dict[str, list[Any]]:
    """Return values worth trying for each fact that is asked about; None is unknown.

    No two values of a fact are answered alike by all the questions about it.
    """
    asked: dict[str, list[Operator]] = {}
    for condition in conditions:
        for test in tests_in(condition):
            asked.setdefault(test.path, []).extend(test.operators)
    return {path: _distinct(operators) for path, operators in asked.items()}


def _distinct(operators: Sequence[Operator]) -> list[Any]:
    found: dict[tuple[bool | None, ...], Any] = {}
    for value in _values(operators):
        answers = tuple(ask(operator, value) for operator in operators)
        found.setdefault(answers, value)
        if len(found) == MOST_VALUES:
            break
    return list(found.values())


def _values(operators: Sequence[Operator]) -> Iterator[Any]:
    """Yield values that may matter to one of ``operators``, the plainest first."""
    single = list(_single(operators))
    yield from (None, SOMETHING_ELSE)
    words = []
    for operator in single:
        match operator:
            case Equals(values=values):
                yield from values
            case InList(keys=None):
                yield from sorted(operator.bound.keys)
            case InList(keys=frozenset() as keys):
                yield from sorted(keys)
            case AtLeast(number=number):
                yield from (number, number - 1)
            case AtMost(number=number):
                yield from (number, number + 1)
            case Matches(pattern=pattern):
                yield from _matching(pattern)
            case Contains(words=contained):
                words.append([word.rstrip().removesuffix("*") for word in contained])
    for chosen in product(*([None, *each[:2]] for each in words)):
        text = " ".join(word for word in chosen if word)
        if text:
            yield text


def _single(operators: Iterable[Operator]) -> Iterator[Operator]:
    for operator in operators:
        if isinstance(operator, IsNot):
            yield from _single(operator.operators)
        else:
            yield operator


def _matching(pattern: str) -> Iterator[str]:
    """Yield a text that a simple pattern matches; nothing for the others."""
    simple = _ALTERNATIVES.sub(lambda group: group[1], pattern)
    plain = _PLAIN.fullmatch(simple)
    if plain is not None:
        yield re.sub(r"\\(\W)", r"\1", plain["text"])


def possible(condition: FactCondition, facts: Mapping[str, Any]) -> Possible:
    """Return the answers ``condition`` may give when only some ``facts`` are chosen yet."""
    match condition:
        case FactTest(path=path):
            return frozenset({condition.holds(facts)}) if path in facts else ANY_ANSWER
        case AllFacts(of=of):
            return _joined([possible(each, facts) for each in of], False)
        case AnyFact(of=of):
            return _joined([possible(each, facts) for each in of], True)
        case NotFact(condition=denied):
            return frozenset(_OPPOSITE[answer] for answer in possible(denied, facts))


def _joined(parts: list[Possible], decides: bool) -> Possible:
    """Join answers of which ``decides`` outweighs unknown, and unknown the opposite."""
    answers: set[bool | None] = set()
    if any(decides in part for part in parts):
        answers.add(decides)
    if any(part == {decides} for part in parts):
        return frozenset(answers)
    if any(None in part for part in parts):
        answers.add(None)
    if all((not decides) in part for part in parts):
        answers.add(not decides)
    return frozenset(answers)
