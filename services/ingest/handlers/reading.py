"""Reading receipts: stored bytes → what they tell → events for the bus.

Nothing here looks at a clock or a database, so a receipt read twice gives the same events
with the same ids, and a crash between publishing and remembering does no harm.
"""

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from services.ingest.domain.facts import account_facts, lead_facts
from services.ingest.domain.incoming import Consent, IncomingTouch, Unreadable
from services.ingest.domain.made_by import VERSION
from services.ingest.domain.moments import Happened, happened, read_moment
from services.ingest.domain.properties import describe
from services.ingest.domain.touch_kinds import UNKNOWN, kind_of
from services.ingest.handlers.identities import former_emails, former_identifiers, identifiers
from services.ingest.handlers.seeing import Look, Traps, look_at
from services.ingest.store.receipts import Waiting
from services.ingest.vendors import imported
from services.ingest.vendors.port import Options, Receipt, Vendor
from shared import trace
from shared.body import decode
from shared.bus.port import MAX_MESSAGE_BYTES
from shared.contracts import Envelope
from shared.contracts.touches import ConsentChange, LeadIdentified, TouchRecorded
from shared.ids import stable_id
from shared.problem import Problem

SOURCE = "relevo/ingest"
LONGEST_KEY = 200
SAME_CONTENT_FOR = timedelta(minutes=10)
INFLATED_LIMIT = 16 * 1024 * 1024
ROOM_FOR_HEADERS = 4096

