from datetime import UTC, datetime

from tests.contract.vendors.case import Case, Expected, as_json, token_proofs
from tests.contract.vendors.cases.segment import sent_at

EVENT = {
    "type": "track",
    "messageId": "m-1",
    "userId": "u-1",
    "event": "Guide Downloaded",
    "originalTimestamp": "2026-03-02T09:30:00.000Z",
    "context": {"traits": {"email": "ana@acme.com"}},
    "channel": "server",
}

CASE = Case(
    vendor="rudderstack",
    body=as_json(EVENT),
    expected=Expected(
        ("email:ana@acme.com", "user:{}:u-1"),
        "content.downloaded",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "m-1",
    ),
    proofs=token_proofs(),
    unknown=(as_json(EVENT | {"event": "Sauna Heated"}), "Sauna Heated"),
    again=as_json(EVENT | {"sentAt": "2026-03-02T10:30:00Z"}),
    sent_at=sent_at,
)
