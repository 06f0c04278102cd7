"""Intercom's webhooks: one notification per request, about a contact or what it did.

(https://developers.intercom.com/docs/webhooks/webhook-notifications,
https://developers.intercom.com/docs/references/webhooks/webhook-models.)
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from services.ingest.domain.incoming import Consent, IncomingTouch, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import first_text, mapping, text_of
from services.ingest.vendors.bodies import fingerprint, json_of, not_an_object, objects_in
from services.ingest.vendors.plain import snaked
from services.ingest.vendors.port import Options, Receipt, Request
from services.ingest.vendors.signatures import Signs, hex_mac, is_same

# topic → touch kind; None: it only tells who somebody is
TOUCHES = {
    "contact.lead.created": None,
    "contact.lead.updated": None,
    "contact.lead.added_email": None,
    "contact.user.created": None,
    "contact.user.updated": None,
    "contact.merged": None,
    "contact.archived": None,
    "contact.unarchive": None,
    "contact.email.updated": "email.changed",
    "contact.subscribed": "email.subscribed",
    "contact.unsubscribed": "email.unsubscribed",
    "contact.unsubscribed_from_sms": "message.unsubscribed",
    # One type of message among others.
    "granular.subscribe": "list.joined",
    "granular.unsubscribe": "list.left",
    "contact.lead.tag.created": "tag.added",
    "contact.lead.tag.deleted": "tag.removed",
    "contact.user.tag.created": "tag.added",
    "contact.user.tag.deleted": "tag.removed",
    "contact.lead.signed_up": "account.created",
    "visitor.signed_up": "account.created",
    "contact.deleted": "lead.removed",
    "conversation.user.created": "chat.started",
    "conversation.user.replied": "message.replied",
    "conversation.read": "message.opened",
    "conversation.rating.added": "survey.answered",
    "ticket.contact.replied": "message.replied",
    "ticket.rating.provided": "survey.answered",
    "call.ended": "call.answered",
}
# What our own people, bots and systems do, and what is about no person.
UNSEEN = (
    *("admin.", "article.", "company.", "job.", "conversation_part.", "ping"),
    *("conversation.admin.", "conversation.operator.", "conversation.contact."),
    *("conversation.company.", "conversation.priority.", "conversation.deleted"),
    *("ticket.admin.", "ticket.team.", "ticket.note.", "ticket.attribute.", "ticket.state."),
    *("ticket.contact.attached", "ticket.contact.detached", "ticket.closed"),
    *("call.recording_available", "call.transcription_available"),
)
ATTEMPT = ("delivery_status", "delivery_attempts", "delivered_at", "first_sent_at")
LEADS = frozenset({"contact", "user", "lead", "visitor"})
ABOUT_ONE = LEADS | {"event"}
MOST_PARTS = 500


class Intercom(Signs):
    """Intercom."""

    name: ClassVar[str] = "intercom"
    title: ClassVar[str] = "Intercom"
    signed_in: ClassVar[tuple[str, ...]] = ("x-hub-signature",)

    def is_signed(self, request: Request, secret: str, options: Options, now: datetime) -> bool:
        # No time is signed. A replay is harmless, because the notification's id recognises it.
        expected = f"sha1={hex_mac(secret, request.body, 'sha1')}"
        return is_same(expected, request.headers.get("x-hub-signature", ""))

    def touches(self, receipt: Receipt, options: Options) -> Iterable[IncomingTouch | Unreadable]:
        notification = json_of(receipt.body)
        if not isinstance(notification, dict):
            raise not_an_object()
        topic = text_of(notification.get("topic"))
        if topic is None:
            yield Unreadable("no_type", "the notification does not say its `topic`", "/topic")
        elif not topic.startswith(UNSEEN):
            yield _read(notification, topic)


def _read(notification: Mapping[str, Any], topic: str) -> IncomingTouch:
    item = mapping(mapping(notification.get("data")).get("item"))
    person = _person(item)
    event = text_of(item.get("event_name")) if topic == "event.created" else None
    return IncomingTouch(
        fingerprint=fingerprint(notification, without=ATTEMPT),
        # It stays while the attempts are counted.
        source_event_id=text_of(notification.get("id")),
        name=event or (None if TOUCHES.get(topic, topic) is None else topic),
        kind=_kind(topic, item),
        email=text_of(person.get("email")),
        user_id=_contact_id(item, person),
        other_ids=_other_ids(item, person),
        occurred_at=first_told(
            [item.get("created_at") if event else None, notification.get("created_at")]
        ),
        properties=_properties(item, event),
        lead=_facts(person),
        consent=_consent(person),
        place="/data/item",
    )


def _kind(topic: str, item: Mapping[str, Any]) -> str | None:
    by_mail = mapping(item.get("source")).get("type") == "email"
    if topic == "conversation.user.replied" and by_mail:
        return "email.replied"
    return TOUCHES.get(topic)


def _person(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the contact: the item itself, in it, or the one who wrote in the conversation."""
    for name in ("contact", "user"):
        if found := mapping(item.get(name)):
            return found
    if item.get("type") in ABOUT_ONE:
        return item
    contacts = objects_in(mapping(item.get("contacts")).get("contacts"), MOST_PARTS)
    author = _author(item)
    same = [one for one in contacts if one.get("id") == author.get("id")]
    return {**next(iter(same or ([] if author else contacts)), {}), **author}


def _author(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the lead who wrote last; a conversation shows who began it, and its latest part."""
    parts = objects_in(mapping(item.get("conversation_parts")).get("conversation_parts"))
    for wrote in (*reversed(parts[-MOST_PARTS:]), mapping(item.get("source"))):
        author = mapping(wrote.get("author"))
        if author.get("type") in LEADS:
            return author
    return {}


def _contact_id(item: Mapping[str, Any], person: Mapping[str, Any]) -> str | None:
    # Of an event, `id` is the event's and `user_id` what the site calls the person.
    if item.get("type") == "event" and person is item:
        return first_text(item, "intercom_user_id", "user_id")
    return text_of(person.get("id")) or text_of(item.get("contact_id"))


def _other_ids(item: Mapping[str, Any], person: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the site's own id of the contact, and the contact that was merged into it."""
    ids = (
        first_text(person, "external_id", "user_id"),
        text_of(mapping(item.get("merged_from")).get("id")),
    )
    return tuple(one for one in ids if one is not None)


def _facts(person: Mapping[str, Any]) -> dict[str, Any]:
    location = mapping(person.get("location"))
    return {
        **snaked(person.get("custom_attributes")),
        "name": person.get("name"),
        "phone": person.get("phone"),
        "language": first_text(person, "language_override", "browser_language"),
        "country": location.get("country"),
        "city": location.get("city"),
    }


def _consent(person: Mapping[str, Any]) -> tuple[Consent, ...]:
    """Return a refusal that a contact carries; that it carries none is no permission."""
    refused = ("unsubscribed_from_emails", "marked_email_as_spam")
    if any(person.get(name) is True for name in refused):
        return (Consent("email", False),)
    return ()


def _properties(item: Mapping[str, Any], event: str | None) -> dict[str, Any]:
    if event:
        return snaked(item.get("metadata"))
    rating = mapping(item.get("conversation_rating"))
    return {
        "email.subject": mapping(item.get("source")).get("subject"),
        "conversation": item.get("id") if item.get("type") == "conversation" else None,
        "tag": mapping(item.get("tag")).get("name"),
        "rating": rating.get("rating"),
    }
