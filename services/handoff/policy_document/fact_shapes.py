"""How questions about facts are written: ``{account.employees: {at_least: 50}}``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import re2

from services.handoff.domain.comparing import comparable, words_of
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
from services.handoff.policy_document.phrases import phrase
from services.handoff.policy_document.reading import (
    WRONG,
    Reading,
    Wrong,
    did_you_mean,
    key_of,
    listed,
    pointer,
    shown,
)
from services.handoff.policy_document.scalars import (
    DOTTED,
    Flag,
    Number,
    Schema,
    Shape,
    Text,
    Value,
    Word,
)
from services.handoff.policy_document.shapes import (
    ListOf,
    OneOrMany,
    entries,
)
from services.handoff.policy_document.yaml_tree import Mapping, Node

_FAR = 1e12
LONGEST_PATTERN = 512


class Phrase:
    """A word or phrase to look for; ``estudiant*`` stands for any ending."""

    def read(self, node: Node, path: str, reading: Reading) -> str | Wrong:
        """Return the phrase."""
        text = Text(100).read(node, path, reading)
        if not isinstance(text, Wrong) and not words_of(text).strip():
            message = phrase("{text} has no letter or digit to look for.", text=shown(text))
            return reading.report(path, "wrong_value", message)
        return text

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return Text(100).schema()


class Pattern:
    """A regular expression in RE2's syntax, which takes linear time whatever the text."""

    def read(self, node: Node, path: str, reading: Reading) -> Matches | Wrong:
        """Return the test for the pattern."""
        text = Text(LONGEST_PATTERN).read(node, path, reading)
        if isinstance(text, Wrong):
            return text
        options = re2.Options()
        options.log_errors = False
        options.max_mem = 1 << 20
        try:
            pattern = re2.compile(text, options=options)
        except re2.error as error:
            reason = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
            message = phrase(
                "`{key}` is no pattern RE2 can read: {reason}.", key=key_of(path), reason=reason
            )
            return reading.report(path, "wrong_pattern", message)
        return Matches(text, _search(pattern))

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return Text(LONGEST_PATTERN).schema()


def _search(pattern: Any) -> Callable[[str], bool]:
    # RE2 reads UTF-8; a lone surrogate in a fact is no UTF-8 and no reason to fail.
    return lambda text: pattern.search(text.encode("utf-8", "replace").decode()) is not None


class ListName:
    """The name of a list of values."""

    def read(self, node: Node, path: str, reading: Reading) -> InList | Wrong:
        """Return the test for the list's values."""
        name = Text(100).read(node, path, reading)
        if isinstance(name, Wrong):
            return name
        if name in reading.lists:
            reading.used_lists.add(name)
            return InList(name, frozenset(map(comparable, reading.lists[name])))
        outside = reading.outside_lists
        if outside is None or name in outside:
            return InList(name)
        hint = did_you_mean(name, [*reading.lists, *outside])
        hint = hint or phrase(" Write it under `lists`, or make it: `relevo lists create`.")
        return reading.report(
            path,
            "unknown_list",
            phrase("There is no list {name}.{hint}", name=shown(name), hint=hint),
        )

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return Text(100).schema()


@dataclass(frozen=True)
class _Operator:
    """An operator's argument and what becomes of it."""

    argument: Shape
    make: Callable[[Any], Operator]
    doc: str


class Nested:
    """What ``not`` turns round: a value, several, or a mapping of operators."""

    def read(self, node: Node, path: str, reading: Reading) -> Any:
        """Return the operators."""
        return read_operators(node, path, reading)

    def schema(self) -> Schema:
        """Return a reference: operators hold operators."""
        return {"$ref": "#/$defs/question"}


OPERATORS: dict[str, _Operator] = {
    "equals": _Operator(OneOrMany(Value(), 1000), Equals, "The value, or one of these values."),
    "contains": _Operator(
        OneOrMany(Phrase()), Contains, "One of these words or phrases, as whole words."
    ),
    "at_least": _Operator(Number(-_FAR, _FAR, 6), AtLeast, "This number or more."),
    "at_most": _Operator(Number(-_FAR, _FAR, 6), AtMost, "This number or less."),
    "in_list": _Operator(ListName(), lambda in_list: in_list, "A value of the named list."),
    "matches": _Operator(Pattern(), lambda matches: matches, "A pattern, found anywhere."),
    "exists": _Operator(Flag(), Exists, "Whether the fact is known."),
    "not": _Operator(Nested(), IsNot, "The opposite; unknown stays unknown."),
}


