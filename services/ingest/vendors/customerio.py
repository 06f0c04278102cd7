"""Customer.io's reporting webhooks: one event per request.

(https://docs.customer.io/integrations/data-out/connections/webhooks/, and the OpenAPI file
"Reporting webhooks".) An answer other than 2xx holds up all later events.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from services.ingest.domain.incoming import HUMAN, MACHINE, UNSURE, IncomingTouch, Mark, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import first_text, mapping, text_of
from services.ingest.vendors.bodies import fingerprint, json_of, not_an_object
from services.ingest.vendors.port import Options, Receipt, Request
from services.ingest.vendors.signatures import Signs, hex_mac, is_same

# metric of an e-mail → touch kind
EMAIL = {
    "sent": "email.sent",
    "delivered": "email.delivered",
    "deferred": "email.deferred",
    "opened": "email.opened",
    "clicked": "email.clicked",
    "converted": "campaign.converted",
    "bounced": "email.bounced",
    "dropped": "email.dropped",
    "failed": "email.dropped",
    "undeliverable": "email.dropped",
    "spammed": "email.complained",
    "unsubscribed": "email.unsubscribed",
}
# metric of an SMS, a push, a message in the app or on WhatsApp → touch kind
MESSAGE = {
    "sent": "message.sent",
    "delivered": "message.delivered",
    "opened": "message.opened",
    "clicked": "message.clicked",
    "converted": "campaign.converted",
    "bounced": "message.failed",
    "dropped": "message.failed",
    "failed": "message.failed",
    "undeliverable": "message.failed",
    "replied": "message.replied",
}
CUSTOMER = {"subscribed": "email.subscribed", "unsubscribed": "email.unsubscribed"}
TOUCHES: dict[str, Mapping[str, str]] = {
    "email": EMAIL,
    "sms": MESSAGE,
    "push": MESSAGE,
    "in_app": MESSAGE,
    "whatsapp": MESSAGE,
    "customer": CUSTOMER,
}
# Messages to one's own systems, and steps inside of Customer.io: nothing a lead sees.
UNSEEN_TYPES = frozenset({"slack", "webhook"})
UNSEEN_METRICS = frozenset({"drafted", "attempted"})
PREFERENCES = "cio_subscription_preferences_changed"


class CustomerIo(Signs):
    """Customer.io."""

    name: ClassVar[str] = "customerio"
    title: ClassVar[str] = "Customer.io"
    signed_in: ClassVar[tuple[str, ...]] = ("x-cio-signature",)

    def is_signed(self, request: Request, secret: str, options: Options, now: datetime) -> bool:
        # No age is checked: retries go on for seven days, and whether they are signed anew is
        # not said. A replay is harmless, because `event_id` recognises it.
        timestamp = request.headers.get("x-cio-timestamp", "")
        signed = b"v0:" + timestamp.encode() + b":" + request.body
        return is_same(hex_mac(secret, signed), request.headers.get("x-cio-signature", ""))

    def touches(self, receipt: Receipt, options: Options) -> Iterable[IncomingTouch | Unreadable]:
        item = json_of(receipt.body)
        if not isinstance(item, dict):
            raise not_an_object()
        about = text_of(item.get("object_type")) or "unknown"
        metric = text_of(item.get("metric")) or "unknown"
        if about not in UNSEEN_TYPES and metric not in UNSEEN_METRICS:
            yield _read(item, about, metric)


def _read(item: Mapping[str, Any], about: str, metric: str) -> IncomingTouch:
    data = mapping(item.get("data"))
    # `customer_id` beside it is deprecated, and can be another one.
    person = mapping(data.get("identifiers"))
    cio_id = text_of(person.get("cio_id"))
    reached = text_of(data.get("recipient")) if about == "email" else None
    return IncomingTouch(
        fingerprint=fingerprint(item),
        source_event_id=text_of(item.get("event_id")),
        name=None if metric == PREFERENCES else f"{about}.{metric}",
        kind=TOUCHES.get(about, {}).get(metric),
        email=first_text(person, "email") or first_text(data, "email_address") or reached,
        user_id=text_of(person.get("id")) or text_of(data.get("customer_id")),
        other_ids=(cio_id,) if cio_id else (),
        occurred_at=first_told([item.get("timestamp")]),
        properties={
            "email.id": data.get("delivery_id"),
            "email.subject": data.get("subject"),
            "url": data.get("href"),
            "reason": text_of(data.get("failure_message")),
        },
        campaign={"id": first_text(data, "campaign_id", "broadcast_id", "newsletter_id")},
        mark=_mark(metric, data),
    )


def _mark(metric: str, data: Mapping[str, Any]) -> Mark | None:
    """Return what Customer.io says of opens and clicks.

    `synthetic` (inferred from a click) says nothing, `proxied` that nobody can know.
    """
    if metric not in ("opened", "clicked"):
        return None
    flag = data.get("prefetched" if metric == "opened" else "machine")
    if isinstance(flag, bool):
        return MACHINE if flag else HUMAN
    return UNSURE if metric == "opened" and data.get("proxied") is True else None
