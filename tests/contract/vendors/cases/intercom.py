import hmac
from datetime import UTC, datetime
from typing import Any

from tests.contract.vendors.case import Call, Case, Expected, Proof, as_json

EVENT: dict[str, Any] = {
    "type": "notification_event",
    "app_id": "a-1",
    "id": "notif_1",
    "topic": "contact.user.tag.created",
    "delivery_status": "pending",
    "delivery_attempts": 1,
    "first_sent_at": 1772443801,
    "created_at": 1772443800,
    "data": {
        "type": "notification_event_data",
        "item": {
            "type": "contact_tag",
            "tag": {"type": "tag", "id": "t-1", "name": "VIP"},
            "contact": {
                "type": "contact",
                "id": "c-1",
                "external_id": "7",
                "role": "user",
                "email": "ana@acme.com",
            },
        },
    },
}


def sign(call: Call, secret: str, _now: datetime) -> Call:
    mac = hmac.new(secret.encode(), call.body, "sha1").hexdigest()
    return call.having(x_hub_signature=f"sha1={mac}")


CASE = Case(
    vendor="intercom",
    body=as_json(EVENT),
    expected=Expected(
        ("email:ana@acme.com", "user:{}:c-1", "user:{}:7"),
        "tag.added",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "notif_1",
    ),
    proofs=(Proof("signed", sign),),
    again=as_json(EVENT | {"delivery_attempts": 2, "delivery_status": "retry"}),
    unknown=(as_json(EVENT | {"topic": "contact.sauna"}), "contact.sauna"),
)
