"""Trying, goals, lists and batches in a real browser, with leads that mean ill."""

import pytest
from playwright.async_api import expect

from services.handoff.workers.tryouts import TryoutWorker
from tests.service.handoff.paging import HOSTILE
from tests.service.handoff.recording import put_in_force, record
from tests.service.handoff.test_console_browser import (
    BOTH,
    Site,
    hire,
    site,
)
from tests.service.handoff.test_tryouts import CANDIDATE, TEXT, live, tell
from tests.service.handoff.versions import work_through
from tests.support.browser import flaws, signed_in

__all__ = ["site"]
INBOUND = "/agreement/inbound"
TRY = f"{INBOUND}/try"


@pytest.fixture(scope="module")
async def tried(site: Site) -> tuple[Site, str]:
    """A site whose leads have hostile names, with a try-out that is done; its path."""
    house = site.api
    lead = {"name": HOSTILE[:400], "title": "CTO"}
    await put_in_force(house, TEXT)
    await live(house)
    await tell(house, "evil@evil.com", "content.downloaded", 3, lead=lead)
    await record(house, "ill@evil.com", "content.downloaded", lead=lead)
    await record(house, "bad@evil.com", "demo.requested", lead={"name": HOSTILE[:400]})
    drafted = await house.post("/v1/policies", {"text": CANDIDATE}, **{"If-Match": '"1"'})
    assert drafted.status_code == 201, drafted.text
    begun = await house.post("/v1/policies/tryouts", {"policy": "inbound", "number": 2})
    await TryoutWorker(house.parts).run_waiting()
    await house.post("/v1/policies/inbound/versions/2/batch")
    await work_through(house.parts)
    values = [HOSTILE[:190], "rival.com"]
    made = await house.post("/v1/lists", {"name": "rivals", "values": values})
    assert made.status_code == 201, made.text
    return site, f"{TRY}/{begun.json()['tryout_id']}"


@pytest.mark.parametrize(
    ("device", "language", "scheme"),
    [("phone", "es", "dark"), ("desktop", "en", "light")],
    ids=["phone, es, dark", "desktop, en, light"],
)
async def test_anybody_can_use_every_page_also_with_hostile_leads(
    browser, tried, device, language, scheme
):
    site, path = tried
    reader = await hire(site, language, "marketing")
    paths = [
        *(TRY, path, f"{INBOUND}/targets", f"{INBOUND}/batch?number=2"),
        *(f"{TRY}/lead?lead=ill@evil.com", "/agreement/lists/rivals"),
    ]
    if device == "phone":  # these have nothing of their own on a wide screen
        paths += [
            *(f"{path}/gained", f"{path}/lost", f"{TRY}/compare?a={path[-36:]}&b={path[-36:]}"),
            *(f"{TRY}/lead?q=evil", f"{TRY}/lead?example=yes&title=CTO&did.demo=1"),
            *(f"{INBOUND}/targets/advice", "/agreement/lists"),
        ]
    async with signed_in(browser, site, reader, device, color_scheme=scheme) as one:
        found = {}
        for where in paths:
            await one.open(where)
            found[where] = await flaws(one)

        assert {where: wrong for where, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(("device", "language"), BOTH, ids=["phone, es", "desktop, en"])
async def test_a_file_is_looked_into_and_taken_in(browser, tried, device, language, tmp_path):
    site, _ = tried
    keeper = await hire(site, language, "marketing")
    file = tmp_path / "rivals.txt"
    file.write_text(f"{device}.com\n{'x' * 201}\n# a remark\nrival.com\n")
    async with signed_in(browser, site, keeper, device) as one:
        await one.open("/agreement/lists/rivals")
        await one.page.locator("[type=file]").set_input_files(file)
        await one.page.locator("form[action$=import] button").click()
        await expect(one.page.locator("#faults")).to_be_visible()
        found = await flaws(one)
        await one.page.locator("form[action$=import] button").click()
        await expect(one.page.get_by_role("status")).not_to_be_empty()

        assert found == []
        values = await site.api.get("/v1/lists/rivals/values")
        assert f"{device}.com" in values.json()["items"]


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the contrast of two colours, of 0 to 255 a channel, as WCAG counts it."""

    def light(colour: tuple[float, ...]) -> float:
        parts = [channel / 255 for channel in colour]
        parts = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


async def test_a_chart_is_read_in_the_dark_too(browser, tried):
    site, path = tried
    reader = await hire(site, "en", "sales")
    async with signed_in(browser, site, reader, color_scheme="dark") as one:
        await one.open(path)
        colours = await one.page.evaluate(
            """[...document.querySelectorAll('figure .chart :is(text, b, span)')].map((text) => {
              let behind = text.closest('figure')
              const below = (one) => getComputedStyle(one).backgroundColor
              while (below(behind) === 'rgba(0, 0, 0, 0)') behind = behind.parentElement
              const {fill, color} = getComputedStyle(text)
              return [text.matches('text') ? fill : color, below(behind)]
                .map((colour) => colour.match(/[\\d.]+/g).map(Number))
            })"""
        )

        assert colours
        assert all(contrast(*each) >= 4.5 for each in colours)
        assert all(max(behind) < 64 for _, behind in colours), "it is dark"
