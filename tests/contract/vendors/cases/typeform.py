import base64
import hmac
from datetime import UTC, datetime

from tests.contract.vendors.case import Call, Case, Expected, Proof, as_json, token_proofs

RESPONSE = {
    "form_id": "f-1",
    "token": "t-1",
    "submitted_at": "2026-03-02T09:30:00Z",
    "landed_at": "2026-03-02T09:20:00Z",
    "hidden": {"user_id": "7", "utm_source": "news"},
    "definition": {
        "id": "f-1",
        "title": "Webinar ideas",
        "fields": [
            {"id": "q-1", "title": "Where should we write to?", "type": "email", "ref": "mail"},
            {"id": "q-2", "title": "Company", "type": "short_text", "ref": "r-2"},
        ],
    },
    "answers": [
        {"type": "email", "email": "ana@acme.com", "field": {"id": "q-1", "type": "email"}},
        {"type": "text", "text": "Acme", "field": {"id": "q-2", "type": "short_text"}},
    ],
}
EVENT = {"event_id": "d-1", "event_type": "form_response", "form_response": RESPONSE}


def sign(call: Call, secret: str, _now: datetime) -> Call:
    mac = hmac.new(secret.encode(), call.body, "sha256").digest()
    return call.having(typeform_signature=f"sha256={base64.b64encode(mac).decode()}")


CASE = Case(
    vendor="typeform",
    body=as_json(EVENT),
    again=as_json(EVENT | {"event_id": "d-2"}),
    expected=Expected(
        ("email:ana@acme.com", "user:{}:7"),
        "form.submitted",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "f-1 t-1",
    ),
    proofs=(Proof("signed", sign), *token_proofs({"signed": False})),
    unknown=(as_json(EVENT | {"event_type": "sauna"}), "sauna"),
)
