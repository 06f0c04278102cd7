"""Everybody can use every page: what axe-core finds, what the keyboard reaches, what prints."""

from typing import Any

import pytest
from playwright.async_api import expect

from services.handoff.handlers.sign_in import make_link
from services.handoff.unit_of_work import unit_of_work
from tests.service.handoff.paging import handed_to
from tests.service.handoff.recording import record
from tests.service.handoff.test_console_browser import BOTH, NUMBERS, Site, hire
from tests.service.handoff.test_console_browser import site as site
from tests.support.browser import Window, flaws, signed_in, window
from tests.support.visiting import ADMINISTRATOR, NO_PASSWORD

EXPECTED = "Failed to load resource"
"""What a browser says of a page that is answered with 403 or 500, as some here must be."""


async def both_schemes(one: Window, what: str) -> list[str]:
    """Return what is wrong with the page as it is, in light and in dark."""
    await one.page.emulate_media(color_scheme="light")
    found = [*await flaws(one)]
    await one.page.emulate_media(color_scheme="dark")  # only the colours are others
    found += await one.violations("color-contrast")
    one.faults.clear()
    return [f"{what}: {flaw}" for flaw in found if not flaw.startswith(EXPECTED)]


async def link_for(site: Site, person: dict[str, Any]) -> str:
    """Return the path of a link that sets a person's password."""
    token, _ = await site.api.service.db.write(
        lambda conn: make_link(
            unit_of_work(site.api.parts, conn), ADMINISTRATOR, person["person_id"]
        )
    )
    return f"/welcome/{token}"


@pytest.mark.parametrize(("device", "language"), BOTH, ids=["phone, es", "desktop, en"])
async def test_pages_of_an_administrator(browser, site, device, language):
    admin = await hire(site, language, "admin")
    lead = await record(site.api, f"u{next(NUMBERS)}@acme.com", "email.opened")
    found: list[str] = []
    async with signed_in(browser, site, admin, device) as one:
        page = one.page
        for path in ("/start", "/leads?q=nobody", "/account", f"/leads/{lead}/erase"):
            await one.open(path)
            found += await both_schemes(one, path)
        await page.locator("[name=why]").fill("asked")
        await page.locator("[name=sure]").check()
        await page.locator("main button").click()
        await page.locator(".empty").wait_for()
        found += await both_schemes(one, "erased")
        await one.open(f"/leads/{lead}")
        found += await both_schemes(one, "refused with 410")
        await one.open("/nothing")
        found += await both_schemes(one, "refused with 404")
        await one.open("/leads")
        await page.locator("details.ways summary").click()
        found += await both_schemes(one, "the ways opened")

    assert found == []


@pytest.mark.parametrize(("device", "language"), BOTH, ids=["phone, es", "desktop, en"])
async def test_pages_of_a_rep_with_everything_opened(
    browser,
    site,
    device,
    language,
    monkeypatch,
):
    rep = await hire(site, language)
    answered = await handed_to(site.api, rep, f"u{next(NUMBERS)}@acme.com", lead={"name": "Eva"})
    await handed_to(site.api, rep, f"u{next(NUMBERS)}@acme.com", lead={"name": "Leo"})
    found: list[str] = []
    async with signed_in(browser, site, rep, device) as one:
        page = one.page
        await one.open("/")
        await page.locator(f"details.{'ways' if device == 'phone' else 'me'} > summary").click()
        found += await both_schemes(one, "the menu opened")
        await page.keyboard.press("Escape")
        await page.locator(".card summary").first.click()
        found += await both_schemes(one, "a drawer of the day")
        await one.open(answered["path"])
        await page.get_by_role("button", name={"es": "Aceptar", "en": "Accept"}[language]).click()
        await expect(page.get_by_role("status")).not_to_be_empty()
        drawers = page.locator("details.drawer")
        for number in range(await drawers.count()):
            await drawers.nth(number).locator("summary.button").click()
            found += await both_schemes(one, f"drawer {number} of a hand-off")
        await one.open("/start")
        found += await both_schemes(one, "refused with 403")
        monkeypatch.setattr("services.handoff.console.today_routes.day_of", _broken)
        await one.open("/")
        found += await both_schemes(one, "refused with 500")

    assert found == []


