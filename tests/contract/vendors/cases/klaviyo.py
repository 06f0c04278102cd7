import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from tests.contract.vendors.case import Call, Case, Expected, Proof, as_json, token_proofs

EVENT = {
    "external_id": "k-1",
    "topic": "event:klaviyo.clicked_email",
    "payload": {
        "data": {
            "type": "event",
            "id": "k-1",
            "attributes": {
                "timestamp": 1772443800,
                "datetime": "2026-03-02T09:30:00+00:00",
                "event_properties": {
                    "Subject": "Prices",
                    "URL": "https://acme.com/pricing",
                    "Recipient Email Address": "ana@acme.com",
                },
            },
            "relationships": {"profile": {"data": {"type": "profile", "id": "01K"}}},
        }
    },
}
META = {"klaviyo_webhook_id": "w-1", "timestamp": "2026-03-02T12:00:00+00:00"}


def body(**changes: Any) -> bytes:
    """Return a delivery of one event."""
    return as_json({"data": [EVENT | changes], "meta": META})


def sign(call: Call, secret: str, now: datetime) -> Call:
    return signed(call, secret, format_datetime(now, usegmt=True))


def sign_iso(call: Call, secret: str, now: datetime) -> Call:
    return signed(call, secret, now.isoformat())


def signed(call: Call, secret: str, timestamp: str) -> Call:
    mac = hmac.new(secret.encode(), call.body + timestamp.encode(), "sha256").hexdigest()
    return call.having(klaviyo_signature=mac, klaviyo_timestamp=timestamp)


def day_in_the_body(call: Call) -> Call:
    """Move the beginning of the time to the end of the body: the signed text stays the same."""
    timestamp = call.headers["klaviyo-timestamp"]
    day, rest = timestamp[:5], timestamp[5:]
    headers = {**call.headers, "klaviyo-timestamp": rest}
    return replace(call, body=call.body + day.encode(), headers=headers)


CASE = Case(
    vendor="klaviyo",
    body=body(),
    expected=Expected(
        ("email:ana@acme.com", "user:{}:01K"),
        "email.clicked",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "k-1",
    ),
    proofs=(
        Proof(
            "signed",
            sign,
            window=timedelta(minutes=5),
            attacks={"a part of the time in the body": day_in_the_body},
        ),
        Proof(
            "signed with an ISO time",
            sign_iso,
            window=timedelta(minutes=5),
            attacks={"a part of the time in the body": day_in_the_body},
        ),
        *token_proofs({"signed": False}),
    ),
    again=as_json({"data": [EVENT], "meta": json.loads('{"timestamp": "another"}')}),
    unknown=(body(topic="event:klaviyo.sauna"), "event:klaviyo.sauna"),
)
