"""ActiveCampaign: one event per request, as a form; also what automations post.

(https://developers.activecampaign.com/page/webhooks.) Nothing is signed and nothing is sent
again: what cannot be stored is lost.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from services.ingest.domain.incoming import Consent, IncomingTouch, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import mapping, text_of
from services.ingest.vendors.bodies import content_of, event_in, fingerprint, joined, not_an_object
from services.ingest.vendors.port import Options, Receipt
from services.ingest.vendors.tokens import ShowsToken

# type → touch kind
TOUCHES = {
    "subscribe": "email.subscribed",
    "unsubscribe": "email.unsubscribed",
    "sent": "email.sent",
    "open": "email.opened",
    "click": "email.clicked",
    "reply": "email.replied",
    "forward": "email.forwarded",
    "share": "content.shared",
    "bounce": "email.bounced",
    "contact_tag_added": "tag.added",
    "contact_tag_removed": "tag.removed",
    "sms_sent": "message.sent",
    "sms_reply": "message.replied",
    "sms_unsub": "message.unsubscribed",
}
# Facts changed; or sales' own doings, which are nothing a lead did.
IDENTIFIES = frozenset({"update"})
OWN_DOINGS = ("deal_", "account_", "subscriber_note", "contact_task_", "list_add")
OF_A_MAIL = frozenset({"sent", "open", "click", "reply", "forward", "share", "bounce"})
PUBLIC = "public"  # the lead itself, at a form or a link; else a user, an import or the API


class ActiveCampaign(ShowsToken):
    """ActiveCampaign."""

    name: ClassVar[str] = "activecampaign"
    title: ClassVar[str] = "ActiveCampaign"

    def touches(self, receipt: Receipt, options: Options) -> Iterable[IncomingTouch | Unreadable]:
        form = content_of(receipt)
        if not isinstance(form, dict):
            raise not_an_object()
        event = text_of(form.get("type"))
        if event is None or not event.startswith(OWN_DOINGS):
            yield _read(form, event, event_in(receipt.url))


def _read(form: Mapping[str, Any], event: str | None, told: str | None) -> IncomingTouch:
    """Return what the form tells; ``told`` is the name behind the address of an automation."""
    contact, campaign = mapping(form.get("contact")), mapping(form.get("campaign"))
    fields = mapping(contact.get("fields"))
    company = contact.get("orgname") or contact.get("customer_acct_name")
    return IncomingTouch(
        fingerprint=fingerprint(form),
        source_event_id=_key(form, event, contact, campaign),
        name=None if event in IDENTIFIES else event or told,
        kind=_kind(form, event),
        email=text_of(contact.get("email")),
        user_id=text_of(contact.get("id")),
        occurred_at=first_told([form.get("date_time")]),
        properties=_properties(form, campaign),
        campaign={"id": campaign.get("id"), "name": campaign.get("name")},
        lead={
            **fields,
            "first_name": contact.get("first_name"),
            "last_name": contact.get("last_name"),
            "phone": contact.get("phone"),
            "company": company,
            "tags": contact.get("tags"),
        },
        consent=(Consent("sms", False),) if event == "sms_unsub" else (),
    )


def _kind(form: Mapping[str, Any], event: str | None) -> str | None:
    if event == "subscribe" and form.get("initiated_from", PUBLIC) != PUBLIC:
        return "list.joined"  # an import or a colleague put it there: that is no consent
    return TOUCHES.get(event or "")


def _key(
    form: Mapping[str, Any],
    event: str | None,
    contact: Mapping[str, Any],
    campaign: Mapping[str, Any],
) -> str | None:
    """Return what recognises the event: there is no id, and it comes at least once."""
    moment = text_of(form.get("date_time"))
    if event is None or moment is None:
        return None
    if event in OF_A_MAIL:
        about = (campaign.get("id"), mapping(form.get("link")).get("id"))
    else:
        about = (form.get("list"), mapping(form.get("form")).get("id"))
    if event in IDENTIFIES:
        about = (None, None)
    return joined(event, contact.get("id"), moment, *about, form.get("tag"))


def _properties(form: Mapping[str, Any], campaign: Mapping[str, Any]) -> dict[str, Any]:
    bounce = mapping(form.get("bounce"))
    message = mapping(campaign.get("message"))
    return {
        "email.id": message.get("id"),
        "email.subject": message.get("subject"),
        "email.url": mapping(form.get("link")).get("url"),
        "form.id": mapping(form.get("form")).get("id"),
        "list": form.get("list"),
        "tag": form.get("tag"),
        "reason": mapping(form.get("unsubscribe")).get("reason") or bounce.get("description"),
        "permanent": bounce.get("type") == "hard" if bounce else None,
    }
