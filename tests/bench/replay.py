"""Trying a policy on history: how fast leads are judged again, and in how much memory.

The history is the demonstration's: who does what how often comes from its story, played
by each lead in three months in a row: about 16 touches a lead, of which 55 % are opened
mails, 28 % looks at content and pages, 11 % downloads, 2 % clicks in mails, 3 % webinars
and 1 % requests. The policy is the English starter; the candidate is the same with other
points and a lower gate, so it shares nothing with it but the questions.

Touches are counted as they are stored; those no gate can see are passed over, and not even
read from a database.
"""

import gc
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

from sqlalchemy import Connection

from services.demo.cast import Lead, cast_leads
from services.demo.story import Happening, tell
from services.handoff.domain.history import (
    Arrived,
    Item,
    Known,
    LeadGroup,
    What,
    first_place,
    us_of,
)
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.replay import Replay
from services.handoff.domain.replay_runs import Window
from services.handoff.domain.touches import epoch_us, moment_at
from services.handoff.handlers.tryouts import Request, request_tryout
from services.handoff.policy_document import compile_policy
from services.handoff.store.history import HistoryRow, add_history
from services.handoff.store.leads import COLUMNS as LEAD_COLUMNS
from services.handoff.store.signals import TOUCH_COLUMNS
from services.handoff.store.tables import LEAD, TOUCH
from services.handoff.store.tryouts import find_tryout
from services.handoff.workers.tryouts import TryoutWorker
from services.ingest.domain.touch_kinds import built_in_kind
from shared.bulk import Row, bulk_insert
from shared.server import GC_THRESHOLDS
from tests.bench.figures import Figure
from tests.bench.handoff import STARTER, starter
from tests.service.handoff.world import World, open_world
from tests.support.postgres import running_postgres

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MONTHS = 3
KINDS = {
    "page": "page.viewed",
    "opened": "email.opened",
    "clicked": "email.clicked",
    "demo": "demo.requested",
    "contact": "contact.requested",
    "registered": "webinar.registered",
    "attended": "webinar.attended",
}


def candidate() -> PolicyVersion:
    text = STARTER.read_text()
    text = text.replace("points: 12", "points: 15").replace("at_least: 60}", "at_least: 50}")
    version = compile_policy(text).version
    assert version is not None
    return version


def stories(count: int) -> Iterator[tuple[Lead, list[Happening]]]:
    """Yield so many leads with all they do in three months."""
    seed = 0
    while count > 0:
        leads = cast_leads(seed)[:count]
        doing: dict[int, list[Happening]] = {lead.number: [] for lead in leads}
        for month in range(MONTHS):
            for one in tell(leads, seed * MONTHS + month, NOW - timedelta(days=30 * month)):
                doing[one.lead.number].append(one)
        for lead in leads:
            yield lead, doing[lead.number]
        seed += 1
        count -= len(leads)


def facts(lead: Lead) -> dict[str, dict[str, object]]:
    company = lead.company
    person = {"title": lead.title, "country": company.country, "email": lead.email}
    return {
        "lead": {**person, "first_name": lead.first_name, "last_name": lead.last_name},
        "account": {"domain": company.domain, "employees": company.employees},
    }


def touch(one: Happening) -> tuple[str, str, dict[str, object]]:
    """Return kind, maker and properties of one thing a lead does."""
    about: dict[str, object] = {}
    if (content := one.about.get("content")) is not None:
        about["content"] = {"id": content.id, "topic": content.topic, "title": content.title["en"]}
    if (path := one.about.get("path")) is not None:
        about["page"] = {"path": path, "title": "Alisio", "url": f"https://alisio.example{path}"}
    made_by = "machine" if "MailScanner" in one.agent else "human"
    return KINDS.get(one.name) or built_in_kind(one.name), made_by, about


def history(count: int) -> Iterator[LeadGroup]:
    """Yield so many leads as the replay reads them."""
    chance = random.Random(1)
    for number, (lead, doing) in enumerate(stories(count)):
        lead_id = f"{number:08x}-0000-7000-8000-000000000000"
        items: list[Item] = []
        for nth, one in enumerate(sorted(doing, key=lambda one: one.heard_at)):
            occurred_us, received_us = epoch_us(one.at), epoch_us(one.heard_at)
            place = first_place(received_us) + nth
            if not nth:
                items.append(Known(place, What.KNOWN, lead_id, facts(lead), True, {}))
            kind, made_by, about = touch(one)
            touch_id = f"{number:08x}-{nth:04x}-7000-8000-{chance.getrandbits(48):012x}"
            received = (place, What.ARRIVED, lead_id, received_us, not nth)
            items.append(Arrived(*received, kind, touch_id, occurred_us, made_by, about))
        if items:
            first_us = min(one.occurred_us for one in items if isinstance(one, Arrived))
            yield LeadGroup(
                {lead_id: lead_id}, items, first_seen_us={lead_id: first_us}, touches=len(doing)
            )


