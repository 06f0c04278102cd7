"""The agreement in a real browser: from a draft with a mistake to signed by both and in force."""

from collections.abc import AsyncIterator
from importlib.resources import files
from itertools import count
from typing import Any

import pytest
from playwright.async_api import Page, expect

from services.handoff.workers.tryouts import TryoutWorker
from tests.contract.serving import serving
from tests.service.handoff.api import open_api
from tests.service.handoff.signing import Teams, text
from tests.service.handoff.test_console_browser import BOTH, Site
from tests.support.browser import flaws, signed_in
from tests.support.ground import NewData
from tests.support.visiting import session_of

NUMBERS = count(1)
HOSTILE = "\u202e<script>alert(1)</script> '\"><img src=x onerror=alert(1)> " + "W" * 90
SAID = {
    "es": {
        "propose": "Proponer un cambio",
        "wrong": "tiene que ser un número",
        "fine": "Sin errores",
        "change": "110 puntos en vez de 100",
        "save": "Guardar borrador",
        "saved": "Guardada como versión nueva",
        "marketing": "Firmar por marketing",
        "sales": "Firmar por ventas",
        "read": "He leído la versión",
        "waits": "Leer y firmar",
        "signed": "Firmada. Queda constancia.",
        "start": "Poner en vigor",
        "started": "En vigor. Decide desde ahora.",
        "both": "Firmado por los dos equipos",
        "counts": "vale 110 puntos",
    },
    "en": {
        "propose": "Propose a change",
        "wrong": "must be a number",
        "fine": "No errors",
        "change": "110 points instead of 100",
        "save": "Save draft",
        "saved": "Saved as a new version",
        "marketing": "Sign for marketing",
        "sales": "Sign for sales",
        "read": "I have read version",
        "waits": "Read and sign",
        "signed": "Signed, and written down.",
        "start": "Put in force",
        "started": "In force. It decides from now on.",
        "both": "Signed by both teams",
        "counts": "counts 110 points",
    },
}


@pytest.fixture(scope="module")
async def site(new_data: NewData) -> AsyncIterator[Site]:
    """Handoff by real HTTP; its loops do not run."""
    directory = new_data("agreement")
    async with open_api(f"sqlite:///{directory}", directory) as api:
        transport: Any = api.http._transport
        async with serving(transport.app) as url:
            yield Site(api, url)


async def hire(site: Site, language: str, *roles: str) -> dict[str, Any]:
    number = next(NUMBERS)
    person = await site.api.add_person(
        f"Mara Ruiz {number}", email=f"m{number}@a.com", language=language, roles=list(roles)
    )
    return person | {"session": await session_of(site.api.parts, person["person_id"])}


async def drafted(site: Site, written: str) -> dict[str, Any]:
    answer = await site.api.post("/v1/policies", {"text": written}, **{"If-Match": "*"})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def begun(site: Site) -> str:
    """Return the name of a policy with one version, the starter's text."""
    policy = f"starter-{next(NUMBERS)}"
    folder = files("services.handoff.policy_document") / "starters"
    written = (folder / "starter.es.yaml").read_text(encoding="utf-8")
    await drafted(site, written.replace("policy: b2b-starter", f"policy: {policy}"))
    return policy


async def write(page: Page, old: str, new: str) -> None:
    """Change the first ``old`` of the text by keyboard, as people do."""
    box = page.locator("#text")
    place = (await box.input_value()).index(old)
    await box.focus()
    await box.evaluate(
        "(box, [start, end]) => box.setSelectionRange(start, end)", [place, place + len(old)]
    )
    await page.keyboard.type(new)


async def sign(page: Page, say: dict[str, str], team: str) -> None:
    await page.get_by_role("link", name=say["waits"]).first.click()
    await page.get_by_role("checkbox", name=say["read"]).check()
    await page.get_by_role("button", name=say[team]).click()
    await expect(page.get_by_role("status")).to_have_text(say["signed"])


