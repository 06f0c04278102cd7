from datetime import UTC, datetime

from tests.contract.vendors.case import Case, Expected, as_json, token_proofs

EVENT = {
    "specversion": "1.0",
    "id": "c-1",
    "source": "https://crm.example",
    "type": "com.example.email.clicked",
    "time": "2026-03-02T09:30:00Z",
    "data": {"email": "ana@acme.com"},
}

CASE = Case(
    vendor="cloudevents",
    body=as_json(EVENT),
    headers={"content-type": "application/cloudevents+json"},
    expected=Expected(
        ("email:ana@acme.com",),
        "email.clicked",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "https://crm.example c-1",
    ),
    proofs=token_proofs(),
    unknown=(as_json(EVENT | {"type": "com.example.sauna.heated"}), "com.example.sauna.heated"),
    answered=202,
)
