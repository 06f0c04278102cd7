"""Group commit: many requests, few commits, nobody answered before; and refusal in time."""

import asyncio
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection

from services.ingest.http.intake import Intake
from services.ingest.store.arrivals import Arrival
from services.ingest.store.tables import RECEIPT
from services.ingest.workers.upkeep import DiskWatch
from shared.db import Database
from shared.ids import new_id
from shared.problem import Problem
from shared.wakeup import Wakeup
from tests.builders import SetClock
from tests.service.ingest.test_reading import GUIDE, counts
from tests.service.ingest.world import World, open_world


async def test_requests_that_come_together_share_their_commits(world: World):
    token = await world.source()
    commits = Commits(world.service.db)

    answers = await asyncio.gather(
        *(world.send("/hooks/web", GUIDE | {"id": str(number)}, token) for number in range(200))
    )

    assert [answer.status_code for answer in answers] == [200] * 200
    assert commits.count < 20
    assert (await world.ledger())["pending"] == 200


async def test_an_answer_comes_after_its_commit(world: World):
    token = await world.source()

    answer = await world.send("/v1/events", GUIDE_OWN, token)

    def is_there(conn: Connection) -> bool:
        found = conn.execute(
            RECEIPT.select().where(RECEIPT.c.id == answer.json()["receipt_id"])
        ).first()
        return found is not None

    assert await world.service.db.read(is_there)


async def test_a_stored_event_survives_the_process(database_url: str, tmp_path: Path):
    bus_url = f"sqlite:///{tmp_path}"
    async with open_world(database_url, bus_url) as world:
        token = await world.source()
        await world.send("/hooks/web", GUIDE, token)

    async with open_world(database_url, bus_url) as world:
        await world.read()

        assert len(await world.touches()) == 1


async def test_when_too_many_wait_the_next_is_told_to_come_again(
    database_url: str, tmp_path: Path, monkeypatch
):
    async with open_world(database_url, f"sqlite:///{tmp_path}", waiting_requests=3) as world:
        token = await world.source()
        write, is_refused = world.service.db.write, asyncio.Event()

        async def waits(work):
            await is_refused.wait()  # however quick the database is
            return await write(work)

        async def send(number: int) -> httpx.Response:
            answer = await world.send("/hooks/web", GUIDE | {"id": str(number)}, token)
            if answer.status_code == 503:
                is_refused.set()
            return answer

        monkeypatch.setattr(world.service.db, "write", waits)
        answers = await asyncio.gather(*(send(number) for number in range(50)))

        stored = [answer for answer in answers if answer.status_code == 200]
        refused = [answer for answer in answers if answer.status_code == 503]
        assert len(stored) + len(refused) == 50
        assert len(stored) <= 6, "three in the group under way, three that wait"
        assert {answer.headers["retry-after"] for answer in refused} == {"1"}
        assert await counts(world) == {"received": len(stored), "pending": len(stored)}


async def test_nobody_waits_for_a_database_that_does_not_move(world: World, monkeypatch):
    monkeypatch.setattr("services.ingest.http.intake.PATIENCE_S", 0.05)
    db = world.service.db
    held, let_go = asyncio.Event(), asyncio.Event()
    write = db.write

    async def stuck(work):
        held.set()
        await let_go.wait()
        return await write(work)

    intake = Intake(db, SetClock(), Wakeup(), 100, lambda: False)
    running = asyncio.create_task(intake.run())
    monkeypatch.setattr(db, "write", stuck)
    first = asyncio.create_task(intake.store(arrival()))
    await held.wait()
    second = asyncio.create_task(intake.store(arrival()))

    for waiting in (first, second):
        with pytest.raises(Problem) as caught:
            await waiting
        assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "1"})
    with pytest.raises(Problem, match="too many requests wait"):
        await intake.store(arrival())

    let_go.set()
    await until_stored(intake)
    running.cancel()


async def test_a_group_that_cannot_be_written_is_refused_and_the_next_one_goes_on(
    world: World, monkeypatch
):
    token = await world.source()
    db = world.service.db
    write = db.write

    async def broken(work):
        monkeypatch.setattr(db, "write", write)
        raise OSError("the disk is gone")

    monkeypatch.setattr(db, "write", broken)
    first = await world.send("/hooks/web", GUIDE, token)
    second = await world.send("/hooks/web", GUIDE, token)

    assert (first.status_code, second.status_code) == (503, 200)
    assert (await world.ledger())["pending"] == 1


@pytest.mark.parametrize(("least_free", "status"), [(0, 200), (1 << 60, 503)])
async def test_a_full_disk_is_told_before_it_loses_anything(
    tmp_path: Path, least_free: int, status: int
):
    watch = DiskWatch(tmp_path, least_free)
    watch.look()

    assert watch.is_full() == (status == 503)


async def test_events_are_refused_while_the_disk_is_full(sqlite_url: str, tmp_path: Path):
    loops = ("intake", "free_space")
    async with open_world(
        sqlite_url, f"sqlite:///{tmp_path}", loops=loops, free_disk_mib=1 << 40
    ) as world:
        token = await world.source()

        answer = await world.send("/hooks/web", GUIDE, token)

        assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")


GUIDE_OWN = {"id": "o-1", "event": "Guide Downloaded", "email": "ana@acme.com"}


class Commits:
    """Counts the transactions that store receipts."""

    def __init__(self, db: Database):
        self.count = 0
        write = db.write

        async def counted(work):
            self.count += 1
            return await write(work)

        db.write = counted  # type: ignore[method-assign]


def arrival() -> Arrival:
    return Arrival(new_id(), new_id(), "generic", b"POST /hooks/web", b"{}", "pending", 1)


async def until_stored(intake: Intake) -> None:
    """Return once a request is stored again."""
    while True:
        try:
            return await intake.store(arrival())
        except Problem:
            await asyncio.sleep(0)
