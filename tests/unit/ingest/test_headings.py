"""What the columns of an export are, guessed from their headings."""

import pytest

from services.ingest.domain.headings import FIELDS, TOLD_BY_TIME, guess, says_what
from services.ingest.domain.touch_kinds import KINDS, fold_name


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        pytest.param(
            ["Email", "First Name", "Event", "Date"],
            {"email": "Email", "event": "Event", "time": "Date"},
            id="English",
        ),
        pytest.param(
            ["CORREO ELECTRÓNICO", "Tipo de evento", "Fecha y hora"],
            {
                "email": "CORREO ELECTRÓNICO",
                "event": "Tipo de evento",
                "time": "Fecha y hora",
            },
            id="Spanish, with accents and capitals",
        ),
        pytest.param(
            ["contactId", "eventName", "eventType", "eventTimestamp"],
            {"user_id": "contactId", "event": "eventName", "time": "eventTimestamp"},
            id="Mautic's timeline",
        ),
        pytest.param(
            ["email", "date_sent", "date_read"],
            {"email": "email", "event": "=email.opened", "time": "date_read"},
            id="Mautic's mails: those that were read",
        ),
        pytest.param(
            ["Contact ID", "Email", "Campaign", "Open date"],
            {
                "user_id": "Contact ID",
                "email": "Email",
                "event": "=email.opened",
                "time": "Open date",
            },
            id="a report of opens",
        ),
        pytest.param(
            ["Email", "Event", "id", "Date"],
            {"email": "Email", "event": "Event", "time": "Date"},
            id="a plain id may be the contact's",
        ),
        pytest.param(
            ["Email", "Event", "Event ID", "Date"],
            {"email": "Email", "event": "Event", "time": "Date", "id": "Event ID"},
            id="the event's own id",
        ),
    ],
)
def test_headings_say_what_columns_are(headings, fields):
    assert guess(headings, {}).fields == fields


def test_what_was_said_comes_before_what_is_guessed():
    found = guess(["Email", "Fecha", "Alta"], {"time": "Alta", "event": "=Alta"})

    assert found.fields == {"time": "Alta", "event": "=Alta", "email": "Email"}


def test_the_rest_is_about_the_person_or_about_what_happened():
    found = guess(["Email", "Fecha", "Evento", "Cargo", "Empresa", "Asunto", "Puntos"], {})

    assert found.lead == {"cargo": "Cargo", "empresa": "Empresa"}
    assert found.properties == {"subject": "Asunto", "Puntos": "Puntos"}


@pytest.mark.parametrize(
    ("name", "tells_apart"),
    [
        pytest.param("subject", True, id="the mail"),
        pytest.param("campaign", True, id="the campaign"),
        pytest.param("url", True, id="the page"),
        pytest.param("list", True, id="the list"),
        pytest.param("Total opens", False, id="a count that changes"),
        pytest.param("Points", False, id="a score that changes"),
    ],
)
def test_only_what_an_event_was_about_tells_two_apart(name, tells_apart):
    assert says_what(name) is tells_apart


def test_the_tables_are_written_as_headings_are_compared():
    names = [*(one for names in FIELDS.values() for one in names), *TOLD_BY_TIME]

    assert [name for name in names if fold_name(name) != name] == []
    assert set(TOLD_BY_TIME.values()) <= KINDS.keys()
