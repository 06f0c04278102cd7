"""An operator repairs a parked receipt at a browser, and the lead is there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import orjson
import pytest
from playwright.async_api import Page, expect

from tests.support.agreement import agreement
from tests.support.browser import Device, Window, window
from tests.support.product import Product, running_product
from tests.support.shell import SameProcess
from tests.support.waiting import eventually
from tests.support.worlds import Servers

WITHIN_S = 30
NUMBERS = count(1)
PASSWORD = "una carrera de relevos"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"
WORDS = {
    "es": {
        "in": "Guardar y entrar",
        "fault": "La dirección de correo no es válida y no hay otro id",
        "latest": "Ver el último",
        "repair": "Reparar",
        "check": "Comprobar",
        "can": "Así se puede leer",
        "save": "Guardar y leer",
        "body": "El cuerpo corregido",
        "read": "leído",
        "unreadable": "Así tampoco se puede leer",
    },
    "en": {
        "in": "Save and enter",
        "fault": "The e-mail address is not valid and there is no other id",
        "latest": "See the latest",
        "repair": "Repair",
        "check": "Check",
        "can": "So it can be read",
        "save": "Save and read",
        "body": "The corrected body",
        "read": "read",
        "unreadable": "So it cannot be read either",
    },
}


@pytest.fixture(scope="module")
async def product(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    """The embedded product, with one source."""
    folder = tmp_path_factory.mktemp("product")
    async with Servers().world(folder) as world, running_product(world, agreement()) as product:
        yield product


@asynccontextmanager
async def operator(
    product: Product, browser: Any, device: Device, language: str
) -> AsyncIterator[Window]:
    """Open a browser in which somebody of marketing has signed in by their link."""
    person = await product.api.post(
        "/v1/people",
        {
            "name": "Olga Mar",
            "email": f"olga-{next(NUMBERS)}@acme.com",
            "language": language,
            "zone": "Europe/Madrid",
            "roles": ["marketing"],
        },
    )
    invited = await product.api.post(f"/v1/people/{person['person_id']}/invite", {})
    url = product.of("ingest")[0].url
    path = "/" + invited["link"].partition("://")[2].partition("/")[2]
    async with window(browser, url, device, language) as one:
        await one.open(path)
        for name in ("password", "again"):
            await one.page.locator(f"[name={name}]").fill(PASSWORD)
        await one.page.get_by_role("button", name=WORDS[language]["in"]).click()
        await one.page.wait_for_url(lambda where: "/welcome" not in where and path not in where)
        yield one


async def flaws(one: Window) -> list[str]:
    """Return everything wrong with the page; Chromium calls a form that was refused an error."""
    wide = ["scrolls sideways"] if await one.is_too_wide() else []
    faults = [fault for fault in one.faults if "status of 422" not in fault]
    return [*await one.violations(), *faults, *wide]


async def park(product: Product, name: str, email: str) -> None:
    """Let a tool post what cannot be read: the address has a comma for a point."""
    new = {
        "name": name,
        "vendor": "generic",
        "settings": {"touch_kinds": {"Demo": "demo.requested"}},
    }
    made = await product.api.post("/v1/sources", new)
    body = {"event": "Demo", "id": f"{name}-1", "email": email, "lead": {"name": EVIL}, EVIL: EVIL}
    headers = {"x-relevo-token": made["credential"]["value"], "user-agent": EVIL}
    answer = await product.api.send("POST", f"/hooks/{name}", orjson.dumps(body), headers)
    assert answer.status_code == 200, "what cannot be read is still taken"

    async def parked() -> Any:
        return (await product.api.get("/v1/receipts", source=name, state="parked"))["items"]

    await eventually(parked, WITHIN_S, "a parked receipt")


EXPORT = (
    "Fecha;Correo;Evento\n"
    "2026-11-02 10:00:00;ana@acme.com;Demo\n"
    f"2026-11-03 10:00:00;eva@acme,com;{EVIL}\n"
    f"2026-11-04 10:00:00;leo@acme.com;{EVIL}\n"
)


async def signed_in_page(one: Window, path: str) -> Page:
    """Open a page of another service, once that has heard who is signed in."""

    async def there() -> bool:
        await one.open(path)
        return "/sign-in" not in one.page.url

    await eventually(there, WITHIN_S, "the session to be known everywhere")
    return one.page


@pytest.mark.parametrize(
    ("device", "language"), [("desktop", "es"), ("phone", "en")], ids=["desktop, es", "phone, en"]
)
async def test_an_operator_repairs_a_parked_receipt(product, browser, device, language):
    say, source = WORDS[language], f"fair-{language}"
    await park(product, source, f"leo@{language}-visitors,com")
    found: list[str] = []
    async with operator(product, browser, device, language) as one:
        page = await signed_in_page(one, f"/receipts?source={source}")
        found += await flaws(one)
        card = page.locator(".card", has_text=say["fault"])
        await expect(card).to_have_count(1)
        await card.get_by_role("link", name=say["latest"]).click()
        await expect(page.locator(".code").first).to_contain_text(f"leo@{language}-visitors,com")
        found += await flaws(one)
        receipt = page.url.rpartition("/")[2]
        await page.get_by_role("link", name=say["repair"], exact=True).click()
        field = page.get_by_label(say["body"])
        written = await field.input_value()
        await field.fill(written.replace("{", "", 1))
        await page.get_by_role("button", name=say["check"], exact=True).click()
        await expect(page.get_by_text(say["unreadable"])).to_be_visible()
        found += await flaws(one)
        mended = written.replace("visitors,com", "visitors.com")
        await page.get_by_label(say["body"]).fill(mended)
        await page.get_by_role("button", name=say["check"], exact=True).click()
        await expect(page.get_by_text(say["can"])).to_be_visible()
        found += await flaws(one)
        await page.get_by_role("button", name=say["save"]).click()
        await page.wait_for_url(f"**/receipts/{receipt}**")
        await expect(page.locator(".head-side .mood")).to_have_text(say["read"])
        found += await flaws(one)

        async def known() -> Any:
            wanted = f"email:leo@{language}-visitors.com"
            return (await product.api.get("/v1/leads", identifier=wanted))["items"]

        (lead,) = await eventually(known, WITHIN_S, "the lead")
        await one.open(f"/leads/{lead['lead_id']}")
        await expect(page.locator("main")).to_contain_text("script")
        found += await flaws(one)

    assert found == []
    kept = await product.api.get(f"/v1/receipts/{receipt}/original")
    assert "visitors,com" in kept["body"]
    handed = await product.api.get("/v1/handoffs", lead=lead["lead_id"])
    assert len(handed["items"]) == 1, "the touch that was mended made the lead ready"


@pytest.mark.parametrize(
    ("device", "language", "scheme"),
    [("phone", "es", "dark"), ("desktop", "en", "light")],
    ids=["phone, es, dark", "desktop, en, light"],
)
async def test_anybody_can_use_every_page_of_what_comes_in(
    product, browser, device, language, scheme
):
    source, other = f"web-{language}", f"crm-{language}"
    await park(product, source, f"eva@{language}-visitors,com")
    await product.api.post("/v1/sources", {"name": other, "vendor": "hubspot"})
    await product.api.send("POST", f"/hooks/{other}", b"{}", {"x-relevo-token": "x"})
    found: list[str] = []
    async with operator(product, browser, device, language) as one:
        page = await signed_in_page(one, "/sources")
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for path in (
            *("/sources", f"/sources/{source}", "/sources/new", "/sources/new/segment"),
            *(f"/sources/{other}/connect", "/receipts", "/receipts?state=parked", "/imports"),
        ):
            await one.open(path)
            found += [f"{path} {flaw}" for flaw in await flaws(one)]
        await page.locator("[name=file]").set_input_files(
            {"name": f"{EVIL}.csv", "mimeType": "text/csv", "buffer": EXPORT.encode()}
        )
        await page.locator("[name=source]").select_option(source)
        await page.locator(".give button").click()
        await page.wait_for_url("**/imports/files/*")
        found += await flaws(one)
        await page.locator(".verdict-line ~ .actions .button").first.click()
        await expect(page.locator(".note.good")).to_be_visible()
        found += await flaws(one)
        await one.open("/sources/new/generic")
        await page.locator("[name=name]").fill(f"fair-{language}-2")
        await page.locator("form.sheet button").click()
        await expect(page.locator("#news .waiting")).to_be_visible()
        token = await page.locator("#value").input_value()
        found += await flaws(one)
        body = orjson.dumps({"event": "Demo", "id": "1", "email": f"zoe@{language}-visitors.com"})
        headers = {"x-relevo-token": token}
        await product.api.send("POST", f"/hooks/fair-{language}-2", body, headers)
        await expect(page.locator("#news .note.good")).to_be_visible()
        found += await flaws(one)

    assert found == []


async def test_the_command_repairs_and_discards_too(product, tmp_path):
    for name in ("typed", "unwanted"):
        await park(product, name, f"leo@{name}-visitors,com")
    receipts = {
        name: (await product.api.get("/v1/receipts", source=name))["items"][0]["id"]
        for name in ("typed", "unwanted")
    }
    environment = {"RELEVO_URL": product.of("ingest")[0].url, "RELEVO_KEY": product.admin_key}
    shell = SameProcess(tmp_path, environment)

    def work() -> str:
        original = shell.relevo("receipts", "repair", receipts["typed"], "--original")
        (tmp_path / "body").write_text(original.replace(",com", ".com"))
        given = ("receipts", "repair", receipts["typed"], "--file", "body")
        checked = shell.json(*given, "--check")
        assert checked["told"][0]["identity"] == "email:leo@typed-visitors.com"
        shell.relevo(*given, "--why", "a comma")
        shell.relevo("receipts", "discard", receipts["unwanted"])
        return original

    original = await asyncio.to_thread(work)

    async def read() -> Any:
        return (await product.api.get("/v1/receipts", source="typed", state="read"))["items"]

    (receipt,) = await eventually(read, WITHIN_S, "the receipt to be read")
    shown = await product.api.get(f"/v1/receipts/{receipt['id']}")
    assert [one["why"] for one in shown["repairs"]] == ["a comma"]
    assert "typed-visitors,com" in original
    lines = (await product.api.get("/v1/ledger"))["sources"]
    (line,) = (one for one in lines if one["source"] == "unwanted")
    assert (line["received"], line["discarded"], line["gap"]) == (1, 1, 0)


async def test_without_scripts_a_group_is_read_again(product, browser):
    await park(product, "plain", "leo@plain-visitors,com")
    fixed = {"touch_kinds": {"Demo": "demo.requested"}, "options": {"mapping": {"user_id": "id"}}}
    await product.api.change("/v1/sources/plain", {"settings": fixed})
    async with operator(product, browser, "desktop", "en") as scripted:
        page = await signed_in_page(scripted, "/receipts?source=plain")
        state = await page.context.storage_state()
    async with window(
        browser, scripted.base_url, "desktop", "en", java_script_enabled=False, storage_state=state
    ) as one:
        await one.open("/receipts?source=plain")
        await one.page.get_by_role("button", name="Read them again").click()
        await expect(one.page.locator(".note.good")).to_contain_text("1 receipt is read again.")

        async def published() -> Any:
            return (await product.api.get("/v1/receipts", source="plain", state="read"))["items"]

        await eventually(published, WITHIN_S, "the receipt to be read")
