"""What is read of a lead: who, why now, by when, what happened before, and what not to say."""

from datetime import UTC, datetime

import pytest

from services.notify.texts.compose import compose_event
from shared.contracts.handoffs import GroupPerson, Override, Released
from shared.ids import new_id
from tests.builders import NOON, Lead, earlier_handoff, not_to_say, touch
from tests.unit.notify.composing import compose, text_of


def test_a_new_lead_says_who_why_now_by_when_and_what_not_to_say():
    ready = Lead().sales_ready(
        not_to_say=[not_to_say("Queja abierta por una factura")],
        earlier_handoffs=[earlier_handoff()],
    )
    message = compose("new", ready, ready=ready)
    sections = {section.heading: section.lines for section in message.sections}

    assert message.title == "Nuevo lead para ti: Ana Pérez (Acme)"
    assert sections["Tu plazo"] == ("Acepta o rechaza antes del lun 2 mar, 13:15 (Europe/Madrid)",)
    assert "Head of Operations, Acme" in sections["Quién"]
    assert sections["Por qué ahora"] == ("lun 2 mar, 13:00: pidió una demo: Asked for a demo",)
    assert sections["Qué no decir"] == ("Desde el 2 mar 2026: Queja abierta por una factura",)
    assert sections["Qué le interesa"] == ("pricing (100 %)",)
    assert "rechazado (Ahora no), con Marc Puig" in sections["Entregas anteriores"][0]
    assert "pricing" in sections["Una primera pregunta"][0]
    assert [button.kind for button in message.buttons] == ["open"]


def test_a_lead_people_chose_from_a_batch_says_who_chose_it():
    released = Released(batch_id=new_id(), by="Eva Soler", at=NOON)
    ready = Lead().sales_ready(released=released)
    message = compose("new", ready, ready=ready)
    sections = {section.heading: section.lines for section in message.sections}

    assert "Lo eligió Eva Soler de un lote revisado" in sections["Por qué ahora"][-1]


@pytest.mark.parametrize(
    ("language", "zone", "due"),
    [
        ("es", "America/Mexico_City", "lun 2 mar, 6:15 (America/Mexico_City)"),
        ("en", "Asia/Kolkata", "Mon 2 Mar, 17:45 (Asia/Kolkata)"),
        ("", "", "Mon 2 Mar, 12:15 (UTC)"),
        ("fr", "", "Mon 2 Mar, 12:15 (UTC)"),
    ],
)
def test_times_are_in_the_readers_zone_and_words_in_their_language(language, zone, due):
    ready = Lead().sales_ready()

    assert due in text_of(compose("new", ready, ready=ready, language=language, zone=zone))


@pytest.mark.parametrize(
    ("calendar", "language", "why"),
    [
        pytest.param("office", "es", ("contando 4 horas",), id="working hours"),
        pytest.param("office", "en", ("counting 4 hours",), id="in the reader's language"),
        pytest.param("always", "en", (), id="day and night needs no words"),
    ],
)
def test_a_due_time_in_working_hours_says_how_it_came_about(calendar, language, why):
    explanation = {"es": "contando 4 horas", "en": "counting 4 hours"}
    given = {"calendar": calendar, "explanation": explanation}
    ready = Lead().sales_ready(deadlines=[Lead().deadline().model_copy(update=given)])
    message = compose("new", ready, ready=ready, language=language)

    assert message.sections[0].lines[1:] == why


def test_less_time_than_before_is_told_with_the_new_due_time_alone():
    lead = Lead()
    ready = lead.sales_ready()
    given = {"ready": ready, "language": "en", "zone": "UTC"}
    message = compose("rescheduled", lead.rescheduled(), **given)

    assert message.title == "Less time than before: Ana Pérez (Acme)"
    assert "due Mon 2 Mar, 12:15 instead of Mon 2 Mar, 12:30." in message.intro
    assert message.sections[0].lines == ("Accept or reject by Mon 2 Mar, 12:15 (UTC)",)


@pytest.mark.parametrize(
    ("language", "title", "intro"),
    [
        (
            "es",
            "Nadie del equipo podía tomarlo: Ana Pérez (Acme)",
            "Nadie puede: 2 ausentes.",
        ),
        (
            "en",
            "Nobody of the team could take it: Ana Pérez (Acme)",
            "Nobody can: 2 on leave.",
        ),
    ],
    ids=["es", "en"],
)
def test_managers_read_who_has_what_nobody_could_take_and_why(language, title, intro):
    lead = Lead()
    message = compose("fell_back", lead.fell_back(), ready=lead.sales_ready(), language=language)

    assert message.title == title
    assert message.intro.endswith(intro)
    assert lead.owner.name in message.intro


