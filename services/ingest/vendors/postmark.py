"""Postmark's webhooks: one record per request, and the mail that leads send to us.

(https://postmarkapp.com/developer/webhooks/webhooks-overview,
https://postmarkapp.com/developer/webhooks/inbound-webhook.) Nothing is signed: the hook shows
basic auth or a header of ours. Only 200 is success, and 403 would end the tries.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from services.ingest.domain.incoming import UNSURE, IncomingTouch, Mark, Told, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import first_text, mapping, text_of
from services.ingest.vendors.bodies import (
    fingerprint,
    joined,
    json_of,
    not_an_object,
    objects_in,
)
from services.ingest.vendors.plain import USER_ID, snaked
from services.ingest.vendors.port import Options, Receipt
from services.ingest.vendors.tokens import ShowsToken

# RecordType → touch kind
RECORDS = {
    "Delivery": "email.delivered",
    "Open": "email.opened",
    "Click": "email.clicked",
    "SpamComplaint": "email.complained",
}
# Type of a `Bounce` → touch kind. The types that are missing are answers of machines.
BOUNCES = {
    "HardBounce": "email.bounced",
    "SoftBounce": "email.bounced",
    "BadEmailAddress": "email.bounced",
    "Blocked": "email.bounced",
    "SpamNotification": "email.bounced",
    "VirusNotification": "email.bounced",
    "DMARCPolicy": "email.bounced",
    "Transient": "email.deferred",
    "DnsError": "email.deferred",
    "ManuallyDeactivated": "email.dropped",
    "Unconfirmed": "email.dropped",
    "SMTPApiError": "email.dropped",
    "TemplateRenderingFailed": "email.dropped",
    "SpamComplaint": "email.complained",
    "Unsubscribe": "email.unsubscribed",
    "Subscribe": "email.subscribed",
}
# Why a `SubscriptionChange` stops the sending → touch kind
SUPPRESSIONS = {
    "ManualSuppression": "email.unsubscribed",
    "HardBounce": "email.bounced",
    "SpamComplaint": "email.complained",
}
PERMANENT = frozenset({"HardBounce", "BadEmailAddress"})
AUTOMATIC = frozenset({"AutoResponder", "AddressChange", "ChallengeVerification"})
TIMES = ("DeliveredAt", "ReceivedAt", "BouncedAt", "ChangedAt")
MOST_HEADERS = 200
AUTOMATIC_REPLY = Mark("machine", "automatic_reply")


class Postmark(ShowsToken):
    """Postmark."""

    name: ClassVar[str] = "postmark"
    title: ClassVar[str] = "Postmark"

    def touches(self, receipt: Receipt, options: Options) -> Iterable[IncomingTouch | Unreadable]:
        item = json_of(receipt.body)
        if not isinstance(item, dict):
            raise not_an_object()
        record = text_of(item.get("RecordType"))
        # The mail that comes in is documented without a RecordType.
        if record in (None, "Inbound") and ("From" in item or "FromFull" in item):
            yield _read_mail(item)
        elif record is None:
            yield Unreadable("no_type", "the record does not say its `RecordType`", "/RecordType")
        else:
            yield _read(item, record)


def _read(item: Mapping[str, Any], record: str) -> IncomingTouch:
    email = first_text(item, "Recipient", "Email")
    name, kind, detail = _kind(item, record)
    variables = snaked(item.get("Metadata"))
    properties = {
        "email.id": item.get("MessageID"),
        "email.subject": item.get("Subject"),
        "email.stream": item.get("MessageStream"),
        "email.tags": item.get("Tag"),
        "email.url": item.get("OriginalLink"),
        "reason": first_text(item, "Details", "Description") if record == "Bounce" else None,
        "permanent": detail in PERMANENT if kind == "email.bounced" else None,
    }
    return IncomingTouch(
        fingerprint=fingerprint(item),
        source_event_id=_key(item, record, email),
        name=name,
        kind=kind,
        email=email,
        user_id=first_text(variables, *USER_ID),
        # With seven digits of a second.
        occurred_at=_moment(item),
        properties={**variables, **properties},
        user_agent=text_of(item.get("UserAgent")),
        mark=AUTOMATIC_REPLY if record == "Bounce" and detail in AUTOMATIC else None,
    )


def _kind(item: Mapping[str, Any], record: str) -> tuple[str, str | None, str | None]:
    """Return the event's name, its touch kind, and the type or reason that decides it."""
    if record == "Bounce":
        type_ = text_of(item.get("Type")) or "Unknown"
        return f"Bounce/{type_}", BOUNCES.get(type_), type_
    if record == "SubscriptionChange":
        if item.get("SuppressSending") is False:
            return record, "email.subscribed", None
        reason = text_of(item.get("SuppressionReason")) or "ManualSuppression"
        return record, SUPPRESSIONS.get(reason), reason
    return record, RECORDS.get(record), None


def _key(item: Mapping[str, Any], record: str, email: str | None) -> str | None:
    """Return what recognises the record: `MessageID` names the mail, not what happened to it."""
    if record in ("Bounce", "SpamComplaint") and text_of(item.get("ID")) is not None:
        return joined(record, item.get("ID"))
    message, moment = text_of(item.get("MessageID")), _moment(item)
    if moment is None or (message is None and email is None):
        return None
    return joined(record, message, email, moment, item.get("OriginalLink"))


def _moment(item: Mapping[str, Any]) -> Told:
    return first_told(item.get(name) for name in TIMES)


def _read_mail(item: Mapping[str, Any]) -> IncomingTouch:
    """Return what a mail to us tells: that a lead answered, or only that it wrote."""
    sender = mapping(item.get("FromFull"))
    headers: dict[str, str] = {}
    for header in objects_in(item.get("Headers"), MOST_HEADERS):
        headers.setdefault((text_of(header.get("Name")) or "").lower(), str(header.get("Value")))
    # What is behind the plus in the address answers go to was put there for the answer.
    thread = text_of(item.get("MailboxHash"))
    is_reply = thread is not None or not headers.keys().isdisjoint(("in-reply-to", "references"))
    message = text_of(item.get("MessageID"))
    return IncomingTouch(
        fingerprint=fingerprint(item),
        source_event_id=joined("Inbound", message) if message else None,
        name="Inbound",
        kind="email.replied" if is_reply else None,
        email=first_text(sender, "Email") or text_of(item.get("From")),
        occurred_at=first_told([item.get("Date")]),
        properties={
            "email.id": message,
            "email.subject": item.get("Subject"),
            "email.stream": item.get("MessageStream"),
            "email.thread": thread,
            "email.text": text_of(item.get("StrippedTextReply")),
        },
        lead={"name": first_text(sender, "Name") or text_of(item.get("FromName"))},
        mark=_mark_of_mail(headers),
    )


def _mark_of_mail(headers: Mapping[str, str]) -> Mark | None:
    """Return that a machine wrote the mail, or that Postmark's filter takes it for spam."""
    if _is_automatic(headers):
        return AUTOMATIC_REPLY
    return UNSURE if headers.get("x-spam-status", "").strip().lower().startswith("yes") else None


def _is_automatic(headers: Mapping[str, str]) -> bool:
    """Return whether a machine wrote the mail: an absence, a bounce (RFC 3834, RFC 2076)."""
    said = headers.get("auto-submitted", "no").partition(";")[0].strip().lower()
    return (
        said != "no"
        or headers.get("precedence", "").strip().lower() in ("auto_reply", "bulk", "junk")
        or not headers.keys().isdisjoint(("x-autoreply", "x-autorespond"))
    )
