"""The pages over HTTP, without scripts: the rep's day, a hand-off, leads, and who may what."""

import gzip
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import count
from urllib.parse import urlencode

import pytest

from services.handoff.console import today as day
from services.handoff.store import lead_search
from shared.console import assets
from tests.service.handoff.recording import record
from tests.support.visiting import Visit, session_of, visitor, words_of

NUMBERS = count(1)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
}
MOST_BYTES = 120 * 1024
HOSTILE = "\u202e<script>alert(1)</script> \"'><img src=x onerror=alert(1)> " + "W" * 10_000


@pytest.fixture
async def rep(house):
    """Somebody with roles of a rep, who gets the next lead that is ready, and their visit."""
    number = next(NUMBERS)
    person = await house.add_person(f"Ana Pérez {number}", email=f"r{number}@a.com", language="es")
    return person | {
        "visit": visitor(house.http, await session_of(house.parts, person["person_id"]))
    }


async def role(house, *roles: str) -> Visit:
    number = next(NUMBERS)
    person = await house.add_person(
        f"Luz {number}", email=f"x{number}@a.com", roles=list(roles), language="en"
    )
    return visitor(house.http, await session_of(house.parts, person["person_id"]))


async def handed_to(house, person, email: str | None = None, **told) -> dict:
    """Let a lead ask for a demo; give the hand-off to ``person``."""
    lead = await record(house, email or f"l{next(NUMBERS)}@acme.com", "demo.requested", **told)
    found = await house.get("/v1/handoffs", params={"lead": lead})
    (handoff,) = found.json()["items"]
    answer = await house.post(
        f"/v1/handoffs/{handoff['handoff_id']}/assign",
        {"to": person["person_id"], "person": "admin@localhost.localdomain"},
    )
    assert answer.status_code == 200, answer.text
    return dict(handoff) | {"path": f"/handoffs/{handoff['handoff_id']}"}


async def stage(house, handoff) -> str:
    found = await house.get(f"/v1/handoffs/{handoff['handoff_id']}")
    return str(found.json()["stage"])


async def test_every_page_has_the_headers_and_is_small(house, rep):
    handoff = await handed_to(house, rep, lead={"name": "Eva Ruiz", "title": "CTO"})
    lead, visit = f"/leads/{handoff['lead_id']}", rep["visit"]
    for path in (
        "/",
        handoff["path"],
        "/leads",
        lead,
        "/account",
        "/nothing",
        "/sign-in?next=/leads",
    ):
        page = await visit.get(path)
        used = [page.content] + [
            assets.by_path()[name].body
            for name in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
            if not name.endswith(".woff2")
        ]
        size = sum(len(gzip.compress(body, 9)) for body in used)

        assert {name: page.headers.get(name) for name in HEADERS} == HEADERS, path
        assert size <= MOST_BYTES, path
        assert " style=" not in page.text
        assert "<script>" not in page.text


async def test_files_of_pages_are_kept_for_a_year_and_others_are_not_there(house):
    visit = visitor(house.http)
    found = await visit.get(assets.url("app.css"), Accept_Encoding="gzip")

    assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert found.headers["content-encoding"] == "gzip"
    assert ":root" in found.text
    assert (await visit.get("/static/app.0.css")).status_code == 404
    assert (await visit.get("/static/../settings.py")).status_code == 404


async def test_a_page_is_compressed_for_who_takes_it(house, rep):
    page = await rep["visit"].get("/account", Accept_Encoding="gzip")

    assert page.headers["content-encoding"] == "gzip"
    assert "Tu cuenta" in page.text


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        pytest.param("/nothing", 404, "Aquí no hay nada", id="unknown page"),
        pytest.param(
            f"/handoffs/{'0' * 8}-0000-7000-8000-{'0' * 12}",
            404,
            "Aquí no hay nada",
            id="unknown hand-off",
        ),
        pytest.param("/leads/none", 404, "Aquí no hay nada", id="no id at all"),
        pytest.param("/leads?cursor=x", 422, "Falta algo", id="no cursor of ours"),
        pytest.param("/account/language", 405, "Así no se puede abrir", id="a form's address"),
    ],
)
async def test_a_refusal_is_told_in_words(house, rep, path, status, told):
    answer = await rep["visit"].get(path)

    assert answer.status_code == status
    assert told in words_of(answer)


