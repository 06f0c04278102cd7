"""Proving oneself with a signature: the steps the vendors' schemes have in common.

Always over the raw bytes, compared in constant time, with every live secret of the source.
"""

import base64
import hmac
import re
from abc import abstractmethod
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal

from pydantic import Field

from services.ingest.vendors.port import (
    BadCredentials,
    CredentialKind,
    Credentials,
    Options,
    Request,
    Vendor,
)
from services.ingest.vendors.tokens import check_token

SECONDS = re.compile(r"\d{1,11}(?:\.\d{1,6})?", re.ASCII)
MILLISECONDS = re.compile(r"\d{1,14}", re.ASCII)

Algorithm = Literal["sha256", "sha1"]


class Signs(Vendor):
    """A vendor that signs its requests with a secret both sides know."""

    def credential(self, options: Any) -> CredentialKind:
        return "secret"

    def verify(
        self, request: Request, credentials: Credentials, options: Any, now: datetime
    ) -> None:
        for secret in credentials.secrets:
            if self.is_signed(request, secret, options, now):
                return
        raise BadCredentials

    @abstractmethod
    def is_signed(self, request: Request, secret: str, options: Any, now: datetime) -> bool:
        """Return whether ``request`` was signed with ``secret``, recently where it says when."""


class SigningOptions(Options):
    """Options of a source whose tool signs if it is told to."""

    signed: bool = Field(
        default=True, description="Requests are signed with a secret; false: they show a token."
    )


class MaySign(Signs):
    """A vendor that signs where a secret was agreed on, and else shows a token of ours."""

    options_model: ClassVar[type[Options]] = SigningOptions

    def credential(self, options: Any) -> CredentialKind:
        return "secret" if options.signed else "token"

    def verify(
        self, request: Request, credentials: Credentials, options: Any, now: datetime
    ) -> None:
        if options.signed:
            super().verify(request, credentials, options, now)
        else:
            check_token(request, credentials)


def hex_mac(secret: str, text: bytes, algorithm: Algorithm = "sha256") -> str:
    """Return the HMAC of ``text`` in hexadecimal."""
    return hmac.digest(secret.encode(), text, algorithm).hex()


def base64_mac(secret: str, text: bytes, algorithm: Algorithm = "sha256") -> str:
    """Return the HMAC of ``text`` in base64."""
    return base64.b64encode(hmac.digest(secret.encode(), text, algorithm)).decode()


def is_same(expected: str, given: str) -> bool:
    """Return whether two signatures are equal, in a time that tells nothing about them."""
    return hmac.compare_digest(expected.encode(), given.encode())


def is_recent(moment: datetime | None, now: datetime, window: timedelta) -> bool:
    """Return whether a request was signed at most ``window`` ago, or so far ahead of our clock."""
    return moment is not None and abs(now - moment) <= window


def seconds_since_1970(text: str) -> datetime | None:
    """Return the moment a header tells in seconds; None when it tells none."""
    return datetime.fromtimestamp(float(text), UTC) if SECONDS.fullmatch(text) else None


def milliseconds_since_1970(text: str) -> datetime | None:
    """Return the moment a header tells in milliseconds; None when it tells none."""
    return datetime.fromtimestamp(int(text) / 1000, UTC) if MILLISECONDS.fullmatch(text) else None


def parts_of(header: str) -> dict[str, list[str]]:
    """Return ``t=1772446500,v1=…`` as names and values; while secrets change, a name repeats."""
    found: dict[str, list[str]] = {}
    for part in header.split(",", 20):
        name, _, value = part.strip().partition("=")
        found.setdefault(name, []).append(value)
    return found