def _broken(*_given: Any) -> None:
    raise RuntimeError("a test breaks it")


@pytest.mark.parametrize(("device", "language"), BOTH, ids=["phone, es", "desktop, en"])
async def test_pages_of_who_is_not_signed_in(browser, site, device, language):
    person = await hire(site, language)
    link = await link_for(site, person)
    found: list[str] = []
    async with window(browser, site.url, device, language) as one:
        page = one.page
        await one.open(link)
        found += await both_schemes(one, "the first password")
        for name in ("password", "again"):
            await page.locator(f"[name={name}]").fill("aaaaaaaaaaaaaa")
        await page.locator("main button").click()
        await page.get_by_role("alert").wait_for()
        found += await both_schemes(one, "a password that is refused")
        await one.open("/welcome/of-nobody")
        found += await both_schemes(one, "a link that is over")
        for _ in range(6):  # the sixth has to wait
            await one.open("/sign-in")
            await page.locator("[name=email]").fill(person["email"])
            await page.locator("[name=password]").fill(NO_PASSWORD)
            await page.locator("main button").click()
            await page.get_by_role("alert").wait_for()
        found += await both_schemes(one, "refused with 429")

    assert found == []


async def test_the_scoreboard_prints_without_the_frame(browser, site):
    manager = await hire(site, "es", "manager")
    async with signed_in(browser, site, manager) as one:
        await one.open("/scoreboard")
        await one.page.emulate_media(media="print")
        found = await one.violations()

        assert found == []
        await expect(one.page.locator(".nav")).to_be_hidden()
        await expect(one.page.locator(".board-form")).to_be_hidden()
        await expect(one.page.locator("[aria-labelledby=board-funnel] table")).to_be_visible()
        assert not await one.is_too_wide()


@pytest.mark.parametrize("language", ["es", "en"])
async def test_the_ways_stand_on_one_line_on_a_tablet(browser, site, language):
    admin = await hire(site, language, "admin")
    async with signed_in(browser, site, admin) as one:
        await one.open("/account")
        high, wide = {}, {}
        for width in (705, 768, 1024):
            await one.page.set_viewport_size({"width": width, "height": 800})
            box = await one.page.locator(".nav").bounding_box()
            high[width], wide[width] = box and round(box["height"]), await one.is_too_wide()

        assert all(height is not None and height < 60 for height in high.values()), high
        assert not any(wide.values()), wide


# --- the keyboard -------------------------------------------------------------------------------


async def focused(one: Window, ask: str = "element.textContent.trim()") -> Any:
    return await one.page.evaluate(
        f"(() => {{ const element = document.activeElement; return {ask}; }})()"
    )


async def test_the_first_tab_leads_past_the_frame(browser, site):
    rep = await hire(site)
    async with signed_in(browser, site, rep) as one:
        await one.open("/leads")
        await one.page.keyboard.press("Tab")
        first = await focused(one)
        is_seen = await one.page.locator(".skip").evaluate(
            "(link) => link.getBoundingClientRect().top >= 0"
        )
        await one.page.keyboard.press("Enter")
        await one.page.keyboard.press("Tab")

        assert (first, is_seen) == ("Ir al contenido", True)
        assert await focused(one, "element.closest('main') !== null")


