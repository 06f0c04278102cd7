"""HubSpot: CRM events of an app, and the "Send a webhook" action of workflows.

(https://developers.hubspot.com/docs/api/webhooks,
https://developers.hubspot.com/docs/api/webhooks/validating-requests.) There is no webhook
for opens and clicks: they are seen as changes of a contact's properties.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import Field

from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.vendors.bodies import items_of, json_of, not_an_object
from services.ingest.vendors.hubspot_events import read_enrolment, read_event
from services.ingest.vendors.port import Options, Receipt, Request
from services.ingest.vendors.signatures import (
    Signs,
    base64_mac,
    is_recent,
    is_same,
    milliseconds_since_1970,
)

WINDOW = timedelta(minutes=5)
# The only sequences HubSpot undoes in the address before it signs it.
ENCODED = re.compile(r"%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)


class HubSpotOptions(Options):
    """Options of a HubSpot source."""

    url: str | None = Field(
        default=None,
        pattern=r"^https://[^?#\s]{1,500}$",
        description="The address HubSpot calls, where that is not ours: it signs the address too.",
    )
    form_submissions: bool = Field(
        default=False,
        description="Read each form in the list that a workflow sends with its contact.",
    )


class HubSpot(Signs):
    """HubSpot."""

    name: ClassVar[str] = "hubspot"
    title: ClassVar[str] = "HubSpot"
    signed_in: ClassVar[tuple[str, ...]] = ("x-hubspot-signature-v3", "x-hubspot-signature")
    options_model: ClassVar[type[Options]] = HubSpotOptions

    def is_signed(
        self, request: Request, secret: str, options: HubSpotOptions, now: datetime
    ) -> bool:
        # The newest signature that is shown decides; the older ones say nothing of when, and
        # what is sent once more with them is recognised.
        newest = request.headers.get("x-hubspot-signature-v3")
        if newest is not None:
            timestamp = request.headers.get("x-hubspot-request-timestamp", "")
            return is_recent(milliseconds_since_1970(timestamp), now, WINDOW) and any(
                is_same(base64_mac(secret, _text_v3(request, url, timestamp)), newest)
                for url in _urls(request, options)
            )
        given = request.headers.get("x-hubspot-signature", "")
        match request.headers.get("x-hubspot-signature-version"):
            case "v1":
                return is_same(_sha256(secret.encode() + request.body), given)
            case "v2":
                before = f"{secret}{request.method}{_url(request, options)}".encode()
                return is_same(_sha256(before + request.body), given)
        return False

    def touches(
        self, receipt: Receipt, options: HubSpotOptions
    ) -> Iterable[IncomingTouch | Unreadable]:
        for place, item in items_of(json_of(receipt.body)):
            if not isinstance(item, dict):
                yield not_an_object(place)
            elif "subscriptionType" in item or "eventType" in item or place:
                yield from read_event(item, place)
            else:
                yield from read_enrolment(item, receipt.url, forms=options.form_submissions)


def _sha256(text: bytes) -> str:
    """Return the plain digest the first two versions show: their secret is in the text."""
    return hashlib.sha256(text).hexdigest()


def _text_v3(request: Request, url: str, timestamp: str) -> bytes:
    return f"{request.method}{url}".encode() + request.body + timestamp.encode()


def _url(request: Request, options: HubSpotOptions) -> str:
    """Return the address as HubSpot knows it; parameters are those of the request."""
    if options.url is None:
        return request.url
    _, mark, query = request.url.partition("?")
    return f"{options.url}{mark}{query}"


def _urls(request: Request, options: HubSpotOptions) -> Iterator[str]:
    """Yield the addresses that may be signed: as documented, and as HubSpot's libraries do it."""
    url = _url(request, options)
    decoded = ENCODED.sub(lambda match: chr(int(match[0][1:], 16)), url)
    yield decoded
    if decoded != url:
        yield url
