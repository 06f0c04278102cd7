"""The shapes of single values: how each is read, its messages, and its JSON Schema."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from services.handoff.policy_document.phrases import phrase
from services.handoff.policy_document.reading import (
    Reading,
    Wrong,
    did_you_mean,
    key_of,
    listed,
    shown,
    told,
)
from services.handoff.policy_document.yaml_tree import Mapping, Node, Scalar, Sequence

Schema = dict[str, Any]

NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")
DOTTED = re.compile(r"[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9_-]{1,60}){0,7}")
_DURATION = re.compile(r"([0-9]{1,7})(s|m|h|d)")
WHAT = {Sequence: phrase("a list"), Mapping: phrase("a mapping")}
_UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def length_of(text: str) -> timedelta | None:
    """Read a duration as policies write it: ``30d``, ``4h``, ``15m``, ``90s``."""
    match = _DURATION.fullmatch(text)
    return None if match is None else timedelta(seconds=int(match[1]) * _UNIT_S[match[2]])


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
    what = WHAT.get(type(node), phrase("nothing"))
    return reading.report(
        path,
        "wrong_type",
        phrase("`{key}` must be {wanted}, not {what}.", key=key_of(path), wanted=wanted, what=what),
    )


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
            message = phrase(
                "`{key}` must be {wanted}, not {value}.",
                key=key_of(path),
                wanted=self.wanted,
                value=shown(value.text),
            )
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
        value = scalar(node, path, reading, phrase("text"))
        if isinstance(value, Wrong):
            return value
        text = value.text.strip()
        if not text or len(text) > self.longest:
            message = phrase(
                "`{key}` must be text of 1 to {longest} characters.",
                key=key_of(path),
                longest=self.longest,
            )
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
        value = scalar(
            node, path, reading, phrase("one of {options}", options=listed(self.options))
        )
        if isinstance(value, Wrong) or value.text in self.options:
            return value if isinstance(value, Wrong) else value.text
        return reading.report(
            path,
            "unknown_name",
            phrase(
                "`{key}` must be one of {options}, not {value}.",
                key=key_of(path),
                options=listed(self.options),
                value=shown(value.text),
            )
            + did_you_mean(value.text, self.options),
        )

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {"enum": list(self.options)}


class Flag:
    """True or false."""

    def read(self, node: Node, path: str, reading: Reading) -> bool | Wrong:
        """Return the truth."""
        value = scalar(node, path, reading, phrase("`true` or `false`"))
        if isinstance(value, Wrong):
            return value
        if not isinstance(value.value, bool):
            message = phrase(
                "`{key}` must be `true` or `false`, not {value}.",
                key=key_of(path),
                value=shown(value.text),
            )
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
            phrase("a number with at most {decimals} decimal", decimals=self.decimals)
            if self.decimals
            else phrase("a whole number")
        )
        most = f"{self.most:,g}".replace(",", "")
        wanted = phrase("{kind} from {least:g} to {most}", kind=kind, least=self.least, most=most)
        value = scalar(node, path, reading, wanted)
        if isinstance(value, Wrong):
            return value
        number = value.value
        if isinstance(number, str | bool) or number is None:
            message = phrase(
                "`{key}` must be {wanted}, not {value}.",
                key=key_of(path),
                wanted=wanted,
                value=shown(value.text),
            )
            return reading.report(path, "wrong_type", message)
        if round(number, self.decimals) != number or not self.least <= number <= self.most:
            message = phrase(
                "`{key}` must be {wanted}, not {value}.",
                key=key_of(path),
                wanted=wanted,
                value=shown(value.text),
            )
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
        wanted = phrase("a duration like `30d`, `4h`, `15m` or `90s`")
        value = scalar(node, path, reading, wanted)
        if isinstance(value, Wrong):
            return value
        duration = length_of(value.text)
        if duration is None:
            message = phrase(
                "`{key}` must be {wanted}, not {value}.",
                key=key_of(path),
                wanted=wanted,
                value=shown(value.text),
            )
            return reading.report(path, "wrong_type", message)
        if not self.least <= duration <= self.most:
            message = phrase(
                "`{key}` must be from `{least}` to `{most}`.",
                key=key_of(path),
                least=told(self.least),
                most=told(self.most),
            )
            return reading.report(path, "out_of_range", message)
        return duration

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {"type": "string", "pattern": "^[0-9]{1,7}(s|m|h|d)$"}


class Percent:
    """A share like ``70%``."""

    def read(self, node: Node, path: str, reading: Reading) -> float | Wrong:
        """Return the percentage."""
        value = scalar(node, path, reading, phrase("a share like `70%`"))
        if isinstance(value, Wrong):
            return value
        match = re.fullmatch(r"([0-9]{1,3}(\.[0-9])?)%", value.text)
        if match is None or float(match[1]) > 100:
            message = phrase(
                "`{key}` must be a share from `0%` to `100%`, not {value}.",
                key=key_of(path),
                value=shown(value.text),
            )
            return reading.report(path, "wrong_type", message)
        return float(match[1])

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9])?%$"}


class PartOf:
    """A whole percentage of a promised time, which may be exceeded: ``50%``, ``150%``."""

    most = 1000

    def read(self, node: Node, path: str, reading: Reading) -> int | Wrong:
        """Return the percentage."""
        wanted = phrase("a share of the promised time from `1%` to `{most}%`", most=self.most)
        value = scalar(node, path, reading, wanted)
        if isinstance(value, Wrong):
            return value
        match = re.fullmatch(r"([0-9]{1,4})%", value.text)
        if match is None or not 1 <= int(match[1]) <= self.most:
            message = phrase(
                "`{key}` must be {wanted}, not {value}.",
                key=key_of(path),
                wanted=wanted,
                value=shown(value.text),
            )
            return reading.report(path, "wrong_value", message)
        return int(match[1])

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {"type": "string", "pattern": "^([1-9][0-9]{0,2}|1000)%$"}


class Value:
    """A fact's value: text, a number, true or false."""

    def read(self, node: Node, path: str, reading: Reading) -> str | float | bool | Wrong:
        """Return the value."""
        value = scalar(node, path, reading, phrase("text, a number, `true` or `false`"))
        if isinstance(value, Wrong):
            return value
        if isinstance(value.value, str) and (not value.text.strip() or len(value.text) > 200):
            message = phrase("`{key}` must be text of 1 to 200 characters.", key=key_of(path))
            return reading.report(path, "wrong_value", message)
        assert value.value is not None
        return value.value

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {"type": ["string", "number", "boolean"]}
