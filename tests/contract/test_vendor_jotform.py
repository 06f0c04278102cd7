"""Jotform: a form inside of a form, and answers in parts."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given

from services.ingest.domain.incoming import Unreadable
from services.ingest.vendors.forms import FormOptions
from services.ingest.vendors.jotform import Jotform
from services.ingest.vendors.port import Receipt
from tests.contract.vendors.case import (
    FORM_DATA,
    NOON,
    PUBLIC_URL,
    Call,
    as_form_data,
    as_json,
)
from tests.contract.vendors.mutation import VALUES, as_bytes
from tests.contract.vendors.sending import read, told, touch_in, waiting


def submission(answers: Any, **more: str) -> dict[str, str]:
    raw = answers if isinstance(answers, str) else as_json(answers).decode()
    return {"formID": "77", "submissionID": "5123", "formTitle": "Ideas", "rawRequest": raw} | more


def posted(fields: Mapping[str, str], options: Mapping[str, Any] | None = None) -> list[Any]:
    """Return what the form tells, as the other services get it."""
    call = Call(
        f"{PUBLIC_URL}/hooks/web", as_form_data(fields.items()), {"content-type": FORM_DATA}
    )
    found = read(waiting(call, "jotform", NOON), options or {})
    return [one if isinstance(one, Unreadable) else one[1].data for one in found]


def test_an_answer_in_parts_is_several_facts():
    answers = {
        "q3_fullName": {"prefix": "Dra.", "first": "Ana", "last": "Gil"},
        "q4_email4": "ana@acme.com",
        "q5_phone": {"area": "312", "phone": "555-0100"},
        "q6_address": {"addr_line1": "Calle Sol 1", "city": "Sevilla", "country": "España"},
        "q7_company": "Acme",
        "q8_tools": ["CRM", "Mail"],
        "path": "/submit/77",
        "timeToSubmit": "14",
    }

    [touch] = posted(submission(answers))

    assert touch.lead == {
        "email": "ana@acme.com",
        "first_name": "Ana",
        "last_name": "Gil",
        "phone": "312 555-0100",
        "city": "Sevilla",
        "country": "España",
    }
    assert touch.account == {"name": "Acme"}
    assert touch.properties["form"] == {
        "id": "77",
        "title": "Ideas",
        "address": "Calle Sol 1",
        "tools": ["CRM", "Mail"],
    }
    assert (touch.occurred_at, touch.time_note) == (NOON, "missing")


def test_the_only_address_is_whose_form_it_is_whatever_the_question():
    [touch] = posted(submission({"q4_bestWayTo": "ana@acme.com", "q5_other": "no @ sign"}))

    assert touch.identifiers == ["email:ana@acme.com"]


def test_of_two_addresses_nobody_knows_whose_they_are():
    answers = {"q4_mine": "ana@acme.com", "q5_friend": "bob@acme.com"}

    [fault] = posted(submission(answers))
    [touch] = posted(submission(answers), {"answers": {"4": "email"}})

    assert fault.code == "no_identity"
    assert touch.identifiers == ["email:ana@acme.com"]


def test_a_form_named_after_what_it_is_for_is_that():
    [touch] = posted(submission({"q4_email": "ana@acme.com"}, formTitle="Contact form submitted"))

    assert touch.touch == "contact.requested"


def test_what_is_no_json_inside_is_parked_with_its_place():
    [fault] = posted(submission("{not json"))

    assert (fault.code, fault.place) == ("invalid_json", "/rawRequest")


def test_the_same_as_json_or_as_a_simple_form_is_read_too():
    fields = submission({"q4_email": "ana@acme.com"})

    assert touch_in("jotform", fields).source_event_id == "77 5123"
    assert touch_in("jotform", list(fields.items())).source_event_id == "77 5123"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", as_form_data([("a", "b")])),
        ("multipart/form-data; boundary=", as_form_data([("a", "b")])),
        ("multipart/form-data; boundary=another", as_form_data([("a", "b")])),
        (f"multipart/form-data; boundary={'x' * 5000}", b""),
        (FORM_DATA, as_form_data([("a", "b")])[:-10]),
        (FORM_DATA, b'{"formID": "77"}'),
        (FORM_DATA, as_form_data([("a", "b")] * 1001)),
        (FORM_DATA, as_form_data([("a", "b")]).replace(b"b\r", b"\xff\r")),
    ],
)
def test_a_broken_form_is_parked(content_type, body):
    receipt = Receipt({"content-type": content_type}, "", body)

    with pytest.raises(Unreadable) as caught:
        list(Jotform().touches(receipt, FormOptions()))
    assert caught.value.code == "invalid_form"


def test_files_are_left_out():
    body = as_form_data([("formID", "77"), ("submissionID", "5"), ("email", "x")]).replace(
        b'name="email"', b'name="email"; filename="cv.pdf"\r\nContent-Type: application/pdf'
    )
    call = Call(f"{PUBLIC_URL}/hooks/web", body, {"content-type": FORM_DATA})

    [fault] = read(waiting(call, "generic", NOON), {})

    assert isinstance(fault, Unreadable)
    assert fault.code == "no_identity"


def test_a_generic_source_reads_such_forms_too():
    body = as_form_data([("email", "ana@acme.com"), ("event", "Guide Downloaded")])
    call = Call(f"{PUBLIC_URL}/hooks/web", body, {"content-type": FORM_DATA})

    [(_, envelope)] = read(waiting(call, "generic", NOON), {})  # type: ignore[misc]

    assert envelope.data.touch == "content.downloaded"  # type: ignore[union-attr]


@given(content=VALUES)
def test_any_answers_are_read_or_unreadable(content: object):
    for name in ("rawRequest", "formID", "formTitle"):
        for found in told("jotform", submission({}) | {name: as_bytes(content).decode()}):
            assert not isinstance(found, Unreadable) or found.code != "adapter_failed"
    answers = as_bytes({"q4_email": content, "q5_a": {"first": content}}).decode()
    for found in told("jotform", submission(answers)):
        assert not isinstance(found, Unreadable) or found.code != "adapter_failed"
