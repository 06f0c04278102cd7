import base64
import hmac
from datetime import UTC, datetime

from tests.contract.vendors.case import Call, Case, Expected, Proof, as_json, token_proofs

EVENT = {
    "eventId": "e-1",
    "eventType": "FORM_RESPONSE",
    "createdAt": "2026-03-02T09:30:00.889Z",
    "data": {
        "responseId": "r-1",
        "submissionId": "r-1",
        "formId": "f-1",
        "formName": "Webinar ideas",
        "createdAt": "2026-03-02T09:30:00.000Z",
        "fields": [
            {"key": "q-1", "label": "Mail", "type": "INPUT_EMAIL", "value": "ana@acme.com"},
            {"key": "q-2", "label": "user_id", "type": "HIDDEN_FIELDS", "value": "7"},
        ],
    },
}


def sign(call: Call, secret: str, _now: datetime) -> Call:
    mac = hmac.new(secret.encode(), call.body, "sha256").digest()
    return call.having(tally_signature=base64.b64encode(mac).decode())


CASE = Case(
    vendor="tally",
    body=as_json(EVENT),
    again=as_json(EVENT | {"eventId": "e-2"}),
    expected=Expected(
        ("email:ana@acme.com", "user:{}:7"),
        "form.submitted",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "f-1 r-1",
    ),
    proofs=(Proof("signed", sign), *token_proofs({"signed": False})),
    unknown=(as_json(EVENT | {"eventType": "SAUNA"}), "SAUNA"),
)
