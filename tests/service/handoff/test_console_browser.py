"""The console in a real browser: the rep's day, on a phone and on a desktop, in both languages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from socket import socket
from typing import Any

import httpx
import pytest
import uvicorn
from playwright.async_api import expect

from shared.server import bind, url_of
from tests.service.handoff.api import Api, open_api
from tests.service.handoff.paging import HOSTILE, handed_to
from tests.service.handoff.recording import record
from tests.support.browser import flaws, flaws_in_any_light, signed_in, window
from tests.support.ground import NewData
from tests.support.visiting import COOKIE, session_of

NUMBERS = count(1)
BOTH = [("phone", "es"), ("desktop", "en")]
WORDS = {
    "es": {
        "accept": "Aceptar",
        "reject": "Rechazar",
        "reason": "No es nuestro mercado",
        "report": "Apuntar un intento",
        "talked": "Hablamos",
        "accepted": "Aceptado: ya es tuyo.",
        "rejected": "Rechazado. Marketing verá el motivo.",
        "noted": "Conversación apuntada.",
        "free": "Nadie espera tu respuesta ahora",
    },
    "en": {
        "accept": "Accept",
        "reject": "Reject",
        "reason": "Not our market",
        "report": "Note an attempt",
        "talked": "We talked",
        "accepted": "Accepted: it is yours.",
        "rejected": "Rejected. Marketing will see why.",
        "noted": "Talk noted.",
        "free": "Nobody waits for your answer now",
    },
}


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """Leave the signals to the tests."""


@dataclass(frozen=True)
class Site:
    """The API and the address it answers at."""

    api: Api
    url: str


@asynccontextmanager
async def open_site(
    directory: Path, listener: socket | None = None, **settings: Any
) -> AsyncIterator[Site]:
    """Serve handoff by real HTTP, at its public address; its loops do not run."""
    listener = listener or bind("127.0.0.1", 0)
    given = {"public_url": url_of(listener)} | settings
    async with open_api(f"sqlite:///{directory}", directory, **given) as api:
        transport: Any = api.http._transport
        config = uvicorn.Config(transport.app, lifespan="off", log_config=None, access_log=False)
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        yield Site(api, url_of(listener))
        server.should_exit = True
        await serving


@pytest.fixture(scope="module")
async def site(new_data: NewData) -> AsyncIterator[Site]:
    """Handoff by real HTTP; its loops do not run."""
    async with open_site(new_data("site")) as site:
        yield site


async def hire(site: Site, language: str = "es", role: str = "rep") -> dict[str, Any]:
    number = next(NUMBERS)
    person = await site.api.add_person(
        f"Ana Pérez {number}",
        email=f"b{number}@a.com",
        language=language,
        zone="Europe/Madrid",
        roles=[role],
    )
    return person | {"session": await session_of(site.api.parts, person["person_id"])}


@pytest.mark.parametrize(("device", "language"), BOTH, ids=["phone, es", "desktop, en"])
async def test_a_rep_works_through_their_day(browser, site, device, language):
    rep, say = await hire(site, language), WORDS[language]
    for name in ("Eva Ruiz", "Leo Sanz"):
        await handed_to(site.api, rep, f"n{next(NUMBERS)}@acme.com", lead={"name": name})
    found: list[str] = []
    async with signed_in(browser, site, rep, device) as one:
        page = one.page
        await one.open("/")
        await page.evaluate("window.isSame = true")  # gone if the page were loaded anew
        found += await flaws(one)
        await page.get_by_role("button", name=f"{say['accept']}: Eva Ruiz").click()
        await expect(page.get_by_role("status")).to_have_text(say["accepted"])
        other = page.locator(".card", has_text="Leo Sanz")
        await other.locator("summary.button").click()
        found += await flaws(one)
        await other.get_by_role("button", name=say["reason"]).click()
        await expect(page.get_by_role("status")).to_have_text(say["rejected"])
        card = page.locator(".card", has_text="Eva Ruiz")
        await card.locator("summary.button").click()
        await card.get_by_role("button", name=say["talked"]).click()
        await expect(page.get_by_role("status")).to_have_text(say["noted"])
        await expect(page.locator(".lead").first).to_contain_text(say["free"])
        found += await flaws(one)

        assert found == []
        assert await page.evaluate("window.isSame")


@pytest.mark.parametrize(("device", "language"), BOTH, ids=["phone, es", "desktop, en"])
async def test_anybody_can_use_every_page_also_with_hostile_leads(browser, site, device, language):
    rep = await hire(site, language)
    hostile = {
        "name": HOSTILE,
        "title": HOSTILE,
        "company": HOSTILE,
        "phone": "javascript:x 600112233",
    }
    handoff = await handed_to(site.api, rep, f"h{next(NUMBERS)}@acme.com", lead=hostile)
    arabic = {"name": "\u202eليلى \u0627\u0644\u0639\u0631\u0628\u064a", "title": "O'Brien & <b>"}
    await handed_to(site.api, rep, f"h{next(NUMBERS)}@acme.com", lead=arabic)
    lead = f"/leads/{handoff['lead_id']}"
    found: list[str] = []
    async with signed_in(browser, site, rep, device) as one:
        for path in ("/", handoff["path"], "/leads", lead, "/account", "/leads?q=nobody"):
            await one.open(path)
            found += [f"{path} {flaw}" for flaw in await flaws_in_any_light(one)]
    manager = await hire(site, language, "manager")
    async with signed_in(browser, site, manager, device) as one:
        await one.open("/scoreboard?period=30")
        found += [f"/scoreboard {flaw}" for flaw in await flaws_in_any_light(one)]
    async with window(browser, site.url, device, language) as one:
        await one.open("/sign-in")
        found += await flaws_in_any_light(one)

    assert found == []


async def test_without_scripts_forms_do_the_same(browser, site):
    rep = await hire(site)
    await handed_to(site.api, rep, f"s{next(NUMBERS)}@acme.com", lead={"name": "Eva Ruiz"})
    async with signed_in(browser, site, rep, java_script_enabled=False) as one:
        await one.open("/")
        await one.page.get_by_role("button", name="Aceptar: Eva Ruiz").click()
        await expect(one.page.get_by_role("status")).to_have_text("Aceptado: ya es tuyo.")
        await one.page.locator(".card summary.button").click()
        await one.page.get_by_role("button", name="Hablamos").click()
        await expect(one.page.get_by_role("status")).to_have_text("Conversación apuntada.")


async def test_a_new_hand_off_appears_by_itself_unless_somebody_is_busy(browser, site):
    rep = await hire(site)
    await handed_to(site.api, rep, f"v{next(NUMBERS)}@acme.com", lead={"name": "Eva Ruiz"})
    async with signed_in(browser, site, rep) as one:
        await one.open("/")
        await handed_to(site.api, rep, f"v{next(NUMBERS)}@acme.com", lead={"name": "Leo Sanz"})
        await expect(one.page.locator(".card")).to_have_count(2)
        await expect(one.page).to_have_title("(2) Hoy · Relevo")
        await expect(one.page.locator(".nav .badge")).to_have_text("2 por responder")
        await one.page.locator(".card summary").first.click()
        async with one.page.expect_event(
            "console", lambda said: said.text == "day", timeout=15_000
        ):
            await one.page.evaluate("document.addEventListener('day', () => console.log('day'))")
            await handed_to(site.api, rep, f"v{next(NUMBERS)}@acme.com", lead={"name": "Zoe Paz"})
        await expect(one.page.locator(".card")).to_have_count(2)
        await expect(one.page).to_have_title("(3) Hoy · Relevo")  # told all the same
        await one.page.locator(".card summary").first.click()  # done: it is closed again
        await expect(one.page.locator(".card")).to_have_count(3)

        assert one.faults == []


async def test_who_reconnects_hears_at_once_of_what_they_missed(site):
    rep = await hire(site)
    headers = {"Cookie": f"{COOKIE}={rep['session']}", "Last-Event-ID": "0" * 32 + "-0"}
    async with (
        httpx.AsyncClient(base_url=site.url, timeout=30) as http,
        http.stream("GET", "/live", headers=headers) as stream,
        asyncio.timeout(30),
    ):
        lines = aiter(stream.aiter_lines())
        told = [await anext(lines) for _ in range(6)]

    assert "event: day" in told


async def test_signing_in_with_a_browser_ends_at_the_page_that_was_wanted(browser, site):
    person = await site.api.add_person("Zoe Paz", email=f"z{next(NUMBERS)}@a.com", language="es")
    link = (await site.api.post(f"/v1/people/{person['person_id']}/invite")).json()["link"]
    async with window(browser, site.url, "phone", "es") as one:
        await one.open(link)
        for name in ("password", "again"):
            await one.page.locator(f"[name={name}]").fill("una carrera de relevos")
        await one.page.get_by_role("button", name="Guardar y entrar").click()
        await expect(one.page.get_by_role("heading", level=1)).to_contain_text("Zoe")
        await one.open("/leads?q=abc")
        await one.page.locator("details.me > summary").click()
        await one.page.locator(".menu").get_by_role("button", name="Salir").click()
        await one.page.wait_for_url("**/sign-in")
        await one.open("/leads?q=abc")
        await one.page.locator("[name=email]").fill(person["email"])
        await one.page.locator("[name=password]").fill("una carrera de relevos")
        await one.page.get_by_role("button", name="Entrar").click()
        await expect(one.page.get_by_role("searchbox")).to_have_value("abc")

        assert one.faults == []


async def test_leads_are_found_while_typing(browser, site):
    rep = await hire(site)
    for name in ("Olga Norte", "Iván Sur"):
        told = {"name": name}
        await record(site.api, f"t{next(NUMBERS)}@acme.com", "email.opened", lead=told)
    async with signed_in(browser, site, rep) as one:
        await one.open("/leads")
        await one.page.get_by_role("searchbox").press_sequentially("olga")
        await expect(one.page.locator("tbody tr")).to_have_count(1)
        await expect(one.page.locator("tbody")).to_contain_text("Olga Norte")

        assert "q=olga" in one.page.url
        assert await flaws(one) == []


async def test_anybody_can_use_the_pages_of_the_team_also_with_hostile_names(browser, site):
    bad, number = HOSTILE.replace("\u202e", "")[:150], next(NUMBERS)
    manager = await hire(site, "es", "manager")
    rep = await site.api.add_person(bad, email=f"b{number}@a.com", skills=[bad[:50]])
    leave = {"leave": [{"from": "2026-01-01", "until": "2099-01-01"}], "last_day": "2099-02-01"}
    await site.api.patch(f"/v1/people/{rep['person_id']}/hours", leave)
    team = await site.api.add_team(bad, manager["person_id"], members=[rep["person_id"]])
    days = {"2026-12-24": {"title": bad}, "12-31": {"title": bad, "hours": "09:00-13:00"}}
    calendar = {"name": f"c-{number}", "title": bad, "week": {"mon-fri": "09:00-14:00"}}
    await site.api.post("/v1/calendars", calendar | {"days": days})
    one = {"name": f"t-{number}", "title": bad, "person_id": rep["person_id"], "products": [bad]}
    territory = (await site.api.post("/v1/territories", one)).json()["territory_id"]
    await record(site.api, f"h{number}@acme.com", "demo.requested", lead={"name": bad})
    person, place = f"/people/{rep['person_id']}", f"/calendars/c-{number}"
    pages = ["/people", person, f"{person}/edit", f"{person}/leave", f"{person}/hours"]
    pages += ["/people/import", "/people?q=nobody", "/account/hours", "/teams"]
    pages += [f"/teams/{team['team_id']}", f"/teams/{team['team_id']}/edit", "/calendars"]
    pages += [f"{place}?week=2026-12-21&within=2h", f"{place}/edit", "/territories?country=ES"]
    pages += [f"/territories/{territory}", "/routing?country=ES", "/routing?at=x&country=ES"]
    found: list[str] = []
    async with signed_in(browser, site, manager, "phone", color_scheme="dark") as window_:
        for path in pages:
            await window_.open(path)
            found += [f"{path} {flaw}" for flaw in await flaws(window_)]

    # A form that was refused is an answer of 422, which the browser notes and we expect.
    assert [each for each in found if "status of 422" not in each] == []


async def test_a_member_is_changed_without_scripts(browser, site):
    manager = await hire(site, "es", "manager")
    rep = await site.api.add_person("Leo Sanz", email=f"b{next(NUMBERS)}@a.com")
    name = f"Norte {next(NUMBERS)}"
    team = await site.api.add_team(name, manager["person_id"], members=[rep["person_id"]])
    async with signed_in(browser, site, manager, java_script_enabled=False) as one:
        await one.open(f"/teams/{team['team_id']}")
        await one.page.locator("[name=weight]").first.fill("2,5")
        await one.page.get_by_role("button", name="Guardar: Leo Sanz").click()
        await expect(one.page.get_by_role("status")).to_contain_text("cuenta desde el próximo lead")
        await expect(one.page.locator("[name=weight]").first).to_have_value("2,5")
