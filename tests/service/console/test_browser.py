"""The pages of who runs the installation in a real browser: usable by all, and safe."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from playwright.async_api import expect

from shared.audit import Entry
from shared.clock import SystemClock
from shared.ids import new_id
from tests.service.console.test_operations import HOSTILE
from tests.support.browser import window
from tests.support.consoles import Consoles, open_consoles
from tests.support.ground import NewData
from tests.support.waiting import eventually

BOTH = [("phone", "es", "dark"), ("desktop", "en", "light")]
MENU = {"es": ("Más", "Estado", "Recoger"), "en": ("Running it", "Health", "Taking in")}


@pytest.fixture(scope="module")
async def site(new_data: NewData) -> AsyncIterator[Consoles]:
    """All services with all their loops, by real HTTP."""
    directory = new_data("site")
    async with open_consoles(f"sqlite:///{directory}", directory, loops=True, serve=True) as site:
        for service in site.services:
            await site.park(service, "ana", "ana", "bea", reason=HOSTILE)
            entry = Entry(HOSTILE, "key.made", new_id(), HOSTILE, {HOSTILE[:40]: HOSTILE})
            await site.note(service, SystemClock().now(), entry)
        yield site


@pytest.mark.parametrize(("device", "language", "scheme"), BOTH, ids=["phone, es", "desktop, en"])
async def test_whoever_runs_it_uses_every_page_also_with_hostile_texts(
    browser, site, device, language, scheme
):
    visit = await site.enter(language=language)
    await visit.post("/keys", {"name": HOSTILE[:190], "may_leads:read": "yes"})
    for path in ("/operations/ingest", "/operations/notify"):
        await eventually(partial(is_open, visit, path), 20, path)
    menu, health, taking_in = MENU[language]
    found: list[str] = []
    async with window(browser, site.url, device, language, color_scheme=scheme) as one:
        await one.enter(visit.session)
        await one.open("/leads")
        await one.page.locator("summary", has_text=menu).click()
        found += await one.violations()
        await one.page.get_by_role("link", name=health, exact=True).click()
        await expect(one.page.get_by_role("heading", level=1)).to_have_text(health)
        await one.page.get_by_role("link", name=taking_in).click()
        await one.page.get_by_role("link", name="touch.recorded.v1").first.click()
        here = one.page.url.removeprefix(site.url)
        for path in (
            here,
            *("/operations", "/operations/ingest", "/operations/notify"),
            *("/audit", "/audit/ingest", "/audit/notify?since=wrong", "/audit?who=nobody"),
            *("/keys", "/keys/new?like=rep"),
        ):
            await one.open(path)
            wide = ["scrolls sideways"] if await one.is_too_wide() else []
            found += [f"{path}: {flaw}" for flaw in [*await one.violations(), *wide]]
        found += one.faults

        assert found == []


async def test_pages_of_every_service_tell_by_themselves_how_many_wait(browser, site):
    visit = await site.enter(name="Zoe Paz", roles=["rep", "admin"])
    for path in ("/operations/ingest", "/operations/notify"):
        await eventually(partial(is_open, visit, path), 20, path)
    async with window(browser, site.url, language="es") as one:
        await one.enter(visit.session)
        badge = one.page.locator(".nav .badge")
        await one.open("/sources")
        await expect(badge).to_be_hidden()
        await hand_over(site, "Zoe Paz")
        await expect(badge).to_have_text("1 por responder")
        await one.open("/inbox")
        await expect(badge).to_have_text("1 por responder")
        await hand_over(site, "Zoe Paz")
        await expect(badge).to_have_text("2 por responder")
        assert one.faults == []


async def test_where_handoff_does_not_answer_pages_of_the_others_lack_the_number_alone(
    browser, site
):
    visit = await site.enter()
    await eventually(partial(is_open, visit, "/operations/ingest"), 20, "the session")
    async with window(browser, site.url, language="es") as one:
        await one.enter(visit.session)
        await one.page.route("**/live", lambda route: route.fulfill(status=502, body="away"))
        async with one.page.expect_response("**/live"):
            await one.open("/sources")
        await one.page.get_by_role("link", name="Conectar").first.click()
        await expect(one.page.locator(".nav .badge")).to_be_hidden()

        # A browser tells of each answer that is an error; that is no fault of the page.
        assert [fault for fault in one.faults if "status of 502" not in fault] == []


async def hand_over(site: Consoles, name: str) -> None:
    """Let a lead ask for a demo, and give them to somebody."""
    said = {"event": "Demo Requested", "id": new_id(), "email": f"{new_id()}@acme.com"}
    source = {"name": f"s-{said['id']}", "vendor": "generic"}
    made = (await site.http.post("/v1/sources", json=source)).json()
    bearer = {"Authorization": f"Bearer {made['credential']['value']}"}
    await site.http.post(f"/hooks/{made['name']}", json=said, headers=bearer)
    people = (await site.http.get("/v1/people")).json()["items"]
    to = next(one["person_id"] for one in people if one["name"] == name)
    opened: list[dict[str, Any]] = []

    async def is_opened() -> bool:
        who = {"identifier": f"email:{said['email']}"}
        for lead in (await site.http.get("/v1/leads", params=who)).json()["items"]:
            query = {"lead": lead["lead_id"]}
            opened[:] = (await site.http.get("/v1/handoffs", params=query)).json()["items"]
        return bool(opened)

    await eventually(is_opened, 30, "the hand-off")
    if opened[0]["owner"]["person_id"] != to:
        path = f"/v1/handoffs/{opened[0]['handoff_id']}/assign"
        given = {"to": to, "person": "admin@localhost.localdomain"}
        assert (await site.http.post(path, json=given)).status_code == 200


async def test_without_scripts_a_key_is_made_shown_and_revoked(browser, site):
    visit = await site.enter()
    async with window(browser, site.url, language="es", java_script_enabled=False) as one:
        await one.enter(visit.session)
        await one.open("/keys/new?like=rep")
        await one.page.get_by_label("Para qué es").fill("Cuadro de mando")
        await one.page.get_by_role("button", name="Crear la clave").click()
        await expect(one.page.locator(".key-once")).to_contain_text("rlv_")
        await one.page.get_by_role("link", name="Ya la tengo").click()
        await one.page.get_by_role("link", name="Revocar «Cuadro de mando»").click()
        await one.page.get_by_role("button", name="Revocar la clave").click()
        await expect(one.page.get_by_role("status")).to_have_text("Clave revocada.")


async def test_who_has_just_signed_in_reaches_a_page_of_another_service(browser, site):
    visit = await site.enter()
    async with window(browser, site.url, language="es", java_script_enabled=False) as one:
        await one.enter(visit.session)
        await one.open("/operations/notify")  # perhaps by way of "one moment"
        await expect(one.page.get_by_role("heading", level=1)).to_have_text("Estado")
        assert one.page.url.endswith("/operations/notify")


async def is_open(visit, path: str) -> bool:
    return bool((await visit.get(path)).status_code == 200)
