import hmac
from datetime import UTC, datetime, timedelta

from tests.contract.vendors.case import Call, Case, Expected, Proof, as_json, token_proofs

INVITEE = "https://api.calendly.com/scheduled_events/A/invitees/B"
EVENT = {
    "event": "invitee.created",
    "created_at": "2026-03-02T09:30:00.000000Z",
    "payload": {
        "uri": INVITEE,
        "email": "ana@acme.com",
        "name": "Ana Gil",
        "old_invitee": None,
        "questions_and_answers": [{"question": "Company", "answer": "Acme", "position": 0}],
        "scheduled_event": {
            "name": "Demo",
            "start_time": "2026-03-09T09:30:00.000000Z",
            "event_memberships": [{"user_email": "rep@us.com"}],
        },
    },
}


def sign(call: Call, secret: str, now: datetime) -> Call:
    timestamp = str(int(now.timestamp()))
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + call.body, "sha256").hexdigest()
    return call.having(calendly_webhook_signature=f"t={timestamp},v1={mac}")


CASE = Case(
    vendor="calendly",
    body=as_json(EVENT),
    expected=Expected(
        ("email:ana@acme.com",),
        "meeting.booked",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        f"invitee.created {INVITEE}",
    ),
    proofs=(
        Proof("signed", sign, window=timedelta(minutes=3)),
        *token_proofs({"signed": False}),
    ),
    unknown=(as_json(EVENT | {"event": "sauna.heated"}), "sauna.heated"),
)
