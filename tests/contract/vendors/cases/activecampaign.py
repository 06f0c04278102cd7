from datetime import UTC, datetime
from urllib.parse import urlencode

from services.ingest.vendors.activecampaign import IDENTIFIES, TOUCHES
from tests.contract.vendors.case import FORM, Case, Expected, token_proofs

EVENT = {
    "type": "click",
    "date_time": "2026-03-02T03:30:00-06:00",
    "initiated_from": "public",
    "list": "1",
    "contact[id]": "42",
    "contact[email]": "ana@acme.com",
    "contact[first_name]": "Ana",
    "contact[fields][favourite_color]": "Blue",
    "campaign[id]": "7",
    "campaign[message][subject]": "Prices, 10% & more",
    "link[id]": "3",
    "link[url]": "https://acme.com/pricing",
}

CASE = Case(
    vendor="activecampaign",
    body=urlencode(EVENT).encode(),
    headers={"content-type": FORM},
    expected=Expected(
        ("email:ana@acme.com", "user:{}:42"),
        "email.clicked",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "click 42 2026-03-02T03:30:00-06:00 7 3",
    ),
    proofs=token_proofs(),
    unknown=(urlencode(EVENT | {"type": "sauna"}).encode(), "sauna"),
    named=lambda name: urlencode(EVENT | {"type": name}).encode(),
    names=frozenset({*TOUCHES, *IDENTIFIES, "deal_add", "subscriber_note"}),
)
