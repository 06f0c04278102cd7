"""The vendor port: what one file per vendor provides.

An adapter checks that a request is genuine (on the raw bytes, before anything is parsed)
and, later, reads what was stored. Both are pure: no database, no clock, no network.
``vendors/__init__.py`` lists the adapters; a new vendor is one file and one line there. Most
extend ``tokens.ShowsToken`` or ``signatures.Signs``, which know the ways to prove oneself.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from services.ingest.domain.incoming import IncomingTouch, Unreadable

CredentialKind = Literal["token", "secret"]
SHORTEST_SECRET = 16


class BadCredentials(Exception):
    """The request does not prove where it comes from. Nobody is told which part failed."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in. Header names are lower case; of a repeated one the first counts."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a source's requests may prove themselves with: live tokens (hashes) and secrets."""

    token_hashes: frozenset[str] = frozenset()
    secrets: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """A stored request, as an adapter reads it; the body is inflated."""

    headers: Mapping[str, str]
    url: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender is told."""

    status: int = 200
    body: bytes = b'{"success": true}'
    headers: Mapping[str, str] | None = None


class Options(BaseModel):
    """A vendor's settings of one source. Unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Vendor(ABC):
    """One kind of tool."""

    name: ClassVar[str]
    title: ClassVar[str]
    options_model: ClassVar[type[Options]] = Options
    accepted: ClassVar[Answer] = Answer()
    """The answer once the receipt is stored."""
    busy_status: ClassVar[int] = 503
    """The answer's status when the receipt cannot be stored now: one the vendor retries after."""

    signed_in: ClassVar[tuple[str, ...]] = ()
    """The headers, in lower case, that only requests this vendor has signed have."""

    @abstractmethod
    def credential(self, options: Any) -> CredentialKind:
        """Return what proves requests: a token the sender shows, or a secret it signs with."""

    def check_secret(self, secret: str) -> None:
        """Raise ``ValueError`` when ``secret`` cannot be this vendor's signing secret."""
        if len(secret) < SHORTEST_SECRET:
            raise ValueError(f"a signing secret has at least {SHORTEST_SECRET} characters")

    def signature_headers(self, options: Any) -> tuple[str, ...]:
        """Return where a source with these options expects signatures; none: in the body."""
        return self.signed_in

    @abstractmethod
    def verify(
        self, request: Request, credentials: Credentials, options: Any, now: datetime
    ) -> None:
        """Raise ``BadCredentials`` unless the request is genuine. Anything raised is a 401."""

    def greet(self, request: Request) -> Answer | None:
        """Return the answer to a request that only asks whether this URL may be used, or None."""
        return Answer() if request.method in ("GET", "HEAD") else None

    @abstractmethod
    def touches(self, receipt: Receipt, options: Any) -> Iterable[IncomingTouch | Unreadable]:
        """Return what the receipt tells, in order, and what in it cannot be read.

        Raise ``Unreadable`` when all of it cannot. Anything else raised parks the receipt too.
        """
