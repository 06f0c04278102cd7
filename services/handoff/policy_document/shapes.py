"""The shapes values may have in a policy file: how each is read, and its JSON Schema.

The grammar is written in these shapes once; the reader, its messages and the schema that
editors use all come from it.
"""

import re
from collections.abc import Callable
from collections.abc import Mapping as Table_
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from services.handoff.domain.questions import Titles
from services.handoff.policy_document.reading import (
    WRONG,
    Reading,
    Wrong,
    did_you_mean,
    key_of,
    listed,
    nearest,
    pointer,
    shown,
    told,
)
from services.handoff.policy_document.yaml_tree import Mapping, Node, Scalar, Sequence

Schema = dict[str, Any]

NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")
DOTTED = re.compile(r"[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9_-]{1,60}){0,7}")
_DURATION = re.compile(r"([0-9]{1,7})(s|m|h|d)")
_UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Shape(Protocol):
    """A kind of value."""

    def read(self, node: Node, path: str, reading: Reading) -> Any:
        """Return the value of ``node``, or ``WRONG`` after reporting why it is none."""
        ...

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        ...


def scalar(node: Node, path: str, reading: Reading, wanted: str) -> Scalar | Wrong:
    """Return ``node`` as a single value; report that ``wanted`` is wanted where it is none."""
    if isinstance(node, Scalar) and node.value is not None:
        return node
    what = {Sequence: "a list", Mapping: "a mapping"}.get(type(node), "nothing")
    return reading.report(path, "wrong_type", f"`{key_of(path)}` must be {wanted}, not {what}.")


@dataclass(frozen=True)
class Word:
    """Text that follows a pattern."""

    pattern: re.Pattern[str]
    wanted: str

    def read(self, node: Node, path: str, reading: Reading) -> str | Wrong:
        """Return the text."""
        value = scalar(node, path, reading, self.wanted)
        if isinstance(value, Wrong):
            return value
        if not self.pattern.fullmatch(value.text):
            message = f"`{key_of(path)}` must be {self.wanted}, not {shown(value.text)}."
            return reading.report(path, "wrong_value", message)
        return value.text

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {"type": "string", "pattern": f"^{self.pattern.pattern}$"}


@dataclass(frozen=True)
class Text:
    """Any text that is not blank."""

    longest: int = 200

    def read(self, node: Node, path: str, reading: Reading) -> str | Wrong:
        """Return the text, without surrounding blanks."""
        value = scalar(node, path, reading, "text")
        if isinstance(value, Wrong):
            return value
        text = value.text.strip()
        if not text or len(text) > self.longest:
            message = f"`{key_of(path)}` must be text of 1 to {self.longest} characters."
            return reading.report(path, "wrong_value", message)
        return text

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {"type": "string", "minLength": 1, "maxLength": self.longest}


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    options: tuple[str, ...]

    def read(self, node: Node, path: str, reading: Reading) -> str | Wrong:
        """Return the word."""
        value = scalar(node, path, reading, f"one of {listed(self.options)}")
        if isinstance(value, Wrong) or value.text in self.options:
            return value if isinstance(value, Wrong) else value.text
        return reading.report(
            path,
            "unknown_name",
            f"`{key_of(path)}` must be one of {listed(self.options)}, not {shown(value.text)}."
            + did_you_mean(value.text, self.options),
        )

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {"enum": list(self.options)}


