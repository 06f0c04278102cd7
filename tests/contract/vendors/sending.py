"""Sources for the tests of all vendors, calls sent to them, and receipts as the reader has them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode

from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.handlers.reading import Origin, event_of, key_of, payload_of, tell
from services.ingest.store.heads import Head
from services.ingest.store.receipts import Waiting
from services.ingest.vendors import VENDORS
from shared.contracts import Envelope
from shared.contracts.touches import LeadIdentified, TouchRecorded
from tests.contract.vendors.case import FORM, JSON, NOON, PUBLIC_URL, Call, as_json, read_options
from tests.service.ingest.world import World

NUMBER = count(1)
RECEIPT_ID = "019ca000-0000-7000-8000-000000000001"
LATER = timedelta(minutes=1)


async def open_source(
    world: World, vendor: str, options: Mapping[str, Any], credential: str
) -> str:
    """Make a source of ``vendor`` that believes ``credential``; return its name."""
    name = f"{vendor}-{next(NUMBER)}"
    if VENDORS[vendor].credential(read_options(vendor, options)) == "secret":
        await world.source(name, vendor, options=options, secret=credential)
    else:
        await world.source(name, vendor, options=options)
        await world.accept_token(name, credential)
    return name


async def send(world: World, call: Call, first: Mapping[str, bytes] | None = None) -> int:
    """Send ``call`` and return the answer's status; headers in ``first`` come before its own."""
    headers = [(name.encode(), value) for name, value in (first or {}).items()]
    headers += [(name.encode(), text.encode("latin-1")) for name, text in call.headers.items()]
    answer = await world.http.request(
        call.method, call.url.removeprefix(PUBLIC_URL), content=call.body, headers=headers
    )
    return answer.status_code


def waiting(call: Call, vendor: str, received_at: datetime) -> Waiting:
    """Return the receipt of ``call`` as the reader gets it."""
    head = Head(call.method, call.url.removeprefix(PUBLIC_URL), call.headers)
    return Waiting(
        id=RECEIPT_ID,
        source_id="s",
        vendor=vendor,
        received_at=received_at,
        head=head,
        body=call.body,
        events=1,
        published=0,
        duplicates=0,
        was_read=False,
    )


def read(
    receipt: Waiting, options: Mapping[str, Any], source: str = "web"
) -> list[tuple[IncomingTouch, Envelope] | Unreadable]:
    """Return what the reader makes of a receipt: events for the bus, or why there is none."""
    adapter, parsed = VENDORS[receipt.vendor], read_options(receipt.vendor, options)
    origin = Origin("s", source, receipt.vendor, parsed, {})
    found: list[tuple[IncomingTouch, Envelope] | Unreadable] = []
    for told in tell(receipt, adapter, parsed):
        if isinstance(told.event, Unreadable):
            found.append(told.event)
            continue
        try:
            key = key_of(told.event, receipt.id, told.position)
            envelope, _ = event_of(told.event, receipt, origin, key)
            payload_of(envelope, told.event.place)
            found.append((told.event, envelope))
        except Unreadable as fault:
            found.append(fault)
    return found


def told(
    vendor: str,
    content: Any,
    options: Mapping[str, Any] | None = None,
    query: str = "",
    received_at: datetime = NOON,
) -> list[Any]:
    """Return what a body tells, as the other services get it; what cannot be read is there too.

    ``content`` are pairs of a form, or anything else as JSON.
    """
    if isinstance(content, list) and content and isinstance(content[0], tuple):
        body, kind = urlencode(content).encode(), FORM
    else:
        body, kind = as_json(content), JSON
    call = Call(f"{PUBLIC_URL}/hooks/web{query}", body, {"content-type": kind})
    found = read(waiting(call, vendor, received_at), options or {})
    return [one if isinstance(one, Unreadable) else one[1].data for one in found]


def touch_in(vendor: str, content: Any, **more: Any) -> TouchRecorded:
    """Return the one touch a body tells."""
    [touch] = told(vendor, content, **more)
    assert isinstance(touch, TouchRecorded), touch
    return touch


def identity_in(vendor: str, content: Any, **more: Any) -> LeadIdentified:
    """Return what a body tells of who a lead is, when that is all it tells."""
    [identity] = told(vendor, content, **more)
    assert isinstance(identity, LeadIdentified), identity
    return identity
