from datetime import UTC, datetime

from tests.contract.vendors.case import Case, Expected, as_json, token_proofs

ENTRY = {
    "id": "137",
    "form_id": "1",
    "date_created": "2026-03-02 09:30:00",
    "date_updated": "2026-03-02 09:30:00",
    "is_read": "0",
    "ip": "192.0.2.5",
    "source_url": "https://acme.com/demo/",
    "user_agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0",
    "created_by": None,
    "status": "active",
    "1.3": "Ana",
    "2": "ana@acme.com",
    "4": "Please call",
}

CASE = Case(
    vendor="gravityforms",
    body=as_json(ENTRY),
    expected=Expected(
        ("email:ana@acme.com",),
        "form.submitted",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "1 137",
    ),
    proofs=token_proofs(),
)
