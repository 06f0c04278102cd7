"""Notify's pages in a real browser, on a phone and on a desktop, in both languages."""

from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import httpx
import pytest
from playwright.async_api import expect

from shared.contracts.handoffs import Person
from tests.builders import Lead
from tests.service.notify.site import Site, open_site
from tests.support.browser import flaws, signed_in
from tests.support.ground import NewData
from tests.support.receivers import Answer
from tests.support.visiting import COOKIE

NUMBERS = count(1)
BOTH = [("phone", "es"), ("desktop", "en")]
HOSTILE = "<img src=x onerror=alert(1)><script>alert(1)</script>"
READY = "handoff.sales_ready.v1"
WORDS = {
    "es": {
        "add": "Añadir una suscripción",
        "some": "Solo de lo que elija",
        "ready": "Un lead está listo para ventas",
        "create": "Crear y ver el secreto",
        "on": "Ver la suscripción",
        "failed": "Respondió que no",
        "again": "Enviarlo otra vez",
        "yes": "Sí, enviarlo",
        "taken": "Recibido",
        "stopped": "Desactivada",
        "enable": "Activar otra vez",
        "working": "Funciona",
        "unread": "1 sin leer",
        "up to date": "Estás al día",
        "mark": "Marcar todo como leído",
    },
    "en": {
        "add": "Add a subscription",
        "some": "Only what I choose",
        "ready": "A lead is ready for sales",
        "create": "Make it and see the secret",
        "on": "See the subscription",
        "failed": "It answered no",
        "again": "Send it again",
        "yes": "Yes, send it",
        "taken": "Taken",
        "stopped": "Disabled",
        "enable": "Enable again",
        "working": "Working",
        "unread": "1 unread",
        "up to date": "You are up to date",
        "mark": "Mark all as read",
    },
}


@pytest.fixture(scope="module")
async def site(new_data: NewData) -> AsyncIterator[Site]:
    """Notify beside handoff, by real HTTP."""
    async with open_site(new_data("site")) as found:
        yield found


async def admin(site: Site, language: str) -> dict[str, Any]:
    return await site.sign_in(f"b{next(NUMBERS)}@acme.com", language=language)


@pytest.mark.parametrize(("device", "language"), BOTH, ids=["phone, es", "desktop, en"])
async def test_a_failed_delivery_is_seen_and_sent_again_until_it_arrives(
    browser, site, receiver, device, language
):
    person, say = await admin(site, language), WORDS[language]
    receiver.always = Answer(410, body=HOSTILE.encode())
    found: list[str] = []
    async with signed_in(browser, site, person, device) as one:
        page = one.page
        await one.open("/subscriptions")
        await page.get_by_role("link", name=say["add"]).click()
        await page.locator("[name=name]").fill(f"CRM {HOSTILE}")
        await page.locator("[name=url]").fill(receiver.url)
        await page.get_by_label(say["some"]).check()
        await page.locator(f"[name='event:{READY}']").check()
        found += await flaws(one)
        await page.get_by_role("button", name=say["create"]).click()
        await expect(page.locator(".secret")).to_contain_text("whsec_")
        found += await flaws(one)
        await page.get_by_role("link", name=say["on"]).click()
        await site.api.publish(Lead("Bea").sales_ready())
        first = await receiver.next_request()
        tag = page.locator(".page-head .standing-tag")
        while await tag.inner_text() != say["stopped"]:
            await page.reload()
        await page.get_by_role("link", name=f"{say['ready']}: Bea").click()
        await expect(page.locator("#delivery")).to_contain_text(say["failed"])
        await page.locator(".timeline details summary").first.click()
        await expect(page.locator(".timeline pre").first).to_have_text(HOSTILE)
        found += await flaws(one)
        receiver.always = Answer()
        await page.locator(".page-head a[href^='/subscriptions/']").click()
        await page.get_by_role("button", name=say["enable"]).click()
        await page.get_by_role("link", name=f"{say['ready']}: Bea").click()
        await page.locator(".drawer summary").click()
        found += await flaws(one)
        await page.get_by_role("button", name=say["yes"]).click()
        second = await receiver.next_request()
        await expect(page.locator(".page-head .standing-tag")).to_have_text(say["taken"])
        found += await flaws(one)
        await page.locator(".page-head a[href^='/subscriptions/']").click()
        await expect(page.locator(".page-head .standing-tag")).to_have_text(say["working"])
        await site.api.http.delete(f"/v1{page.url.removeprefix(site.url)}")

    assert found == []
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


