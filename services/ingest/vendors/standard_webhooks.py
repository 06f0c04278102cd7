"""Senders that follow Standard Webhooks, Svix among them.

``{"type": …, "timestamp": …, "data": {…}}``, signed with HMAC-SHA256 over id, time and body
(https://www.standardwebhooks.com).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import text_of
from services.ingest.vendors.bodies import fingerprint, json_of
from services.ingest.vendors.plain import plain_touch
from services.ingest.vendors.port import Options, Receipt, Request
from services.ingest.vendors.signatures import Signs
from shared.signing import BadSignature, secret_key, verify

HEADERS = ("id", "timestamp", "signature")


class StandardWebhooks(Signs):
    """Standard Webhooks."""

    name: ClassVar[str] = "standard-webhooks"
    title: ClassVar[str] = "Standard Webhooks, Svix"
    signed_in: ClassVar[tuple[str, ...]] = ("webhook-signature", "svix-signature")

    def check_secret(self, secret: str) -> None:
        secret_key(secret)

    def is_signed(self, request: Request, secret: str, options: Options, now: datetime) -> bool:
        headers = {f"webhook-{name}": _header(request.headers, name) for name in HEADERS}
        try:
            verify(secret, headers, request.body, now)
        except BadSignature:
            return False
        return True

    def touches(self, receipt: Receipt, options: Options) -> Iterable[IncomingTouch | Unreadable]:
        body = json_of(receipt.body)
        if not isinstance(body, Mapping):
            raise Unreadable("not_an_object", "the body must be a JSON object")
        data = body.get("data")
        touch = plain_touch(data if isinstance(data, Mapping) else {}, "/data")
        yield replace(
            touch,
            fingerprint=fingerprint(body),
            source_event_id=_header(receipt.headers, "id") or None,
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


def _header(headers: Mapping[str, str], name: str) -> str:
    """Return a header by its standard name, or by the one Svix used before."""
    return headers.get(f"webhook-{name}") or headers.get(f"svix-{name}") or ""
