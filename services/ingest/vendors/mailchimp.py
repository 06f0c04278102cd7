"""Mailchimp Marketing: the webhooks of an audience, one event per request, as a form.

(https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/.) There are
none for opens, clicks or forms.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field

from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import first_text, mapping, text_of
from services.ingest.vendors.bodies import fingerprint, first_of, form_of, joined
from services.ingest.vendors.port import Options, Receipt, Request
from services.ingest.vendors.signatures import (
    MaySign,
    hex_mac,
    is_recent,
    is_same,
    parts_of,
    seconds_since_1970,
)

WINDOW = timedelta(minutes=5)
# type → touch kind; None: it only tells who a lead is
TOUCHES = {
    "subscribe": "email.subscribed",
    "unsubscribe": "email.unsubscribed",
    "upemail": "email.changed",
    "cleaned": "email.bounced",
    "profile": None,
}
# A merge field of every audience → our name of the fact; others keep theirs.
MERGES = {"FNAME": "first_name", "LNAME": "last_name", "PHONE": "phone", "COMPANY": "company"}
NO_FACTS = frozenset({"EMAIL", "GROUPINGS", "INTERESTS"})


class MailchimpOptions(Options):
    """Options of a Mailchimp source."""

    signed: bool = Field(
        default=False,
        description="The hook signs, as hooks made by the API can; else the address has a token.",
    )


class Mailchimp(MaySign):
    """Mailchimp Marketing."""

    name: ClassVar[str] = "mailchimp"
    title: ClassVar[str] = "Mailchimp Marketing"
    signed_in: ClassVar[tuple[str, ...]] = ("x-mailchimp-signature",)
    options_model: ClassVar[type[Options]] = MailchimpOptions

    def is_signed(
        self, request: Request, secret: str, options: MailchimpOptions, now: datetime
    ) -> bool:
        parts = parts_of(request.headers.get("x-mailchimp-signature", ""))
        timestamp = parts.get("t", [""])[0]
        if not is_recent(seconds_since_1970(timestamp), now, WINDOW):
            return False
        expected = hex_mac(secret, timestamp.encode() + b"." + request.body)
        return any(is_same(expected, given) for given in parts.get("v1", ()))

    def touches(
        self, receipt: Receipt, options: MailchimpOptions
    ) -> Iterable[IncomingTouch | Unreadable]:
        form = form_of(receipt.body)
        event = text_of(first_of(form.get("type")))
        # An empty request only looks whether we are there. A campaign is about nobody.
        if not form or event == "campaign":
            return
        if event is None:
            raise Unreadable("no_type", "the form has no field `type`")
        yield _read(form, event)


def _read(form: Mapping[str, Any], event: str) -> IncomingTouch:
    # The documented unsubscription has `data[reason]` twice: the first is the lead's.
    data = {name: first_of(value) for name, value in mapping(form.get("data")).items()}
    merges = mapping(data.get("merges"))
    fired_at = first_of(form.get("fired_at"))
    email, before = first_text(data, "new_email", "email"), text_of(data.get("old_email"))
    user_id = first_text(data, "new_id", "id")
    return IncomingTouch(
        fingerprint=fingerprint(form),
        source_event_id=joined(event, user_id or email, fired_at) if user_id or email else None,
        name=None if event == "profile" else event,
        kind=_kind(event, data),
        email=email,
        user_id=user_id,
        other_emails=(before,) if before else (),
        occurred_at=first_told([fired_at]),  # without a zone; it is UTC
        properties=_properties(event, data),
        campaign={"id": data.get("campaign_id")},
        lead={
            MERGES.get(name, name): first_of(value)
            for name, value in merges.items()
            if name not in NO_FACTS
        },
    )


def _kind(event: str, data: Mapping[str, Any]) -> str | None:
    """Return the touch kind; a reason or an action can make it another one."""
    if data.get("reason") == "abuse" and event in ("unsubscribe", "cleaned"):
        return "email.complained"
    if event == "unsubscribe" and data.get("action") == "delete":
        return "lead.removed"  # somebody at Mailchimp deleted it; the lead asked for nothing
    return TOUCHES.get(event)


def _properties(event: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "list": data.get("list_id"),
        "reason": data.get("reason"),
        "previous_email": data.get("old_email"),
        "permanent": True if event == "cleaned" and data.get("reason") == "hard" else None,
    }
