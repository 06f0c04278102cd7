"""A message for people, before any channel gives it its form."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """A link worth pressing."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Message:
    """What a person is told: plain text without control characters, in their language.

    Each channel escapes it for itself; nothing in it is markup.
    """

    language: str
    title: str
    intro: str
    sections: tuple[Section, ...]
    buttons: tuple[Button, ...]
    footer: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a message."""

    name: str
    email: str
    language: str
    zone: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Everything a message for a person is made of: why, the events, the hand-off's context.

    ``ready`` is the hand-off's ``handoff.sales_ready.v1``, None once the feed has let it go.
    """

    notification_id: str
    step: str
    reader: Reader
    events: tuple[bytes, ...]
    ready: bytes | None
