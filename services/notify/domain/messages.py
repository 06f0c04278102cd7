"""A message for people, before any channel gives it its form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """A link worth pressing. ``kind``: what it leads to, for programs that pass it on."""

    text: str
    url: str
    kind: Literal["accept", "reject", "open"] = "open"


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
class Trouble:
    """A subscription that fails, or was disabled: what its contact is told, or the admins."""

    kind: Literal["warning", "disabled"]
    name: str
    since: datetime
    until: datetime
    reason: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it as a stored message keeps it."""
        moments = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return {"kind": self.kind, "name": self.name, "reason": self.reason} | moments

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self:
        moments = {name: datetime.fromisoformat(stored[name]) for name in ("since", "until")}
        return cls(**{**stored, **moments})


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a message."""

    name: str
    email: str
    language: str
    zone: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose answer a message asks for, to which hand-off, and when the event was that asks."""

    handoff_id: str
    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """Everything a message for a person is made of: why, the events, the hand-off's context.

    ``ready`` is the hand-off's ``handoff.sales_ready.v1``, None once the feed has let it go.
    A message about a subscription has its ``trouble`` instead of events. ``asked`` is None
    where no answer is waited for, or not this person's.
    """

    notification_id: str
    step: str
    reader: Reader
    events: tuple[bytes, ...]
    ready: bytes | None
    trouble: Trouble | None = None
    asked: Asked | None = None
