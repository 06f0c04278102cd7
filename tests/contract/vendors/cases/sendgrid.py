import base64
from datetime import UTC, datetime
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.ingest.vendors.sendgrid import TOUCHES
from tests.contract.vendors.case import Call, Case, Expected, Proof, as_json, token_proofs

EVENT = {
    "email": "ana@acme.com",
    "timestamp": 1772443800,
    "event": "open",
    "sg_event_id": "s-1",
    "sg_message_id": "m-1",
    "category": ["prices"],
    "useragent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0",
    "sg_machine_open": False,
}


@cache
def private_key(number: str) -> ec.EllipticCurvePrivateKey:
    """Return a key, the same for the same number."""
    return ec.derive_private_key(int(number), ec.SECP256R1())


def public_key(number: str) -> str:
    """Return the verification key as SendGrid shows it."""
    public = private_key(number).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def sign(call: Call, number: str, now: datetime) -> Call:
    timestamp = str(int(now.timestamp()))
    text = timestamp.encode() + call.body
    signature = private_key(number).sign(text, ec.ECDSA(SHA256()))
    return call.having(
        x_twilio_email_event_webhook_signature=base64.b64encode(signature).decode(),
        x_twilio_email_event_webhook_timestamp=timestamp,
    )


CASE = Case(
    vendor="sendgrid",
    body=as_json([EVENT]) + b"\r\n",
    expected=Expected(
        ("email:ana@acme.com",), "email.opened", datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "s-1"
    ),
    proofs=(
        Proof("signed", sign, {}, "4711" * 9, "4712" * 9, shared=public_key("4711" * 9)),
        *token_proofs({"signed": False}),
    ),
    unknown=(as_json([EVENT | {"event": "sauna"}]), "sauna"),
    named=lambda name: as_json([EVENT | {"event": name}]),
    names=frozenset(TOUCHES),
    marks={
        "sg_machine_open: true": as_json([EVENT | {"sg_machine_open": True}]),
        "sg_machine_open: false": as_json([EVENT]),
    },
)