class Flag:
    """True or false."""

    def read(self, node: Node, path: str, reading: Reading) -> bool | Wrong:
        """Return the truth."""
        value = scalar(node, path, reading, "`true` or `false`")
        if isinstance(value, Wrong):
            return value
        if not isinstance(value.value, bool):
            message = f"`{key_of(path)}` must be `true` or `false`, not {shown(value.text)}."
            return reading.report(path, "wrong_type", message)
        return value.value

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Number:
    """A number in a range, with at most ``decimals`` decimals."""

    least: float
    most: float
    decimals: int = 0

    def read(self, node: Node, path: str, reading: Reading) -> float | Wrong:
        """Return the number."""
        kind = (
            f"a number with at most {self.decimals} decimal" if self.decimals else "a whole number"
        )
        wanted = f"{kind} from {self.least:g} to {self.most:,g}".replace(",", "")
        value = scalar(node, path, reading, wanted)
        if isinstance(value, Wrong):
            return value
        number = value.value
        if isinstance(number, str | bool) or number is None:
            message = f"`{key_of(path)}` must be {wanted}, not {shown(value.text)}."
            return reading.report(path, "wrong_type", message)
        if round(number, self.decimals) != number or not self.least <= number <= self.most:
            message = f"`{key_of(path)}` must be {wanted}, not {shown(value.text)}."
            return reading.report(path, "out_of_range", message)
        return number

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        limits = {"minimum": self.least, "maximum": self.most}
        return {"type": "number" if self.decimals else "integer", **limits}


@dataclass(frozen=True)
class Whole:
    """A whole number in a range."""

    least: int
    most: int

    def read(self, node: Node, path: str, reading: Reading) -> int | Wrong:
        """Return the number."""
        number = Number(self.least, self.most).read(node, path, reading)
        return number if isinstance(number, Wrong) else int(number)

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return Number(self.least, self.most).schema()


@dataclass(frozen=True)
class Points:
    """Points, read as whole tenths."""

    least: float
    most: float

    def read(self, node: Node, path: str, reading: Reading) -> int | Wrong:
        """Return tenths of a point."""
        number = Number(self.least, self.most, decimals=1).read(node, path, reading)
        return number if isinstance(number, Wrong) else round(number * 10)

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return Number(self.least, self.most, decimals=1).schema() | {"multipleOf": 0.1}


@dataclass(frozen=True)
class Duration:
    """A span of time: ``30d``, ``4h``, ``15m``, ``90s``."""

    least: timedelta = timedelta(seconds=1)
    most: timedelta = timedelta(days=3650)

    def read(self, node: Node, path: str, reading: Reading) -> timedelta | Wrong:
        """Return the duration."""
        wanted = "a duration like `30d`, `4h`, `15m` or `90s`"
        value = scalar(node, path, reading, wanted)
        if isinstance(value, Wrong):
            return value
        match = _DURATION.fullmatch(value.text)
        if match is None:
            message = f"`{key_of(path)}` must be {wanted}, not {shown(value.text)}."
            return reading.report(path, "wrong_type", message)
        duration = timedelta(seconds=int(match[1]) * _UNIT_S[match[2]])
        if not self.least <= duration <= self.most:
            message = f"`{key_of(path)}` must be from `{told(self.least)}` to `{told(self.most)}`."
            return reading.report(path, "out_of_range", message)
        return duration

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {"type": "string", "pattern": "^[0-9]{1,7}(s|m|h|d)$"}


class Percent:
    """A share like ``70%``."""

    def read(self, node: Node, path: str, reading: Reading) -> float | Wrong:
        """Return the percentage."""
        value = scalar(node, path, reading, "a share like `70%`")
        if isinstance(value, Wrong):
            return value
        match = re.fullmatch(r"([0-9]{1,3}(\.[0-9])?)%", value.text)
        if match is None or float(match[1]) > 100:
            message = (
                f"`{key_of(path)}` must be a share from `0%` to `100%`, not {shown(value.text)}."
            )
            return reading.report(path, "wrong_type", message)
        return float(match[1])

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9])?%$"}


class Value:
    """A fact's value: text, a number, true or false."""

    def read(self, node: Node, path: str, reading: Reading) -> str | float | bool | Wrong:
        """Return the value."""
        value = scalar(node, path, reading, "text, a number, `true` or `false`")
        if isinstance(value, Wrong):
            return value
        if isinstance(value.value, str) and (not value.text.strip() or len(value.text) > 200):
            message = f"`{key_of(path)}` must be text of 1 to 200 characters."
            return reading.report(path, "wrong_value", message)
        assert value.value is not None
        return value.value

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {"type": ["string", "number", "boolean"]}


