from tests.contract.vendors.case import (
    FORM_DATA,
    Case,
    Expected,
    as_form_data,
    as_json,
    token_proofs,
)

ANSWERS = {
    "slug": "submit/77",
    "q3_name": {"first": "Ana", "last": "Gil"},
    "q4_email": "ana@acme.com",
    "q5_jobTitle": "CTO",
    "timeToSubmit": "14",
}
FIELDS = {
    "formID": "77",
    "submissionID": "5123",
    "formTitle": "Webinar ideas",
    "type": "WEB",
    "rawRequest": as_json(ANSWERS).decode(),
    "pretty": "Name:Ana Gil, Email:ana@acme.com",
    "ip": "192.0.2.5",
}

CASE = Case(
    vendor="jotform",
    body=as_form_data(FIELDS.items()),
    headers={"content-type": FORM_DATA},
    expected=Expected(("email:ana@acme.com",), "form.submitted", source_event_id="77 5123"),
    proofs=token_proofs(),
)
