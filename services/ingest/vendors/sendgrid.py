"""Twilio SendGrid's Event Webhook.

A list of events, even for one, posted by each sending server for itself, signed with ECDSA
(https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event,
https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features).
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from services.ingest.domain.incoming import HUMAN, MACHINE, IncomingTouch, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import first_text, text_of
from services.ingest.vendors.bodies import fingerprint, items_of, json_of, not_an_object
from services.ingest.vendors.plain import USER_ID
from services.ingest.vendors.port import Options, Receipt, Request
from services.ingest.vendors.signatures import MaySign

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
LONGEST_SIGNATURE = 200
# event → touch kind
TOUCHES = {
    "processed": "email.sent",
    "delivered": "email.delivered",
    "deferred": "email.deferred",
    "dropped": "email.dropped",
    "bounce": "email.bounced",
    "open": "email.opened",
    "click": "email.clicked",
    "spamreport": "email.complained",
    "unsubscribe": "email.unsubscribed",
    "group_unsubscribe": "email.unsubscribed",
    "group_resubscribe": "email.subscribed",
}
# What SendGrid says itself; all else at the top are custom arguments, flattened there.
OWN = frozenset(
    {
        *("email", "event", "timestamp", "sg_event_id", "sg_message_id", "smtp-id", "ip"),
        *("useragent", "url", "url_offset", "reason", "status", "response", "attempt", "type"),
        *("category", "sg_machine_open", "sg_content_type", "tls", "pool", "asm_group_id"),
        *("singlesend_id", "singlesend_name", "marketing_campaign_id", "mc_stats", "phase_id"),
        *("marketing_campaign_name", "send_at", "sg_template_id", "sg_template_name"),
        *("template_hash", "template_id", "template_version_id", "bounce_classification"),
        *("cert_err", "domain", "from", "newsletter", "nlvx_campaign_id", "nlvx_user_id"),
        *("mc_auto_id", "mc_auto_name", "mc_auto_step_id", "mc_pod_id", "user_id"),
    }
)


class SendGrid(MaySign):
    """Twilio SendGrid."""

    name: ClassVar[str] = "sendgrid"
    title: ClassVar[str] = "Twilio SendGrid"
    signed_in: ClassVar[tuple[str, ...]] = ("x-twilio-email-event-webhook-signature",)

    def check_secret(self, secret: str) -> None:
        verification_key(secret)

    def is_signed(self, request: Request, secret: str, options: Options, now: datetime) -> bool:
        # No age is checked: SendGrid sends again for a day and states no window. A replay is
        # harmless, because `sg_event_id` recognises it.
        given = request.headers.get(SIGNATURE, "")
        if len(given) > LONGEST_SIGNATURE:
            return False
        signed = request.headers.get(TIMESTAMP, "").encode() + request.body
        try:
            signature = base64.b64decode(given, validate=True)
            verification_key(secret).verify(signature, signed, ec.ECDSA(SHA256()))
        except (ValueError, InvalidSignature):
            return False
        return True

    def touches(self, receipt: Receipt, options: Options) -> Iterable[IncomingTouch | Unreadable]:
        for place, item in items_of(json_of(receipt.body)):
            yield _read(item, place) if isinstance(item, dict) else not_an_object(place)


@lru_cache(maxsize=256)
def verification_key(text: str) -> ec.EllipticCurvePublicKey:
    """Return SendGrid's verification key: base64 of a DER public key on the curve P-256.

    Raises ``ValueError`` when it is none.
    """
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error):
        key = None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("give the verification key SendGrid shows; it begins with MFkwEwYH")
    return key


def _read(item: Mapping[str, Any], place: str) -> IncomingTouch:
    event = text_of(item.get("event"))
    kind = TOUCHES.get(event or "")
    return IncomingTouch(
        fingerprint=fingerprint(item),
        source_event_id=text_of(item.get("sg_event_id")),
        name=event or "unknown",
        kind=kind,
        email=text_of(item.get("email")),
        user_id=first_text(item, *USER_ID),
        # Seconds; in the documented example of a Single Send milliseconds.
        occurred_at=first_told([item.get("timestamp")]),
        properties=_properties(item, kind),
        campaign={
            "id": first_text(item, "singlesend_id", "marketing_campaign_id", "mc_auto_id"),
            "name": first_text(item, "singlesend_name", "marketing_campaign_name", "mc_auto_name"),
        },
        user_agent=text_of(item.get("useragent")),
        mark=_mark(item),
        place=place,
    )


def _mark(item: Mapping[str, Any]) -> Any:
    """Return what SendGrid says of an open: it knows Apple's proxy. Of clicks it says nothing."""
    flag = item.get("sg_machine_open")
    if item.get("event") != "open" or not isinstance(flag, bool):
        return None
    return MACHINE if flag else HUMAN


def _properties(item: Mapping[str, Any], kind: str | None) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "email.id": item.get("sg_message_id"),
        "email.category": item.get("category"),
        "email.template": first_text(item, "sg_template_name", "template_id"),
        "email.url": item.get("url"),
        "reason": item.get("reason"),
        "group": item.get("asm_group_id"),
    }
    if kind == "email.bounced":
        # `blocked` is temporary: the address may be good.
        properties["permanent"] = item.get("type") != "blocked"
    own = ((name, value) for name, value in item.items() if name not in OWN)
    return {name: value for name, value in (*properties.items(), *own) if value is not None}
