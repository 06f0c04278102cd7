"""Questions about facts: who a lead is, what a touch was about.

An answer is True, False, or None for *unknown*: a fact nobody told us is not a fact that
says no.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from services.handoff.domain.comparing import (
    LONGEST_REMEMBERED,
    LONGEST_TEXT,
    Value,
    comparable,
    fold_text,
    read_number,
    words_of,
)

Facts = Mapping[str, Any]

MOST_REMEMBERED = 4096
"""Values whose answer a question remembers."""


@lru_cache(maxsize=1024)
def reader(path: str) -> Callable[[Facts], Any]:
    """Return a function that finds the fact at a dotted ``path``; None: missing or blank.

    A path is followed level by level, then looked up whole (``{"content.topic": …}``).
    """
    read = _as_it_is(path)
    return lambda facts: _present(read(facts))


def _as_it_is(path: str) -> Callable[[Facts], Any]:
    """Return a function that finds the fact at ``path``, blank or not."""
    *outer, last = path.split(".")
    if len(outer) != 1:
        return lambda facts: _follow(facts, outer, last, path)
    first = outer[0]

    def read(facts: Facts) -> Any:  # the common case, and the most frequent call of all
        level = facts.get(first)
        value = level.get(last) if isinstance(level, dict) else None
        return facts.get(path) if value is None else value

    return read


def _follow(facts: Facts, outer: list[str], last: str, path: str) -> Any:
    level: Any = facts
    for part in outer:
        level = level.get(part)
        if not isinstance(level, dict):
            return facts.get(path)
    value = level.get(last)
    return facts.get(path) if value is None else value


def find(facts: Facts, path: str) -> Any:
    """Return the fact at a dotted ``path``; None where it is missing or blank."""
    return reader(path)(facts)


def _present(value: Any) -> Any:
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    return None if isinstance(value, list | tuple) and not value else value


def _any(value: Any, question: Callable[[Any], bool | None]) -> bool | None:
    """Ask about each element of a list (or the value itself); one yes is a yes."""
    if not isinstance(value, list | tuple | set | frozenset):
        return question(value)
    answers = {question(element) for element in value}
    if True in answers:
        return True
    return False if False in answers else None


@dataclass(frozen=True)
class Equals:
    """One of the values given."""

    kind: ClassVar[str] = "equals"
    values: tuple[Value, ...]
    keys: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare what is compared."""
        object.__setattr__(self, "keys", frozenset(map(comparable, self.values)))

    def holds(self, value: Any) -> bool | None:
        """Answer about a known ``value``."""
        if isinstance(value, str):
            return fold_text(value) in self.keys
        return _any(value, lambda element: comparable(element) in self.keys)


@dataclass(frozen=True)
class Contains:
    """One of the words or phrases, as whole words: ``cto`` is not in ``director``.

    A last ``*`` stands for any ending: ``estudiant*``.
    """

    kind: ClassVar[str] = "contains"
    words: tuple[str, ...]
    phrases: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare what is looked for."""
        phrases = (
            words_of(word)[: -1 if word.rstrip().endswith("*") else None] for word in self.words
        )
        object.__setattr__(self, "phrases", tuple(phrases))

    def holds(self, value: Any) -> bool | None:
        """Answer about a known ``value``."""
        return _any(value, self._in)

    @staticmethod
    def _phrase(word: str) -> str:
        phrase = words_of(word)
        return phrase.removesuffix(" ") if word.rstrip().endswith("*") else phrase

    def _in(self, element: object) -> bool:
        text = words_of(element if isinstance(element, str) else comparable(element))
        return any(phrase in text for phrase in self.phrases)


@dataclass(frozen=True)
class AtLeast:
    """A number, this or more; what is no number is unknown."""

    kind: ClassVar[str] = "at_least"
    number: float

    def holds(self, value: Any) -> bool | None:
        """Answer about a known ``value``."""
        return _any(value, self._reached)

    def _reached(self, element: object) -> bool | None:
        number = read_number(element)
        return None if number is None else number >= self.number


@dataclass(frozen=True)
class AtMost:
    """A number, this or less; what is no number is unknown."""

    kind: ClassVar[str] = "at_most"
    number: float

    def holds(self, value: Any) -> bool | None:
        """Answer about a known ``value``."""
        return _any(value, self._reached)

    def _reached(self, element: object) -> bool | None:
        number = read_number(element)
        return None if number is None else number <= self.number


class UnboundList(RuntimeError):
    """A list that is kept outside its policy was asked before a version of it was bound."""


class ListVersion(NamedTuple):
    """One version of a list that is kept outside the policies that name it."""

    number: int
    keys: frozenset[str]
    """The values, as they are compared."""


@dataclass(frozen=True)
class InList:
    """One of the values of a named list."""

    kind: ClassVar[str] = "in_list"
    name: str
    keys: frozenset[str] | None = field(default=None, repr=False)
    """The values, of a list in the policy's own file; None: it is kept outside."""
    kept: ListVersion | None = field(default=None, repr=False, compare=False)
    """What a list kept outside holds now (``lists.bind``). The policy only says its name."""

    def holds(self, value: Any) -> bool | None:
        """Answer about a known ``value``. Raises ``UnboundList``."""
        keys = self.keys
        if keys is None:
            keys = self.bound.keys
        return _any(value, lambda element: comparable(element) in keys)

    @property
    def bound(self) -> ListVersion:
        """The version of a list kept outside. Raises ``UnboundList``."""
        if self.kept is None:
            raise UnboundList(f"no version of the list {self.name} is bound")
        return self.kept


