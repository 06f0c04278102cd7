"""The scoreboard of a year: how long the answer takes, and counting everything again.

    python -m tests.bench.scoreboard [SHARE]

The store is made by hand, as a year of traffic would have left it: touches, leads and
hand-offs of a year, and as much of the year before, which the answer compares with. SHARE
makes it smaller (0.25: a quarter).
"""

import asyncio
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from services.handoff.handlers.rebuild_scoreboard import ask_for_rebuild, is_waiting, rebuild_some
from services.handoff.handlers.scoreboard import read_scoreboard
from services.handoff.handlers.scoreboard_data import Asked
from services.handoff.http.scoreboard_models import ScoreboardShown
from services.handoff.store.tables import HANDOFF, LEAD, STEP, TOUCH
from services.handoff.unit_of_work import UnitOfWork, unit_of_work
from shared.bulk import bulk_insert
from shared.ids import stable_id
from tests.bench.figures import Figure
from tests.bench.handoff import directory
from tests.service.handoff.world import NOON, World, open_world
from tests.support.postgres import running_postgres

TOUCHES, LEADS, HANDOFFS = 1_000_000, 100_000, 10_000  # of a year
YEARS = 2
CHUNK = 5_000
RUNS = 40
AIM_MS = 500.0
SOURCES = ("web", "mailchimp", "linkedin", "events")
CONTENTS = [
    ("pricing-guide", "Guía de precios"),
    ("roi-calculator", "ROI calculator"),
    ("webinar-onboarding", "Webinar: onboarding en una semana"),
    ("case-acme", "Case study: Acme"),
    ("checklist", "Checklist: choosing a vendor"),
    ("whitepaper", "White paper: the state of lead response"),
    *((f"blog-{number}", f"Blog post {number}") for number in range(60)),
]
CAMPAIGNS = ("spring", "launch", "webinar-week", "retargeting", "partners")
PADDING = "x" * 6_000  # a frozen context has several kilobytes


def moment(chance: random.Random) -> datetime:
    return NOON - timedelta(seconds=chance.uniform(0, YEARS * 365 * 86_400))


def leads(came: list[datetime]) -> Iterator[tuple[Any, ...]]:
    for number, at in enumerate(came):
        lead_id = stable_id("lead", str(number))
        yield lead_id, lead_id, True, 1, {}, {}, 1, at, at


def touches(count: int, came: list[datetime], chance: random.Random) -> Iterator[tuple[Any, ...]]:
    for number in range(count):
        who = chance.randrange(len(came))
        at = min(came[who] + timedelta(days=chance.expovariate(1 / 20)), NOON)
        properties: dict[str, Any] = {"page": {"path": "/blog", "title": "Why"}}
        if chance.random() < 0.5:
            name, title = chance.choice(CONTENTS)
            properties["content"] = {"id": name, "title": title}
        if chance.random() < 0.2:
            properties["campaign"] = {"name": chance.choice(CAMPAIGNS)}
        made_by = chance.choices(["human", "machine", "unsure"], [80, 15, 5])[0]
        kind = "deal.won" if chance.random() < 0.0005 else "page.viewed"
        yield (
            stable_id("touch", str(number)),
            stable_id("lead", str(who)),
            *(kind, kind, chance.choice(SOURCES), "generic", at, at, made_by, "", properties),
        )


