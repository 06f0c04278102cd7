"""What the manifest of recorded requests says, in our words."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.ingest.domain.incoming import MadeBy
from shared.contracts import Envelope
from shared.contracts.touches import LeadIdentified, TouchRecorded
from tests.contract.vendor_samples import Sample
from tests.contract.vendors.case import PUBLIC_URL, Call, Case, Proof

# Schemes that show something rather than sign.
SHOWS = frozenset(
    {"bearer-token", "basic-auth", "static-header", "url-secret", "segment-write-key", None}
)
# Neutral kind → ours. None: it only tells who somebody is.
KINDS: Mapping[str, str | None] = {
    "account.grouped": None,
    "contact.created": None,
    "contact.updated": None,
    "identity.aliased": None,
    "identity.identified": None,
    "contact.email_changed": "email.changed",
    "email.processed": "email.sent",
    "list.subscribed": "email.subscribed",
    "meeting.canceled": "meeting.cancelled",
    "meeting.no_show": "meeting.missed",
}
# About nobody, so there is nothing to read.
ABOUT_NOBODY = frozenset({"ping", "campaign.sent"})
# Free names, or bodies people write themselves: any kind.
FREE = frozenset({"track.custom", "generic"})
# The vendor marks a machine, a person, or says nothing: then nothing is claimed.
MARKS: Mapping[bool | None, Sequence[MadeBy | None]] = {
    True: ["machine"],
    False: ["human"],
    None: [None, "unsure"],
}
ONE_SECOND = timedelta(seconds=1)


def options_for(case: Case, sample: Sample) -> Mapping[str, Any]:
    """Return the options of a source that takes the recorded request."""
    options = dict(case.configure(sample))
    if "signed" in case.adapter.options_model.model_fields:
        options.setdefault("signed", sample.scheme not in SHOWS)
    return options


def proof_of(case: Case, sample: Sample) -> Proof:
    """Return what the recorded request proves itself with."""
    signature = sample.signature or {}
    secret = signature.get("public_key") or signature.get("secret") or "src_for-all-who-show-none"
    window = signature.get("replay_window_seconds")
    return Proof(
        sample.id,
        lambda call, _secret, _now: call,
        options_for(case, sample),
        secret,
        window=None if window is None else timedelta(seconds=window),
        covers_body=sample.scheme not in SHOWS | case.unsigned,
    )


def call_of(sample: Sample, source: str | None = None) -> Call:
    """Return the recorded request, to the hook of ``source`` where one is named."""
    headers = dict(sample.headers)
    if sample.scheme is None:
        headers["x-relevo-token"] = "src_for-all-who-show-none"
    elif sample.scheme == "static-header":
        # The tool lets its people name the header.
        assert sample.signature is not None
        headers["x-relevo-token"] = headers.pop(sample.signature["header"].lower())
    url = sample.url
    if source is not None and not sample.path.startswith("/v1/"):
        rest = sample.path.removeprefix("/hooks/")
        after = rest[len(rest.partition("/")[0].partition("?")[0]) :]
        url = f"{PUBLIC_URL}/hooks/{source}{after if sample.path.startswith('/hooks/') else ''}"
    return Call(url, sample.body, headers, sample.method)


def received_at(case: Case, sample: Sample) -> datetime:
    """Return a moment at which the recorded request can have come."""
    if (moment := case.sent_at(sample)) is not None:
        return moment
    told = [one for one in sample.occurred_at if one is not None]
    return max([*told, signed_at(sample)]) + timedelta(minutes=1)


def signed_at(sample: Sample) -> datetime:
    """Return when it was signed; for the others the moment most were signed at."""
    at = (sample.signature or {}).get("signed_at") or 1772446500
    return datetime.fromtimestamp(at, UTC)


def kind_of(case: Case, event: Mapping[str, Any]) -> str | None:
    """Return the touch kind the event of the manifest has; None when it has none."""
    neutral = event["kind"]
    if neutral in case.kinds:
        return case.kinds[neutral]
    return KINDS.get(neutral, neutral)


def is_told(event: Mapping[str, Any]) -> bool:
    """Return whether there is anything to read in the event."""
    return event["kind"] not in ABOUT_NOBODY


def names_nobody(event: Mapping[str, Any]) -> bool:
    """Return whether the event is about somebody and does not say who: it is parked."""
    return is_told(event) and not event["person"]


def identifiers_of(event: Mapping[str, Any], source: str) -> set[str]:
    """Return the identifiers a reader finds, in our form."""
    found = set()
    for name, value in event["person"].items():
        if name in ("email", "previous_email"):
            found.add(f"email:{value.lower()}")
        elif name in ("custom_args", "hidden"):
            found |= {f"user:{source}:{one}" for one in value.values()}
        elif name == "anonymous_id":
            found.add(f"anon:{source}:{value}")
        elif name != "group_id":
            found.add(f"user:{source}:{value}")
    return found


def key_of(event: Mapping[str, Any]) -> str | None:
    """Return the event's key as our adapters write it; None where only the content tells."""
    parts = event["dedup_key"]
    if parts is None or parts == ["sha256(body)"]:
        return None
    return " ".join(str(part) for part in parts if part is not None)


def check(case: Case, event: Mapping[str, Any], mark: MadeBy | None, envelope: Envelope) -> None:
    """Assert that ``envelope`` tells what the manifest says about its event."""
    data = envelope.data
    assert isinstance(data, TouchRecorded | LeadIdentified)
    if isinstance(data, TouchRecorded):
        expected = event.get("suggested_kind") or kind_of(case, event)
        assert event["kind"] in FREE or data.touch == expected
        for name in ("permanent", "reason"):
            if event.get(name) is not None:
                assert data.properties[name] == event[name]
    else:
        assert event["kind"] == "generic" or kind_of(case, event) is None
    source = data.source
    assert identifiers_of(event, source) <= set(data.identifiers)
    if (key := key_of(event)) is not None:
        assert data.source_event_id == key
    if event["occurred_at"] is None:
        assert data.time_note == "missing"
    else:
        moment = datetime.fromisoformat(event["occurred_at"])
        assert abs(data.occurred_at - moment) < ONE_SECOND
    assert mark in MARKS[event["machine"]]
