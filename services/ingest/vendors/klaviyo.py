"""Klaviyo: signed system webhooks, and webhooks that a flow sends with a body of its author's.

(https://developers.klaviyo.com/en/docs/working_with_system_webhooks,
https://developers.klaviyo.com/en/docs/understanding_webhook_status_codes.) They have nothing
in common: a system webhook is a list of events about profiles and is signed, the other is
whatever somebody typed and shows a token.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from services.ingest.domain.incoming import UNSURE, Consent, IncomingTouch, Unreadable
from services.ingest.domain.moments import first_told, read_moment
from services.ingest.domain.text import first_text, mapping, text_of
from services.ingest.vendors.bodies import (
    content_of,
    event_in,
    fingerprint,
    items_of,
    not_an_object,
)
from services.ingest.vendors.plain import EVENT_ID, plain_touch, snaked
from services.ingest.vendors.port import Options, Receipt, Request
from services.ingest.vendors.signatures import MaySign, hex_mac, is_recent, is_same

WINDOW = timedelta(minutes=5)
# Nothing stands between body and time in the signed text, so only a whole time is taken: else
# some of it could be moved to the body. Mostly an HTTP date; ISO 8601 has been seen.
TIMESTAMP = re.compile(
    r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT"
    r"|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|\+00:00)",
    re.ASCII,
)
OURS = "event:klaviyo."
# topic, without `event:klaviyo.` → touch kind; any metric of an account can be a topic too
TOUCHES = {
    "received_email": "email.delivered",
    # One page of the documentation calls it so; the table of topics on the same page does not.
    "email_delivered": "email.delivered",
    "opened_email": "email.opened",
    "clicked_email": "email.clicked",
    "bounced_email": "email.bounced",
    "dropped_email": "email.dropped",
    "marked_email_as_spam": "email.complained",
    "subscribed_to_email_marketing": "email.subscribed",
    "unsubscribed_from_email_marketing": "email.unsubscribed",
    # The recipient received it. (`sent_sms` is left open: the help pages say a profile wrote
    # to us, the table of topics that we did.)
    "received_sms": "message.delivered",
    "clicked_sms": "message.clicked",
    "failed_to_deliver_sms": "message.failed",
    "unsubscribed_from_sms_marketing": "message.unsubscribed",
    "received_push": "message.delivered",
    "opened_push": "message.opened",
    "bounced_push": "message.failed",
    "submitted_rating": "survey.answered",
    "submitted_review": "survey.answered",
}
CONSENT = {
    "subscribed_to_sms_marketing": Consent("sms", True),
    "unsubscribed_from_sms_marketing": Consent("sms", False),
    "manually_suppressed_from_email_marketing": Consent("email", False),
}
# Changes that are nothing a lead did, or that say too little to be one.
ONLY_WHO = frozenset(
    {
        "subscribed_to_sms_marketing",
        "updated_email_preferences",
        "manually_suppressed_from_email_marketing",
        "manually_unsuppressed_from_email_marketing",
        "ready_to_review",
    }
)
EMAIL = ("email_address", "email", "$email", "recipient_email_address")
# What the vendor's own metrics call what we have a name for.
NAMES = {"$message": "email.id", "subject": "email.subject", "url": "email.url"}
# Of no use as properties: the person, and the same moment once more.
LEFT_OUT = frozenset({*EMAIL, "$event_id", "campaign_name", "apple_privacy_open"})


class Klaviyo(MaySign):
    """Klaviyo."""

    name: ClassVar[str] = "klaviyo"
    title: ClassVar[str] = "Klaviyo"
    signed_in: ClassVar[tuple[str, ...]] = ("klaviyo-signature",)

    def is_signed(self, request: Request, secret: str, options: Options, now: datetime) -> bool:
        timestamp = request.headers.get("klaviyo-timestamp", "")
        if not TIMESTAMP.fullmatch(timestamp):
            return False
        signed = request.body + timestamp.encode()
        return is_recent(read_moment(timestamp), now, WINDOW) and is_same(
            hex_mac(secret, signed), request.headers.get("klaviyo-signature", "")
        )

    def touches(self, receipt: Receipt, options: Options) -> Iterable[IncomingTouch | Unreadable]:
        content = content_of(receipt)
        data = content.get("data") if isinstance(content, dict) else None
        if isinstance(data, list) and "meta" in content:
            for place, item in items_of(data):
                here = f"/data{place}"
                yield _read(item, here) if isinstance(item, dict) else not_an_object(here)
        elif isinstance(content, dict):
            yield _read_flow(content, receipt.url)
        else:
            raise not_an_object()


def _read(item: Mapping[str, Any], place: str) -> IncomingTouch:
    topic = text_of(item.get("topic")) or "unknown"
    called = topic.removeprefix(OURS) if topic.startswith(OURS) else None
    event = mapping(mapping(item.get("payload")).get("data"))
    attributes = mapping(event.get("attributes"))
    profile = mapping(mapping(mapping(event.get("relationships")).get("profile")).get("data"))
    told = snaked(attributes.get("event_properties"))
    kind = TOUCHES.get(called or "")
    is_proxy = kind == "email.opened" and _is_true(told.get("apple_privacy_open"))
    return IncomingTouch(
        fingerprint=fingerprint(item),
        source_event_id=text_of(item.get("external_id")),
        name=None if called in ONLY_WHO else topic,
        kind=kind,
        # The profile is known by its id; an address is told only where an event has one.
        email=first_text(told, *EMAIL),
        user_id=text_of(profile.get("id")),
        occurred_at=first_told([attributes.get("datetime"), attributes.get("timestamp")]),
        properties={
            NAMES.get(name, name): value for name, value in told.items() if name not in LEFT_OUT
        },
        campaign={"name": told.get("campaign_name")},
        consent=(CONSENT[called],) if called in CONSENT else (),
        # Apple's proxy fetched it; whether somebody opened it too nobody can tell
        # (https://help.klaviyo.com/hc/en-us/articles/4416791883163).
        mark=UNSURE if is_proxy else None,
        place=place,
    )


def _is_true(flag: Any) -> bool:
    return flag is True or (isinstance(flag, str) and flag.strip().lower() == "true")


def _read_flow(item: Mapping[str, Any], url: str) -> IncomingTouch:
    """Return what a flow's author wrote; the event's name may stand behind the address."""
    given = snaked(item)
    touch = plain_touch(item)
    return replace(
        touch,
        # What authors call `id` is the profile's: every event of a person would be the same.
        source_event_id=first_text(given, *(name for name in EVENT_ID if name != "id")),
        user_id=touch.user_id or first_text(given, "profile_id", "person_id", "id"),
        name=event_in(url) or touch.name,
    )