async def test_whatever_tab_reaches_shows_that_it_has_the_focus(browser, site):
    rep = await hire(site)
    await handed_to(site.api, rep, f"k{next(NUMBERS)}@acme.com", lead={"name": "Eva Ruiz"})
    shows = """[element, element.nextElementSibling].some((one) => one === document.body
      || one && getComputedStyle(one).outlineStyle !== 'none')"""
    bare: list[str] = []
    async with signed_in(browser, site, rep) as one:
        for path in ("/", "/leads", "/account"):
            await one.open(path)
            for _ in range(40):
                await one.page.keyboard.press("Tab")
                if not await focused(one, shows):
                    bare.append(f"{path}: {await focused(one, 'element.outerHTML.slice(0, 120)')}")
                if await focused(one, "element === document.body"):
                    break

    assert bare == []


async def test_a_lead_is_taken_and_reported_without_a_mouse(browser, site):
    rep = await hire(site)
    await handed_to(site.api, rep, f"k{next(NUMBERS)}@acme.com", lead={"name": "Eva Ruiz"})
    async with signed_in(browser, site, rep) as one:
        page = one.page
        await one.open("/")
        await page.get_by_role("button", name="Aceptar: Eva Ruiz").press("Enter")
        await expect(page.get_by_role("status")).to_have_text("Aceptado: ya es tuyo.")
        drawer = page.locator(".card details.drawer")
        await drawer.locator("summary.button").press("Enter")
        await expect(drawer).to_have_attribute("open", "")
        await page.keyboard.press("Escape")
        await expect(drawer).not_to_have_attribute("open", "")
        closed_at = await focused(one, "element.localName")
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.press("ArrowRight")
        channel = await focused(one, "element.value")
        await page.get_by_role("button", name="Hablamos").press("Space")
        await expect(page.get_by_role("status")).to_have_text("Conversación apuntada.")

        assert (closed_at, channel) == ("summary", "email")


@pytest.mark.parametrize(
    ("menu", "first"),
    [("details.me", "Tu cuenta"), ("details.ways", "Bandeja")],
    ids=["one's own menu", "the ways"],
)
async def test_a_menu_opens_and_closes_by_keyboard(browser, site, menu, first):
    admin = await hire(site, "es", "admin")
    async with signed_in(browser, site, admin) as one:
        await one.open("/leads")
        summary = one.page.locator(f"{menu} > summary")
        await summary.press("Enter")
        await one.page.keyboard.press("Tab")
        is_inside = await focused(one, f"element.closest('{menu}') !== null")
        await one.page.keyboard.press("Escape")

        assert is_inside, first
        await expect(one.page.locator(menu)).not_to_have_attribute("open", "")
        assert await focused(one, "element.localName") == "summary"


# --- once ---------------------------------------------------------------------------------------


TWICE = """async (button) => {
  const sent = new URLSearchParams(new FormData(button.form, button));
  const answers = [1, 2].map(() => fetch(button.form.action, {method: "POST", body: sent}));
  return (await Promise.all(answers)).map((one) => one.status);
}"""
DOUBLE_CLICK = "(button) => { button.click(); button.click(); return [200]; }"


@pytest.mark.parametrize(
    "send",
    [pytest.param(DOUBLE_CLICK, id="a double click"), pytest.param(TWICE, id="sent twice at once")],
)
async def test_a_form_sent_twice_notes_one_attempt(browser, site, send):
    rep = await hire(site)
    handoff = await handed_to(site.api, rep, f"t{next(NUMBERS)}@acme.com", lead={"name": "Eva"})
    async with signed_in(browser, site, rep) as one:
        page = one.page
        await one.open("/")
        await page.get_by_role("button", name="Aceptar: Eva").click()
        await expect(page.get_by_role("status")).to_have_text("Aceptado: ya es tuyo.")
        await page.locator(".card summary.button").click()
        answered = await page.get_by_role("button", name="No contestó").evaluate(send)
        if send == DOUBLE_CLICK:
            await expect(page.get_by_role("status")).to_have_text("Intento apuntado.")
    stored = (await site.api.get(f"/v1/handoffs/{handoff['handoff_id']}")).json()

    assert stored["attempts"] == 1
    assert set(answered) == {200}
