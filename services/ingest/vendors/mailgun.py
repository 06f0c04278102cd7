"""Mailgun's webhooks: one event per request, its signature inside of the body.

(https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks,
https://documentation.mailgun.com/docs/mailgun/user-manual/events.)
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from services.ingest.domain.incoming import HUMAN, MACHINE, UNSURE, IncomingTouch, Mark, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import first_text, mapping, text_of
from services.ingest.vendors.bodies import content_of, fingerprint, joined, not_an_object
from services.ingest.vendors.plain import USER_ID, snaked
from services.ingest.vendors.port import (
    BadCredentials,
    CredentialKind,
    Credentials,
    Options,
    Receipt,
    Request,
    Vendor,
)
from services.ingest.vendors.signatures import hex_mac, is_recent, is_same, seconds_since_1970

# Mailgun tries again for eight hours, and whether it then signs anew it does not say.
WINDOW = timedelta(hours=9)
# event → touch kind; `failed` depends on its severity
TOUCHES = {
    "accepted": "email.sent",
    "delivered": "email.delivered",
    "opened": "email.opened",
    "clicked": "email.clicked",
    "unsubscribed": "email.unsubscribed",
    "complained": "email.complained",
    "rejected": "email.dropped",
}
FAILED = {"permanent": "email.bounced", "temporary": "email.deferred"}
# `gmail` is Google's image proxy, behind which mostly a person opens; the others act alone.
BOTS: dict[str, Mark] = {"": HUMAN, "apple": MACHINE, "generic": MACHINE, "gmail": UNSURE}


class Mailgun(Vendor):
    """Mailgun."""

    name: ClassVar[str] = "mailgun"
    title: ClassVar[str] = "Mailgun"

    def credential(self, options: Options) -> CredentialKind:
        return "secret"

    def verify(
        self, request: Request, credentials: Credentials, options: Options, now: datetime
    ) -> None:
        # Only the time and a token are signed, not the event: who has seen one request could
        # write others with its token. The reading parks those.
        timestamp, token, given = _signature(request)
        if is_recent(seconds_since_1970(timestamp), now, WINDOW):
            for secret in credentials.secrets:
                if is_same(hex_mac(secret, f"{timestamp}{token}".encode()), given):
                    return
        raise BadCredentials

    def touches(self, receipt: Receipt, options: Options) -> Iterable[IncomingTouch | Unreadable]:
        content = content_of(receipt)
        if not isinstance(content, dict):
            raise not_an_object()
        data = content.get("event-data")
        if isinstance(data, dict):
            token = text_of(mapping(content.get("signature")).get("token"))
            yield _read(data, token, "/event-data")
        else:
            yield _read(_as_now(content), text_of(content.get("token")), "")


def _signature(request: Request) -> tuple[str, str, str]:
    """Return time, token and signature out of the body. Raises ``BadCredentials``."""
    try:
        content = content_of(Receipt(request.headers, request.url, request.body))
    except Unreadable:
        raise BadCredentials from None
    # Hooks made before June 2018 post a form with the three fields among the others.
    given = mapping(mapping(content).get("signature")) or mapping(content)
    timestamp, token, signature = (given.get(one) for one in ("timestamp", "token", "signature"))
    if isinstance(timestamp, str) and isinstance(token, str) and isinstance(signature, str):
        return timestamp, token, signature
    raise BadCredentials


def _read(data: Mapping[str, Any], token: str | None, place: str) -> IncomingTouch:
    event = text_of(data.get("event")) or "unknown"
    severity = text_of(data.get("severity")) or "permanent"
    client = mapping(data.get("client-info"))
    bot = client.get("bot")
    event_id = text_of(data.get("id"))
    message = mapping(mapping(data.get("message")).get("headers"))
    kind = FAILED.get(severity) if event == "failed" else TOUCHES.get(event)
    properties = {
        "email.id": message.get("message-id"),
        "email.subject": message.get("subject"),
        "email.tags": data.get("tags"),
        "email.url": data.get("url"),
        "reason": text_of(data.get("reason")),
        "permanent": severity == "permanent" if event == "failed" else None,
    }
    variables = snaked(data.get("user-variables"))
    return IncomingTouch(
        fingerprint=fingerprint(data),
        # The id alone is unique within a day only.
        source_event_id=joined(event, event_id, data.get("timestamp")) if event_id else None,
        token=token,
        name=event,
        kind=kind,
        email=text_of(data.get("recipient")),
        user_id=first_text(variables, *USER_ID),
        occurred_at=first_told([data.get("timestamp")]),
        properties={**variables, **properties},
        user_agent=text_of(client.get("user-agent")),
        mark=BOTS.get(bot) if isinstance(bot, str) else None,
        place=place,
    )


def _as_now(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form of the older hooks under the names of the newer ones."""
    event = text_of(form.get("event")) or "unknown"
    named = {"bounced": ("failed", "permanent"), "dropped": ("failed", "permanent")}
    event, severity = named.get(event, (event, None))
    return {
        "event": event,
        "severity": severity,
        "recipient": form.get("recipient"),
        "timestamp": form.get("timestamp"),
        "id": form.get("token"),
        "url": form.get("url"),
        "reason": form.get("reason"),
        "client-info": {"user-agent": form.get("user-agent")},
        "message": {"headers": {"message-id": form.get("Message-Id")}},
    }
