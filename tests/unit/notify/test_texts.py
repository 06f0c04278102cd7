"""What people read: complete in every language, right in their zone, harmless."""

import string
import unicodedata
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.messages import Notice, Reader
from services.notify.texts.compose import compose_event, compose_notice
from services.notify.texts.phrases import LANGUAGES, Phrases
from shared.contracts.handoffs import GroupPerson, Override, Released, SalesReady
from shared.ids import new_id
from shared.plain_text import clean
from tests.builders import NOON, Lead, earlier_handoff, not_to_say, review_due, touch

EVIL = "<script>alert(1)</script> <!channel> *b* [x](http://evil) {{7*7}} {0.__class__} %s"


def placeholders(phrase):
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


def test_every_phrase_stands_in_every_language_with_the_same_values():
    english, spanish = LANGUAGES["en"].PHRASES, LANGUAGES["es"].PHRASES

    assert english.keys() == spanish.keys()
    assert {key: placeholders(text) for key, text in english.items()} == {
        key: placeholders(text) for key, text in spanish.items()
    }


def test_no_phrase_was_left_in_the_other_language():
    english, spanish = LANGUAGES["en"].PHRASES, LANGUAGES["es"].PHRASES
    same_on_purpose = {"stage.sql", "event.other", "line.interest", "line.touch", "line.title"}

    assert {key for key in english if english[key] == spanish[key]} == same_on_purpose


def notice(step, *events, ready=None, language="es", zone="Europe/Madrid"):
    return Notice(
        notification_id="019c0000-0000-7000-8000-0000000000ff",
        step=step,
        reader=Reader("Lucía Gómez", "lucia@acme.com", language, zone),
        events=tuple(event.to_bytes() for event in events),
        ready=ready.to_bytes() if ready else None,
    )


def compose(*args, **options):
    return compose_notice(notice(*args, **options), "en", "UTC")


def text_of(message):
    lines = [message.title, message.intro, message.footer]
    for section in message.sections:
        lines += [section.heading, *section.lines]
    return "\n".join(lines)


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


def test_a_button_opens_the_handoff_in_the_console():
    ready = Lead().sales_ready()
    (button,) = compose("new", ready, ready=ready).buttons

    assert button.url.startswith("https://relevo.acme.com/handoffs/")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", ""])
def test_only_web_links_become_buttons(url):
    ready = Lead().sales_ready()
    assert isinstance(ready.data, SalesReady)
    evil = Lead().sales_ready(links=ready.data.links.model_copy(update={"console": url}))

    assert compose("new", evil, ready=evil).buttons == ()


def test_a_leads_own_text_is_never_a_phrase_a_template_or_a_second_line():
    lead = Lead(name=f"{EVIL}\r\nBcc: evil@evil.com\n\u202eesrever")
    ready = lead.sales_ready(why_now=[touch("demo.requested", EVIL + "\nsecond line")])
    message = compose("new", ready, ready=ready)
    lines = text_of(message).split("\n")

    assert message.title.startswith("Nuevo lead para ti: <script>alert(1)</script> <!channel>")
    assert any("{{7*7}} {0.__class__} %s second line" in line for line in lines)
    assert "\u202e" not in text_of(message)


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


def test_an_event_without_a_hand_off_can_be_told_too():
    payload = (
        b'{"type":"policy.activated.v1","subject":"b2b","id":"1",'
        b'"data":{"policy":"b2b","version":3}}'
    )

    title = compose_event(payload, "es", "UTC").title
    review = compose_event(review_due().to_bytes(), "en", "UTC").title

    assert review == "Policy b2b-software, version 3: time for a review"
    assert title == "La política b2b, versión 3, decide desde ahora"


@given(st.text())
def test_cleaned_text_is_one_line_of_visible_characters(text):
    cleaned = clean(text, 50)

    assert len(cleaned) <= 50
    assert "\n" not in cleaned
    assert not {unicodedata.category(char) for char in cleaned} & {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert clean(cleaned, 50) == cleaned


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("a\u202eb\u2066c\u200f", "abc", id="direction"),
        pytest.param("a\u200bb\ufeffc", "abc", id="no width"),
        pytest.param("a\x00b\x1bc\x7f", "abc", id="control"),
        pytest.param("a\u2028b\u2029c", "abc", id="separators"),
        pytest.param(" a \r\n\t b ", "a b", id="white space"),
        pytest.param("Pe\u0301rez", "Pérez", id="composed"),
        pytest.param("👩\u200d💻", "👩\u200d💻", id="joined emoji stay whole"),
        pytest.param("x" * 300, "x" * 199 + "…", id="long"),
    ],
)
def test_hostile_characters_are_removed(text, cleaned):
    assert clean(text) == cleaned


def test_a_moment_over_the_clock_change_is_right_on_both_sides():
    madrid = Phrases("en", "Europe/Madrid")

    assert madrid.moment(datetime(2026, 3, 29, 0, 59, tzinfo=UTC)) == "Sun 29 Mar, 01:59"
    assert madrid.moment(datetime(2026, 3, 29, 1, 0, tzinfo=UTC)) == "Sun 29 Mar, 03:00"


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
