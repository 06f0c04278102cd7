from datetime import UTC, datetime

from tests.contract.vendors.case import Case, Expected, as_json, token_proofs

EVENT = {
    "RecordType": "Click",
    "MessageStream": "outbound",
    "MessageID": "p-1",
    "Recipient": "Ana@acme.com",
    "Tag": "prices",
    "Metadata": {"customer_id": "7"},
    "OriginalLink": "https://acme.com/pricing",
    "ReceivedAt": "2026-03-02T09:30:00.0000000Z",
    "UserAgent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0",
}

CASE = Case(
    vendor="postmark",
    body=as_json(EVENT),
    expected=Expected(
        ("email:ana@acme.com", "user:{}:7"),
        "email.clicked",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "Click p-1 Ana@acme.com 2026-03-02T09:30:00.0000000Z https://acme.com/pricing",
    ),
    proofs=token_proofs(),
    unknown=(as_json(EVENT | {"RecordType": "Sauna"}), "Sauna"),
)
