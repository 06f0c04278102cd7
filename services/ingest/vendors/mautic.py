"""Mautic: an object of event types, each with a list, one event or a queue of them.

(https://docs.mautic.org/en/latest/configuration/webhooks.html; what is really sent stands in
mautic/mautic, app/bundles/*/EventListener/WebhookSubscriber.php.) Up to version 5.1 nothing
is sent again, and a queue may come newest first.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from services.ingest.domain.incoming import Consent, IncomingTouch, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import first_text, mapping, text_of
from services.ingest.vendors.bodies import (
    MOST_ITEMS,
    fingerprint,
    joined,
    json_of,
    not_an_object,
    objects_in,
)
from services.ingest.vendors.port import Options, Receipt, Request
from services.ingest.vendors.signatures import Signs, base64_mac, is_same

PREFIX = "mautic."
# type → touch kind
TOUCHES = {
    "email_on_send": "email.sent",
    "email_on_open": "email.opened",
    "sms_on_send": "message.sent",
    "page_on_hit": "page.viewed",
    "lead_post_delete": "lead.removed",
}
# They change what is known of a lead; nobody did anything.
IDENTIFIES = frozenset(
    {
        *("lead_post_save_new", "lead_post_save_update", "lead_points_change"),
        *("lead_company_change", "lead_channel_subscription_changed"),
    }
)
ABOUT_COMPANIES = ("company_post_", "company_")
# (channel, new status) → touch kind; `manual` is a colleague's doing
CHANNELS = {
    ("email", "unsubscribed"): "email.unsubscribed",
    ("email", "bounced"): "email.bounced",
    ("sms", "unsubscribed"): "message.unsubscribed",
    ("sms", "bounced"): "message.failed",
}
LISTS = {"added": "list.joined", "removed": "list.left"}
GROUPS = ("core", "social", "personal", "professional")


class Mautic(Signs):
    """Mautic."""

    name: ClassVar[str] = "mautic"
    title: ClassVar[str] = "Mautic"
    signed_in: ClassVar[tuple[str, ...]] = ("webhook-signature",)

    def is_signed(self, request: Request, secret: str, options: Options, now: datetime) -> bool:
        given = request.headers.get("webhook-signature", "")
        return is_same(base64_mac(secret, request.body), given)

    def touches(self, receipt: Receipt, options: Options) -> Iterable[IncomingTouch | Unreadable]:
        content = json_of(receipt.body)
        if not isinstance(content, dict):
            raise not_an_object()
        total = 0
        for event, told in content.items():
            if not event.startswith(PREFIX) or event[len(PREFIX) :].startswith(ABOUT_COMPANIES):
                continue
            items = told if isinstance(told, list) else [told]
            total += len(items)
            if total > MOST_ITEMS:
                raise Unreadable("too_many_events", f"more than {MOST_ITEMS} events in one body")
            yield from _each(event, items)


def _each(event: str, items: list[Any]) -> Iterator[IncomingTouch | Unreadable]:
    for index, item in enumerate(items):
        place = f"/{event}/{index}"
        yield _read(event, item, place) if isinstance(item, dict) else not_an_object(place)


def _read(event: str, item: Mapping[str, Any], place: str) -> IncomingTouch:
    called = event.removeprefix(PREFIX)
    # The event is wrapped in what it is about; the manual says opens are not, the code does it.
    inner = next((part for part in map(item.get, WRAPPERS) if isinstance(part, dict)), item)
    person = mapping(inner.get("lead")) or mapping(item.get("contact")) or mapping(item.get("lead"))
    fields = _fields(person)
    form = mapping(inner.get("form"))
    title = text_of(form.get("name")) if called == "form_on_submit" else None
    moment = first_text(inner, "dateSubmitted", "lastOpened", "dateRead", "dateHit")
    touch_kind = _kind(called, item, inner)
    return IncomingTouch(
        fingerprint=fingerprint(item),
        source_event_id=_key(event, item, inner, person, moment),
        name=None if called in IDENTIFIES and touch_kind is None else title or event,
        kind=touch_kind,
        usual_kind="form.submitted" if called == "form_on_submit" else None,
        email=first_text(fields, "email") or text_of(inner.get("emailAddress")),
        user_id=text_of(person.get("id")) or _deleted_id(called, item),
        # Links the pages somebody saw with the form sent in the end.
        anonymous_id=text_of(inner.get("trackingId")),
        occurred_at=first_told([moment, item.get("timestamp")]),
        properties=_properties(item, inner, form, title, touch_kind),
        page=_page(inner) if called == "page_on_hit" else {},
        lead=fields,
        consent=_consent(called, item),
        user_agent=text_of(inner.get("userAgent")),
        place=place,
    )


WRAPPERS = ("submission", "stat", "hit")


def _kind(called: str, item: Mapping[str, Any], inner: Mapping[str, Any]) -> str | None:
    if called == "page_on_hit" and inner.get("source") == "email":
        return "email.clicked"  # links in e-mails lead through Mautic
    if called == "lead_list_change":
        return LISTS.get(text_of(item.get("action")) or "")
    if called == "lead_channel_subscription_changed":
        change = (text_of(item.get("channel")) or "", text_of(item.get("new_status")) or "")
        return CHANNELS.get(change)
    return TOUCHES.get(called)


def _key(
    event: str,
    item: Mapping[str, Any],
    inner: Mapping[str, Any],
    person: Mapping[str, Any],
    moment: str | None,
) -> str | None:
    """Return what recognises the event; there is no id of it, only of what it is about."""
    if inner is item:
        about = (mapping(item.get(name)).get("id") for name in ("email", "sms", "segment"))
        what = joined(person.get("id") or item.get("id"), item.get("channel"), *about)
        moment = text_of(item.get("timestamp"))
        return joined(event, what, moment) if what and moment else None
    what = text_of(inner.get("id"))
    if what is None:
        return None
    # A form is sent once and a page hit once; of an e-mail each opening is told.
    return joined(event, what, moment if "stat" in item else None)


def _fields(person: Mapping[str, Any]) -> dict[str, Any]:
    """Return a contact's fields by their aliases; an empty group is a list, as PHP writes it."""
    groups = mapping(person.get("fields"))
    found: dict[str, Any] = {}
    for group in GROUPS:
        for alias, field in mapping(groups.get(group)).items():
            value = field.get("value") if isinstance(field, dict) else field
            if value not in (None, "", [], {}):
                found[alias] = value
    return found


