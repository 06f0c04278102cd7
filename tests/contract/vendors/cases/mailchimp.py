import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from services.ingest.vendors.mailchimp import TOUCHES
from tests.contract.vendors.case import FORM, Call, Case, Expected, Proof, token_proofs

EVENT = {
    "type": "subscribe",
    "fired_at": "2026-03-02 09:30:00",
    "data[id]": "8a25ff1d98",
    "data[list_id]": "a6b5da1054",
    "data[email]": "ana@acme.com",
    "data[merges][EMAIL]": "ana@acme.com",
    "data[merges][FNAME]": "Ana",
    "data[merges][GROUPINGS][0][name]": "Topics",
}


def sign(call: Call, secret: str, now: datetime) -> Call:
    timestamp = str(int(now.timestamp()))
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + call.body, "sha256").hexdigest()
    return call.having(x_mailchimp_signature=f"t={timestamp},v1={mac}")


CASE = Case(
    vendor="mailchimp",
    body=urlencode(EVENT).encode(),
    headers={"content-type": FORM},
    expected=Expected(
        ("email:ana@acme.com", "user:{}:8a25ff1d98"),
        "email.subscribed",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "subscribe 8a25ff1d98 2026-03-02 09:30:00",
    ),
    proofs=(
        *token_proofs(),
        Proof("signed", sign, {"signed": True}, window=timedelta(minutes=5)),
    ),
    unknown=(urlencode(EVENT | {"type": "sauna"}).encode(), "sauna"),
    named=lambda name: urlencode(EVENT | {"type": name}).encode(),
    names=frozenset({*TOUCHES, "campaign"}),
)