@pytest.mark.parametrize(
    ("device", "language", "scheme"),
    [("phone", "es", "dark"), ("desktop", "en", "light")],
    ids=["phone, es, dark", "desktop, en, light"],
)
async def test_anybody_can_use_every_page_also_with_hostile_texts(
    browser, site, receiver, device, language, scheme
):
    person = await admin(site, language)
    owner = Person(person_id=person["person_id"], name=person["name"], email=person["email"])
    receiver.always = Answer(410, body=HOSTILE.encode())
    made = await site.api.subscribe(receiver.url, READY, name=HOSTILE, headers={"X-A": "1"})
    await site.api.publish(Lead(HOSTILE, owner=owner).sales_ready())
    path, found = f"/subscriptions/{made['subscription_id']}", []
    while not (one := await parked(site, made)):
        pass
    await site.api.post(f"/v1{path}/enable")
    asks = [f"{path}/{name}" for name in ("change", "replay", "redeliver", "disable", "remove")]
    again = f"{path}/replay?since=2026-01-01T00:00"
    async with signed_in(browser, site, person, device, color_scheme=scheme) as opened:
        for each in (
            *("/subscriptions", path, "/subscriptions/new", *asks, again, "/deliveries"),
            *(f"/deliveries/{one['delivery_id']}", "/deliveries?about=x", "/inbox"),
            "/inbox/channels",
        ):
            await opened.open(each)
            found += [f"{each} {flaw}" for flaw in await flaws(opened)]
            opened.faults.clear()
    await site.api.http.delete(f"/v1{path}")

    # A browser tells of each page that is answered with 422 or 409; that is no fault.
    assert [one for one in found if "status of 422" not in one] == []


async def parked(site: Site, made: dict[str, Any]) -> Any:
    """Return the subscription's delivery once it is parked."""
    query = {"subscription": made["subscription_id"], "state": "parked"}
    items = (await site.api.get("/v1/deliveries", **query)).json()["items"]
    return items[0] if items else None


@pytest.mark.parametrize(("device", "language"), BOTH, ids=["phone, es", "desktop, en"])
async def test_a_message_appears_by_itself_and_is_marked_as_read(browser, site, device, language):
    person, say = await admin(site, language), WORDS[language]
    owner = Person(person_id=person["person_id"], name=person["name"], email=person["email"])
    async with signed_in(browser, site, person, device) as one:
        await one.open("/inbox")
        await expect(one.page.locator("#inbox .lead")).to_contain_text(say["up to date"])
        await site.api.publish(Lead("Bea", owner=owner).sales_ready())
        await expect(one.page.locator(".message")).to_contain_text("Bea (Acme)")
        await expect(one.page.locator("#inbox .lead")).to_contain_text(say["unread"])
        flawed = await flaws(one)
        await one.page.get_by_role("button", name=say["mark"]).click()
        await expect(one.page.locator("#inbox .lead")).to_contain_text(say["up to date"])

        assert flawed + await flaws(one) == []


async def test_without_scripts_forms_do_the_same(browser, site, receiver):
    person, say = await admin(site, "es"), WORDS["es"]
    async with signed_in(browser, site, person, java_script_enabled=False) as one:
        await one.open("/subscriptions/new")
        await one.page.locator("[name=name]").fill("CRM")
        await one.page.locator("[name=url]").fill(receiver.url)
        await one.page.get_by_role("button", name=say["create"]).click()
        await one.page.get_by_role("link", name=say["on"]).click()
        await one.page.get_by_role("button", name="Enviar una prueba").click()
        await expect(one.page.locator(".note.good")).to_contain_text("El receptor la aceptó (200).")
        path = one.page.url.removeprefix(site.url).removesuffix("/test")
        await site.api.http.delete(f"/v1{path}")


async def test_who_reconnects_hears_at_once_of_what_they_missed(site):
    person = await admin(site, "es")
    owner = Person(person_id=person["person_id"], name=person["name"], email=person["email"])
    await site.api.publish(Lead("Bea", owner=owner).sales_ready())
    headers = {"Cookie": f"{COOKIE}={person['session']}", "Last-Event-ID": "none"}
    async with (
        httpx.AsyncClient(base_url=site.url, timeout=15) as http,
        http.stream("GET", "/inbox/live", headers=headers) as stream,
    ):
        lines = aiter(stream.aiter_lines())
        told = [await anext(lines) for _ in range(6)]

    assert "event: day" in told
