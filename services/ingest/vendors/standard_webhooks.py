"""Senders that follow Standard Webhooks, Svix among them.

``{"type": …, "timestamp": …, "data": {…}}``, signed with HMAC-SHA256 over id, time and body
(https://www.standardwebhooks.com). The library of that name reads its own clock and raises
many kinds of errors on garbage; these few lines do neither, and tests hold them to it.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field

from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import text_of
from services.ingest.vendors.bodies import fingerprint, json_of
from services.ingest.vendors.plain import plain_touch
from services.ingest.vendors.port import (
    Answer,
    BadCredentials,
    CredentialKind,
    Credentials,
    Options,
    Receipt,
    Request,
)

PREFIX = "whsec_"
MOST_SIGNATURES = 20


class StandardWebhooksOptions(Options):
    """Options of a source that signs as Standard Webhooks says."""

    tolerance_s: int = Field(
        default=300,
        ge=10,
        le=3600,
        description="How far the sender's clock may be off, in seconds.",
    )


class StandardWebhooks:
    """Standard Webhooks."""

    name: ClassVar[str] = "standard-webhooks"
    title: ClassVar[str] = "Standard Webhooks, Svix"
    options_model: ClassVar[type[Options]] = StandardWebhooksOptions
    accepted: ClassVar[Answer] = Answer()

    def credential(self, options: StandardWebhooksOptions) -> CredentialKind:
        return "secret"

    def check_secret(self, secret: str) -> None:
        try:
            key = _key(secret)
        except (binascii.Error, ValueError):
            raise ValueError("a signing secret is whsec_ and base64") from None
        if not 16 <= len(key) <= 128:
            raise ValueError("a signing secret holds 16 to 128 bytes")

    def verify(
        self,
        request: Request,
        credentials: Credentials,
        options: StandardWebhooksOptions,
        now: datetime,
    ) -> None:
        message_id, sent_at = _header(request, "id"), _header(request, "timestamp")
        if not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) <= 12 and message_id):
            raise BadCredentials
        if (
            abs(now.timestamp() - int(sent_at))
            > timedelta(seconds=options.tolerance_s).total_seconds()
        ):
            raise BadCredentials
        signed = f"{message_id}.{sent_at}.".encode() + request.body
        given = [
            text.removeprefix("v1,").encode()
            for text in _header(request, "signature").split(" ", MOST_SIGNATURES)[:MOST_SIGNATURES]
            if text.startswith("v1,")
        ]
        for secret in credentials.secrets:
            expected = base64.b64encode(hmac.digest(_key(secret), signed, "sha256"))
            if any(hmac.compare_digest(expected, one) for one in given):
                return
        raise BadCredentials

    def greet(self, request: Request) -> Answer | None:
        return Answer() if request.method in ("GET", "HEAD") else None

    def touches(
        self, receipt: Receipt, options: StandardWebhooksOptions
    ) -> Iterable[IncomingTouch | Unreadable]:
        body = json_of(receipt.body)
        if not isinstance(body, Mapping):
            raise Unreadable("not_an_object", "the body must be a JSON object")
        data = body.get("data")
        touch = plain_touch(data if isinstance(data, Mapping) else {}, "/data")
        headers = receipt.headers
        yield replace(
            touch,
            fingerprint=fingerprint(body),
            source_event_id=headers.get("webhook-id") or headers.get("svix-id"),
            name=text_of(body.get("type")) or touch.name,
            user_id=touch.user_id or _person_id(body.get("type"), data),
            occurred_at=first_told([body.get("timestamp"), touch.occurred_at]),
        )


def _person_id(kind: Any, data: Any) -> str | None:
    """Return the id of the object, where the event is about a person."""
    noun = str(kind).partition(".")[0]
    if noun in ("contact", "lead", "user", "person", "customer") and isinstance(data, Mapping):
        return text_of(data.get("id"))
    return None


def _header(request: Request, name: str) -> str:
    """Return a header by its standard name, or by the one Svix used before."""
    return request.headers.get(f"webhook-{name}") or request.headers.get(f"svix-{name}") or ""


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
