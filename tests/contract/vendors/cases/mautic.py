import base64
import hmac
from datetime import UTC, datetime

from services.ingest.vendors.mautic import IDENTIFIES, TOUCHES
from tests.contract.vendors.case import Call, Case, Expected, Proof, as_json

HIT = {
    "id": 501,
    "source": "email",
    "url": "https://acme.com/pricing",
    "dateHit": "2026-03-02T09:30:00+00:00",
    "trackingId": "t-1",
    "userAgent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0",
    "lead": {
        "id": 42,
        "fields": {"core": {"email": {"alias": "email", "value": "ana@acme.com"}}, "social": []},
    },
}
EVENT = {"hit": HIT, "timestamp": "2026-03-02T09:30:01+00:00"}


def sign(call: Call, secret: str, _now: datetime) -> Call:
    mac = hmac.new(secret.encode(), call.body, "sha256").digest()
    return call.having(webhook_signature=base64.b64encode(mac).decode())


def named(name: str) -> bytes:
    wrapper = {"form_on_submit": "submission", "email_on_open": "stat"}.get(name, "hit")
    item = {wrapper: HIT | {"source": None}, "contact": HIT["lead"], "action": "added"}
    return as_json({f"mautic.{name}": [EVENT | item]})


CASE = Case(
    vendor="mautic",
    body=as_json({"mautic.page_on_hit": [EVENT], "mautic.company_post_save": []}),
    expected=Expected(
        ("email:ana@acme.com", "user:{}:42", "anon:{}:t-1"),
        "email.clicked",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "mautic.page_on_hit 501",
    ),
    proofs=(Proof("signed", sign),),
    named=named,
    names=frozenset(
        {*TOUCHES, *IDENTIFIES, "form_on_submit", "lead_list_change", "company_post_save"}
    ),
    unknown=(as_json({"mautic.sauna_on_heat": [EVENT]}), "mautic.sauna_on_heat"),
)
