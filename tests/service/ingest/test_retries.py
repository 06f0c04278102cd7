"""Parked receipts by what is wrong with them, and one retry for a whole group."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import func, select

from services.ingest.handlers import retries
from services.ingest.store.tables import AUDIT, RETRY
from services.ingest.workers.retrier import Retrier
from shared.db import Database
from shared.wakeup import Wakeup
from tests.service.ingest.test_reading import GUIDE, counts
from tests.service.ingest.world import World, open_world

FAST = 1_000_000


async def park(world: World, token: str, count: int, body: bytes = b'{"event": "Opened"}') -> None:
    """Let ``count`` receipts come that nobody can read."""
    for _ in range(count):
        await world.send("/hooks/web", body, token)
    await world.read()


async def retry(world: World, **wanted: Any) -> Any:
    answer = await world.api("POST", "/v1/receipts/retry", wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


def retrier(world: World) -> Retrier:
    return Retrier(world.service.db, Wakeup(), Wakeup(), FAST)


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step of a retry takes two receipts, so that five are many."""
    monkeypatch.setattr(retries, "STEP", 2)


async def test_what_is_parked_is_counted_by_source_and_reason(world: World):
    token = await world.source()
    other = await world.source("other")
    await park(world, token, 3)
    await park(world, token, 1, b"?")
    await world.send("/hooks/other", [GUIDE, 7, 8], other)
    await world.read()

    groups = (await world.api("GET", "/v1/receipts/parked")).json()["groups"]

    found = {(one["source"], one["reason"], one["receipts"], one["events"]) for one in groups}
    assert found == {
        ("web", "no_identity", 3, 3),
        ("web", "invalid_json", 1, 1),
        ("other", "not_an_object", 1, 2),
    }
    assert groups[0]["receipts"] == 3, "the largest group comes first"
    assert groups[0]["message"] == "the event has no e-mail address and no id of a person"
    assert groups[0]["oldest_at"] <= groups[0]["newest_at"]
    receipt = (await world.api("GET", f"/v1/receipts/{groups[0]['example_id']}")).json()
    assert receipt["reason"] == "no_identity"
    only = (await world.api("GET", "/v1/receipts/parked?source=other")).json()["groups"]
    assert [one["source"] for one in only] == ["other"]
    nobody = (await world.api("GET", "/v1/receipts/parked?source=nobody")).json()["groups"]
    assert nobody == []


@pytest.mark.usefixtures("small_steps")
async def test_one_retry_takes_a_whole_group_in_the_background(world: World):
    token = await world.source(options={"mapping": {"email": "who"}})
    await park(world, token, 5, b'{"event": "Opened", "mail": "ana@acme.com"}')
    await park(world, token, 1, b"?")
    mapping = {"options": {"mapping": {"email": "mail"}}}
    await world.change("web", settings=mapping)

    first = await retry(world, source="web", reason="no_identity")
    worker = retrier(world)
    steps = 0
    while await worker.step():
        steps += 1
    await world.read()

    assert (first["total"], first["retried"], first["state"]) == (5, 2, "running")
    seen = (await world.api("GET", f"/v1/receipts/retries/{first['id']}")).json()
    assert (seen["total"], seen["retried"], seen["state"]) == (5, 5, "done")
    assert seen["finished_at"] is not None
    assert steps == 2
    assert (await counts(world))["parked"] == 1, "the other reason stays"
    assert [one["reason"] for one in await world.receipts(state="parked")] == ["invalid_json"]


@pytest.mark.usefixtures("small_steps")
async def test_what_is_parked_again_is_not_retried_for_ever(world: World):
    token = await world.source()
    await park(world, token, 5)

    seen = await retry(world)
    worker = retrier(world)
    await world.read()
    while await worker.step():
        await world.read()  # nothing was mended, so each is parked again

    seen = (await world.api("GET", f"/v1/receipts/retries/{seen['id']}")).json()
    assert (seen["retried"], seen["state"]) == (5, "done")
    assert await counts(world) == {"received": 5, "parked": 5}