class TitlesShape:
    """What people read: a text, or one per language."""

    def read(self, node: Node, path: str, reading: Reading) -> Titles | Wrong:
        """Return both titles; a missing language takes the other's text."""
        if isinstance(node, Scalar):
            text = Text().read(node, path, reading)
            return text if isinstance(text, Wrong) else Titles(text, text)
        keys = {"es": Key(Text(), "Spanish."), "en": Key(Text(), "English.")}
        texts = Record(keys).read(node, path, reading)
        if isinstance(texts, Wrong):
            return texts
        written = {language: text for language, text in texts.items() if text is not None}
        if WRONG in written.values() or not written:
            return (
                WRONG
                if written
                else reading.report(
                    path, "missing_key", f"`{key_of(path)}` needs `es`, `en` or both."
                )
            )
        for language in keys.keys() - written.keys():
            message = f"The title has no `{language}`: people read the other language's text."
            reading.report(path, "title_untranslated", message, "warning")
        any_text = next(iter(written.values()))
        return Titles(written.get("es", any_text), written.get("en", any_text))

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        keys = {"es": Text().schema(), "en": Text().schema()}
        both = {"type": "object", "properties": keys, "additionalProperties": False}
        return {"anyOf": [Text().schema(), both | {"minProperties": 1}]}


@dataclass(frozen=True)
class OneOrMany:
    """One value, or a list of them."""

    item: Shape
    most: int = 100

    def read(self, node: Node, path: str, reading: Reading) -> tuple[Any, ...] | Wrong:
        """Return the values."""
        if not isinstance(node, Sequence):
            value = self.item.read(node, path, reading)
            return value if isinstance(value, Wrong) else (value,)
        return ListOf(self.item, self.most).read(node, path, reading)

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {"anyOf": [self.item.schema(), ListOf(self.item, self.most).schema()]}


@dataclass(frozen=True)
class ListOf:
    """A list with one value at least."""

    item: Shape
    most: int = 1000

    def read(self, node: Node, path: str, reading: Reading) -> tuple[Any, ...] | Wrong:
        """Return the values."""
        if not isinstance(node, Sequence) or not 1 <= len(node.items) <= self.most:
            message = f"`{key_of(path)}` must be a list of 1 to {self.most} values."
            return reading.report(path, "wrong_type", message)
        values = []
        for number, item in enumerate(node.items):
            inside = pointer(path, number)
            reading.stands(inside, item.place)
            values.append(self.item.read(item, inside, reading))
        return WRONG if any(value is WRONG for value in values) else tuple(values)

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        items = self.item.schema()
        return {"type": "array", "items": items, "minItems": 1, "maxItems": self.most}


def entries(node: Node, path: str, reading: Reading, wanted: str) -> dict[str, Node] | Wrong:
    """Return a mapping's values by key; report a key that is there twice."""
    if not isinstance(node, Mapping):
        what = {Sequence: "a list", Scalar: "a single value"}[type(node)]
        return reading.report(path, "wrong_type", f"`{key_of(path)}` must be {wanted}, not {what}.")
    values: dict[str, Node] = {}
    first_line: dict[str, int] = {}
    for key, value in node.entries:
        inside = pointer(path, key.text)
        if key.text in values:
            reading.stands(inside, value.place, key.place)
            message = f"`{key.text}` is already in line {first_line[key.text]}: delete one of them."
            reading.report(inside, "duplicate_key", message, at_key=True)
            continue
        values[key.text] = value
        first_line[key.text] = key.place.line
        reading.stands(inside, value.place, key.place)
    return values


