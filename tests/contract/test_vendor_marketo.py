"""Marketo: what authors of campaigns write, by what they mostly call it."""

import pytest

from tests.contract.vendors.case import NOON
from tests.contract.vendors.sending import told, touch_in

BODY = {"email": "ana@acme.com", "lead_id": "12345"}


@pytest.mark.parametrize(
    ("more", "query", "name"),
    [
        ({"activity": "Fills Out Form"}, "?event=Demo", "Demo"),
        ({"event": "Demo", "activity": "Fills Out Form"}, "", "Demo"),
        ({"activity": "Fills Out Form", "campaign": "Demo interest"}, "", "Fills Out Form"),
        ({"campaign": "Demo interest"}, "", "Demo interest"),
        ({"Campaign Name": "Demo interest"}, "", "Demo interest"),
    ],
)
@pytest.mark.parametrize("as_form", [False, True])
def test_the_campaign_has_a_reason(more, query, name, as_form):
    body = BODY | more

    touch = touch_in("marketo", list(body.items()) if as_form else body, query=query)

    assert touch.name == name
    assert touch.identifiers == ["email:ana@acme.com", "user:web:12345"]


def test_the_leads_id_does_not_recognise_an_event():
    """Many call it `id`, and then every event of a lead would be the same."""
    body = {"id": "12345", "email": "ana@acme.com", "event": "Demo Requested"}

    touch = touch_in("marketo", body)

    assert touch.source_event_id.startswith("content:")
    assert touch.identifiers == ["email:ana@acme.com", "user:web:12345"]


def test_an_id_of_the_event_recognises_it():
    assert touch_in("marketo", BODY | {"event": "x", "event_id": "7"}).source_event_id == "7"


def test_the_campaign_is_kept_by_name():
    touch = touch_in("marketo", BODY | {"event": "Demo Requested", "campaign": "Spring"})

    assert touch.properties["campaign"] == {"name": "Spring"}


@pytest.mark.parametrize("name", ["at", "time", "date"])
def test_the_moment_is_that_of_the_request(name):
    """Marketo's own token for the time is in the zone of the subscription and does not say so."""
    touch = touch_in("marketo", BODY | {"event": "x", name: "2026-03-02 05:00:00"})

    assert (touch.occurred_at, touch.time_note) == (NOON, "missing")


def test_a_token_without_a_value_names_nobody():
    [fault] = told("marketo", {"email": "{{lead.Email Address}}", "event": "x"})

    assert fault.code == "no_identity"
