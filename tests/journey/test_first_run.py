"""The first run, as somebody who has just installed the product lives it, at a browser."""

import asyncio
import re
import signal

from playwright.async_api import expect

from tests.support.browser import window
from tests.support.served import Served, on

PASSWORD = "una carrera de relevos"
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/welcome/\S+)")


async def test_from_the_first_link_to_a_test_lead_that_arrives_and_goes(browser, tmp_path):
    given = on(tmp_path) | {"RELEVO_LANGUAGE": "es", "RELEVO_COMPANY": "Acme"}
    served = await asyncio.to_thread(Served, given, "--port", "0")
    try:
        link = LINK.search("".join(served.told))
        assert link, served.told
        async with window(browser, f"http://127.0.0.1:{served.port}", "desktop", "es") as one:
            page = one.page
            await one.open(link[1])
            for name in ("password", "again"):
                await page.locator(f"[name={name}]").fill(PASSWORD)
            await page.get_by_role("button", name="Guardar y entrar").click()
            await page.wait_for_url("**/start")
            await expect(page.get_by_text("2 de 5 hechos")).to_be_visible()

            await page.locator("[name=name]").fill("Laura Medina")
            await page.locator("[name=email]").fill("laura@acme.example")
            await page.get_by_role("button", name="Dar de alta").click()
            await expect(page.locator("input[readonly]")).to_have_value(re.compile("/welcome/"))
            await expect(page.locator("#team")).to_have_class(re.compile("is-done"))

            await page.locator("#source").get_by_role("button", name="Saltar este paso").click()
            await expect(page.locator("#source")).to_have_class(re.compile("is-skipped"))
            await page.locator("#test").get_by_role("button", name="Enviar").click()
            # It arrives by itself: the page is not loaded anew.
            await expect(page.locator(".relay .is-there")).to_have_count(4, timeout=30_000)
            found = await one.violations()
            await expect(page.locator("#test").get_by_text("Avisado")).to_be_visible()
            await page.locator("#sample").get_by_role("link", name="Para ").click()
            await expect(page.get_by_role("heading", level=1)).to_have_text("Lead de prueba")
            await one.open("/")
            await expect(page.locator(".start-line")).to_have_count(0)

            await one.open("/start")
            await expect(page.get_by_text("Todo listo")).to_be_visible()
            await page.locator("#source summary").click()
            await page.get_by_role("button", name="Retomar este paso").click()
            await one.open("/")
            await expect(page.locator(".start-line")).to_contain_text("La primera fuente")
            await one.open("/start#test")
            await page.locator("#test").get_by_role("button", name="Quitar").click()
            await expect(page.locator(".relay")).to_have_count(0)
            await one.open("/leads")
            await expect(page.get_by_role("heading", name="Todavía no hay leads")).to_be_visible()

            assert found == []
            assert one.faults == []
    finally:
        await asyncio.to_thread(served.end, signal.SIGTERM)