def read_operators(node: Node, path: str, reading: Reading) -> tuple[Operator, ...] | Wrong:
    """Return what is asked about one fact."""
    if not isinstance(node, Mapping):
        values = OneOrMany(Value(), 1000).read(node, path, reading)
        return values if isinstance(values, Wrong) else (Equals(values),)
    nodes = entries(node, path, reading, phrase("operators"))
    if isinstance(nodes, Wrong):
        return nodes
    if not nodes:
        message = phrase(
            "Say what is asked of `{key}`: {operators}.",
            key=key_of(path),
            operators=listed(OPERATORS),
        )
        return reading.report(path, "missing_key", message)
    operators: list[Operator | Wrong] = []
    for name, argument in nodes.items():
        inside = pointer(path, name)
        if name not in OPERATORS:
            hint = did_you_mean(name, OPERATORS) or phrase(
                " Known: {operators}.", operators=listed(OPERATORS)
            )
            message = phrase("There is no operator {name}.{hint}", name=shown(name), hint=hint)
            operators.append(reading.report(inside, "unknown_key", message, at_key=True))
            continue
        value = OPERATORS[name].argument.read(argument, inside, reading)
        operators.append(value if isinstance(value, Wrong) else OPERATORS[name].make(value))
    good = tuple(each for each in operators if not isinstance(each, Wrong))
    return good if len(good) == len(operators) else WRONG


@dataclass(frozen=True)
class When:
    """A condition on facts: questions by dotted path, all of which must hold.

    ``all``, ``any`` and ``not`` put conditions together.
    """

    roots: tuple[str, ...] = ()
    """What a path may start with; empty: anything."""

    def read(self, node: Node, path: str, reading: Reading) -> FactCondition | Wrong:
        """Return the condition."""
        nodes = entries(node, path, reading, phrase("a mapping of facts to what is asked of them"))
        if isinstance(nodes, Wrong):
            return nodes
        if not nodes:
            message = phrase("`{key}` asks nothing: name a fact.", key=key_of(path))
            return reading.report(path, "missing_key", message)
        conditions = [
            self._read_entry(name, value, pointer(path, name), reading)
            for name, value in nodes.items()
        ]
        good = tuple(each for each in conditions if not isinstance(each, Wrong))
        if len(good) < len(conditions):
            return WRONG
        return good[0] if len(good) == 1 else AllFacts(good)

    def _read_entry(
        self, name: str, node: Node, path: str, reading: Reading
    ) -> FactCondition | Wrong:
        if name == "not":
            inner = self.read(node, path, reading)
            return inner if isinstance(inner, Wrong) else NotFact(inner)
        if name in ("all", "any"):
            conditions = ListOf(self).read(node, path, reading)
            if isinstance(conditions, Wrong):
                return conditions
            return AllFacts(conditions) if name == "all" else AnyFact(conditions)
        operators = read_operators(node, path, reading)
        if not self._is_path(name, path, reading) or isinstance(operators, Wrong):
            return WRONG
        return FactTest(name, operators)

    def _is_path(self, name: str, path: str, reading: Reading) -> bool:
        first = name.split(".")[0]
        if DOTTED.fullmatch(name) and (not self.roots or (first in self.roots and "." in name)):
            return True
        if self.roots:
            starts = f"`{self.roots[0]}.`"
            for root in self.roots[1:]:
                starts = phrase("{one} or {other}", one=starts, other=f"`{root}.`")
            message = phrase(
                "{name} is no fact: facts start with {starts}.", name=shown(name), starts=starts
            )
        else:
            message = phrase(
                "{name} is no property: write it like `content.topic`.", name=shown(name)
            )
        reading.report(path, "unknown_fact", message, at_key=True)
        return False

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        ref = {"$ref": f"#/$defs/{self.name}"}
        start = f"({'|'.join(self.roots)})\\." if self.roots else "(?!(all|any|not)$)"
        return {
            "type": "object",
            "properties": {
                "all": {"type": "array", "items": ref, "minItems": 1},
                "any": {"type": "array", "items": ref, "minItems": 1},
                "not": ref,
            },
            "patternProperties": {f"^{start}[A-Za-z0-9_.-]+$": {"$ref": "#/$defs/question"}},
            "additionalProperties": False,
            "minProperties": 1,
        }

    @property
    def name(self) -> str:
        """What the schema calls the shape."""
        return "facts" if self.roots else "properties"


def question_schema() -> Schema:
    """Return what may be asked about one fact, as JSON Schema."""
    operators = {
        name: {**operator.argument.schema(), "description": operator.doc}
        for name, operator in OPERATORS.items()
    }
    mapping = {
        "type": "object",
        "properties": operators,
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {"anyOf": [OneOrMany(Value(), 1000).schema(), mapping]}


PROPERTY = Word(DOTTED, phrase("a property of the touch like `content.id`"))
