import hmac
from datetime import UTC, datetime

from tests.contract.vendors.case import Call, Case, Expected, Proof, as_json, token_proofs

EVENT = {
    "triggerEvent": "BOOKING_CREATED",
    "createdAt": "2026-03-02T09:30:00.538Z",
    "payload": {
        "title": "Demo between Rep and Ana Gil",
        "eventTitle": "Demo",
        "startTime": "2026-03-09T09:30:00Z",
        "uid": "b-1",
        "organizer": {"name": "Rep", "email": "rep@us.com"},
        "attendees": [{"email": "ana@acme.com", "name": "Ana Gil", "language": {"locale": "es"}}],
        "responses": {
            "email": {"label": "email_address", "value": "ana@acme.com"},
            "company": {"label": "Company", "value": "Acme"},
        },
    },
}


def sign(call: Call, secret: str, _now: datetime) -> Call:
    mac = hmac.new(secret.encode(), call.body, "sha256").hexdigest()
    return call.having(x_cal_signature_256=mac)


CASE = Case(
    vendor="calcom",
    body=as_json(EVENT),
    expected=Expected(
        ("email:ana@acme.com",),
        "meeting.booked",
        datetime(2026, 3, 2, 9, 30, 0, 538000, tzinfo=UTC),
        "BOOKING_CREATED b-1",
    ),
    proofs=(Proof("signed", sign), *token_proofs({"signed": False})),
    unknown=(as_json(EVENT | {"triggerEvent": "SAUNA_HEATED"}), "SAUNA_HEATED"),
)