@pytest.mark.parametrize(("device", "language"), BOTH, ids=["phone, es", "desktop, en"])
async def test_the_agreement_goes_from_a_draft_to_signed_and_in_force(
    browser, site, device, language
):
    marketing = await hire(site, language, "marketing")
    sales = await hire(site, language, "sales")
    policy, say = await begun(site), SAID[language]
    found: list[str] = []
    async with signed_in(browser, site, marketing, device) as one:
        page = one.page
        await one.open(f"/agreement/{policy}")
        found += await flaws(one)
        await page.get_by_role("link", name=say["propose"]).click()
        await expect(page.locator("#check-line")).to_contain_text(say["fine"])
        await write(page, "points: 100", "points: diez")
        fault = page.locator('#check [data-line="25"]')
        await expect(fault).to_contain_text(say["wrong"])
        await expect(page.locator("#marks .mark.is-error")).to_contain_text(say["wrong"])
        found += await flaws(one)
        await page.locator("#text").press("Control+End")
        await fault.locator("a").click()
        at = await page.locator("#text").evaluate("box => box.selectionStart")
        assert (await page.locator("#text").input_value())[at:].startswith("diez")
        await write(page, "points: diez", "points: 110")
        await expect(page.locator("#check-line")).to_contain_text(say["fine"])
        await expect(page.locator("#marks .mark.is-error")).to_have_count(0)
        found += await flaws(one)
        await page.get_by_role("button", name=say["save"]).click()
        await expect(page.get_by_role("status")).to_contain_text(say["saved"])
        found += await flaws(one)
        asked = {"policy": policy, "number": 2}
        assert (await site.api.post("/v1/policies/tryouts", asked)).status_code == 201
        await TryoutWorker(site.api.parts).run_waiting()
        await one.open(f"/agreement/{policy}")
        await sign(page, say, "marketing")
        found += await flaws(one)
    async with signed_in(browser, site, sales, device) as one:
        page = one.page
        await one.open("/agreement")
        await page.get_by_role("link", name=say["waits"]).first.click()
        await one.open(f"/agreement/{policy}")
        await sign(page, say, "sales")
        await page.locator("#activate").get_by_role("button", name=say["start"]).click()
        await expect(page.get_by_role("status")).to_have_text(say["started"])
        await one.open(f"/agreement/{policy}")
        await expect(page.locator(".paper")).to_contain_text(say["both"])
        await expect(page.locator(".paper")).to_contain_text(say["counts"])
        for person in (marketing, sales):
            await expect(page.locator(".signatures")).to_contain_text(person["name"])
        found += await flaws(one)

    assert found == []


@pytest.mark.parametrize(
    ("device", "language", "scheme"),
    [("phone", "es", "light"), ("desktop", "en", "dark")],
    ids=["phone, es, light", "desktop, en, dark"],
)
async def test_anybody_can_use_every_page_also_with_hostile_policies(
    browser, site, device, language, scheme
):
    marketing = await hire(site, language, "marketing")
    policy = f"hostile-{next(NUMBERS)}"
    written = text(100, policy).replace("When a lead is ready", HOSTILE[1:].replace('"', '\\"'))
    first = await drafted(site, written.replace("Cuándo un lead está listo", "W" * 190))
    await drafted(site, written.replace("points: 100", "points: 90"))
    await Teams(site.api, site.api, site.api, site.api, {}).tried(first)
    where = f"/agreement/{policy}"
    found: list[str] = []
    async with signed_in(browser, site, marketing, device, color_scheme=scheme) as one:
        for path in (
            *("/agreement", where, f"{where}/history", f"{where}/edit", "/agreement/-/edit"),
            *(f"{where}/versions/1", f"{where}/versions/2", f"{where}/targets/advice?number=1"),
            "/agreement/b2b-starter",
        ):
            await one.open(path)
            found += [f"{path} {flaw}" for flaw in await flaws(one)]
        await one.open(f"{where}/edit")
        await one.page.locator("#text").fill(f"policy: {HOSTILE[1:]}\n{HOSTILE[1:]}: [")
        await expect(one.page.locator("#check .is-error").first).to_be_visible()
        found += [f"errors {flaw}" for flaw in await flaws(one)]

    assert found == []