def handoffs(
    count: int, of: int, chance: random.Random
) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    """Yield hand-offs, each with its steps, as teams of some diligence would leave them."""
    for number in range(count):
        handoff_id, at = stable_id("handoff", str(number)), moment(chance)
        met = chance.choices(CONTENTS, [1 / (n + 1) for n in range(len(CONTENTS))], k=3)
        snapshot = {
            "first_source": chance.choices(SOURCES, [5, 3, 2, 1])[0],
            "content_seen": [
                {"content_id": name, "title": title, "topic": "pricing"} for name, title in set(met)
            ],
            "campaigns": [{"name": chance.choice(CAMPAIGNS)}] if chance.random() < 0.6 else [],
            "padding": PADDING,
        }
        tried = at + timedelta(minutes=chance.lognormvariate(3.4, 1.6))
        steps: list[tuple[str, datetime]] = []
        stage, attempts, closed, reason, amount = "assigned", 0, None, None, None
        if chance.random() < 0.93:
            said = at + timedelta(minutes=chance.lognormvariate(2, 1.2))
            if chance.random() < 0.74:
                steps.append(("accept", said))
                attempts = int(chance.random() < 0.92)
                way = chance.choices(
                    ["working", "sql", "opportunity", "lost", "won"], [2, 2, 2, 4, 3]
                )[0]
                if way in ("sql", "opportunity", "won"):
                    steps.append(("sql", said + timedelta(days=3)))
                if way in ("opportunity", "won"):
                    steps.append(("opportunity", said + timedelta(days=9)))
                stage, closed = way, said + timedelta(days=20) if way in ("won", "lost") else None
                amount = chance.randrange(2_000, 30_000) if way == "won" else None
            else:
                steps.append(("reject", said))
                reason = chance.choices(
                    ["not_now", "bad_data", "wrong_person", "not_our_market", "duplicate"],
                    [5, 4, 3, 2, 1],
                )[0]
                stage, closed = "rejected", said
        row = (
            handoff_id,
            stable_id("lead", str(number % of)),
            *("b2b", number // of + 1, stable_id("version", "1"), 1, "signed", "asked", "hot"),
            *(stage, "Somebody", stable_id("person", "ana"), stable_id("team", "sales"), 1.0, 1.0),
            *(at, at + timedelta(minutes=15), attempts, tried if attempts else None),
            steps[0][1] if steps and steps[0][0] == "accept" else None,
            *(closed, reason, amount, "EUR" if amount else None, json.dumps(snapshot).encode()),
        )
        yield (
            row,
            [
                (stable_id("step", handoff_id, kind), handoff_id, kind, "ana", when, {})
                for kind, when in steps
            ],
        )


LEAD_COLUMNS = (
    *("lead_id", "root_id", "is_known", "identifiers", "facts", "consent", "sequence"),
    *("first_seen_at", "created_at"),
)
TOUCH_COLUMNS = (
    *("touch_id", "lead_id", "kind", "name", "source", "vendor", "occurred_at", "received_at"),
    *("made_by", "made_by_reason", "properties"),
)
HANDOFF_COLUMNS = (
    *("handoff_id", "lead_id", "policy", "cycle", "version_id", "version", "agreement", "gate"),
    *("tier", "stage", "lead_name", "owner_id", "team_id", "engagement", "fit", "decided_at"),
    *("due_at", "attempts", "first_attempt_at", "accepted_at", "closed_at", "reason", "amount"),
    *("currency", "snapshot"),
)
STEP_COLUMNS = ("step_id", "handoff_id", "kind", "by", "happened_at", "detail")


async def fill(world: World, share: float) -> None:
    """Put a store of two years into the tables."""
    chance = random.Random(1)
    came = [moment(chance) for _ in range(int(LEADS * share * YEARS))]

    async def write(table: Any, columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
        def add(uow: UnitOfWork) -> None:
            bulk_insert(uow.conn, table, columns, some, "refuse")

        while some := list(islice(rows, CHUNK)):
            await world.write(add)

    await write(LEAD, LEAD_COLUMNS, leads(came))
    await write(TOUCH, TOUCH_COLUMNS, touches(int(TOUCHES * share * YEARS), came, chance))
    made = list(handoffs(int(HANDOFFS * share * YEARS), len(came), chance))
    await write(HANDOFF, HANDOFF_COLUMNS, (row for row, _ in made))
    await write(STEP, STEP_COLUMNS, (step for _, steps in made for step in steps))


async def rebuild(world: World) -> None:
    await world.write(lambda uow: ask_for_rebuild(uow, "bench"))
    while await world.write(is_waiting):
        await world.write(lambda uow: rebuild_some(uow, 1_000))


async def answer(world: World, asked: Asked) -> tuple[float, bytes]:
    """Answer as the API does, from the snapshot to the JSON; return the milliseconds too."""
    started = time.perf_counter()
    found = await world.read(lambda conn: read_scoreboard(unit_of_work(world.parts, conn), asked))
    body = ScoreboardShown.model_validate(found.as_data()).model_dump_json(by_alias=True)
    return (time.perf_counter() - started) * 1000, body.encode()


async def measure(name: str, url: str, share: float) -> list[Figure]:
    world = await open_world(url)
    started = time.perf_counter()
    await fill(world, share)
    print(f"  {name} filled in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    started = time.perf_counter()
    await rebuild(world)
    rebuilt_s = time.perf_counter() - started
    if not world.db.is_sqlite:
        await world.write(lambda uow: uow.conn.exec_driver_sql("ANALYZE").close())
    last = NOON.date()
    year = Asked(first=date(last.year - 1, last.month, last.day) + timedelta(days=1), last=last)
    views = {
        "the year by month": year,
        "the year by week, one source": Asked(year.first, last, "week", source="web"),
        "the year of some content": Asked(year.first, last, content="pricing-guide"),
    }
    figures = []
    for view, asked in views.items():
        times = [(await answer(world, asked))[0] for _ in range(RUNS)][RUNS // 10 :]
        p95 = statistics.quantiles(times, n=20)[-1]
        figures.append(Figure(f"{view}, p95, {name}", p95, "ms", AIM_MS, p95 <= AIM_MS))
    await world.db.stop()
    rate = int((LEADS + HANDOFFS) * share * YEARS) / rebuilt_s
    return [*figures, Figure(f"counted again, {name}", rate, "leads/s")]


async def run(share: float = 1.0) -> list[Figure]:
    async with running_postgres() as server:
        worlds: tuple[tuple[str, Callable[[], AbstractAsyncContextManager[str]], float], ...] = (
            ("SQLite", directory, share / 10),
            ("PostgreSQL", server.database, share),
        )
        figures = []
        for name, databases, size in worlds:
            async with databases() as url:
                figures += await measure(name, url, size)
    return figures


if __name__ == "__main__":
    for figure in asyncio.run(run(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)):
        print(figure)