def speed(groups: list[LeadGroup], versions: list[PolicyVersion]) -> float:
    """Return touches per second of our CPU, the best of five passes."""
    window, since = Window(0, epoch_us(NOW)), [NOW - timedelta(days=60)] * len(versions)
    replay = Replay(versions, window, timedelta(days=14), len(versions) - 1, since)
    best_s = float("inf")
    for _ in range(5):
        started = time.process_time()
        for group in groups:
            replay.replay(group)
        best_s = min(best_s, time.process_time() - started)
    return sum(group.touches for group in groups) / best_s


def engine() -> list[Figure]:
    groups = list(history(8_000))
    gc.collect()
    gc.freeze()  # a real pass holds a page at a time
    one, two = speed(groups, [starter()]), speed(groups, [candidate(), starter()])
    gc.unfreeze()
    return [
        Figure("replay, one version, loaded", one, "touches/s", 200_000, one >= 200_000),
        Figure("replay, candidate and running version at once", two, "touches/s"),
    ]


def store(conn: Connection, groups: list[LeadGroup]) -> None:
    """Write groups as production does, without judging them."""
    leads: list[Row] = []
    touches: list[Row] = []
    told: list[HistoryRow] = []
    for group in groups:
        [lead_id] = group.root_of
        seen_at = moment_at(group.first_seen_us[lead_id])
        leads.append((lead_id, lead_id, True, 1, {}, {}, 0, seen_at, seen_at, None))
        for item in group.items:
            if isinstance(item, Known):
                detail = {
                    scope: {name: [value, ""] for name, value in known.items()}
                    for scope, known in item.facts.items()
                }
                at = moment_at(us_of(item.place))
                row = HistoryRow(lead_id, item.place, "told", at, {**detail, "is_known": True})
                told.append(row)
            elif isinstance(item, Arrived):
                moments = (moment_at(item.occurred_us), moment_at(item.received_us))
                head = (item.touch_id, lead_id, item.kind, item.kind, "web", "generic", *moments)
                touches.append((*head, item.made_by, "", None, item.properties, item.place))
    bulk_insert(conn, LEAD, LEAD_COLUMNS, leads)
    bulk_insert(conn, TOUCH, TOUCH_COLUMNS, touches)
    add_history(conn, told)


async def fill(world: World, source: Iterator[LeadGroup], touches: int) -> int:
    """Store so many touches more; return how many that were."""
    stored = 0
    while stored < touches:
        groups = list(islice(source, 500))
        await world.db.write(partial(store, groups=groups))
        stored += sum(group.touches for group in groups)
    return stored


async def try_out(world: World) -> tuple[float, int]:
    """Try the candidate; return the seconds it took and how many touches gates can see."""
    text = STARTER.read_text().replace("points: 12", "points: 15")
    request = Request(text, "", None, None, None, None, None, 3_650, "as_received", None)
    row = await world.write(lambda uow: request_tryout(uow, "bench", request))
    started = time.perf_counter()
    await TryoutWorker(world.parts).run_waiting()
    took_s = time.perf_counter() - started
    done = await world.read(lambda conn: find_tryout(conn, row.tryout_id))
    assert done is not None
    assert done.state == "done", done.error
    return took_s, done.touches


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def whole(name: str, url: str) -> list[Figure]:
    """Try out on 250,000 stored touches, then on a million."""
    gc.set_threshold(*GC_THRESHOLDS)  # as every process of ours does
    version = replace(starter(), policy="b2b")  # what the world's only policy is called
    world = await open_world(url, version)
    world.clock.moment = NOW
    source = history(10**9)
    stored = await fill(world, source, 250_000)
    await try_out(world)
    first_mb = peak_mb()
    stored += await fill(world, source, 1_000_000 - stored)
    gc.collect()
    before_mb = peak_mb()
    took_s, seen = await try_out(world)
    grown_mb = peak_mb() - before_mb
    await world.db.stop()
    print(f"{name}: {stored} touches stored, {seen} of them seen; peak {first_mb:.0f} MB before")
    return [
        Figure(f"a try-out of 1,000,000 touches, {name}", took_s, "s", 20, took_s <= 20),
        Figure(f"memory it adds to that of 250,000, {name}", grown_mb, "MB", 20, grown_mb <= 20),
    ]


async def run() -> list[Figure]:
    figures = engine()
    with tempfile.TemporaryDirectory() as directory:
        figures += await whole("SQLite", f"sqlite:///{directory}")
    async with running_postgres() as server, server.database() as url:
        figures += await whole("PostgreSQL", url)
    return figures
