"""Fields that several requests share: checked, and in the one form we store."""

from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Annotated
from unicodedata import bidirectional, category
from uuid import UUID
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

# Embeddings, overrides and isolates of direction: they can turn a text round on screen.
DIRECTIONS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
MARKS = "\u061c\u200e\u200f"
FIRST, LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)


def in_every_zone(moment: datetime) -> datetime:
    """Return ``moment`` in UTC; one that some zone's calendar does not reach is moved into it.

    Programs write "never" as the last day there is, and "ever since" as the first one.
    """
    return min(max(moment, FIRST), LAST).astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(in_every_zone)]


def canonical_id(text: str) -> str:
    """Return a UUID in lower case with its hyphens. Raises ``ValueError`` when it is none."""
    try:
        return str(UUID(text))
    except ValueError:
        raise PydanticCustomError("id", "not an id") from None


def normal_email(text: str) -> str:
    """Return an address as we store it: composed characters, all lower case.

    The part before the @ could mean something else in capitals; in practice it never does,
    and two people who differ only there are one. Raises ``ValueError`` with the reason.
    """
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise PydanticCustomError(
            "email", "not an e-mail address: {reason}", {"reason": str(error)}
        ) from None


def known_zone(name: str) -> str:
    """Return ``name`` when it is an IANA time zone. Raises ``ValueError``."""
    if name not in _zones():
        raise PydanticCustomError("zone", "not an IANA time zone; an example is Europe/Madrid")
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def one_line(value: object) -> object:
    """Return a text on one line, trimmed, without characters that steer what shows it.

    Names end up in mail headers, chats and lists. Anything but a text comes back as it is.
    """
    if not isinstance(value, str):
        return value
    if value.isascii() and value.isprintable():  # as nearly all are, and pages have thousands
        return " ".join(value.split())
    visible = (char for char in value if char.isspace() or not _steers(char))
    return " ".join("".join(visible).split())


@lru_cache(4_096)
def _steers(char: str) -> bool:
    return category(char) == "Cc" or bidirectional(char) in DIRECTIONS or char in MARKS


Id = Annotated[str, AfterValidator(canonical_id)]
Email = Annotated[str, Field(max_length=254), AfterValidator(normal_email)]
Zone = Annotated[str, Field(max_length=64), AfterValidator(known_zone)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), BeforeValidator(one_line)]
