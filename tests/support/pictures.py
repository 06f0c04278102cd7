"""Pictures of the console's main pages for the guides: ``python -m tests.support.pictures``.

The demonstration runs with its own leads and is looked at by one of its reps. The pictures go to
``docs/pictures``; look at them before they are committed.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser

from tests.support.browser import Device, running_browser, window

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
PASSWORD = "una carrera de relevos"
REP = "laura.medina@alisio.example"
TOLD_WITHIN_S = 180.0
SHOWN: tuple[tuple[str, Device, str, str], ...] = (
    ("today", "desktop", "es", "light"),
    ("today", "phone", "es", "light"),
    ("today", "desktop", "en", "dark"),
    ("handoff", "desktop", "es", "light"),
    ("handoff", "phone", "en", "dark"),
    ("leads", "desktop", "en", "light"),
    ("lead", "desktop", "es", "light"),
    ("scoreboard", "desktop", "en", "light"),
    ("scoreboard", "phone", "es", "dark"),
    ("sign-in", "phone", "es", "light"),
)


@contextmanager
def demonstration(folder: Path, *, quiet: bool = False) -> Iterator[httpx.Client]:
    """Run the demonstration; yield a client of its API once it has told everything.

    ``quiet`` keeps its story off the terminal.
    """
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("RELEVO_")
    }
    command = [sys.executable, "-m", "services", "demo", "--pace", "0", "--json", "--data"]
    with (folder / "facts").open("w") as facts:
        process = subprocess.Popen(
            [*command, str(folder / "data")],
            stdout=facts,
            stderr=subprocess.DEVNULL if quiet else None,
            env=environment,
        )
    try:
        until = time.monotonic() + TOLD_WITHIN_S
        while not (folder / "facts").read_text().rstrip().endswith("}"):
            assert process.poll() is None, "the demonstration ended"
            assert time.monotonic() < until, "the demonstration does not end its story"
            time.sleep(0.5)
        assert json.loads((folder / "facts").read_text())
        log = (folder / "data" / "relevo.log").read_text()
        found = re.search(r"Relevo listens on (\S+)", log)
        assert found, log
        key = (folder / "data" / "admin-key").read_text().strip()
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=found[1], headers=headers, timeout=30) as api:
            yield api
    finally:
        process.terminate()
        process.wait(30)


def prepare(api: httpx.Client) -> tuple[str, dict[str, str]]:
    """Promise something, accept something; return a link for the rep and the pages to show."""
    people = api.get("/v1/people").json()["items"]
    rep = next(one for one in people if one["email"] == REP)
    page = api.get("/v1/handoffs", params={"limit": 100}).json()["items"]
    mine = [one for one in page if one["owner"]["email"] == REP and one["stage"] == "assigned"]
    taken, shown = mine[0], mine[-1]
    post(api, f"/v1/handoffs/{taken['handoff_id']}/verdict", {"verdict": "accept", "person": REP})
    now = datetime.now(UTC)
    for text, hours in (("Enviar la oferta con el plan anual", 26), ("Llamar a las diez", 2)):
        due = (now + timedelta(hours=hours)).isoformat()
        body = {"text": text, "due_at": due, "person": REP}
        post(api, f"/v1/handoffs/{taken['handoff_id']}/promises", body)
    link = post(api, f"/v1/people/{rep['person_id']}/invite", {})["link"]
    pages = {
        "today": "/",
        "handoff": f"/handoffs/{shown['handoff_id']}",
        "leads": "/leads?sales=open",
        "lead": f"/leads/{shown['lead_id']}",
        "scoreboard": "/scoreboard?period=90",
        "sign-in": "/sign-in",
    }
    return link, pages


def post(api: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    answer = api.post(path, json=body)
    answer.raise_for_status()
    return answer.json()


def speak(api: httpx.Client, language: str) -> None:
    """Let the rep read another language."""
    people = api.get("/v1/people").json()["items"]
    person = next(one for one in people if one["email"] == REP)
    change = {"If-Match": f'"{person["revision"]}"'}
    path = f"/v1/people/{person['person_id']}"
    api.patch(path, json={"language": language}, headers=change).raise_for_status()


async def enter(browser: Browser, url: str, link: str) -> Any:
    """Sign the rep in by their link; return what another window needs to be signed in too."""
    async with window(browser, url) as one:
        await one.open(link)
        for name in ("password", "again"):
            await one.page.locator(f"[name={name}]").fill(PASSWORD)
        await one.page.locator("button.wide").click()
        await one.page.wait_for_url(f"{url}/")
        return await one.page.context.storage_state()


async def take(api: httpx.Client) -> None:
    """Take every picture."""
    link, pages = await asyncio.to_thread(prepare, api)
    url = str(api.base_url).rstrip("/")
    async with running_browser() as browser:
        state = await enter(browser, url, link)
        for name, device, language, scheme in SHOWN:
            await asyncio.to_thread(speak, api, language)
            options = {} if name == "sign-in" else {"storage_state": state}
            async with window(
                browser, url, device, language, color_scheme=scheme, **options
            ) as one:
                await one.open(pages[name])
                await one.page.evaluate("document.fonts.ready")
                target = FOLDER / f"{name}-{device}-{language}-{scheme}.png"
                await one.page.screenshot(path=target)
                assert one.faults == [], one.faults
                print(target.relative_to(FOLDER.parents[1]))


def main() -> None:
    """Take the pictures anew."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, demonstration(Path(scratch)) as api:
        asyncio.run(take(api))


if __name__ == "__main__":
    main()
