"""A person at a browser: the system's Chromium, driven by Playwright, which downloads none.

``window`` opens one as a phone or a desktop has it and remembers what the pages must not do:
break the content security policy, raise an error, or ask another host. ``violations`` asks
axe-core, which lies beside this file, what would keep somebody from using a page.
"""

import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

from playwright.async_api import Browser, Page, Request, async_playwright, expect

from tests.support.visiting import COOKIE

Device = Literal["phone", "desktop"]

SIZES = {"phone": (390, 844), "desktop": (1366, 900)}
NARROWEST = 360
"""The narrowest phones that are common."""
WITHIN_MS = 15_000
AXE = Path(__file__).with_name("axe") / "axe.min.js"
NAMES = ("chromium", "chromium-browser", "google-chrome")
WATCH_POLICY = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error("policy: " + event.violatedDirective + " " + event.blockedURI));
"""
RUN_AXE = """async (only) => (await axe.run(document, {resultTypes: ["violations"],
    ...(only ? {runOnly: only} : {})})).violations
  .map((one) => one.id + ": " + one.nodes.map((node) => node.html.slice(0, 160)).join(" | "))"""

CRAMPED = """() => {
  const found = [], seen = (one) => one.getClientRects().length > 0
  for (const one of document.querySelectorAll("figure, figure *"))
    if (seen(one) && !one.closest(".scroll") && one.scrollWidth > one.clientWidth + 1
        && getComputedStyle(one).overflowX !== "visible") found.push("scrolls: " + one.className)
  for (const chart of document.querySelectorAll("figure, .chart")) {
    const texts = [...chart.querySelectorAll("text, .chart-key span, .bar-name, .bar-told")]
      .filter(seen).map((one) => ({
        told: one.textContent, box: one.getBoundingClientRect(),
        size: parseFloat(getComputedStyle(one).fontSize) * (one.getScreenCTM?.().a ?? 1)}))
    for (const one of texts) if (one.size < 12) found.push(`${one.size} px: ${one.told}`)
    texts.forEach(({told, box}, place) => texts.slice(place + 1).forEach((other) => {
      const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left)
      const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top)
      if (across > 1 && down > 1) found.push(`overlap: ${told} and ${other.told}`)
    }))
  }
  return found
}"""


@cache
def chromium() -> str | None:
    """Return the path of this machine's Chromium, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def lacking() -> str | None:
    """Return what browser tests lack here and the remedy; None when nothing."""
    return None if chromium() else "no Chromium in PATH; install the package chromium"


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """Yield a Chromium without a screen. It keeps nothing after the block."""
    expect.set_options(timeout=WITHIN_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(),
            # As root, and in containers with a small /dev/shm, Chromium needs both.
            args=["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        )
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Window:
    """One tab of a browser of its own: no cookies, no storage of other windows."""

    page: Page
    base_url: str
    faults: list[str] = field(default_factory=list)
    """What the pages did wrong: policy reports, errors of scripts, requests to other hosts."""

    async def open(self, path: str) -> None:
        """Go to a page of the product."""
        await self.page.goto(path)

    async def enter(self, session: str) -> None:
        """Be signed in from the next page on."""
        cookie = {"name": COOKIE, "value": session, "url": self.base_url}
        # Playwright does not export the type of what it takes.
        await self.page.context.add_cookies([cookie])  # type: ignore[list-item]

    async def violations(self, only: str | None = None) -> list[str]:
        """Return what axe-core finds wrong with the page as it is now, by one rule or by all."""
        if not await self.page.evaluate("window.axe !== undefined"):
            await self.page.evaluate(AXE.read_text())
        found: list[str] = await self.page.evaluate(RUN_AXE, only)
        return found

    async def cramped(self) -> list[str]:
        """Return what of the page's charts scrolls sideways, is too small or meets another."""
        found: list[str] = await self.page.evaluate(CRAMPED)
        return found

    async def is_too_wide(self) -> bool:
        """Return whether the page scrolls sideways."""
        return bool(
            await self.page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
        )


@asynccontextmanager
async def window(
    browser: Browser,
    base_url: str,
    device: Device = "desktop",
    language: str = "es",
    **options: Any,
) -> AsyncIterator[Window]:
    """Yield a window of a fresh browser; ``options`` are those of Playwright's contexts."""
    width, height = SIZES[device]
    given: dict[str, Any] = {
        "viewport": {"width": width, "height": height},
        "has_touch": device == "phone",
        "is_mobile": device == "phone",
        "locale": language,
        "reduced_motion": "reduce",
        "base_url": base_url,
    } | options
    context = await browser.new_context(**given)
    context.set_default_timeout(WITHIN_MS)
    try:
        if given.get("java_script_enabled", True):
            await context.add_init_script(WATCH_POLICY)
        page = await context.new_page()
        opened = Window(page, base_url)

        def see(request: Request) -> None:
            if not request.url.startswith((base_url, "data:", "blob:", "about:")):
                opened.faults.append(f"asked {request.url}")

        page.on("request", see)
        page.on("pageerror", lambda error: opened.faults.append(f"error: {error}"))
        page.on(
            "console",
            lambda said: opened.faults.append(said.text) if said.type == "error" else None,
        )
        yield opened
    finally:
        await context.close()


class Site(Protocol):
    """Pages at an address."""

    @property
    def url(self) -> str: ...


@asynccontextmanager
async def signed_in(
    browser: Browser,
    site: Site,
    person: Mapping[str, Any],
    device: Device = "desktop",
    **options: Any,
) -> AsyncIterator[Window]:
    """Yield the window of a person with ``session`` and ``language``."""
    async with window(browser, site.url, device, person["language"], **options) as one:
        await one.enter(person["session"])
        yield one


async def flaws(one: Window) -> list[str]:
    """Return everything wrong with the page as it is now; on a phone, on a narrower one too."""
    found = [*await one.violations(), *one.faults, *await room(one)]
    size = one.page.viewport_size
    if size is not None and NARROWEST < size["width"] <= SIZES["phone"][0]:
        await one.page.set_viewport_size({"width": NARROWEST, "height": size["height"]})
        found += [f"at {NARROWEST} px: {flaw}" for flaw in await room(one)]
        await one.page.set_viewport_size(size)
    return found


async def room(one: Window) -> list[str]:
    """Return what of the page has no room at its width."""
    wide = ["scrolls sideways"] if await one.is_too_wide() else []
    return [*wide, *await one.cramped()]


async def flaws_in_any_light(one: Window) -> list[str]:
    """Return everything wrong with the page, and what else is once it is dark.

    The light changes colours and nothing else, so only they are looked at again.
    """
    found = await flaws(one)
    await one.page.emulate_media(color_scheme="dark")
    found += [f"dark: {flaw}" for flaw in await one.violations("color-contrast")]
    await one.page.emulate_media(color_scheme="light")
    return found