async def test_programs_are_refused_as_before(house, rep):
    answer = await rep["visit"].get("/v1/nothing")
    other = await house.get("/nothing")

    assert answer.headers["content-type"] == "application/problem+json"
    assert other.headers["content-type"] == "application/problem+json"


async def test_a_fault_of_ours_is_told_without_what_it_was(house, rep, monkeypatch):
    def broken(*_given):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("services.handoff.console.today_routes.day_of", broken)
    answer = await rep["visit"].get("/")

    assert answer.status_code == 500
    assert "Algo ha fallado aquí" in words_of(answer)
    assert answer.headers["x-request-id"] in answer.text
    assert "secret" not in answer.text


async def test_the_day_shows_the_hottest_first_with_the_time_left_and_why(house, rep):
    handoff = await handed_to(
        house, rep, lead={"name": "Eva Ruiz", "title": "CTO", "company": "Acme"}
    )
    page = words_of(await rep["visit"].get("/"))

    assert "1 lead espera tu respuesta" in page
    assert "Eva Ruiz CTO" in page
    assert re.search(r"\d+ (min|h)( \d+ min)? para responder", page)
    assert "Pidió una demo" in page
    assert handoff["path"] in (await rep["visit"].get("/")).text


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


async def test_whoever_waits_is_shown_however_much_is_under_way(house, rep, monkeypatch):
    monkeypatch.setattr(day, "MOST_SHOWN", 1)
    going = await handed_to(house, rep, lead={"name": "Eva Hablada"})
    await rep["visit"].post(f"{going['path']}/verdict", {"verdict": "accept"})
    await rep["visit"].post(f"{going['path']}/attempts", {"reached": "yes"})
    waiting = await handed_to(house, rep, lead={"name": "Leo Espera"})
    page = words_of(await rep["visit"].get("/"))
    body = {"reason": "lead_away", "person": rep["email"]}
    until = {"until": (datetime.now(UTC) + timedelta(days=3)).isoformat()}
    paused = await house.post(f"/v1/handoffs/{waiting['handoff_id']}/pause", body | until)

    assert "Leo Espera" in page
    assert "Eva Hablada" not in page
    assert "Hay 1 más" in page
    assert paused.status_code == 200, paused.text
    for path in ("/", waiting["path"]):
        assert "en pausa para responder" in words_of(await rep["visit"].get(path))


