import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.ingest.vendors.hubspot import CONVERSION, MOMENTS
from tests.contract.vendor_samples import Sample
from tests.contract.vendors.case import Call, Case, Expected, Proof, as_json

EVENT = {
    "eventId": 1,
    "subscriptionId": 25,
    "portalId": 33,
    "occurredAt": 1772443800000,
    "subscriptionType": "contact.propertyChange",
    "attemptNumber": 0,
    "objectId": 7,
    "propertyName": "hs_email_last_click_date",
    "propertyValue": "1772443800000",
}


def v1(call: Call, secret: str, _now: datetime) -> Call:
    digest = hashlib.sha256(secret.encode() + call.body).hexdigest()
    return call.having(x_hubspot_signature=digest, x_hubspot_signature_version="v1")


def v2(call: Call, secret: str, _now: datetime) -> Call:
    text = f"{secret}{call.method}{call.url}".encode() + call.body
    digest = hashlib.sha256(text).hexdigest()
    return call.having(x_hubspot_signature=digest, x_hubspot_signature_version="v2")


def v3(call: Call, secret: str, now: datetime) -> Call:
    timestamp = str(int(now.timestamp() * 1000))
    text = f"{call.method}{call.url}".encode() + call.body + timestamp.encode()
    mac = base64.b64encode(hmac.new(secret.encode(), text, "sha256").digest()).decode()
    return call.having(x_hubspot_signature_v3=mac, x_hubspot_request_timestamp=timestamp)


def configure(sample: Sample) -> dict[str, Any]:
    """Say which address was signed: the recorded one, wherever it is sent to now."""
    return {"url": sample.url.partition("?")[0]}


def older(call: Call) -> Call:
    """Show a version of the signature that is not the one it is."""
    return replace(call, headers={**call.headers, "x-hubspot-signature-version": "v9"})


CHANGES = ("creation", "restore", "associationChange", "merge", "deletion", "privacyDeletion")


def named(name: str) -> bytes:
    """Return an event about a contact, or the change of a property called so."""
    if name in CHANGES:
        return as_json([EVENT | {"subscriptionType": f"contact.{name}"}])
    values = {CONVERSION: "Pricing: Newsletter box", "hs_email_optout": "true", "email": "a@b.com"}
    value = values.get(name, "1772443800000")
    return as_json([EVENT | {"propertyName": name, "propertyValue": value}])


CASE = Case(
    vendor="hubspot",
    body=as_json([EVENT]),
    query="?event=Demo%20Requested",
    again=as_json([EVENT | {"attemptNumber": 1}]),
    expected=Expected(
        ("user:{}:7",),
        "email.clicked",
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "33 25 1 7 contact.propertyChange 1772443800000",
    ),
    proofs=(
        Proof("v3", v3, window=timedelta(minutes=5), covers_url=True),
        Proof("v2", v2, covers_url=True, attacks={"another version": older}),
        Proof("v1", v1, attacks={"another version": older}),
    ),
    unknown=(as_json([EVENT | {"subscriptionType": "contact.sauna"}]), "contact.sauna"),
    configure=configure,
    named=named,
    names=frozenset({*CHANGES, *MOMENTS, CONVERSION, "hs_email_optout", "email"}),
)
