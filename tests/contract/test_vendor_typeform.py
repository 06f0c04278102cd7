"""Typeform: what its answers and hidden fields say, and what is not sent yet."""

from typing import Any

import pytest

from tests.contract.vendors.sending import identity_in, told, touch_in

FIELDS = [
    {"id": "q-1", "title": "Your mail", "type": "email", "ref": "mail"},
    {"id": "q-2", "title": "Where do you live?", "type": "short_text", "ref": "place"},
    {"id": "q-3", "title": "Job title", "type": "short_text", "ref": "job"},
    {"id": "q-4", "title": "What do you use?", "type": "multiple_choice", "ref": "tools"},
]


def answer(question: str, kind: str, value: object) -> dict[str, object]:
    return {
        "type": kind,
        kind: value,
        "field": {"id": question, "type": "any", "ref": f"ref-{question}"},
    }


MAIL = answer("q-1", "email", "ana@acme.com")


def response(*answers: object, event: str = "form_response", **more: Any) -> dict[str, Any]:
    return {
        "event_id": "d-1",
        "event_type": event,
        "form_response": {
            "form_id": "f-1",
            "token": "t-1",
            "submitted_at": "2026-03-02T09:30:00Z",
            "definition": {"title": "Ideas", "fields": FIELDS},
            "answers": list(answers),
            **more,
        },
    }


def test_an_answer_is_a_fact_or_belongs_to_the_form():
    choices = answer("q-4", "choices", {"labels": ["CRM", "Mail"], "other": "Paper"})
    place, job = answer("q-2", "text", "Sevilla"), answer("q-3", "text", "CTO")

    touch = touch_in("typeform", response(MAIL, place, job, choices))

    assert touch.lead == {"email": "ana@acme.com", "title": "CTO"}
    assert touch.properties["form"] == {
        "id": "f-1",
        "title": "Ideas",
        "where_do_you_live?": "Sevilla",
        "what_do_you_use?": ["CRM", "Mail", "Paper"],
    }


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        ("number", 40, 40),
        ("boolean", False, False),
        ("date", "2026-04-01", "2026-04-01"),
        ("choice", {"label": "London"}, "London"),
        ("choice", {"other": "Soria"}, "Soria"),
        ("choices", {"labels": ["One"]}, "One"),
        ("payment", {"amount": "$10", "last4": "1234"}, "$10 1234"),
    ],
    ids=str,
)
def test_an_answer_of_each_type_is_read(kind, value, read):
    touch = touch_in("typeform", response(MAIL, answer("q-2", kind, value)))

    assert touch.properties["form"]["where_do_you_live?"] == read


def test_a_form_named_after_what_it_is_for_is_that():
    body = response(MAIL, definition={"title": "Demo request"})

    assert touch_in("typeform", body).touch == "demo.requested"


def test_hidden_fields_tell_who_it_is_and_which_campaign():
    hidden = {"user_id": "7", "email": "ana@home.es", "utm_source": "news", "plan": "pro"}

    touch = touch_in("typeform", response(hidden=hidden))

    assert touch.identifiers == ["email:ana@home.es", "user:web:7"]
    assert touch.properties["campaign"] == {"source": "news"}
    assert touch.properties["plan"] == "pro"


def test_an_address_that_was_typed_counts_more_than_a_hidden_one():
    touch = touch_in("typeform", response(MAIL, hidden={"email": "ana@home.es"}))

    assert touch.identifiers == ["email:ana@acme.com"]


def test_a_second_address_is_somebody_elses():
    colleague = answer("q-2", "email", "bob@acme.com")

    touch = touch_in("typeform", response(MAIL, colleague))

    assert touch.identifiers == ["email:ana@acme.com"]
    assert touch.properties["form"]["where_do_you_live?"] == "bob@acme.com"


def test_ids_people_type_name_nobody():
    """Else anybody could write under the name of another."""
    typed = response(
        MAIL,
        answer("q-2", "text", "7"),
        definition={"fields": [{"id": "q-2", "title": "Customer ID"}]},
    )

    assert touch_in("typeform", typed).identifiers == ["email:ana@acme.com"]


@pytest.mark.parametrize("question", ["q-2", "ref-q-2", "Where do you live?", "f-1/q-2"])
def test_the_sources_options_say_what_a_question_asks(question):
    body = response(MAIL, answer("q-2", "text", "Sevilla"))

    touch = touch_in("typeform", body, options={"answers": {question: "city"}})

    assert touch.lead["city"] == "Sevilla"
    other = {"answers": {"f-2/q-2": "city"}}
    assert "city" not in touch_in("typeform", body, options=other).lead


def test_what_is_not_sent_yet_tells_who_it_is_and_is_not_taken_for_the_form():
    body = response(MAIL, event="form_response_partial")

    assert identity_in("typeform", body).source_event_id != "f-1 t-1"


def test_scores_and_variables_are_kept():
    variables = [{"key": "fit", "type": "text", "text": "good"}, {"key": "score", "number": 1}]

    touch = touch_in("typeform", response(MAIL, calculated={"score": 9}, variables=variables))

    assert (touch.properties["form"]["score"], touch.properties["form"]["fit"]) == (9, "good")


def test_a_form_that_asks_nobodys_name_is_parked():
    [fault] = told("typeform", response(answer("q-2", "text", "Sevilla")))

    assert fault.code == "no_identity"
