"""A manager's week in a real browser: who is late, leave, weights, a holiday, a new colleague.

The product runs as it is installed; the manager does all of it by its pages, on a phone in
Spanish and on a desktop in English.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.agreement import agreement
from tests.support.browser import Device, Window, window
from tests.support.doors import App
from tests.support.installation import Staff, add_source, hire
from tests.support.product import Product, World, running_product
from tests.support.story import Lead
from tests.support.waiting import eventually

WITHIN_S = 20.0
PASSWORD = "una carrera de relevos"
HOSTILE = "<script>alert(1)</script> \"'><img src=x onerror=alert(1)>"
BOTH = [("phone", "es"), ("desktop", "en")]
WORDS = {
    "es": {
        "enter": "Guardar y entrar",
        "scoreboard": "El marcador",
        "late": "sin responder a tiempo",
        "leave": "Apuntar",
        "left": "Ausencia apuntada",
        "save": "Guardar: {name}",
        "saved": "Guardado; cuenta desde el próximo lead.",
        "day": "Añadir",
        "day_said": "se están contando otra vez",
        "ask": "¿A quién le toca?",
        "away": "ausente hasta",
        "taken": "Le toca a {name}",
        "add": "Guardar",
        "added": "Ahora puedes invitarle",
        "invite": "Invitar",
        "copy": "Copia el enlace ahora",
        "hello": "Hola",
    },
    "en": {
        "enter": "Save and enter",
        "scoreboard": "The scoreboard",
        "late": "not answered in time",
        "leave": "Enter",
        "left": "Leave entered",
        "save": "Save: {name}",
        "saved": "Saved; it counts from the next lead.",
        "day": "Add",
        "day_said": "are being counted again",
        "ask": "Who would get it?",
        "away": "on leave until",
        "taken": "{name} would get it",
        "add": "Save",
        "added": "Now you can invite them",
        "invite": "Invite",
        "copy": "Copy the link now",
        "hello": "Hello",
    },
}


@dataclass(frozen=True)
class Office:
    """A product with a team that has a calendar, and a lead nobody answers."""

    product: Product
    staff: Staff
    team_id: str

    @property
    def url(self) -> str:
        return self.product.replicas[0].url


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    url = f"sqlite:///{folder}/data"
    async with running_product(
        World("embedded", url, url, folder), agreement(accept_in="1s")
    ) as product:
        staff = await hire(product.api)
        (team,) = (await product.api.get("/v1/teams"))["items"]
        changes = {"calendar": "business"}
        await product.api.change(f"/v1/teams/{team['team_id']}", changes)
        week = {"zone": "Europe/Madrid", "week": {"mon-sun": "00:00-24:00"}}
        await product.api.change("/v1/calendars/business", week)
        credential = await add_source(product.api, App)
        for number in range(2):
            lead = Lead(product.api, credential)
            await lead.does("Demo Requested", lead={"name": f"{number} {HOSTILE}"})
            await lead.handoff()
        yield Office(product, staff, team["team_id"])


@asynccontextmanager
async def manager_at(
    browser: Browser, office: Office, device: Device, language: str
) -> AsyncIterator[Window]:
    """Yield the manager's browser, signed in by a link."""
    manager = office.staff.manager
    api, path = office.product.api, f"/v1/people/{manager['person_id']}"
    await api.change(path, {"language": language})
    link = (await api.post(f"{path}/invite", {}))["link"]
    async with window(browser, office.url, device, language) as one:
        await enter(one.page, office.url, link, WORDS[language]["enter"])
        yield one


async def enter(page: Page, url: str, link: str, button: str) -> None:
    """Set a password by a link, wherever the product believes to be."""
    await page.goto(re.sub(r"^https?://[^/]+", url, link))
    for name in ("password", "again"):
        await page.locator(f"[name={name}]").fill(PASSWORD)
    await page.get_by_role("button", name=button).click()
    await page.wait_for_url(f"{url}/")