@dataclass(frozen=True)
class Matches:
    """A pattern is found in the text. The search is given: it must take linear time."""

    kind: ClassVar[str] = "matches"
    pattern: str
    search: Callable[[str], bool] = field(repr=False, compare=False)

    def holds(self, value: Any) -> bool | None:
        """Answer about a known ``value``."""
        return _any(value, lambda element: self.search(str(element)[:LONGEST_TEXT]))


@dataclass(frozen=True)
class Exists:
    """The fact is known, or (False) it is not."""

    kind: ClassVar[str] = "exists"
    expected: bool

    def holds(self, value: Any) -> bool | None:
        """Answer about ``value``, which may be missing."""
        return (value is not None) is self.expected


@dataclass(frozen=True)
class IsNot:
    """Not all of the questions inside are answered yes; unknown stays unknown."""

    kind: ClassVar[str] = "not"
    operators: tuple["Operator", ...]

    def holds(self, value: Any) -> bool | None:
        """Answer about ``value``, which may be missing."""
        return _opposite(_all([ask(operator, value) for operator in self.operators]))


Operator = Equals | Contains | AtLeast | AtMost | InList | Matches | Exists | IsNot


def ask(operator: Operator, value: Any) -> bool | None:
    """Return what ``operator`` says about ``value``; of a missing one most know nothing."""
    if value is None and not isinstance(operator, Exists | IsNot):
        return None
    return operator.holds(value)


def _all(answers: list[bool | None]) -> bool | None:
    """False outweighs unknown, unknown outweighs True."""
    if False in answers:
        return False
    return None if None in answers else True


def _opposite(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


@dataclass(frozen=True)
class FactTest:
    """Every question about the fact at ``path`` is answered yes."""

    kind: ClassVar[str] = "fact"
    path: str
    operators: tuple[Operator, ...]
    read: Callable[[Facts], Any] = field(init=False, repr=False, compare=False)
    answers: dict[str | None, bool | None] = field(init=False, repr=False, compare=False)
    """Remembered by value: few texts are said again and again, and operators never change."""

    def __post_init__(self) -> None:
        """Prepare how the fact is found."""
        object.__setattr__(self, "read", _as_it_is(self.path))
        object.__setattr__(self, "answers", {})

    def holds(self, facts: Facts) -> bool | None:
        """Answer for ``facts``: False outweighs unknown, unknown outweighs True."""
        value = self.read(facts)
        if value is not None and not isinstance(value, str):
            return self._ask(value)
        try:
            return self.answers[value]
        except KeyError:
            return self._remember(value)

    def _remember(self, value: str | None) -> bool | None:
        answer = self._ask(value)
        if value is None or len(value) <= LONGEST_REMEMBERED:
            if len(self.answers) >= MOST_REMEMBERED:
                self.answers.clear()
            self.answers[value] = answer
        return answer

    def _ask(self, value: Any) -> bool | None:
        present = _present(value)
        if len(self.operators) == 1:
            return ask(self.operators[0], present)
        return _all([ask(operator, present) for operator in self.operators])

    def paths(self) -> Iterator[str]:
        """Yield the facts asked about."""
        yield self.path


@dataclass(frozen=True)
class AllFacts:
    """Every condition holds."""

    kind: ClassVar[str] = "all"
    of: tuple["FactCondition", ...]

    def holds(self, facts: Facts) -> bool | None:
        """Answer for ``facts``: False outweighs unknown, unknown outweighs True."""
        return _all([condition.holds(facts) for condition in self.of])

    def paths(self) -> Iterator[str]:
        """Yield the facts asked about."""
        for condition in self.of:
            yield from condition.paths()


@dataclass(frozen=True)
class AnyFact:
    """One condition holds at least."""

    kind: ClassVar[str] = "any"
    of: tuple["FactCondition", ...]

    def holds(self, facts: Facts) -> bool | None:
        """Answer for ``facts``: True outweighs unknown, unknown outweighs False."""
        answers = [condition.holds(facts) for condition in self.of]
        if True in answers:
            return True
        return None if None in answers else False

    def paths(self) -> Iterator[str]:
        """Yield the facts asked about."""
        for condition in self.of:
            yield from condition.paths()


@dataclass(frozen=True)
class NotFact:
    """The condition does not hold; unknown stays unknown."""

    kind: ClassVar[str] = "not"
    condition: "FactCondition"

    def holds(self, facts: Facts) -> bool | None:
        """Answer for ``facts``."""
        return _opposite(self.condition.holds(facts))

    def paths(self) -> Iterator[str]:
        """Yield the facts asked about."""
        yield from self.condition.paths()


FactCondition = FactTest | AllFacts | AnyFact | NotFact
