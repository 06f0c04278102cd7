import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.ingest.vendors.mailgun import BOTS, TOUCHES
from tests.contract.vendors.case import Call, Case, Expected, Proof, Unprovable, as_json

EVENT = {
    "event": "clicked",
    "id": "e-1",
    "timestamp": 1772443800.25,
    "recipient": "ana@acme.com",
    "user-variables": {"user_id": "7"},
    "client-info": {"bot": "", "user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"},
    "url": "https://acme.com/pricing",
}


def sign(call: Call, secret: str, now: datetime) -> Call:
    """Put the signature into the body, where Mailgun has it."""
    try:
        content = json.loads(call.body)
        timestamp, token = str(int(now.timestamp())), "a" * 50
        mac = hmac.new(secret.encode(), f"{timestamp}{token}".encode(), "sha256").hexdigest()
        content["signature"] = {"timestamp": timestamp, "token": token, "signature": mac}
        body = as_json(content)
    except (ValueError, TypeError, RecursionError):
        raise Unprovable from None
    if call.body.count(b'"event": ') > 1 or b"NaN" in call.body:
        raise Unprovable  # json is laxer than we are
    return replace(call, body=body)


def with_signature(change: Callable[[dict[str, Any]], object]) -> Callable[[Call], Call]:
    """Return an attack on the signature in the body."""

    def attack(call: Call) -> Call:
        content = json.loads(call.body)
        change(content["signature"])
        return replace(call, body=as_json(content))

    return attack


CASE = Case(
    vendor="mailgun",
    body=as_json({"event-data": EVENT}),
    expected=Expected(
        ("email:ana@acme.com", "user:{}:7"),
        "email.clicked",
        datetime(2026, 3, 2, 9, 30, 0, 250_000, tzinfo=UTC),
        "clicked e-1 1772443800.25",
    ),
    proofs=(
        Proof(
            "in the body",
            sign,
            window=timedelta(hours=9),
            covers_body=False,
            attacks={
                "another token": with_signature(lambda one: one.update(token="b" * 50)),
                "no token": with_signature(lambda one: one.pop("token")),
                "a number as token": with_signature(lambda one: one.update(token=7)),
                "another time": with_signature(lambda one: one.update(timestamp="1772452801")),
                "no time": with_signature(lambda one: one.pop("timestamp")),
                "a list as time": with_signature(lambda one: one.update(timestamp=[])),
                "no signature": with_signature(lambda one: one.pop("signature")),
                "an empty signature": with_signature(lambda one: one.update(signature="")),
                "nothing in it": with_signature(lambda one: one.clear()),
                "no JSON": lambda call: replace(call, body=call.body[:-1]),
            },
        ),
    ),
    unknown=(as_json({"event-data": EVENT | {"event": "sauna"}}), "sauna"),
    unsigned=frozenset({"mailgun-body-hmac"}),
    named=lambda name: as_json({"event-data": EVENT | {"event": name}}),
    names=frozenset({*TOUCHES, "failed"}),
    marks={
        f"bot: {bot or 'empty'}": as_json({"event-data": EVENT | {"client-info": {"bot": bot}}})
        for bot in BOTS
    },
)