async def flaws(one: Window) -> list[str]:
    """Return everything wrong with the page as it is now."""
    wide = ["scrolls sideways"] if await one.is_too_wide() else []
    found = [*await one.violations(), *one.faults, *wide]
    return [f"{one.page.url}: {flaw}" for flaw in found]


@pytest.mark.parametrize(("device", "language"), BOTH, ids=["phone, es", "desktop, en"])
async def test_a_manager_runs_the_week_by_the_pages(browser, office, device, language):
    say, (ana, ben) = WORDS[language], office.staff.reps
    today = datetime.now(UTC).date()
    found: list[str] = []
    async with manager_at(browser, office, device, language) as one:
        page: Page = one.page
        await one.open("/scoreboard?period=30")
        await expect(page.get_by_role("heading", level=1)).to_have_text(say["scoreboard"])
        await one.open("/people")
        await expect_soon(one, "/people", ".late-some", say["late"])
        found += await flaws(one)

        await page.get_by_role("link", name=ana["name"]).click()
        await one.open(f"/people/{ana['person_id']}/hours")
        await page.locator("[name=leave_from]").fill(str(today - timedelta(days=1)))
        await page.locator("[name=leave_until]").fill(str(today + timedelta(days=4)))
        await page.get_by_role("button", name=say["leave"], exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text(say["left"])
        found += await flaws(one)

        await one.open(f"/teams/{office.team_id}")
        form = page.locator(f"form[action$='/members/{ben['person_id']}']")
        await form.locator("[name=weight]").fill("2" if language == "en" else "0,5")
        await form.get_by_role("button").click()
        await expect(page.get_by_role("status")).to_contain_text(say["saved"])
        found += await flaws(one)

        holiday = today + timedelta(days=7 - today.weekday())
        await one.open("/calendars/business")
        await page.locator("[name=day]").last.fill(str(holiday))
        await page.locator("[name=title]").fill(f"San Isidro {device}")
        await page.get_by_role("button", name=say["day"], exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text(say["day_said"])
        await one.open(f"/calendars/business?week={holiday}")
        await expect(page.locator(".week svg")).to_contain_text(f"San Isidro {device}")
        found += await flaws(one)

        await one.open("/routing")
        await page.locator("[name=country]").fill("ES")
        await page.get_by_role("button", name=say["ask"]).click()
        await expect(page.locator("#answer")).to_contain_text(say["taken"].format(name=ben["name"]))
        await expect(page.locator(".asked", has_text=ana["name"])).to_contain_text(say["away"])
        found += await flaws(one)

        link = await invited(one, f"Eva {HOSTILE}", f"eva-{device}@us-at-work.com", say)
        found += await flaws(one)
    async with window(browser, office.url, device, language) as another:
        await enter(another.page, office.url, link, say["enter"])
        await another.open("/account/hours")
        await expect(another.page.locator(".week svg")).to_be_visible()
        found += another.faults
    await office.product.api.change(f"/v1/people/{ana['person_id']}/hours", {"leave": []})

    assert found == []


async def expect_soon(one: Window, path: str, selector: str, text: str) -> None:
    """Wait until a page says something of itself: a clock has to run out first."""

    async def ask() -> Any:
        await one.open(path)
        told = await one.page.locator(selector).all_text_contents()
        return any(text in each for each in told) or None

    await eventually(ask, WITHIN_S, text)


async def invited(one: Window, name: str, email: str, say: dict[str, str]) -> str:
    """Add somebody by the page and return the link they are invited with."""
    page = one.page
    await one.open("/people/new")
    await page.locator("[name=name]").fill(name)
    await page.locator("[name=email]").fill(email)
    await page.get_by_role("button", name=say["add"], exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text(say["added"])
    await page.get_by_role("button", name=say["invite"], exact=True).click()
    await expect(page.locator(".link-once")).to_contain_text(say["copy"])
    return await page.locator("#link").input_value()
