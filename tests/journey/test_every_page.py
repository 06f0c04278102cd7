"""Every page the product has, opened in a browser with what the demonstration left there.

None breaks the content security policy, scrolls sideways or fails a rule of axe-core.
"""

import asyncio

import pytest

from tests.bench.company import hire, try_another
from tests.bench.console_pages import pages
from tests.bench.seldom import add_seldom
from tests.support.browser import flaws_in_any_light, window
from tests.support.pictures import ADMIN, demonstration, enter, speak

PARTS = {
    "/receipts/{receipt_id}/state",
    "/sources/{name}/news",
    "/subscriptions/{subscription_id}/progress",
}
"""What a script asks for to put into a page, where it is looked at."""
NOTHING_THERE = {"/leads/{heavy}"}
"""A lead who did thousands of things is another size of a page that is looked at."""


@pytest.fixture(scope="module")
async def played(tmp_path_factory):
    """The demonstration with what it has none of, and one path of every page."""
    folder = tmp_path_factory.mktemp("every-page")
    company = demonstration(folder, quiet=True)
    api = await asyncio.to_thread(company.__enter__)
    try:
        await asyncio.to_thread(hire, api)
        await asyncio.to_thread(try_another, api)
        await asyncio.to_thread(add_seldom, api, folder / "data")
        yield api, *await pages(f"sqlite:///{folder}/data")
    finally:
        await asyncio.to_thread(company.__exit__, None, None, None)


@pytest.mark.parametrize(("device", "language"), [("phone", "es"), ("desktop", "en")])
async def test_every_page_can_be_used_by_everybody(browser, played, device, language):
    api, known, empty = played
    url = str(api.base_url).rstrip("/")
    await asyncio.to_thread(speak, api, ADMIN, language)
    session = await enter(browser, api, url, ADMIN)
    found: list[str] = []
    async with window(browser, url, device, language, storage_state=session) as one:
        for page in (each for each in known if each.name not in PARTS):
            await one.open(page.paths[0])
            found += [f"{page.paths[0]} {flaw}" for flaw in await flaws_in_any_light(one)]
            one.faults.clear()

    assert not found, "\n".join(found)
    assert (set(empty), len(known) > 80) == (NOTHING_THERE, True)
