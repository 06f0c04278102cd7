import base64
import hmac
from datetime import datetime

from tests.contract.vendors.case import Call, Case, Expected, Proof, as_json, token_proofs

EVENT = {"id": "g-1", "event": "Guide Downloaded", "email": "ana@acme.com", "visitor_id": "v-1"}


def hexadecimal(call: Call, secret: str, _now: datetime) -> Call:
    mac = hmac.new(secret.encode(), call.body, "sha256").hexdigest()
    return call.having(x_signature=f"sha256={mac}")


def in_base64(call: Call, secret: str, _now: datetime) -> Call:
    mac = hmac.new(secret.encode(), call.body, "sha256").digest()
    return call.having(x_signature=base64.b64encode(mac).decode())


CASE = Case(
    vendor="generic",
    body=as_json(EVENT),
    expected=Expected(("email:ana@acme.com", "anon:{}:v-1"), "content.downloaded", None, "g-1"),
    proofs=(
        *token_proofs(),
        Proof("hex", hexadecimal, {"signature": {"header": "X-Signature", "prefix": "sha256="}}),
        Proof("base64", in_base64, {"signature": {"header": "X-Signature", "encoding": "base64"}}),
    ),
    unknown=(as_json(EVENT | {"event": "Sauna Heated"}), "Sauna Heated"),
)
