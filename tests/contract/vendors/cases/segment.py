import gzip
import hmac
from datetime import UTC, datetime

import orjson

from tests.contract.vendor_samples import Sample
from tests.contract.vendors.case import Call, Case, Expected, Proof, as_json, token_proofs

EVENT = {
    "type": "track",
    "messageId": "m-1",
    "userId": "u-1",
    "event": "Guide Downloaded",
    "timestamp": "2026-03-02T09:30:00Z",
    "context": {"traits": {"email": "ana@acme.com"}},
}


def sign(call: Call, secret: str, _now: datetime) -> Call:
    mac = hmac.new(secret.encode(), call.body, "sha1").hexdigest()
    return call.having(x_segment_signature=mac)


def sign_as_before(call: Call, secret: str, _now: datetime) -> Call:
    mac = hmac.new(secret.encode(), call.body, "sha1").hexdigest()
    return call.having(x_signature=mac)


def sent_at(sample: Sample) -> datetime | None:
    """Return when the sender's clock said it sent: then no time needs to be corrected."""
    zipped = sample.body[:2] == b"\x1f\x8b"
    content = orjson.loads(gzip.decompress(sample.body) if zipped else sample.body)
    told = content.get("sentAt") if isinstance(content, dict) else None
    if told is None or "receivedAt" in content:
        return None
    moment = datetime.fromisoformat(told)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


CASE = Case(
    vendor="segment",
    body=as_json(EVENT),
    expected=Expected(
        ("email:ana@acme.com", "user:{}:u-1"),
        "content.downloaded",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "m-1",
    ),
    proofs=(
        *token_proofs(),
        Proof("signed", sign, {"signed": True}),
        Proof("signed as before", sign_as_before, {"signed": True}),
    ),
    unknown=(as_json(EVENT | {"event": "Sauna Heated"}), "Sauna Heated"),
    again=as_json(EVENT | {"sentAt": "2026-03-02T10:30:00Z"}),
    sent_at=sent_at,
)
