from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

from tests.contract.vendors.case import Call, Case, Expected, Proof, Unprovable, as_json

EVENT = {
    "type": "demo.requested",
    "timestamp": "2026-03-02T09:30:00Z",
    "data": {"email": "ana@acme.com", "title": "CTO"},
}


def sign(call: Call, secret: str, now: datetime) -> Call:
    """Sign with the published library, which takes text only."""
    try:
        signature = Webhook(secret).sign("msg_1", now, call.body.decode())
    except UnicodeDecodeError:
        raise Unprovable from None
    return call.having(
        webhook_id="msg_1",
        webhook_timestamp=str(int(now.timestamp())),
        webhook_signature=signature,
    )


def sign_as_svix(call: Call, secret: str, now: datetime) -> Call:
    """Sign under the names of the headers Svix used before."""
    signed = sign(call, secret, now)
    names = {f"webhook-{name}": f"svix-{name}" for name in ("id", "timestamp", "signature")}
    headers = {names.get(name, name): value for name, value in signed.headers.items()}
    return Call(signed.url, signed.body, headers)


SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
MINUTES = timedelta(minutes=5)

CASE = Case(
    vendor="standard-webhooks",
    body=as_json(EVENT),
    expected=Expected(
        ("email:ana@acme.com",),
        "demo.requested",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "msg_1",
    ),
    proofs=(
        Proof("standard", sign, {}, SECRET, OTHER, window=MINUTES),
        Proof("svix", sign_as_svix, {}, SECRET, OTHER, window=MINUTES),
    ),
    unknown=(as_json(EVENT | {"type": "sauna.heated"}), "sauna.heated"),
    # No kind of ours: a contact somebody made is nothing a lead did.
    kinds={"contact.created": "unknown"},
)
