"""Tally: what the answers of its forms say."""

from typing import Any

import pytest

from tests.contract.vendors.sending import touch_in

MAIL = {"key": "q-1", "label": "Mail", "type": "INPUT_EMAIL", "value": "ana@acme.com"}
OPTIONS = [{"id": "o-1", "text": "Business"}, {"id": "o-2", "text": "Starter"}]


def response(*fields: object, name: str = "Ideas") -> dict[str, Any]:
    return {
        "eventId": "e-1",
        "eventType": "FORM_RESPONSE",
        "createdAt": "2026-03-02T09:30:00.889Z",
        "data": {
            "responseId": "r-1",
            "formId": "f-1",
            "formName": name,
            "createdAt": "2026-03-02T09:30:00.000Z",
            "fields": [MAIL, *fields],
        },
    }


def field(kind: str, value: object, **more: object) -> dict[str, object]:
    return {"key": "q-2", "label": "Plan", "type": kind, "value": value} | more


@pytest.mark.parametrize(
    ("one", "read"),
    [
        (field("MULTIPLE_CHOICE", ["o-1"], options=OPTIONS), "Business"),
        (field("DROPDOWN", "o-2", options=OPTIONS), "Starter"),
        (field("CHECKBOXES", ["o-1", "o-2"], options=OPTIONS), ["Business", "Starter"]),
        (field("MULTI_SELECT", ["gone"], options=OPTIONS), "gone"),
        (field("LINEAR_SCALE", 8), 8),
        (field("FILE_UPLOAD", [{"id": "x", "url": "https://files/a.pdf"}]), "https://files/a.pdf"),
        (field("MATRIX", {"row": ["col-1"]}), None),
        (field("INPUT_TEXT", None), None),
    ],
    ids=str,
)
def test_an_answer_of_each_type_is_read(one, read):
    assert touch_in("tally", response(one)).properties["form"].get("plan") == read


def test_a_ticked_box_is_told_once():
    box = {"key": "q-2_o-1", "label": "Plan (Business)", "type": "CHECKBOXES", "value": True}

    touch = touch_in("tally", response(field("CHECKBOXES", ["o-1"], options=OPTIONS), box))

    assert set(touch.properties["form"]) == {"id", "title", "plan"}


def test_labels_people_use_are_facts():
    fields = [
        {"key": "q-3", "label": "Full name", "type": "INPUT_TEXT", "value": "Ana Gil"},
        {"key": "q-4", "label": "Teléfono", "type": "INPUT_PHONE_NUMBER", "value": "+34 600"},
        {"key": "q-5", "label": "Empresa:", "type": "INPUT_TEXT", "value": "Acme"},
        {"key": "q-6", "label": "utm_source", "type": "HIDDEN_FIELDS", "value": "news"},
    ]

    touch = touch_in("tally", response(*fields))

    assert touch.lead == {"email": "ana@acme.com", "name": "Ana Gil", "phone": "+34 600"}
    assert touch.account == {"name": "Acme"}
    assert touch.properties["campaign"] == {"source": "news"}


def test_a_form_named_after_what_it_is_for_is_that():
    assert touch_in("tally", response(name="Solicitud de demo")).touch == "demo.requested"
