"""What is read of a hand-off's owner: reminded, escalated, reassigned, taken away."""

import pytest

from tests.builders import Lead
from tests.unit.notify.composing import compose


def test_an_escalation_says_whose_time_is_over():
    lead = Lead()
    message = compose("escalated", lead.escalated(), ready=lead.sales_ready())

    assert "Lucía Gómez tenía hasta el lun 2 mar, 13:15 para aceptarlo" in message.intro


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("remind", "Lucía Gómez está fuera y tiene hasta el lun 2 mar, 13:15"),
        ("reassign", "y nadie más puede llevarlo"),
        ("last_resort", "Eres el último recurso"),
    ],
)
def test_each_step_of_the_ladder_says_why_one_hears_of_it(name, said):
    message = compose("escalated", Lead().escalated(name=name), ready=None)

    assert said in message.intro


def test_a_reminder_says_until_when_and_for_what():
    lead = Lead()
    message = compose("reminded", lead.reminded(), ready=lead.sales_ready())

    assert message.title == "Sigue esperándote: Ana Pérez (Acme)"
    assert "Tienes hasta el lun 2 mar, 13:15 para aceptarlo o rechazarlo." in message.intro
    assert message.sections[0].heading == "Tu plazo"


def test_who_had_it_before_hears_who_has_it_now_and_no_more_of_the_lead():
    lead = Lead()
    ready = lead.sales_ready()
    message = compose("taken", lead.reassigned(), ready=ready)

    assert message.title == "Ana Pérez (Acme) ya no es tuyo"
    assert "Ahora lo tiene Marc Puig" in message.intro
    assert message.sections == ()


def test_a_reassignment_says_who_had_it_before():
    lead = Lead()
    message = compose("reassigned", lead.reassigned(), ready=lead.sales_ready())

    assert "Antes lo tenía Lucía Gómez" in message.intro


def test_a_reassignment_says_in_the_readers_language_that_the_owner_left():
    lead = Lead()
    why = {"es": "el último día de Lucía fue el lunes", "en": "Lucía’s last day was Monday"}
    message = compose("reassigned", lead.reassigned(why=why), ready=lead.sales_ready())

    assert "El motivo: el último día de Lucía fue el lunes." in message.intro