@dataclass(frozen=True)
class Key:
    """A key of a record: the shape of its value and what it means."""

    shape: Shape
    doc: str
    required: bool = False
    default: Any = None


@dataclass(frozen=True)
class Record:
    """A mapping with known keys. They are read in the order they are declared in."""

    keys: Table_[str, Key]
    make: Callable[..., Any] = field(default=dict)
    """Called with the values when all of them could be read."""

    def read(self, node: Node, path: str, reading: Reading) -> Any:
        """Return what ``make`` makes of the values; without it, ``WRONG`` may be among them."""
        nodes = entries(node, path, reading, "a mapping")
        if isinstance(nodes, Wrong):
            return nodes
        meant = {
            self._unknown(pointer(path, name), name, reading)
            for name in nodes
            if name not in self.keys
        }
        values = {
            # A required key that was misspelt is not missing too.
            name: WRONG
            if name in meant and name not in nodes
            else self._read_key(name, key, nodes.get(name), path, reading)
            for name, key in self.keys.items()
        }
        if self.make is not dict and any(value is WRONG for value in values.values()):
            return WRONG
        return self.make(**values)

    def _read_key(self, name: str, key: Key, node: Node | None, path: str, reading: Reading) -> Any:
        if node is not None:
            return key.shape.read(node, pointer(path, name), reading)
        if key.required:
            message = f"{_owner(path)} needs `{name}`: {key.doc}"
            return reading.report(path, "missing_key", message, at_key=True)
        return key.default

    def _unknown(self, path: str, name: str, reading: Reading) -> str | None:
        """Report a key nobody knows; return the one that was probably meant."""
        near = nearest(name, self.keys)
        hint = f" Did you mean `{near}`?" if near else f" Known here: {listed(self.keys)}."
        reading.report(path, "unknown_key", f"{shown(name)} is not a key here.{hint}", at_key=True)
        return near

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {
            "type": "object",
            "properties": {
                name: {**key.shape.schema(), "description": key.doc}
                for name, key in self.keys.items()
            },
            "required": [name for name, key in self.keys.items() if key.required],
            "additionalProperties": False,
        }


def _owner(path: str) -> str:
    return f"`{key_of(path)}`" if path else "A policy"


@dataclass(frozen=True)
class Table:
    """A mapping from names people choose to values of one shape."""

    item: Shape
    noun: str
    most: int = 100

    def read(self, node: Node, path: str, reading: Reading) -> dict[str, Any] | Wrong:
        """Return the values by name; a value that could not be read is ``WRONG``."""
        nodes = entries(node, path, reading, f"a mapping with a name for each {self.noun}")
        if isinstance(nodes, Wrong):
            return nodes
        if len(nodes) > self.most or not nodes:
            message = f"`{key_of(path)}` must hold 1 to {self.most} values, not {len(nodes)}."
            return reading.report(path, "out_of_range", message)
        values = {}
        for name, value in nodes.items():
            inside = pointer(path, name)
            if not NAME.fullmatch(name):
                message = (
                    f"{shown(name)} cannot name a {self.noun}: use up to 63 of a-z, 0-9, `_` "
                    "and `-`, a letter first."
                )
                reading.report(inside, "wrong_name", message, at_key=True)
            values[name] = self.item.read(value, inside, reading)
        return values

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {
            "type": "object",
            "propertyNames": {"pattern": f"^{NAME.pattern}$"},
            "additionalProperties": self.item.schema(),
            "minProperties": 1,
            "maxProperties": self.most,
        }


@dataclass(frozen=True)
class Ref:
    """A shape that is defined once in the schema, because it holds itself."""

    shape: Shape
    name: str

    def read(self, node: Node, path: str, reading: Reading) -> Any:
        """Return what the shape reads."""
        return self.shape.read(node, path, reading)

    def schema(self) -> Schema:
        """Return a reference."""
        return {"$ref": f"#/$defs/{self.name}"}
