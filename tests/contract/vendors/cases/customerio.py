import hmac
from datetime import UTC, datetime

from services.ingest.vendors.customerio import CUSTOMER, EMAIL, MESSAGE, PREFERENCES
from tests.contract.vendors.case import Call, Case, Expected, Proof, as_json

EVENT = {
    "event_id": "01E4",
    "object_type": "email",
    "metric": "opened",
    "timestamp": 1772443800,
    "data": {
        "identifiers": {"id": "7", "email": "ana@acme.com", "cio_id": "d9c1"},
        "recipient": "ana@acme.com",
        "subject": "Prices",
        "prefetched": False,
    },
}


def sign(call: Call, secret: str, now: datetime) -> Call:
    timestamp = str(int(now.timestamp()))
    text = b"v0:" + timestamp.encode() + b":" + call.body
    mac = hmac.new(secret.encode(), text, "sha256").hexdigest()
    return call.having(x_cio_timestamp=timestamp, x_cio_signature=mac)


NAMES = frozenset(
    {f"email.{metric}" for metric in EMAIL}
    | {f"sms.{metric}" for metric in MESSAGE}
    | {f"customer.{metric}" for metric in (*CUSTOMER, PREFERENCES)}
)


def named(name: str) -> bytes:
    about, _, metric = name.partition(".")
    return as_json(EVENT | {"object_type": about, "metric": metric})


def marked(metric: str, **flags: bool) -> bytes:
    person = {"identifiers": {"id": "7"}}
    return as_json(EVENT | {"metric": metric, "data": person | flags})


CASE = Case(
    vendor="customerio",
    body=as_json(EVENT),
    expected=Expected(
        ("email:ana@acme.com", "user:{}:7", "user:{}:d9c1"),
        "email.opened",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "01E4",
    ),
    proofs=(Proof("v0", sign),),
    named=named,
    names=NAMES,
    marks={
        "prefetched: true": marked("opened", prefetched=True),
        "prefetched: false": marked("opened", prefetched=False),
        "proxied: true": marked("opened", proxied=True),
        "machine: true": marked("clicked", machine=True),
        "machine: false": marked("clicked", machine=False),
    },
    unknown=(as_json(EVENT | {"metric": "sauna"}), "email.sauna"),
)