def test_several_pieces_of_news_are_one_message():
    lead = Lead()
    ready = lead.sales_ready()
    message = compose("update", lead.updated("Prices"), lead.updated("Cases"), ready=ready)

    assert message.sections[0].heading == "Qué hay de nuevo"
    counted, *lines = message.sections[0].lines
    assert counted == "2 señales nuevas, la más fuerte primero"
    assert [line.split(": ", 1)[1] for line in lines] == [
        "vio la página: Prices",
        "vio la página: Cases",
    ]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        pytest.param({"stage": "lost", "reason_title": None}, "(not_now)", id="their own words"),
        pytest.param(
            {"stage": "rejected", "reason_title": {"en": "Not now"}}, "(not_now)", id="no title"
        ),
        pytest.param({"stage": "superseded", "reason_title": None}, ", con Marc", id="joined"),
    ],
)
def test_an_earlier_handoff_is_told_with_a_reason_people_understand(how, said):
    ready = Lead().sales_ready(earlier_handoffs=[earlier_handoff(**how)])
    (line,) = next(
        section.lines
        for section in compose("new", ready, ready=ready).sections
        if section.heading == "Entregas anteriores"
    )

    assert said in line
    assert ("not_now" in line) == ("not_now" in said)


@pytest.mark.parametrize(
    ("kind", "channel", "line"),
    [
        ("opt_out", "phone", "No por teléfono: lo rechazó el 2 mar 2026 (web)"),
        ("opt_out", "all", "No contactar de ninguna forma: lo rechazó el 2 mar 2026 (web)"),
        ("opt_out", "fax", "No por fax: lo rechazó el 2 mar 2026 (web)"),
        ("unsubscribed", "email", "Se dio de baja (correo electrónico) el 2 mar 2026 (web)"),
        ("complaint", "email", "Se quejó (correo electrónico) el 2 mar 2026 (web)"),
    ],
)
def test_what_not_to_say_is_told_in_the_readers_language(kind, channel, line):
    told = not_to_say("in English").model_copy(
        update={"kind": kind, "channel": channel, "source": "web"}
    )
    ready = Lead().sales_ready(not_to_say=[told])
    sections = {one.heading: one.lines for one in compose("new", ready, ready=ready).sections}

    assert sections["Qué no decir"] == (line,)


def test_without_the_context_the_message_still_says_the_essential():
    message = compose("escalated", Lead().escalated(), ready=None)

    assert message.title == "Nadie ha respondido todavía: Ana Pérez"
    assert message.sections == ()


def test_a_button_opens_the_handoff_in_the_console():
    ready = Lead().sales_ready()
    (button,) = compose("new", ready, ready=ready).buttons

    assert button.url.startswith("https://relevo.acme.com/handoffs/")


@pytest.mark.parametrize(
    ("event", "words"),
    [
        pytest.param(Lead.sales_ready, "Ready for sales: Ana Pérez (Acme)", id="ready"),
        pytest.param(Lead.assigned, "Ana Pérez: Lucía Gómez is the owner", id="assigned"),
        pytest.param(Lead.accepted, "Ana Pérez: accepted by Lucía Gómez", id="accepted"),
        pytest.param(Lead.updated, "handoff.updated.v1: Ana Pérez", id="any other"),
    ],
)
def test_a_team_reads_every_event_in_a_line(event, words):
    assert compose_event(event(Lead()).to_bytes(), "en", "UTC").title == words


def somebody(name, title, *touches, joined=True):
    return GroupPerson(
        lead_id=f"019c0000-0000-7000-8000-0000000000{name[:2].encode().hex()[:2]}",
        name=name,
        title=title,
        email=None,
        touches=list(touches),
        joined=joined,
    )


def test_several_people_of_a_company_are_named_with_what_they_did():
    lead = Lead()
    own = somebody("Ana Pérez", None).model_copy(update={"lead_id": lead.lead_id})
    others = [
        somebody("Ben Ruiz", "CTO", touch("pricing.viewed", "Precios 2026")),
        somebody("Eva Gil", None, touch("webinar.attended", "Novedades")),
    ]
    ready = lead.sales_ready(group=[own, *others])
    sections = {one.heading: one.lines for one in compose("new", ready, ready=ready).sections}

    assert sections["Otras personas de la empresa, que cuentan con ella"] == (
        "Ben Ruiz, CTO: vio los precios: Precios 2026",
        "Eva Gil: asistió a un webinar: Novedades",
    )


def test_who_joins_is_what_is_new():
    lead = Lead()
    ready, updated = lead.sales_ready(), lead.updated()
    kim = somebody("Kim", "Head of Data", touch("webinar.attended", "What is new"))
    data = updated.data.model_copy(update={"people": [kim], "touches": kim.touches})
    message = compose("update", lead.event(data), ready=ready, language="en")

    assert message.sections[0].lines == ("Kim, Head of Data: attended a webinar: What is new",)


def test_a_lead_handed_over_by_hand_says_by_whom_and_why():
    said = Override(
        ready=True,
        policy="b2b-software",
        reason="met at the fair",
        by="Mia",
        person_id=None,
        at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    ready = Lead().sales_ready(override=said, why_now=[])
    message = compose("new", ready, ready=ready, language="en")
    sections = {section.heading: section.lines for section in message.sections}

    assert message.intro.endswith("Mia says this lead is ready (hot). It is yours.")
    assert sections["Why now"] == ("Mia handed it over: met at the fair",)
