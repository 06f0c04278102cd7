"""The measurement of the console, as small as it gets: it stores, signs in, asks and tells."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from services.parts import NAMES
from tests.bench import console
from tests.bench.company import Company, state
from tests.bench.console_pages import pages
from tests.bench.end_to_end import environment, product
from tests.bench.stored import store
from tests.service.handoff.api import open_api
from tests.service.handoff.recording import record
from tests.support.migrations import migrate_all

COPIES = 3


@pytest.fixture
async def company(tmp_path):
    """A company of one lead, handed over."""
    folder = tmp_path / "played"
    await migrate_all(f"sqlite:///{folder}")
    async with open_api(f"sqlite:///{folder}", folder) as api:
        rep = await api.add_person("Ana Pérez", email="ana@a.com")
        boss = await api.add_person("Luz Paz", email="luz@a.com", roles=["manager"])
        await api.add_team(
            "Ventas", boss["person_id"], members=[rep["person_id"]], takes_leads=True
        )
        who = {"name": "Eva Ruiz", "title": "CTO"}
        await record(api, "eva@acme.example", "demo.requested", lead=who)
        found = state(folder)
    return Company(found, found, [rep["person_id"]])


async def test_every_copy_is_another_lead_and_every_page_answers(company, tmp_path, monkeypatch):
    monkeypatch.setattr(console, "ASKED", 3)
    monkeypatch.setattr(console, "ASKED_AT_ONCE", 3)
    url = f"sqlite:///{tmp_path}/stored"
    await store(url, company, 0)
    found, _ = await pages(url)
    with closing(sqlite3.connect(tmp_path / "stored" / "handoff.db")) as conn:
        names = conn.execute("SELECT value FROM identifier ORDER BY value").fetchall()
        (open_now,) = conn.execute("SELECT count(DISTINCT lead_id) FROM handoff").fetchone()

    assert [name for (name,) in names] == [f"email:eva@acme-{n + 1}.example" for n in range(COPIES)]
    assert open_now == COPIES
    settings = environment(url, f"sqlite:///{tmp_path}/bus")
    async with product(("all",), settings, None) as ports:
        cookies = await asyncio.to_thread(console.sign_in, ports["all"])
        measured, _ = await asyncio.to_thread(console.ask_in_turn, ports, cookies, found, 0.0)
        pages_shown = [one.page for one in measured]
        times = await asyncio.to_thread(console.ask_at_once, ports["all"], cookies, pages_shown)
    shown = {one.page.name: one for one in measured}

    assert len(times) == console.AT_ONCE * 3
    assert {"/", "/leads/{lead_id}", "/handoffs/{handoff_id}", "/scoreboard"} <= shown.keys()
    for one in measured:
        assert len(one.times) == 3
        assert one.html > 0
        assert one.files > 0
        assert one.fonts > 0
        assert one.size_kb <= console.AIM_KB, one.page.name
    assert len(console.table("SQLite", measured)) == len(measured) + 2
    assert set(NAMES) == set(company.open)
