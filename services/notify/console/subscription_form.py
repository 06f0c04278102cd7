"""The form of a subscription: what was entered, what it means, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row

from services.notify.domain.event_types import EVERYTHING
from services.notify.handlers.subscription_requests import KNOWN_TYPES
from shared.console.formats import Formats
from shared.problem import Problem

GROUPS = tuple(dict.fromkeys(kind.partition(".")[0] for kind in KNOWN_TYPES))
EVENT = "event:"  # before a type, in the name of its box
CHOICES = (*(f"{group}.*" for group in GROUPS), *KNOWN_TYPES)


@dataclass(frozen=True, slots=True)
class Entered:
    """What stands in the form, as text. ``events`` are the boxes that are ticked."""

    name: str = ""
    url: str = ""
    channel: str = "webhook"
    which: str = "all"
    events: frozenset[str] = frozenset()
    patterns: str = ""
    policies: str = ""
    headers: str = ""
    contact_email: str = ""
    language: str = "es"
    zone: str = ""

    @classmethod
    def of_form(cls, form: Mapping[str, str]) -> "Entered":
        """Return what somebody sent."""
        texts = (
            *("name", "url", "channel", "which", "patterns", "policies", "headers"),
            *("contact_email", "language", "zone"),
        )
        events = frozenset(kind for kind in CHOICES if f"{EVENT}{kind}" in form)
        return cls(events=events, **{name: form.get(name, "").strip() for name in texts})

    @classmethod
    def of_row(cls, row: Row[Any]) -> "Entered":
        """Return a subscription as the form shows it."""
        known = frozenset(row.event_types) & frozenset(CHOICES)
        return cls(
            name=row.name,
            url=row.url,
            channel=row.channel,
            which="all" if "*" in row.event_types else "some",
            events=known,
            patterns=", ".join(kind for kind in row.event_types if kind not in (*known, "*")),
            policies=", ".join(row.policies or ()),
            headers="\n".join(f"{name}: {value}" for name, value in row.headers.items()),
            contact_email=row.contact_email or "",
            language=row.language,
            zone=row.zone,
        )

    def values(self) -> dict[str, Any]:
        """Return what the API would be sent. Raises ``Problem`` (422) for lines of no header."""
        chosen = [kind for kind in CHOICES if kind in self.events] + _split(self.patterns)
        return {
            "name": self.name,
            "url": self.url,
            "event_types": list(EVERYTHING) if self.which == "all" else chosen,
            "policies": _split(self.policies) or None,
            "headers": _headers(self.headers),
            "contact_email": self.contact_email or None,
            "language": self.language,
            "zone": self.zone,
        }


def _split(text: str) -> list[str]:
    return [part for one in text.split(",") if (part := one.strip())]


def _headers(text: str) -> dict[str, str]:
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, value = line.partition(":")
        if not colon:
            raise Problem(422, "invalid", "/headers: no colon", [{"pointer": "/headers"}])
        found[name.strip()] = value.strip()
    return found


def wrong_fields(error: ValidationError | Problem, words: Formats) -> dict[str, str]:
    """Return what is wrong, in words, by field."""
    if isinstance(error, Problem):
        found = [(one["pointer"].split("/")[1], one.get("kind", "")) for one in error.errors]
    else:
        found = [(str(one["loc"][0]), str(one["type"])) for one in error.errors()]
    told = {}
    for field, kind in found:
        key = f"wrong_{field}_{kind}"
        told[field] = words.say(key if words.has(key) else f"wrong_{field}")
    return told