async def test_what_was_promised_for_the_days_after_tomorrow_is_seen_coming(house, rep):
    handoff = await handed_to(house, rep)
    for days, text in ((1, "Mandar precios"), (4, "Llamar tras el puente"), (30, "Felicitar")):
        due = (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")
        await rep["visit"].post(f"{handoff['path']}/promises", {"promise": text, "due": due})
    page = words_of(await rep["visit"].get("/"))

    assert re.search(r"Mañana Mandar precios .* Los días siguientes Llamar tras el puente", page)
    assert "Felicitar" not in page


async def test_how_many_wait_stands_in_the_title_and_is_told_by_the_stream(house, rep):
    await handed_to(house, rep)
    page = await rep["visit"].get("/")
    (seen,) = re.findall(r'hx-sse:connect="/live\?seen=([0-9a-f]{32}-\d+)"', page.text)

    assert "<title>(1) Hoy · Relevo</title>" in page.text
    assert seen.endswith("-1")
    assert 'data-waiting="1"' in page.text
    assert 'hx-sse:connect="/live"' in (await rep["visit"].get("/leads")).text
    assert "hx-sse:connect" not in (await (await role(house, "marketing")).get("/leads")).text


async def test_a_script_gets_the_part_that_changed(house, rep):
    handoff = await handed_to(house, rep)
    fields = {"verdict": "accept", "from": "today"}
    answer = await rep["visit"].post(f"{handoff['path']}/verdict", fields, HX_Request="true")
    out = await visitor(house.http).get(
        "/", HX_Request="true", HX_Current_URL="http://relevo/leads?q=a"
    )

    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="today"')
    assert "Aceptado: ya es tuyo." in words_of(answer)
    assert (out.status_code, out.headers["hx-redirect"]) == (401, "/sign-in?next=%2Fleads%3Fq%3Da")


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


async def test_leads_are_found_by_name_address_and_company(house, rep):
    await record(
        house,
        "nuria.vidal@umbral.com",
        "email.opened",
        lead={"first_name": "Núria", "last_name": "Vidal"},
    )
    visit = rep["visit"]
    for q in ("núria v", "Vidal", "nuria.vidal@", "umbral"):
        assert "Núria Vidal" in words_of(await visit.get(f"/leads?q={q}")), q
    for q in ("%25", "\\", "nobody at all", "_uria"):
        assert "Núria Vidal" not in words_of(await visit.get(f"/leads?q={q}")), q


async def test_leads_are_filtered_turned_over_and_views_saved(house, rep):
    handoff = await handed_to(house, rep, lead={"name": "Sara Entregada"})
    for number in range(27):
        await record(house, f"many{number}@vista.org", "email.opened")
    visit = rep["visit"]
    first = await visit.get("/leads?q=many")
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    second = await visit.get(following.replace("&amp;", "&"))
    saved = await visit.post(
        "/leads/views", {"name": "Muchos", "q": "many", "sales": "never", "since": "7"}
    )
    page = await visit.get(saved.headers["location"])
    (forgetting,) = re.findall(r'action="(/leads/views/[^"]+/forget)"', page.text)
    open_now = words_of(await visit.get("/leads?sales=open"))
    await visit.post(forgetting, {})

    assert len(re.findall(r'<th scope="row">', first.text)) == 25
    assert len(re.findall(r'<th scope="row">', second.text)) == 2
    assert saved.headers["location"] == "/leads?q=many&sales=never&since=7"
    assert "Muchos" in words_of(page)
    assert "Sara Entregada" in open_now
    assert "many1@" not in open_now
    assert "Muchos" not in words_of(await visit.get("/leads"))
    assert handoff


async def test_nobody_keeps_more_views_than_fit_and_is_told_so(house, rep, monkeypatch):
    monkeypatch.setattr(lead_search, "MOST_VIEWS", 1)
    visit = rep["visit"]
    await visit.post("/leads/views", {"name": "uno", "q": "uno"})
    answer = await visit.post("/leads/views", {"name": "dos", "q": "dos"})
    page = words_of(await visit.get(answer.headers["location"]))

    assert answer.headers["location"] == "/leads?q=dos&refused=too_many_views"
    assert "es el máximo: olvida una" in page


async def test_a_merged_lead_stands_where_its_open_hand_off_stands(house, rep):
    first = await handed_to(house, rep, "uno@unidos.com", lead={"name": "Uno Unido"})
    second = await handed_to(house, rep, "dos@unidos.com", lead={"name": "Dos Unido"})
    body = {"lead_id": second["lead_id"], "why": "same person"}
    merged = await house.post(f"/v1/leads/{first['lead_id']}/merge", body)
    page = words_of(await rep["visit"].get("/leads?q=unido&sales=open"))

    assert merged.status_code == 200, merged.text
    pages = [await rep["visit"].get(one["path"]) for one in (first, second)]
    (joined,) = (one for one in pages if "Unido a otro" in one.text)
    kept = first if joined is pages[1] else second

    assert "Por responder" in page
    assert "Unido a otro" not in page
    assert "sigue en una sola entrega" in words_of(joined)
    assert f'<a href="{kept["path"]}">Abrirla</a>' in joined.text
    assert words_of(joined).count("cerrado antes") >= 2


async def test_a_lead_tells_where_they_stand_and_what_is_missing(house, rep):
    lead = await record(house, "cerca@acme.com", "content.downloaded", lead={"name": "Ada Cerca"})
    page = await rep["visit"].get(f"/leads/{lead}")
    text = words_of(page)

    assert "Todavía no está listo" in text
    assert "Qué le falta Para «" in text
    assert "bastaría una de estas: «" in text
    assert 'role="img"' in page.text
    assert len(re.findall(r"<tr><th scope=\"row\">\w+ \d+ \w+( \d+)?</th>", page.text)) == 15


async def test_a_merge_is_undone_by_who_may(house, rep):
    one = await record(house, "uno@merge.com", "email.opened", lead={"name": "Uno"})
    two = await record(house, "dos@merge.com", "email.opened", lead={"name": "Dos"})
    await house.post(f"/v1/leads/{one}/merge", {"lead_id": two, "why": "same person"})
    path, manager = f"/leads/{two}/unmerge", await role(house, "manager")
    refused = await rep["visit"].post(path, {})
    undone = await manager.post(path, {})
    again = await manager.post(path, {})

    assert "Deshacer" not in (await rep["visit"].get(f"/leads/{one}")).text
    assert refused.status_code == 403
    assert undone.headers["location"] == f"/leads/{two}?said=unmerged"
    assert again.headers["location"] == f"/leads/{two}?refused=not_merged"


async def test_a_lead_is_given_whole_as_a_file(house, rep):
    handoff = await handed_to(house, rep, lead={"name": "Eva Entera"})
    answer = await rep["visit"].get(f"/leads/{handoff['lead_id']}/export")
    whole = answer.json()

    assert answer.headers["content-disposition"].startswith("attachment")
    assert whole["name"] == "Eva Entera"
    assert whole["timeline"][-1]["kind"] == "demo.requested"
    assert whole["handoffs"][0]["sales_ready"]["lead"]["name"] == "Eva Entera"


async def test_a_person_is_erased_by_an_admin_who_is_sure(house, rep):
    handoff = await handed_to(house, rep, lead={"name": "Eva Fuera"})
    due = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    await rep["visit"].post(f"{handoff['path']}/promises", {"promise": "Llamar a Eva", "due": due})
    path, admin = f"/leads/{handoff['lead_id']}", await role(house, "admin")
    refused = await rep["visit"].get(f"{path}/erase")
    asked = await admin.get(f"{path}/erase")
    unsure = await admin.post(f"{path}/erase", {"why": "asked"})
    mute = await admin.post(f"{path}/erase", {"why": " ", "sure": "yes"})
    done = await admin.post(f"{path}/erase", {"why": "asked", "sure": "yes"})
    gone = await admin.get(path)
    page = words_of(await admin.get(handoff["path"]))

    assert [refused.status_code, unsure.status_code, done.status_code] == [403, 422, 200]
    assert (asked.status_code, "-wrong" in asked.text) == (200, False)
    assert 'id="sure-wrong"' in unsure.text
    assert 'id="why-wrong"' not in unsure.text
    assert (mute.status_code, 'id="why-wrong"' in mute.text) == (422, True)
    assert 'value="yes" required checked' in mute.text
    assert (gone.status_code, "It is gone" in words_of(gone)) == (410, True)
    assert "Eva" not in page


@pytest.mark.parametrize("roles", [["marketing"], ["manager"], ["admin"], ["sales"]], ids=str)
async def test_what_a_role_may_not_do_is_not_offered(house, rep, roles):
    handoff = await handed_to(house, rep)
    visit = await role(house, *roles)
    page = await visit.get(handoff["path"])
    may = roles != ["marketing"]
    answer = await visit.post(f"{handoff['path']}/verdict", {"verdict": "accept"})

    assert (">Accept</button>" in page.text) is may
    assert answer.status_code == (303 if may else 403)
    assert (await visit.get("/")).status_code == (200 if may else 303)


async def test_hostile_text_is_only_text(house, rep):
    hostile = {"name": HOSTILE, "title": HOSTILE, "country": HOSTILE[:50], "language": "<b>"}
    handoff = await handed_to(house, rep, lead=hostile)
    for path in ("/", handoff["path"], "/leads", f"/leads/{handoff['lead_id']}"):
        page = await rep["visit"].get(path)

        assert page.status_code == 200
        assert "<img src=x" not in page.text
        assert "alert(1)</script>" not in page.text
        assert "\u202e" not in page.text
        assert "W" * 300 not in page.text or path.startswith("/leads/")


async def test_the_scoreboard_shows_charts_tables_and_files(house, rep):
    handoff = await handed_to(house, rep, lead={"name": "Eva Contada"})
    await rep["visit"].post(f"{handoff['path']}/accept", {})
    manager = await role(house, "manager")
    page = await manager.get(f"/scoreboard?{urlencode({'by': 'day', 'team': HOSTILE})}")
    shown = await manager.get("/scoreboard?period=30&by=never")
    file = await manager.get("/scoreboard/funnel.csv?period=30")
    missing = await manager.get("/scoreboard/nothing.csv")

    assert page.status_code == 422, "no team has that name"
    assert shown.status_code == 200
    assert {name: shown.headers.get(name) for name in HEADERS} == HEADERS
    assert shown.text.count('<svg class="chart"') >= 3
    assert " style=" not in shown.text
    assert "<span>sales-ready</span>" in shown.text
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.text.splitlines()[0].startswith("step,")
    assert missing.status_code == 404


async def test_the_scoreboard_of_a_rep_without_a_team_says_why_there_is_none(house, rep):
    page = await rep["visit"].get("/scoreboard")

    assert page.status_code == 409
    assert "Todavía no estás en ningún equipo" in words_of(page)
