from datetime import UTC, datetime

from services.ingest.vendors.brevo import TOUCHES
from tests.contract.vendors.case import Case, Expected, as_json, token_proofs

EVENT = {
    "event": "click",
    "email": "ana@acme.com",
    "id": 9999999,
    "message-id": "<1@relay>",
    "ts": 1772400000,
    "ts_epoch": 1772443800000,
    "subject": "Prices",
    "tags": ["prices"],
    "link": "https://acme.com/pricing",
}

CASE = Case(
    vendor="brevo",
    body=as_json(EVENT),
    expected=Expected(
        ("email:ana@acme.com",),
        "email.clicked",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "click <1@relay> ana@acme.com 1772443800000 https://acme.com/pricing",
    ),
    proofs=token_proofs(),
    unknown=(as_json(EVENT | {"event": "sauna"}), "sauna"),
    named=lambda name: as_json(EVENT | {"event": name}),
    names=frozenset({*TOUCHES, "contact_updated"}),
    marks={
        f"event: {name}": as_json(EVENT | {"event": name})
        for name in ("proxy_open", "unique_proxy_open")
    },
    # Being put on a list is nobody's wish to receive anything.
    kinds={"list.subscribed": "list.joined"},
)
