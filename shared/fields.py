"""Fields that several requests share: checked, and in the one form we store."""

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError


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
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PydanticCustomError(
            "zone", "not an IANA time zone; an example is Europe/Madrid"
        ) from None
    return name


def _one_line(value: object) -> object:
    """Return a text on one line, trimmed: names end up in mail headers and lists."""
    return " ".join(value.split()) if isinstance(value, str) else value


Id = Annotated[str, AfterValidator(canonical_id)]
Email = Annotated[str, Field(max_length=254), AfterValidator(normal_email)]
Zone = Annotated[str, Field(max_length=64), AfterValidator(known_zone)]
Name = Annotated[str, BeforeValidator(_one_line), StringConstraints(min_length=1, max_length=200)]
