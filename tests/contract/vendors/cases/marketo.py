from datetime import timedelta

from tests.contract.vendors.case import Case, Expected, as_json, token_proofs

EVENT = {
    "event": "Demo Requested",
    "email": "ana@acme.com",
    "lead_id": "12345",
    "first_name": "Ana",
    "campaign": "Demo interest",
}

CASE = Case(
    vendor="marketo",
    body=as_json(EVENT),
    expected=Expected(("email:ana@acme.com", "user:{}:12345"), "demo.requested"),
    proofs=token_proofs(),
    unknown=(as_json(EVENT | {"event": "Sauna Heated"}), "Sauna Heated"),
    # No id and no time: only at once is the same content the same event.
    repeats_for=timedelta(minutes=5),
)
