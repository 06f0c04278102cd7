"""What is read of a policy: that it is on trial, in force, or to be reviewed."""

import orjson
import pytest

from services.notify.texts.compose import compose_event
from tests.builders import NOON, Lead, review_due
from tests.unit.notify.composing import compose


@pytest.mark.parametrize(("agreement", "told"), [("trial", True), ("signed", False)])
def test_a_trial_is_called_a_trial(agreement, told):
    ready = Lead(agreement=agreement).sales_ready()

    assert bool(compose("new", ready, ready=ready).footer) == told


@pytest.mark.parametrize(("agreement", "told"), [("trial", True), ("signed", False)])
def test_a_team_reads_of_a_trial_with_every_event(agreement, told):
    lead = Lead(agreement=agreement)
    events = [lead.sales_ready(), lead.assigned(), lead.accepted(), lead.updated("Prices")]
    activated = orjson.dumps(
        {
            "type": "policy.activated.v1",
            "data": {"policy": "b2b", "version": 3, "agreement": agreement},
        }
    )
    messages = [
        compose_event(payload, language, "UTC")
        for payload in (*(event.to_bytes() for event in events), activated)
        for language in ("es", "en")
    ]

    assert {bool(message.footer) for message in messages} == {told}


def test_a_review_says_why_and_what_is_missed_and_that_nothing_changes_by_itself():
    message = compose("review", review_due())
    sections = {section.heading: section.lines for section in message.sections}

    assert message.title == "Toca revisar Cuándo un lead está listo"
    assert message.intro == (
        "Hola, Lucía Gómez: Mirad juntos la versión 3, marketing y ventas, y dejad constancia. "
        "Nada cambia por sí solo."
    )
    assert sections == {
        "Por qué": (
            "Ha llegado su fecha de revisión: 2 mar 2026",
            "En vigor desde el 2 dic 2025, sin revisar desde entonces",
        ),
        "Objetivos no alcanzados": ("Aceptados por ventas: 104 de 200",),
    }
    assert (message.buttons, message.footer) == ((), "")


def test_a_review_for_its_date_alone_speaks_of_no_goal():
    event = review_due(missed=[], last_reviewed_at=NOON, agreement="trial")
    message = compose("review", event, language="en", zone="UTC")

    assert [section.heading for section in message.sections] == ["Why"]
    assert message.sections[0].lines[1] == "Last reviewed on 2 Mar 2026"
    assert "on trial" in message.footer


def test_an_event_without_a_hand_off_can_be_told_too():
    payload = (
        b'{"type":"policy.activated.v1","subject":"b2b","id":"1",'
        b'"data":{"policy":"b2b","version":3}}'
    )

    title = compose_event(payload, "es", "UTC").title
    review = compose_event(review_due().to_bytes(), "en", "UTC").title

    assert review == "Policy b2b-software, version 3: time for a review"
    assert title == "La política b2b, versión 3, decide desde ahora"
