"""Each thing a policy says is one sentence, in both languages; so is what it leaves out."""

from typing import Any

import pytest

from tests.unit.handoff.telling import sentences
from tests.unit.handoff.written import policy_of

POLICY: dict[str, Any] = {
    "signals": {
        "guide": {
            "title": {"es": "Descargó la guía", "en": "Downloaded the guide"},
            "touch": ["content.downloaded", "content.viewed"],
            "points": 30,
            "at_most": 2,
            "distinct_by": "content.id",
            "half_life": "14d",
            "within": "60d",
            "where": {"content.topic": ["pricing", "roi"]},
        },
        "opened": {"title": {"es": "Abrió", "en": "Opened"}, "points": 0.5, "weak": True},
        "jobs": {"title": {"es": "Empleo", "en": "Jobs"}, "points": -40, "within": "36h"},
    },
    "fit": {
        "big": {"when": {"account.employees": {"at_least": 50, "at_most": 1000}}, "points": 1},
        "intern": {"when": {"lead.title": {"not": {"contains": "cto"}}}, "points": -12.5},
        "known": {"when": {"lead.phone": {"exists": True}}, "points": 50},
    },
    "exclude": {
        "rival": {"when": {"account.domain": {"in_list": "rivals"}}},
        "customer": {"when": {"account.customer": True}},
        "other": {
            "when": {"not": {"any": [{"lead.country": "ES"}, {"lead.vat": {"matches": "^X"}}]}}
        },
    },
    "lists": {"rivals": ["Rival.com", "Ñandú"]},
    "cool_down": "45d",
    "reviewed_every": "1d",
    "targets": {"acceptance": "70.5%", "sales_ready_per_month": 1200},
    "reject_reasons": {
        "later": {"effect": "recycle", "after": "90d", "attempts": 1},
        "stop": {"effect": "opt_out"},
    },
}
GATES = {
    "both": {
        "all": [
            {"signal": ["guide", "jobs"], "times": 2, "within": "36h"},
            {"not": {"signal": "jobs"}},
            {"fit": {"at_least": 50}},
            {"not": {"engagement": {"at_least": 60}}},
            {"at_least": 1, "of": [{"different_signals": {"at_least": 1, "within": "1d"}}]},
        ]
    }
}


