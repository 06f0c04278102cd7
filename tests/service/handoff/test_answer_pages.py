"""The pages in a browser as reps have it: a phone, without JavaScript, in both languages."""

import re
from typing import Any

import pytest

from tests.contract.serving import serving as listening
from tests.service.handoff.answering import door_of, open_answering
from tests.service.handoff.world import open_world
from tests.support.browser import window

LARGE_ENOUGH_PX = 44
SAID: dict[str, Any] = {
    "es": {
        "accept": ("¿Te quedas con", "Sí, acepto este lead", "Te has quedado con"),
        "reject": ("¿Devuelves a", "Devolver este lead", "Has devuelto a"),
        "missing": "Elige un motivo de la lista.",
        "needs_text": "Escribe una explicación",
        "used": "Ya has respondido",
        "switch": "English",
    },
    "en": {
        "accept": ("Do you take", "Yes, I accept this lead", "is yours"),
        "reject": ("Do you send", "Send this lead back", "You sent"),
        "missing": "Choose a reason from the list.",
        "needs_text": "Write an explanation",
        "used": "You have answered already",
        "switch": "Español",
    },
}


@pytest.fixture(scope="module")
async def site(new_data):
    """Handed-over leads, and where their pages are served."""
    world = await open_world(f"sqlite:///{new_data('answering')}")
    async with open_answering(world) as answering, listening(door_of(world.parts)) as url:
        yield answering, url
    await world.db.stop()


@pytest.fixture
async def waiting(site, request):
    """A lead of this test alone, that read a page whose title is one long word."""
    answering, _ = site
    email = re.sub(r"\W+", "-", request.node.name).strip("-")[-40:].strip("-") + "@acme.com"
    page = {"page": {"title": "Preis" * 30}}
    await answering.world.take(answering.world.touch(email, "page.viewed", properties=page))
    return await answering.handed_over(email)


@pytest.mark.parametrize("language", ["es", "en"])
async def test_a_rep_accepts_on_a_phone_without_javascript(site, waiting, browser, language):
    answering, url = site
    title, button, done = SAID[language]["accept"]
    path = answering.path(waiting)
    async with window(browser, url, "phone", language, java_script_enabled=False) as tab:
        await tab.open(path)
        if language == "en":
            await tab.page.get_by_role("link", name=SAID["es"]["switch"]).tap()
        await tab.page.get_by_role("heading", level=1, name=title).wait_for()
        assert await answering.stage(waiting) == "assigned"
        press = tab.page.get_by_role("button", name=button)
        box = await press.bounding_box()
        assert box is not None
        assert box["height"] >= LARGE_ENOUGH_PX
        await press.tap()
        await tab.page.get_by_role("heading", level=1, name=done).wait_for()
        assert await answering.stage(waiting) == "accepted"
        await tab.open(path)
        await tab.page.reload()

        assert await answering.stage(waiting) == "accepted"
        assert tab.faults == [f"Failed to load resource: {GONE}"] * 2, "it says so with 410 only"


GONE = "the server responded with a status of 410 (Gone)"


@pytest.mark.parametrize("language", ["es", "en"])
async def test_a_rep_rejects_on_a_phone_and_is_led_to_what_is_missing(
    site, waiting, browser, language
):
    answering, url = site
    said = SAID[language]
    _, button, done = said["reject"]
    async with window(browser, url, "phone", language, java_script_enabled=False) as tab:
        page = tab.page
        await tab.open(f"{answering.path(waiting, 'reject')}?lang={language}")
        await page.get_by_role("textbox").fill("Ya lo atiende <b>Marta</b>")
        await page.get_by_role("button", name=button).tap()
        await page.get_by_role("alert").get_by_role("link", name=said["missing"]).tap()
        assert await page.get_by_role("textbox").input_value() == "Ya lo atiende <b>Marta</b>"
        radios = page.get_by_role("radio")
        assert await radios.count() == 10
        other = page.locator("label.choice", has=page.locator("input[value=other]"))
        box = await other.bounding_box()
        assert box is not None
        assert box["height"] >= LARGE_ENOUGH_PX
        await other.tap()
        await page.get_by_role("textbox").fill("")
        await page.get_by_role("button", name=button).tap()
        await page.get_by_role("alert").get_by_role("link", name=said["needs_text"]).wait_for()
        assert await page.locator("input[value=other]").is_checked()
        await page.get_by_role("textbox").fill("Dos líneas\ny un «motivo»")
        await page.get_by_role("button", name=button).tap()
        await page.get_by_role("heading", level=1, name=done).wait_for()

    [(kind, _, detail)] = await answering.steps(waiting)
    assert (kind, detail["reason"], detail["via"]) == ("reject", "other", "link")
    assert detail["text"] == "Dos líneas\ny un «motivo»"


@pytest.mark.parametrize(("language", "scheme"), [("es", "light"), ("en", "dark")])
async def test_everybody_can_use_the_pages(site, waiting, browser, language, scheme):
    """axe-core finds nothing; nothing scrolls sideways; the policy of the pages is kept."""
    answering, url = site
    said = SAID[language]
    accept, reject = (
        f"{answering.path(waiting, action)}?lang={language}" for action in ("accept", "reject")
    )
    async with window(browser, url, "phone", language, color_scheme=scheme) as tab:

        async def look(heading: str) -> None:
            await tab.page.get_by_role("heading", level=1, name=heading).wait_for()
            assert await tab.violations() == []
            assert not await tab.is_too_wide()

        await tab.open(accept)
        await look(said["accept"][0])
        await tab.open(reject)
        await look(said["reject"][0])
        await tab.page.get_by_role("button", name=said["reject"][1]).tap()
        await tab.page.get_by_role("alert").wait_for()
        await look(said["reject"][0])
        await tab.open(accept)
        await tab.page.get_by_role("button", name=said["accept"][1]).tap()
        await look(said["accept"][2])
        await tab.open(accept)
        await look(said["used"])

    assert [one for one in tab.faults if not re.search(r"status of 4(10|22)", one)] == []
