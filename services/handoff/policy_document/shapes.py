"""The shapes of values that hold others: lists, records with known keys, tables of names.

The grammar is written in these shapes once; the reader, its messages and the schema that
editors use all come from it.
"""

from collections.abc import Callable
from collections.abc import Mapping as Table_
from dataclasses import dataclass, field
from typing import Any

from services.handoff.domain.questions import Titles
from services.handoff.policy_document.phrases import phrase
from services.handoff.policy_document.reading import (
    WRONG,
    Reading,
    Wrong,
    key_of,
    listed,
    nearest,
    pointer,
    shown,
)
from services.handoff.policy_document.scalars import NAME, Schema, Shape, Text
from services.handoff.policy_document.yaml_tree import Mapping, Node, Scalar, Sequence


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
                    path,
                    "missing_key",
                    phrase("`{key}` needs `es`, `en` or both.", key=key_of(path)),
                )
            )
        for language in keys.keys() - written.keys():
            message = phrase(
                "The title has no `{language}`: people read the other language's text.",
                language=language,
            )
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
            message = phrase(
                "`{key}` must be a list of 1 to {most} values.", key=key_of(path), most=self.most
            )
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
        what = {Sequence: phrase("a list"), Scalar: phrase("a single value")}[type(node)]
        return reading.report(
            path,
            "wrong_type",
            phrase(
                "`{key}` must be {wanted}, not {what}.", key=key_of(path), wanted=wanted, what=what
            ),
        )
    values: dict[str, Node] = {}
    first_line: dict[str, int] = {}
    for key, value in node.entries:
        inside = pointer(path, key.text)
        if key.text in values:
            reading.stands(inside, value.place, key.place)
            message = phrase(
                "`{key}` is already in line {line}: delete one of them.",
                key=key.text,
                line=first_line[key.text],
            )
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
        nodes = entries(node, path, reading, phrase("a mapping"))
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
            message = phrase(
                "{owner} needs `{name}`: {doc}", owner=_owner(path), name=name, doc=key.doc
            )
            return reading.report(path, "missing_key", message, at_key=True)
        return key.default

    def _unknown(self, path: str, name: str, reading: Reading) -> str | None:
        """Report a key nobody knows; return the one that was probably meant."""
        near = nearest(name, self.keys)
        hint = (
            phrase(" Did you mean `{near}`?", near=near)
            if near
            else phrase(" Known here: {keys}.", keys=listed(self.keys))
        )
        reading.report(
            path,
            "unknown_key",
            phrase("{name} is not a key here.{hint}", name=shown(name), hint=hint),
            at_key=True,
        )
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
    return phrase("`{key}`", key=key_of(path)) if path else phrase("A policy")


@dataclass(frozen=True)
class Table:
    """A mapping from names people choose to values of one shape."""

    item: Shape
    noun: str
    most: int = 100

    def read(self, node: Node, path: str, reading: Reading) -> dict[str, Any] | Wrong:
        """Return the values by name; a value that could not be read is ``WRONG``."""
        nodes = entries(
            node, path, reading, phrase("a mapping with a name for each {noun}", noun=self.noun)
        )
        if isinstance(nodes, Wrong):
            return nodes
        if len(nodes) > self.most or not nodes:
            message = phrase(
                "`{key}` must hold 1 to {most} values, not {count}.",
                key=key_of(path),
                most=self.most,
                count=len(nodes),
            )
            return reading.report(path, "out_of_range", message)
        values = {}
        for name, value in nodes.items():
            inside = pointer(path, name)
            if not NAME.fullmatch(name):
                message = phrase(
                    "{name} cannot name a {noun}: use up to 63 of a-z, 0-9, `_` and `-`, a "
                    "letter first.",
                    name=shown(name),
                    noun=self.noun,
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