def _deleted_id(called: str, item: Mapping[str, Any]) -> str | None:
    return text_of(item.get("id")) if called == "lead_post_delete" else None


def _properties(
    item: Mapping[str, Any],
    inner: Mapping[str, Any],
    form: Mapping[str, Any],
    title: str | None,
    kind: str | None,
) -> dict[str, Any]:
    email = mapping(inner.get("email")) or mapping(item.get("email"))
    return {
        "form.id": form.get("id"),
        "form.title": title,
        "form.answers": mapping(inner.get("results")) or None,
        "email.id": email.get("id"),
        "email.name": email.get("name"),
        "email.subject": email.get("subject"),
        "email.url": inner.get("url") if kind == "email.clicked" else None,
        "list": next((one.get("name") for one in objects_in([item.get("segment")])), None),
        "permanent": True if kind == "email.bounced" else None,
    }


def _page(hit: Mapping[str, Any]) -> dict[str, Any]:
    page = mapping(hit.get("page"))
    return {
        "url": hit.get("url"),
        "title": first_text(hit, "urlTitle") or text_of(page.get("title")),
        "referrer": hit.get("referer"),
    }


def _consent(called: str, item: Mapping[str, Any]) -> tuple[Consent, ...]:
    """Return what a changed subscription says where no touch kind does: set by a colleague."""
    if called != "lead_channel_subscription_changed":
        return ()
    channel, status = text_of(item.get("channel")), text_of(item.get("new_status"))
    if channel == "sms" and status in ("unsubscribed", "manual"):
        return (Consent("sms", False),)
    return (Consent("email", False),) if (channel, status) == ("email", "manual") else ()
