from tests.contract.vendors.case import Case, Expected, as_json, token_proofs

EVENT = {"id": "o-1", "event": "demo.requested", "email": "ana@acme.com", "user_id": "7"}

CASE = Case(
    vendor="relevo",
    body=as_json(EVENT),
    expected=Expected(("email:ana@acme.com", "user:{}:7"), "demo.requested", None, "o-1"),
    proofs=token_proofs(),
    unknown=(as_json(EVENT | {"event": "sauna.heated"}), "sauna.heated"),
)