@pytest.mark.usefixtures("small_steps")
async def test_asked_for_again_it_is_the_same_retry(world: World):
    token = await world.source()
    await park(world, token, 5)

    answers = await asyncio.gather(*(retry(world, source="web") for _ in range(5)))

    assert len({one["id"] for one in answers}) == 1
    assert {one["retried"] for one in answers} == {2}
    assert await audited(world.service.db) == 1


@pytest.fixture
async def replicas(database_url: str, tmp_path: Path) -> AsyncIterator[list[World]]:
    """Two processes on one database; SQLite has one, and two who ask it."""
    if database_url.startswith("sqlite"):
        async with open_world(database_url, f"sqlite:///{tmp_path}") as one:
            yield [one, one]
        return
    async with (
        open_world(database_url, f"sqlite:///{tmp_path / 'a'}") as one,
        open_world(database_url, f"sqlite:///{tmp_path / 'b'}") as other,
    ):
        yield [one, other]


@pytest.mark.usefixtures("small_steps")
async def test_two_who_press_retry_at_once_retry_nothing_twice(replicas: list[World]):
    one, other = replicas
    token = await one.source()
    await park(one, token, 9)

    answers = await asyncio.gather(
        *(retry(world, source="web") for world in (one, other) * 4),
        *(retry(world) for world in replicas),  # a larger group that overlaps
    )
    workers = [retrier(world) for world in replicas]

    async def work(worker: Retrier) -> None:
        while await worker.step():
            pass

    await asyncio.gather(*map(work, workers))

    assert len({answer["id"] for answer in answers}) >= 2
    taken = await one.service.db.read(
        lambda conn: conn.execute(select(func.sum(RETRY.c.retried))).scalar_one()
    )
    assert taken == 9, "each receipt was put back once, by one of them"
    assert await counts(one) == {"received": 9, "pending": 9}


async def test_a_single_retry_and_that_of_its_group_meet(replicas: list[World]):
    one, other = replicas
    token = await one.source()
    await park(one, token, 3)
    ids = [receipt["id"] for receipt in await one.receipts()]

    singles, _ = await asyncio.gather(
        asyncio.gather(*(other.api("POST", f"/v1/receipts/{id_}/retry") for id_ in ids)),
        retry(one, source="web"),
    )

    by_single = [answer.status_code for answer in singles].count(200)
    by_group = await one.service.db.read(
        lambda conn: conn.execute(select(func.sum(RETRY.c.retried))).scalar_one()
    )
    assert by_single + by_group == 3
    assert await counts(one) == {"received": 3, "pending": 3}


@pytest.mark.usefixtures("small_steps")
async def test_a_large_group_leaves_room_for_what_happens_today(database_url, tmp_path):
    async with open_world(database_url, f"sqlite:///{tmp_path}", import_events_per_s=1) as world:
        token = await world.source()
        await park(world, token, 24)
        slow = Retrier(world.service.db, Wakeup(), Wakeup(), per_s=1)
        await retry(world)
        steps = 0
        while await slow.step():
            steps += 1

        left = (await counts(world))["parked"]

        assert (steps, left) == (5, 12), "ten seconds' worth and the step that went beyond"


async def test_nothing_to_retry_is_done_at_once(world: World):
    await world.source()

    seen = await retry(world, source="web")

    assert (seen["total"], seen["retried"], seen["state"]) == (0, 0, "done")
    assert await audited(world.service.db) == 0


async def test_an_unknown_retry_is_not_found(world: World):
    unknown = "019c0000-0000-7000-8000-000000000001"
    answer = await world.api("GET", f"/v1/receipts/retries/{unknown}")

    assert answer.status_code == 404


async def test_the_gauges_tell_what_is_parked_and_what_is_mended(world: World):
    token = await world.source()
    await park(world, token, 2)

    def parked() -> float | None:
        labels = {"source": "web", "reason": "no_identity"}
        return REGISTRY.get_sample_value("relevo_parked_receipts", labels)

    assert world.service.measure is not None
    await world.service.measure()
    before = parked()
    await retry(world)
    await world.service.measure()

    assert (before, parked()) == (2, None)


async def audited(db: Database) -> int:
    """Return how many retries of groups the audit has."""
    query = select(func.count()).where(AUDIT.c.what == "receipts.retried")
    return int(await db.read(lambda conn: conn.execute(query).scalar_one()))
