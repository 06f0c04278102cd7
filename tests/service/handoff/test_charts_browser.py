"""Charts in a browser as narrow as a phone, with as much in them as there can be."""

import pytest

from services.handoff.printing.scoreboard_page import scoreboard_page
from tests.support.browser import CRAMPED
from tests.unit.handoff.boards import a_board, a_crowded_board

WIDTHS = (320, 360, 390, 768, 1280)
BOARDS = {
    "a year of months": lambda: a_crowded_board("month", 12, 70),
    "a year of weeks, with thousands": lambda: a_crowded_board("week", 52, 70_000),
    "a quarter of days": lambda: a_crowded_board("day", 92, 9),
    "one of each": lambda: a_board(1, "x"),
    "nothing": lambda: a_board(0),
}


@pytest.mark.parametrize("board", list(BOARDS))
async def test_every_chart_is_read_on_a_phone_without_scrolling(browser, board):
    page = await browser.new_page()
    await page.set_content(scoreboard_page(BOARDS[board](), "es", "Acme"))
    found, wide = {}, "document.documentElement.scrollWidth > innerWidth"
    for media in ("screen", "print"):
        await page.emulate_media(media=media)
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 800})
            found[media, width] = await page.evaluate(CRAMPED)
            assert media == "print" or not await page.evaluate(wide)
    shown = await page.locator(".chart").count()
    await page.close()

    assert shown > 0
    assert {where: wrong for where, wrong in found.items() if wrong} == {}


async def test_what_is_cramped_is_found(browser):
    page = await browser.new_page()
    await page.set_content(
        """<figure style="width: 100px; overflow: auto"><svg viewBox="0 0 20 20" width="200">
        <text x="2" y="9" font-size="1">one</text><text x="2" y="9" font-size="1">two</text>
        </svg></figure>"""
    )
    found = await page.evaluate(CRAMPED)
    await page.close()

    assert [one.partition(":")[0] for one in found] == ["scrolls", "10 px", "10 px", "overlap"]
