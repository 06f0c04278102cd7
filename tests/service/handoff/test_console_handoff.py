"""A hand-off's page: all it tells, and what a rep answers, notes and promises on it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from tests.service.handoff.paging import handed_to, role, stage
from tests.service.handoff.paging import rep as rep
from tests.support.visiting import words_of


async def test_a_lead_is_accepted_and_waits_to_be_contacted(house, rep):
    handoff = await handed_to(house, rep)
    answer = await rep["visit"].post(
        f"{handoff['path']}/verdict", {"verdict": "accept", "from": "today"}
    )
    page = words_of(await rep["visit"].get(answer.headers["location"]))

    assert (answer.status_code, answer.headers["location"]) == (303, "/?said=accept")
    assert "Aceptado: ya es tuyo." in page
    assert "Por contactar 1" in page
    assert await stage(house, handoff) == "accepted"


async def test_a_lead_is_rejected_with_a_reason(house, rep):
    handoff = await handed_to(house, rep)
    visit, path = rep["visit"], f"{handoff['path']}/verdict"
    none = await visit.post(path, {"verdict": "reject", "reason": "made_up", "from": "today"})
    mute = await visit.post(path, {"verdict": "reject", "reason": "other"})
    answer = await visit.post(path, {"verdict": "reject", "reason": "not_our_market"})
    late = await visit.post(path, {"verdict": "accept", "from": "today"})

    assert none.status_code == 422
    assert "Elige un motivo de la lista." in words_of(none)
    assert mute.status_code == 422
    assert "pide una frase" in words_of(mute)
    assert answer.headers["location"] == f"{handoff['path']}?said=reject"
    assert late.status_code == 409
    assert "Ya estaba cerrado" in words_of(late)
    assert await stage(house, handoff) == "rejected"


async def test_an_attempt_a_promise_and_an_outcome_are_noted(house, rep):
    handoff = await handed_to(house, rep)
    visit, path = rep["visit"], handoff["path"]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    await visit.post(f"{path}/verdict", {"verdict": "accept"})
    talk = {
        "channel": "call",
        "reached": "yes",
        "text": "Quiere precios",
        "promise": "Enviar oferta",
        "due": tomorrow,
    }
    await visit.post(f"{path}/attempts", talk)
    day = await visit.get("/")
    (keeping,) = re.findall(rf'action="({path}/promises/[^"]+/kept)"', day.text)
    await visit.post(keeping, {"from": "today"})
    won = {"outcome": "won", "amount": "12.500,50", "currency": "eur"}
    await visit.post(f"{path}/outcome", won)
    page = words_of(await visit.get(path))
    stored = (await house.get(f"/v1/handoffs/{handoff['handoff_id']}")).json()
    promised = (await house.get(f"/v1/handoffs/{handoff['handoff_id']}/promises")).json()

    assert "Mañana" in words_of(day)
    assert "Enviar oferta" in words_of(day)
    assert (stored["stage"], stored["amount"], stored["currency"]) == ("won", 12500.5, "EUR")
    assert promised[0]["kept_at"] is not None
    assert "habló con el lead por teléfono" in page
    assert "Quiere precios" in page


@pytest.mark.parametrize(
    ("form", "typed", "field", "told"),
    [
        pytest.param(
            "outcome",
            {"outcome": "won", "amount": "mucho", "currency": "MXN", "reason": '"><b>'},
            "amount",
            "Escribe un importe como 12.500 o 12.500,50.",
            id="no amount",
        ),
        pytest.param(
            "attempts",
            {"channel": "email", "promise": "Enviar oferta", "due": "2001-01-01T10:00"},
            "due",
            "La fecha tiene que ser futura.",
            id="a promise in the past",
        ),
        pytest.param(
            "promises",
            {"promise": "x" * 501, "due": "2099-01-01T10:00"},
            "promise",
            "Como mucho 500 caracteres.",
            id="too long",
        ),
    ],
)
async def test_a_refused_form_is_there_again_with_what_is_wrong_beside_its_field(
    house, rep, form, typed, field, told
):
    handoff = await handed_to(house, rep)
    visit, path = rep["visit"], handoff["path"]
    await visit.post(f"{path}/verdict", {"verdict": "accept"})
    answer = await visit.post(f"{path}/{form}", typed | {"from": "handoff"})
    (faulty,) = re.findall(r"<input [^>]*aria-invalid[^>]*>", answer.text)
    values = re.findall(r'<input name="\w+" value="([^"]+)"', answer.text)

    assert answer.status_code == 422
    assert f'name="{field}"' in faulty
    assert f'id="{form}-{field}-wrong">{told}<' in answer.text
    assert answer.text.count('<details class="drawer" open>') == 1
    for name, value in typed.items():
        if name in ("amount", "reason", "promise"):
            assert value in map(unescape, values)
    assert ('value="email" checked' in answer.text) is (form == "attempts")
    assert ("<option selected>MXN" in answer.text) is (form == "outcome")


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        pytest.param("promises", {"promise": "x", "due": "2001-01-01T10:00"}, id="in the past"),
        pytest.param("promises", {"promise": "x", "due": "soon"}, id="no moment"),
        pytest.param("promises", {"promise": "x" * 600, "due": "2001-01-01T10:00"}, id="too long"),
        pytest.param("attempts", {"channel": "pigeon"}, id="no such channel"),
        pytest.param("outcome", {"outcome": "eaten"}, id="no such outcome"),
        pytest.param("outcome", {"outcome": "won", "amount": "much"}, id="no amount"),
        pytest.param(
            "outcome", {"outcome": "won", "amount": "1", "currency": "€"}, id="no currency"
        ),
        pytest.param("verdict", {"verdict": "reject", "text": "\x00"}, id="no text"),
    ],
)
async def test_what_cannot_be_taken_changes_nothing(house, rep, form, fields):
    handoff = await handed_to(house, rep)
    answer = await rep["visit"].post(f"{handoff['path']}/{form}", fields)

    assert answer.status_code == 422
    assert await stage(house, handoff) == "assigned"


async def test_a_hand_off_tells_everything_and_its_scores_add_up(house, rep):
    told = {"name": "Eva Ruiz", "title": "CTO", "country": "ES", "phone": "+34 600 11 22 33"}
    handoff = await handed_to(house, rep, lead=told)
    page = await rep["visit"].get(handoff["path"])
    text = words_of(page)
    for table in re.findall(r'<table class="score">.*?</table>', page.text, re.DOTALL):
        *parts, total = re.findall(r"<td>([+−]?[\d.,]+)</td>", table)
        numbers = [float(one.replace("−", "-").replace(",", ".")) for one in (*parts, total)]

        assert sum(numbers[:-1]) == pytest.approx(numbers[-1])

    for said in (
        "Por qué ahora",
        "Todo lo que ha visto",
        "Qué se prometió",
        "Entregas anteriores",
        "Los dos relojes",
        "Quién lo lleva",
        "Las dos notas",
        "El acuerdo",
        "A quién se avisó",
        "a prueba, aún sin firmar",
        "España",
        "la parte de quien lo lleva ahora",
        "+34 600 11 22 33",
        "@acme.com",
    ):
        assert said in text, said
    assert re.search(r'href="/agreement/[^/"]+/versions/\d+"', page.text)
    admin = await (await role(house, "admin")).get(handoff["path"])
    assert f'href="/deliveries?about={handoff["handoff_id"]}"' in admin.text
