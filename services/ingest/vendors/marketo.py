"""Marketo's "Call Webhook" step: whatever a campaign's author wrote, with tokens filled in.

(https://experienceleague.adobe.com/en/docs/marketo-developer/marketo/webhooks/webhooks.) A body
of JSON or a form, all values text; nothing is signed, and nothing has an id.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.domain.text import first_text, text_of
from services.ingest.vendors.bodies import content_of, event_in, not_an_object
from services.ingest.vendors.plain import EVENT_ID, plain_touch, snaked
from services.ingest.vendors.port import Options, Receipt
from services.ingest.vendors.tokens import ShowsToken

ACTIVITY = ("activity", "trigger_name", "campaign_name", "campaign")
LEAD_ID = ("marketo_lead_id", "lead_id", "id")


class Marketo(ShowsToken):
    """Adobe Marketo Engage."""

    name: ClassVar[str] = "marketo"
    title: ClassVar[str] = "Adobe Marketo Engage"

    def touches(self, receipt: Receipt, options: Options) -> Iterable[IncomingTouch | Unreadable]:
        item = content_of(receipt)  # one lead: the step is called for each
        if not isinstance(item, dict):
            raise not_an_object()
        yield _read(item, event_in(receipt.url))


def _read(item: Mapping[str, Any], event: str | None) -> IncomingTouch:
    given = snaked(item)
    touch = plain_touch(item)
    campaign = text_of(given.get("campaign")) or text_of(given.get("campaign_name"))
    return replace(
        touch,
        # `id` is {{lead.Id}}: taken for the event's, only a lead's first event would count.
        source_event_id=first_text(given, *(name for name in EVENT_ID if name != "id")),
        user_id=first_text(given, *LEAD_ID) or touch.user_id,
        # Marketo writes times in the zone of its subscription and does not say which: the step
        # runs at once, so the receipt tells better.
        occurred_at=None,
        # A campaign has a reason; where nobody named the event, its own name says it best.
        name=event or touch.name or first_text(given, *ACTIVITY),
        campaign={"name": campaign} if campaign else touch.campaign,
    )
