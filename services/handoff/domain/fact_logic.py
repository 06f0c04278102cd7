"""What follows from questions about facts, whatever the facts are.

A condition is taken apart into *cases*: each a set of answers single questions would have to
give. What holds in every case that can be holds always. Only what is sure is used: a fact may
be a list, so a lead from Spain *and* Portugal is possible, and one who has 5 *and* 500
employees; an unknown fact answers neither yes nor no.

Where that would take too long, nothing is claimed.
"""

from collections.abc import Iterable
from typing import NamedTuple

from services.handoff.domain.comparing import fold_text, words_of
from services.handoff.domain.effort import Effort, Undecided
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

MOST_CASES = 64
"""Cases looked at together; a readable condition has a handful."""


class OneOf(NamedTuple):
    """Whether a fact is one of some values, by what is compared: ``true`` is not ``1``."""

    keys: frozenset[str]


class OnList(NamedTuple):
    """Whether a fact is on a list kept outside the policy, whatever that holds."""

    name: str


Question = OneOf | OnList | Contains | AtLeast | AtMost | Matches | None
"""What is asked about a fact; None: whether it is known."""


class Answer(NamedTuple):
    """A yes or no that a question about the fact at ``path`` has to give."""

    path: str
    question: Question
    yes: bool


Case = frozenset[Answer]


class FactLogic:
    """Draws conclusions for as long as its effort lasts; then it claims nothing any more."""

    def __init__(self, effort: Effort) -> None:
        """Spend a step of ``effort`` for each two answers that are compared."""
        self._effort = effort

    def never_holds(self, condition: FactCondition) -> bool:
        """Return True only when no facts whatever make ``condition`` hold."""
        try:
            return not self.cases_of([condition])
        except Undecided:
            return False

    def implies(self, premise: FactCondition, conclusion: FactCondition) -> bool:
        """Return True only when ``conclusion`` holds whenever ``premise`` does."""
        try:
            return all(self.holds_in(case, conclusion) for case in self.cases_of([premise]))
        except Undecided:
            return False

    def cases_of(self, conditions: Iterable[FactCondition]) -> list[Case]:
        """Return every way in which all of ``conditions`` hold that does not contradict itself.

        Raises ``Undecided``.
        """
        cases = _together(_cases(condition, True) for condition in conditions)
        return [case for case in cases if not self._contradicts_itself(case)]

    def holds_in(self, case: Case, condition: FactCondition) -> bool:
        """Return True only when ``condition`` holds for all facts that answer as ``case`` says.

        Raises ``Undecided``.
        """
        return self._follows(case, condition, True)

    def _contradicts_itself(self, case: Case) -> bool:
        return any(
            self._answer_follows(case - {answer}, answer._replace(yes=not answer.yes))
            for answer in case
        )

    def _follows(self, case: Case, condition: FactCondition, yes: bool) -> bool:
        match condition:
            case FactTest(path=path, operators=operators):
                answers = (self._operator_follows(case, path, each, yes) for each in operators)
                return all(answers) if yes else any(answers)
            case AllFacts(of=of):
                answers = (self._follows(case, each, yes) for each in of)
                return all(answers) if yes else any(answers)
            case AnyFact(of=of):
                answers = (self._follows(case, each, yes) for each in of)
                return any(answers) if yes else all(answers)
            case NotFact(condition=denied):
                return self._follows(case, denied, not yes)

    def _operator_follows(self, case: Case, path: str, operator: Operator, yes: bool) -> bool:
        match operator:
            case Exists(expected=expected):
                return self._answer_follows(case, Answer(path, None, expected is yes))
            case Equals() | InList():
                return self._answer_follows(case, Answer(path, _membership(operator), yes))
            case IsNot(operators=operators):
                answers = (self._operator_follows(case, path, each, not yes) for each in operators)
                return any(answers) if yes else all(answers)
            case _:
                return self._answer_follows(case, Answer(path, operator, yes))

    def _answer_follows(self, case: Case, wanted: Answer) -> bool:
        self._effort.spend(len(case) + 1)
        return any(_leads_to(given, wanted) for given in case if given.path == wanted.path)


def _leads_to(given: Answer, wanted: Answer) -> bool:
    """Return whether the answer ``given`` leaves no other answer to the other question."""
    if given == wanted:
        return True
    if wanted.question is None:
        # Whoever answers yes or no about a fact knows it.
        return wanted.yes and given.question is not None
    if given.question is None or given.yes is not wanted.yes:
        return False
    if wanted.yes:
        return _is_narrower(given.question, wanted.question)
    return _is_narrower(wanted.question, given.question)


def _is_narrower(narrow: Question, wide: Question) -> bool:
    """Return True only when whatever answers yes to ``narrow`` answers yes to ``wide``."""
    match narrow, wide:
        case OneOf(keys=keys), OneOf(keys=more):
            return keys <= more
        case OneOf(keys=keys), Contains(phrases=phrases):
            return all(
                fold_text(key) == key and any(phrase in words_of(key) for phrase in phrases)
                for key in keys
            )
        case Contains(phrases=phrases), Contains(phrases=shorter):
            return all(any(short in phrase for short in shorter) for phrase in phrases)
        case AtLeast(number=number), AtLeast(number=least):
            return number >= least
        case AtMost(number=number), AtMost(number=most):
            return number <= most
    return narrow == wide


def _cases(condition: FactCondition, yes: bool) -> list[Case]:
    """Return the ways in which ``condition`` answers yes, or no."""
    match condition:
        case FactTest(path=path, operators=operators):
            ways = (_operator_cases(path, each, yes) for each in operators)
            return _together(ways) if yes else _either(ways)
        case AllFacts(of=of):
            ways = (_cases(each, yes) for each in of)
            return _together(ways) if yes else _either(ways)
        case AnyFact(of=of):
            ways = (_cases(each, yes) for each in of)
            return _either(ways) if yes else _together(ways)
        case NotFact(condition=denied):
            return _cases(denied, not yes)


def _operator_cases(path: str, operator: Operator, yes: bool) -> list[Case]:
    match operator:
        case Exists(expected=expected):
            return [frozenset({Answer(path, None, expected is yes)})]
        case Equals() | InList():
            return [frozenset({Answer(path, _membership(operator), yes)})]
        case IsNot(operators=operators):
            ways = (_operator_cases(path, each, not yes) for each in operators)
            return _either(ways) if yes else _together(ways)
        case _:
            return [frozenset({Answer(path, operator, yes)})]


def _membership(operator: Equals | InList) -> OneOf | OnList:
    if isinstance(operator, InList) and operator.keys is None:
        return OnList(operator.name)
    return OneOf(operator.keys or frozenset())


def _either(ways: Iterable[list[Case]]) -> list[Case]:
    return _few(case for each in ways for case in each)


def _together(ways: Iterable[list[Case]]) -> list[Case]:
    together: list[Case] = [frozenset()]
    for cases in ways:
        together = _few(one | other for one in together for other in cases)
    return together


def _few(cases: Iterable[Case]) -> list[Case]:
    found: dict[Case, None] = {}
    for case in cases:
        found[case] = None
        if len(found) > MOST_CASES:
            raise Undecided
    return list(found)