# What a touch of these kinds says about the channels to this lead.
CONSENT_BY_KIND = {
    "email.subscribed": Consent("email", True),
    "email.unsubscribed": Consent("email", False),
    "email.complained": Consent("email", False),
    "erasure.requested": Consent("all", False),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """A source as the reading needs it."""

    id: str
    name: str
    vendor: str
    options: Options
    names: Mapping[str, str]
    """The source's own table: folded event name → touch kind."""
    traps: Traps = field(default_factory=Traps)
    erases_removed: bool = False
    """Whether a contact removed from the tool is one who asked to be erased."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event found in a receipt, or what was wrong with it. ``position`` counts from 0."""

    position: int
    event: IncomingTouch | Unreadable


def tell(waiting: Waiting, vendor: Vendor, options: Options) -> Iterator[Told]:
    """Yield what a receipt tells, in order; a receipt nobody can read yields one fault.

    A fault of the adapter itself parks the receipt too: the raw bytes are kept, and it can
    be read again once the adapter is mended.
    """
    position = 0
    try:
        headers = waiting.head.headers
        encoding = headers.get("content-encoding", "").encode("latin-1")
        body = decode(waiting.body, encoding, INFLATED_LIMIT)
        receipt = Receipt(headers, waiting.head.url, body)
        for event in vendor.touches(receipt, options):
            yield Told(position, event)
            position += 1
    except Unreadable as fault:
        yield Told(position, fault)
    except Problem as fault:
        yield Told(position, Unreadable(fault.code, fault.message))
    except (zlib.error, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        yield Told(position, Unreadable("adapter_failed", f"{vendor.name}: {type(error).__name__}"))


def key_of(touch: IncomingTouch, receipt_id: str, position: int) -> str:
    """Return what recognises the event within its source.

    An event without an id of the vendor's gets a key of its own; for ten minutes its content
    recognises it.
    """
    given = touch.source_event_id
    if given is None:
        return f"content:{touch.fingerprint.hex()}:{receipt_id}:{position}"
    if len(given) > LONGEST_KEY:
        return f"sha256:{hashlib.sha256(given.encode()).hexdigest()}"
    return f"id:{given}"


def event_of(
    touch: IncomingTouch, waiting: Waiting, origin: Origin, key: str
) -> tuple[Envelope, Look | None]:
    """Return ``touch`` as the event the other services read, and what tells who made it.

    The second is None where nobody did anything.

    Raises ``Unreadable`` when it names nobody or is too large for the bus.
    """
    kind = "" if touch.name is None else touch_kind(touch, touch.name, origin)
    if former := former_emails(touch, kind):
        touch = replace(touch, other_emails=former)
    found, note = identifiers(touch, origin.name)
    if not found:
        raise _nobody(touch, note)
    when = happened(touch.occurred_at, touch.sent_at, waiting.received_at)
    event_id = stable_id(origin.id, key)
    shared: dict[str, Any] = {
        "source": origin.name,
        # What was imported was done in the source's own tool.
        "vendor": origin.vendor if waiting.vendor == imported.NAME else waiting.vendor,
        "source_event_id": touch.source_event_id or key,
        "receipt_id": waiting.id,
        "identity": found[0],
        "identifiers": found,
        "former": former_identifiers(former, found),
        "identity_note": note,
        "occurred_at": when.at,
        "received_at": waiting.received_at,
        "time_note": when.note,
        "lead": _lead(touch, found),
        "account": account_facts(touch.account, touch.lead),
    }
    data: TouchRecorded | LeadIdentified
    look = None
    if touch.name is None:
        data = LeadIdentified(**shared, consent=_consent(touch, "", when))
    else:
        properties = describe(kind, touch.properties, touch.campaign, touch.page)
        look = look_at(touch, kind, properties, found, when.note is None, origin.traps)
        data = TouchRecorded(
            **shared,
            consent=_consent(touch, kind, when),
            touch=kind,
            name=touch.name,
            made_by=look.first.made_by,
            made_by_reason=look.first.reason,
            made_by_version=VERSION,
            properties=properties,
        )
    envelope = Envelope(
        id=event_id,
        source=SOURCE,
        subject=found[0],
        key=found[0],
        time=when.at,
        data=data,
        traceparent=_trace(waiting),
    )
    return envelope, look


def touch_kind(touch: IncomingTouch, name: str, origin: Origin) -> str:
    """Return the touch kind of an event called ``name``."""
    kind = touch.kind or kind_of(name, origin.names)
    if kind == UNKNOWN and touch.usual_kind is not None:
        return touch.usual_kind
    return "erasure.requested" if kind == "lead.removed" and origin.erases_removed else kind


def forged(touch: IncomingTouch) -> Unreadable:
    """Return what is said of an event that came with the signature of another."""
    return Unreadable(
        "token_reused", "another event came with the token of this one's signature", touch.place
    )


def payload_of(envelope: Envelope, place: str) -> bytes:
    """Return the envelope's bytes; raise ``Unreadable`` when the bus would refuse them."""
    payload = envelope.to_bytes()
    if len(payload) > MAX_MESSAGE_BYTES - ROOM_FOR_HEADERS:
        raise Unreadable("too_large", "the event is larger than the bus can carry", place)
    return payload


def is_unmapped(envelope: Envelope) -> str | None:
    """Return the event's name when no table has a kind for it."""
    data = envelope.data
    return data.name if isinstance(data, TouchRecorded) and data.touch == UNKNOWN else None


def _trace(waiting: Waiting) -> str:
    """Return the trace the request belongs to; where it named none, one begins with its receipt."""
    given = waiting.head.headers.get("traceparent", "")
    if trace.TRACEPARENT.fullmatch(given):
        return given
    digits = waiting.id.replace("-", "")
    return f"00-{digits}-{digits[16:]}-01"


def _nobody(touch: IncomingTouch, note: str | None) -> Unreadable:
    if note is not None:
        return Unreadable(note, "the e-mail address is not valid and no id is given", touch.place)
    return Unreadable(
        "no_identity", "the event has no e-mail address and no id of a person", touch.place
    )


def _lead(touch: IncomingTouch, found: list[str]) -> dict[str, Any]:
    facts = lead_facts(touch.lead)
    if found[0].startswith("email:"):
        facts["email"] = found[0].removeprefix("email:")
    return facts


def _consent(touch: IncomingTouch, kind: str, when: Happened) -> list[ConsentChange]:
    given = touch.consent
    if not given and kind in CONSENT_BY_KIND:
        given = (CONSENT_BY_KIND[kind],)
    return [
        ConsentChange(
            channel=one.channel,
            status="granted" if one.granted else "refused",
            at=read_moment(one.at) or when.at,
        )
        for one in given
    ]
