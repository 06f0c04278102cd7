"""Pictures of the console's main pages for the guides: ``python -m tests.support.pictures``.

The demonstration runs with its own leads and is looked at by one of its reps and by whoever runs
it. The pictures go to ``docs/pictures``; look at them before they are committed.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Timer
from typing import Any

import httpx
from playwright.async_api import Browser

from tests.support.browser import Device, running_browser, window

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
PASSWORD = "una carrera de relevos"
REP, ADMIN, NOBODY = "laura.medina@alisio.example", "gloria.sanz@alisio.example", ""
TOLD_WITHIN_S = 180.0
SHOWN: tuple[tuple[str, str, Device, str, str], ...] = (
    (REP, "today", "desktop", "es", "light"),
    (REP, "today", "phone", "es", "light"),
    (REP, "today", "desktop", "en", "dark"),
    (REP, "handoff", "desktop", "es", "light"),
    (REP, "handoff", "phone", "en", "dark"),
    (REP, "leads", "desktop", "en", "light"),
    (REP, "lead", "desktop", "es", "light"),
    (ADMIN, "agreement", "desktop", "en", "light"),
    (ADMIN, "agreement", "phone", "es", "light"),
    (ADMIN, "editor", "desktop", "es", "light"),
    (ADMIN, "scoreboard", "desktop", "en", "light"),
    (ADMIN, "scoreboard", "phone", "es", "dark"),
    (ADMIN, "sources", "desktop", "en", "light"),
    (ADMIN, "operations", "desktop", "es", "light"),
    (ADMIN, "teams", "desktop", "en", "light"),
    (ADMIN, "calendar", "desktop", "es", "light"),
    (ADMIN, "deliveries", "phone", "en", "light"),
    (NOBODY, "sign-in", "phone", "es", "light"),
)
"""Who looks at which page, by what, in which language and light."""


@contextmanager
def demonstration(folder: Path, *, quiet: bool = False) -> Iterator[httpx.Client]:
    """Run the demonstration; yield a client of its API once it has told everything.

    ``quiet`` keeps its story off the terminal.
    """
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("RELEVO_")
    }
    command = [sys.executable, "-m", "services", "demo", "--pace", "0", "--json", "--data"]
    process = subprocess.Popen(
        [*command, str(folder / "data")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if quiet else None,
        env=environment,
        text=True,
    )
    too_late = Timer(TOLD_WITHIN_S, process.kill)
    too_late.start()
    try:
        assert process.stdout is not None, "it is a pipe"
        assert facts_of(process.stdout)
        too_late.cancel()
        log = (folder / "data" / "relevo.log").read_text()
        found = re.search(r"Relevo listens on (\S+)", log)
        assert found, log
        key = (folder / "data" / "admin-key").read_text().strip()
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=found[1], headers=headers, timeout=30) as api:
            yield api
    finally:
        too_late.cancel()
        process.terminate()
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()


def facts_of(printed: Iterable[str]) -> Any:
    """Return the JSON that is printed, once all of it is; whoever prints it goes on running."""
    told = ""
    for line in printed:
        told += line
        with suppress(json.JSONDecodeError):
            return json.loads(told)
    raise AssertionError(f"the demonstration ended, or not its story in {TOLD_WITHIN_S} s: {told}")


def prepare(api: httpx.Client) -> dict[str, str]:
    """Promise something, accept something; return the pages to show."""
    page = api.get("/v1/handoffs", params={"limit": 100}).json()["items"]
    mine = [one for one in page if one["owner"]["email"] == REP and one["stage"] == "assigned"]
    taken, shown = mine[0], mine[-1]
    post(api, f"/v1/handoffs/{taken['handoff_id']}/verdict", {"verdict": "accept", "person": REP})
    now = datetime.now(UTC)
    for text, hours in (
        ("Enviar la oferta con el plan anual", 26),
        ("Llamar con las referencias", 2),
    ):
        due = (now + timedelta(hours=hours)).isoformat()
        body = {"text": text, "due_at": due, "person": REP}
        post(api, f"/v1/handoffs/{taken['handoff_id']}/promises", body)
    policy = api.get("/v1/policies").json()["items"][0]["policy"]
    team = api.get("/v1/teams").json()["items"][0]
    calendar = api.get("/v1/calendars").json()["items"][0]
    return {
        "today": "/",
        "handoff": f"/handoffs/{shown['handoff_id']}",
        "leads": "/leads?sales=open",
        "lead": f"/leads/{shown['lead_id']}",
        "agreement": f"/agreement/{policy}",
        "editor": f"/agreement/{policy}/edit",
        "scoreboard": "/scoreboard?period=90",
        "sources": "/sources",
        "operations": "/operations",
        "teams": f"/teams/{team['team_id']}",
        "calendar": f"/calendars/{calendar['name']}",
        "deliveries": "/deliveries",
        "sign-in": "/sign-in",
    }


def post(api: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    answer = api.post(path, json=body)
    answer.raise_for_status()
    return answer.json()


def person_of(api: httpx.Client, email: str) -> Any:
    """Return somebody as they are now."""
    people = api.get("/v1/people", params={"limit": 200}).json()["items"]
    return next(one for one in people if one["email"] == email)


def speak(api: httpx.Client, email: str, language: str) -> None:
    """Let somebody read another language."""
    person = person_of(api, email)
    change = {"If-Match": f'"{person["revision"]}"'}
    path = f"/v1/people/{person['person_id']}"
    api.patch(path, json={"language": language}, headers=change).raise_for_status()


def sign_in(api: httpx.Client, person_id: str) -> str:
    """Sign somebody in by a link; return the cookie they have from then on, as it is sent."""
    link = httpx.URL(post(api, f"/v1/people/{person_id}/invite", {})["link"])
    with httpx.Client(base_url=api.base_url, timeout=30) as own:  # has no key
        form = {"password": PASSWORD, "again": PASSWORD}
        site = {"Origin": str(api.base_url).rstrip("/"), "Accept": "text/html"}
        answer = own.post(link.path, data=form, headers=site)
        assert answer.status_code == 303, answer.text
        return answer.headers["set-cookie"].partition(";")[0]


async def enter(browser: Browser, api: httpx.Client, url: str, email: str) -> Any:
    """Sign somebody in by a link; return what another window needs to be signed in too."""
    person = await asyncio.to_thread(person_of, api, email)
    invite = f"/v1/people/{person['person_id']}/invite"
    link = (await asyncio.to_thread(post, api, invite, {}))["link"]
    async with window(browser, url) as one:
        await one.open(link)
        for name in ("password", "again"):
            await one.page.locator(f"[name={name}]").fill(PASSWORD)
        await one.page.locator("button.wide").click()
        await one.page.wait_for_url(re.compile(f"{url}/(start)?$"))
        return await one.page.context.storage_state()


async def take(api: httpx.Client) -> None:
    """Take every picture."""
    pages = await asyncio.to_thread(prepare, api)
    url = str(api.base_url).rstrip("/")
    async with running_browser() as browser:
        signed_in = {who: await enter(browser, api, url, who) for who in (REP, ADMIN)}
        for who, name, device, language, scheme in SHOWN:
            if who:
                await asyncio.to_thread(speak, api, who, language)
            options = {"storage_state": signed_in[who]} if who else {}
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
