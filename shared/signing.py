"""Signatures of webhooks, ours and others': Standard Webhooks.

The text ``id.timestamp.body`` is signed with HMAC-SHA256. A header carries one signature
per live secret, so a receiver can change its secret without losing a message.

Source: Standard Webhooks specification, version 1.
"""

import hmac
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

PREFIX = "whsec_"
SECRET_BYTES = 32
FEWEST_BYTES, MOST_BYTES = 24, 64
MAX_SIGNATURES = 20
TIMESTAMP = re.compile(r"[0-9]{1,11}")
TOLERANCE = timedelta(minutes=5)


class BadSignature(Exception):
    """The message was not signed with the secret, or not recently."""


def new_secret() -> str:
    """Return a fresh secret: ``whsec_`` and 32 random bytes."""
    return PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def secret_key(secret: str) -> bytes:
    """Return the bytes to sign with.

    Raises ``ValueError`` unless the secret is ``whsec_`` and base64 of 24 to 64 bytes;
    libraries take anything and sign with what their decoder makes of it.
    """
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        raise ValueError("a secret is whsec_ followed by base64") from None
    if not FEWEST_BYTES <= len(key) <= MOST_BYTES:
        raise ValueError(f"a secret has {FEWEST_BYTES} to {MOST_BYTES} bytes, not {len(key)}")
    return key


def sign(keys: Sequence[bytes], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers of a message, with one signature per key."""
    timestamp = str(int(at.timestamp()))
    text = f"{message_id}.{timestamp}.".encode() + body
    signatures = (b64encode(hmac.digest(key, text, "sha256")).decode() for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raise ``BadSignature`` unless ``body`` was signed with ``secret`` within five minutes.

    Whatever a hostile message makes the library raise is the same ``BadSignature``.
    """
    given = {name.lower(): value for name, value in headers.items()}
    timestamp = given.get("webhook-timestamp", "")
    signatures = given.get("webhook-signature", "").split(" ")
    if not TIMESTAMP.fullmatch(timestamp) or len(signatures) > MAX_SIGNATURES:
        raise BadSignature("the headers are malformed")
    signed_at = datetime.fromtimestamp(int(timestamp), UTC)
    if abs(now - signed_at) > TOLERANCE:
        raise BadSignature("the timestamp is too far from now")
    try:
        expected = Webhook(secret).sign(given["webhook-id"], signed_at, body.decode())
    except Exception as error:
        raise BadSignature("the message cannot be checked") from error
    if not any(hmac.compare_digest(expected.encode(), one.encode()) for one in signatures):
        raise BadSignature("no signature matches")