@pytest.mark.parametrize(
    ("path", "english", "spanish"),
    [
        pytest.param(
            "signals.guide.points", "“Downloaded the guide” counts 30 points.",
            "«Descargó la guía» vale 30 puntos.", id="points",
        ),
        pytest.param(
            "signals.opened.points", "“Opened” counts 0.5 points.", "«Abrió» vale 0,5 puntos.",
            id="half a point",
        ),
        pytest.param(
            "signals.jobs.points", "“Jobs” takes away 40 points.", "«Empleo» resta 40 puntos.",
            id="points taken away",
        ),
        pytest.param(
            "signals.guide.touch",
            "It is a touch of the kind `content.downloaded` or `content.viewed`.",
            "Es una interacción del tipo `content.downloaded` o `content.viewed`.",
            id="kinds of touch",
        ),
        pytest.param(
            "signals.guide.at_most", "It counts 2 times at most.", "Cuenta 2 veces como mucho.",
            id="a cap",
        ),
        pytest.param(
            "signals.jobs.at_most", "It counts once at most.", "Cuenta una vez como mucho.",
            id="once",
        ),
        pytest.param(
            "signals.guide.distinct_by", "Where the id of the content is the same, it counts once.",
            "Donde coincide el identificador del contenido, cuenta una sola vez.", id="distinct",
        ),
        pytest.param(
            "signals.guide.half_life", "It fades: after 14 days half of the points are left.",
            "Se apaga: pierde la mitad de los puntos en 14 días.", id="fading",
        ),
        pytest.param(
            "signals.jobs.half_life", "It does not fade.", "No se apaga.", id="not fading",
        ),
        pytest.param(
            "signals.jobs.within", "After 36 hours it no longer counts.",
            "Pasado un plazo de 36 horas, deja de contar.", id="a window",
        ),
        pytest.param(
            "signals.opened.within", "It counts however long ago it was.",
            "Cuenta por mucho tiempo que haya pasado.", id="no window",
        ),
        pytest.param(
            "signals.opened.weak", "It is weak: it can never be what makes a lead ready.",
            "Es débil: nunca puede ser lo que hace listo a un lead.", id="weak",
        ),
        pytest.param(
            "signals.guide.where",
            "It counts only when the topic of the content is “pricing” or “roi”.",
            "Solo cuenta cuando el tema del contenido es «pricing» o «roi».", id="a property",
        ),
        pytest.param(
            "fit.big.when",
            "It holds when the company’s number of employees is at least 50 and is at most 1,000.",
            "Se cumple cuando el número de empleados de la empresa es al menos 50 y es como mucho "
            "1000.",
            id="a range",
        ),
        pytest.param(
            "fit.big.points", "“Big” brings 1 point.", "«Big» da 1 punto.", id="one point",
        ),
        pytest.param(
            "fit.intern.when", "It holds when the job title does not contain “cto”.",
            "Se cumple cuando el cargo no contiene «cto».", id="a word that must not be there",
        ),
        pytest.param(
            "fit.intern.points", "“Intern” takes away 12.5 points.", "«Intern» quita 12,5 puntos.",
            id="fit taken away",
        ),
        pytest.param(
            "fit.known.when", "It holds when the phone number is known.",
            "Se cumple cuando el teléfono se conoce.", id="a known fact",
        ),
        pytest.param(
            "exclude.rival.when", "“Rival”: when the company’s domain is on the list “rivals”.",
            "«Rival»: cuando el dominio de la empresa está en la lista «rivals».", id="a list",
        ),
        pytest.param(
            "exclude.customer.when", "“Customer”: when the company is a customer already.",
            "«Customer»: cuando la empresa ya es cliente.", id="a yes or no",
        ),
        pytest.param(
            "exclude.other.when", "“Other”: when it is not so that one of these holds:",
            "«Other»: cuando no es cierto que se cumple algo de esto:", id="none of several",
        ),
        pytest.param(
            "exclude.other.when.not.1", "`lead.vat` matches the pattern “^X”",
            "`lead.vat` sigue el patrón «^X»", id="a pattern, and a fact of their own",
        ),
        pytest.param(
            "gates.both.tier", "“Both” makes a lead ready, as “hot”.",
            "«Both» hace listo a un lead, como «hot».", id="a tier",
        ),
        pytest.param(
            "gates.both.when", "It is passed when all of these hold:",
            "Se pasa cuando se cumple todo esto:", id="all",
        ),
        pytest.param(
            "gates.both.when.0",
            "“Downloaded the guide” or “Jobs” was seen at least 2 times in all in the last 36 "
            "hours",
            "se ha visto «Descargó la guía» o «Empleo» al menos 2 veces en total en las últimas 36 "
            "horas",
            id="signals, times and a window",
        ),
        pytest.param(
            "gates.both.when.1", "“Jobs” was not seen", "no se ha visto «Empleo»",
            id="a signal that must not be there",
        ),
        pytest.param(
            "gates.both.when.2", "the fit is at least 50 points", "el encaje llega a 50 puntos",
            id="fit",
        ),
        pytest.param(
            "gates.both.when.3", "the engagement is below 60 points",
            "el interés no llega a 60 puntos", id="no engagement",
        ),
        pytest.param(
            "gates.both.when.4", "at least 1 of these hold",
            "se cumplen al menos 1 de estas cosas", id="some of several",
        ),
        pytest.param(
            "gates.both.when.4.0", "the lead gave at least 1 different signal in the last day",
            "el lead ha dado al menos 1 señal distinta en el último día", id="different signals",
        ),
        pytest.param(
            "cool_down",
            "The lead can be ready again 45 days after its hand-off is closed at the earliest, and "
            "only if it has done something new since.",
            "El lead puede volver a estar listo, como pronto, 45 días después de cerrarse su "
            "entrega, y solo si ha hecho algo nuevo desde entonces.",
            id="the cool-down",
        ),
        pytest.param(
            "response.hot.accept_in",
            "A lead that is “hot” is accepted or sent back within 1 hour.",
            "Un lead «hot» se acepta o se devuelve en 1 hora.", id="the acceptance",
        ),
        pytest.param(
            "response.hot.calendar", "The clocks run day and night.",
            "Los relojes corren de día y de noche.", id="the clocks",
        ),
        pytest.param(
            "reject_reasons.later.effect", "“Later”: the lead goes back to marketing.",
            "«Later»: el lead vuelve a marketing.", id="an effect",
        ),
        pytest.param(
            "reject_reasons.later.attempts",
            "Before it can be given, 1 attempt to reach the lead must be reported.",
            "Antes de poder darlo hay que comunicar 1 intento de hablar con el lead.",
            id="attempts",
        ),
        pytest.param(
            "targets.acceptance", "Sales accepts 70.5% of what it is handed.",
            "Ventas acepta el 70,5\xa0% de lo que se le entrega.", id="a share",
        ),
        pytest.param(
            "targets.sales_ready_per_month",
            "Marketing brings 1,200 leads a month that are ready for sales.",
            "Marketing trae 1200 leads al mes listos para ventas.", id="a number of leads",
        ),
        pytest.param(
            "lists.rivals", "“rivals” holds “nandu” and “rival.com”.",
            "«rivals» contiene «nandu» y «rival.com».", id="the values of a list",
        ),
        pytest.param(
            "signals.guide.title",
            "`guide` is “Downloaded the guide”, in Spanish «Descargó la guía».",
            "`guide` es «Descargó la guía», en inglés “Downloaded the guide”.", id="names",
        ),
    ],
)  # fmt: skip
def test_each_thing_is_said_in_one_sentence(path, english, spanish):
    sections = {name: held for name, held in POLICY.items() if name != "signals"}
    version = policy_of(POLICY["signals"], GATES, **sections)

    assert (sentences(version, "en")[path], sentences(version, "es")[path]) == (english, spanish)


@pytest.mark.parametrize(
    ("path", "english", "spanish"),
    [
        pytest.param(
            "fit", "Nothing: every lead fits with 0 points.",
            "Nada: todos los leads encajan con 0 puntos.", id="no fit",
        ),
        pytest.param("exclude", "Nobody.", "A nadie.", id="no exclusions"),
        pytest.param(
            "targets", "No goals are agreed.", "No se ha acordado ningún objetivo.", id="no goals"
        ),
    ],
)  # fmt: skip
def test_what_is_left_out_is_said_too(path, english, spanish):
    version = policy_of({"guide": {}})

    assert (sentences(version, "en")[path], sentences(version, "es")[path]) == (english, spanish)


def test_no_cool_down_is_said_in_words():
    version = policy_of({"guide": {}}, cool_down="0d")

    assert sentences(version, "en")["cool_down"].startswith("The lead can be ready again as soon")


def test_two_signals_with_one_title_are_told_apart_by_their_names():
    signals: dict[str, Any] = {"one": {"title": "Same"}, "two": {"title": "Same", "points": 9}}
    version = policy_of(signals, {"g": {"signal": "two"}})

    assert sentences(version, "en")["gates.g.when"] == "It is passed when “Same” (`two`) was seen."
