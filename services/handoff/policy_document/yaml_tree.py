"""YAML text as a tree of values with their places, and nothing that can hurt.

Only the parser's events are used: nothing is constructed, expanded or merged. Size, depth
and number of values are limited before they cost anything; aliases, anchors, tags,
directives and merge keys are refused, because a policy must read the same to everybody.

Plain words are read by the YAML 1.2 core rules, so the country ``NO`` stays text, and so
does ``08001``, which is a postal code and not a number.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # re-exported from C
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from services.handoff.policy_document.phrases import Message, phrase
from services.handoff.policy_document.problems import Code, Place

LARGEST = 64 * 1024
"""Bytes."""
DEEPEST = 16
"""Levels of mappings and lists inside one another."""
MOST_VALUES = 6_000
START = Place(1, 1)

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INTEGER = re.compile(r"[+-]?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"[+-]?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}


@dataclass(frozen=True)
class Scalar:
    """A single value."""

    place: Place
    text: str
    quoted: bool

    @cached_property
    def value(self) -> str | int | float | bool | None:
        """What the text means."""
        if self.quoted:
            return self.text
        if self.text in _WORDS:
            return _WORDS[self.text]
        if _INTEGER.fullmatch(self.text):
            return int(self.text)
        if not _DECIMAL.fullmatch(self.text):
            return self.text
        number = float(self.text)
        # 50 and 50.0 are one number: a policy must not differ by how it is written.
        return int(number) if number.is_integer() else number


@dataclass(frozen=True)
class Sequence:
    """A list of values."""

    place: Place
    items: list["Node"]


@dataclass(frozen=True)
class Mapping:
    """Values by key, in the order of the file."""

    place: Place
    entries: list[tuple[Scalar, "Node"]]


Node = Scalar | Sequence | Mapping


class Unreadable(Exception):
    """The text is no YAML, or not the part of YAML a policy may use."""

    def __init__(self, code: Code, message: str, place: Place = START) -> None:
        """Say what is wrong, and where."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.place = place


def read_tree(source: str | bytes, largest: int = LARGEST, most_values: int = MOST_VALUES) -> Node:
    """Return the one document in ``source``, of at most so many bytes and values.

    Raises ``Unreadable`` at the first fault. Duplicate keys stay in: the reader of a mapping
    reports them with all the rest.
    """
    text = _checked_text(source, largest)
    parser = CParser(text)
    try:
        return _Builder(parser, most_values).document()
    except MarkedYAMLError as error:
        raise _syntax_fault(error, text) from error
    finally:
        parser.dispose()


def _checked_text(source: str | bytes, largest: int) -> str:
    data = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    if len(data) > largest:
        raise Unreadable(
            "file_too_large",
            phrase(
                "The file has {size:,} bytes; at most {largest:,} are read.",
                size=len(data),
                largest=largest,
            ),
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        place = _place_after(before)
        raise Unreadable(
            "not_utf8", phrase("The file is not UTF-8 text: save it as UTF-8."), place
        ) from None
    odd = _UNPRINTABLE.search(text)
    if odd is not None:
        raise Unreadable(
            "control_character",
            phrase(
                "There is an invisible character (U+{code:04X}) here: delete it.", code=ord(odd[0])
            ),
            _place_after(text[: odd.start()]),
        )
    return text


def _place_after(text: str) -> Place:
    return Place(text.count("\n") + 1, len(text) - text.rfind("\n"))


def _syntax_fault(error: MarkedYAMLError, text: str) -> Unreadable:
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
    lines = text.splitlines()
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    if line[place.column - 1 : place.column] == "\t":
        return Unreadable(
            "yaml_syntax", phrase("YAML cannot be indented by tabs: use spaces."), place
        )
    if error.problem == "found unexpected ':'":
        message = phrase("Text with a colon needs quotes inside `{ }` and `[ ]`.")
        return Unreadable("yaml_syntax", message, place)
    reason = Message("", "")
    for part in filter(None, (error.context, error.problem)):
        reason = (reason + ", " if reason else reason) + phrase(part)
    return Unreadable("yaml_syntax", phrase("This is not YAML: {reason}.", reason=reason), place)


class _Builder:
    """Builds the tree from the parser's events, refusing what a policy may not use."""

    def __init__(self, parser: Any, most_values: int) -> None:
        self._parser = parser
        self._most_values = most_values
        self._values = 0

    def document(self) -> Node:
        """Return the only document."""
        self._parser.get_event()  # the stream starts
        if not self._parser.check_event(DocumentStartEvent):
            raise Unreadable("empty_file", phrase("The file is empty: it must hold a policy."))
        start = self._parser.get_event()
        if start.version or start.tags:
            raise Unreadable("directive_refused", phrase("Delete the line that starts with `%`."))
        root = self._node(0)
        self._parser.get_event()  # the document ends
        if self._parser.check_event(DocumentStartEvent):
            raise Unreadable(
                "several_documents",
                phrase("A file holds one policy: move what follows `---` to another file."),
                _place(self._parser.peek_event()),
            )
        return root

    def _node(self, depth: int) -> Node:
        event = self._parser.get_event()
        place = _place(event)
        self._refuse_forbidden(event, place)
        if isinstance(event, ScalarEvent):
            return Scalar(place, event.value, quoted=not event.implicit[0])
        if depth == DEEPEST:
            raise Unreadable(
                "too_deep",
                phrase("Values are nested more than {deepest} levels deep here.", deepest=DEEPEST),
                place,
            )
        if isinstance(event, SequenceStartEvent):
            return Sequence(place, self._items(depth + 1))
        return Mapping(place, self._entries(depth + 1))

    def _items(self, depth: int) -> list[Node]:
        items = []
        while not self._parser.check_event(SequenceEndEvent):
            items.append(self._node(depth))
        self._parser.get_event()
        return items

    def _entries(self, depth: int) -> list[tuple[Scalar, Node]]:
        entries = []
        while not self._parser.check_event(MappingEndEvent):
            key = self._node(depth)
            if not isinstance(key, Scalar):
                raise Unreadable("key_not_text", phrase("A key must be a single word."), key.place)
            if key.text == "<<" and not key.quoted:
                raise Unreadable(
                    "merge_key_refused",
                    phrase("Merge keys (`<<`) are not read: write it out."),
                    key.place,
                )
            entries.append((key, self._node(depth)))
        self._parser.get_event()
        return entries

    def _refuse_forbidden(self, event: Any, place: Place) -> None:
        self._values += 1
        if self._values > self._most_values:
            raise Unreadable(
                "too_many_values",
                phrase("More than {most_values:,} values.", most_values=self._most_values),
                place,
            )
        if isinstance(event, AliasEvent):
            raise Unreadable(
                "alias_refused",
                phrase("Aliases (`*name`) are not read: write the value out."),
                place,
            )
        if event.anchor is not None:
            raise Unreadable(
                "anchor_refused", phrase("Anchors (`&name`) are not read: delete it."), place
            )
        if event.tag is not None:
            raise Unreadable(
                "tag_refused", phrase("Tags (`!name`) are not read: delete it."), place
            )


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)