async def test_without_scripts_a_mistake_is_found_and_mended(browser, site):
    marketing = await hire(site, "es", "marketing")
    policy = f"plain-{next(NUMBERS)}"
    await drafted(site, text(100, policy))
    async with signed_in(browser, site, marketing, java_script_enabled=False) as one:
        page = one.page
        await one.open(f"/agreement/{policy}/edit")
        await page.locator("#text").fill(text(80, policy).replace("points: 80", "points: x"))
        await page.get_by_role("button", name="Comprobar").click()
        await expect(page.locator("#check")).to_contain_text("Línea 4, columna 41")
        await page.locator("#text").fill(text(80, policy))
        await page.get_by_role("button", name="Guardar borrador").click()
        await expect(page.get_by_role("status")).to_contain_text("Guardada como versión nueva")


async def test_what_was_not_saved_survives_the_end_of_a_session(browser, site):
    marketing = await hire(site, "es", "marketing")
    policy = f"kept-{next(NUMBERS)}"
    await drafted(site, text(100, policy))
    async with signed_in(browser, site, marketing) as one:
        page = one.page
        await one.open(f"/agreement/{policy}/edit")
        await page.context.clear_cookies()
        await write(page, "points: 100", "points: 77")
        await page.wait_for_url("**/sign-in?next=*edit*")
        session = await session_of(site.api.parts, marketing["person_id"])
        await one.enter(session)
        await one.open(f"/agreement/{policy}/edit")
        await page.get_by_role("button", name="Recuperarlo").click()
        await expect(page.locator("#text")).to_have_value(text(77, policy))
        await expect(page.locator("#check")).to_contain_text("77 puntos")
        await page.get_by_role("button", name="Guardar borrador").click()
        await expect(page.get_by_role("status")).to_contain_text("Guardada como versión nueva")
        await one.open(f"/agreement/{policy}/edit")
        await expect(page.locator("#kept")).to_be_hidden()


async def test_a_form_of_an_older_session_says_so_and_keeps_what_was_written(browser, site):
    marketing = await hire(site, "es", "marketing")
    policy = f"stale-{next(NUMBERS)}"
    await drafted(site, text(100, policy))
    async with signed_in(browser, site, marketing) as one:
        page = one.page
        await one.open(f"/agreement/{policy}/edit")
        await page.evaluate(
            "for (const one of document.getElementsByName('form_token')) one.value = 'x'"
        )
        await write(page, "points: 100", "points: 66")
        await expect(page.locator("#check-failed")).to_be_visible()
        await expect(page.locator("#check")).to_contain_text("Sin errores")
        await page.reload()
        await page.get_by_role("button", name="Recuperarlo").click()
        await expect(page.locator("#check")).to_contain_text("66 puntos")
        await expect(page.locator("#check-failed")).to_be_hidden()


async def test_a_file_of_ones_own_is_put_into_the_editor(browser, site, tmp_path):
    marketing = await hire(site, "es", "marketing")
    policy = f"upload-{next(NUMBERS)}"
    await drafted(site, text(100, policy))
    (tmp_path / "mine.yaml").write_bytes(text(55, policy).replace("\n", "\r\n").encode())
    async with signed_in(browser, site, marketing) as one:
        await one.open(f"/agreement/{policy}/edit")
        await one.page.locator(".start-from summary").click()
        await one.page.locator("#file").set_input_files(tmp_path / "mine.yaml")
        await expect(one.page.locator("#text")).to_have_value(text(55, policy))
        await expect(one.page.locator("#check")).to_contain_text("55 puntos")

        assert await flaws(one) == []
