"""A service's loops: started again when they fail, ended when the service stops."""

import asyncio
import resource
import signal

import httpx
import pytest
from fastapi import APIRouter
from sqlalchemy import text

from shared import service as service_module
from shared.bus.port import BusStuck
from shared.bus.sqlite import SqliteBus
from shared.db import Database, metadata
from shared.db_errors import DiskFailed
from shared.service import Service, Unrecoverable
from shared.web import build_app


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr(service_module, "RESTART_WAITS_S", (0.0, 0.01))


async def nothing():
    pass


@pytest.fixture
def new_service(sqlite_url, tmp_path):
    def new_service(name="sample", **loops):
        db = Database(sqlite_url, name, metadata())
        bus = SqliteBus(tmp_path)
        return Service(name, db, bus, APIRouter(), loops, nothing, nothing, migrate_on_start=False)

    return new_service


@pytest.fixture
async def terminated():
    """An event set when the process is asked to end."""
    event = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, event.set)
    yield event
    loop.remove_signal_handler(signal.SIGTERM)


async def test_a_loop_that_fails_is_started_again(new_service):
    runs: list[int] = []
    third = asyncio.Event()

    async def fails():
        runs.append(len(runs))
        if len(runs) == 3:
            third.set()
            await asyncio.Event().wait()
        raise ValueError("not yet")

    service = new_service(fails=fails)
    await service.start()
    async with asyncio.timeout(10):
        await third.wait()
    checks = await service.check()
    await service.stop()

    assert len(runs) == 3
    assert checks["sample.loops"] == "ok"


@pytest.mark.parametrize("error", [Unrecoverable("no more"), BusStuck("no more")])
async def test_a_loop_that_cannot_go_on_ends_the_process(new_service, terminated, error):
    async def ends():
        raise error

    service = new_service(ends=ends)
    await service.start()
    async with asyncio.timeout(10):
        await terminated.wait()
    checks = await service.check()
    await service.stop()

    assert checks["sample.loops"] == "ended: sample.ends"


async def test_a_disk_that_fails_ends_the_process(new_service, terminated, tmp_path):
    service = new_service()
    await service.start()
    make_table = text("CREATE TABLE lead (name TEXT)")
    await service.db.write(lambda conn: conn.execute(make_table))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    log_size = (tmp_path / "sample.db-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (log_size, before[1]))
    try:
        with pytest.raises(DiskFailed):
            await service.db.write(lambda conn: conn.execute(text("INSERT INTO lead VALUES ('')")))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    async with asyncio.timeout(10):
        await terminated.wait()
    await service.stop()


async def test_a_loop_that_fails_while_it_cleans_up_does_not_hold_up_the_stop(new_service):
    runs, running = [], asyncio.Event()

    async def cleans_up_badly():
        runs.append(1)
        running.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise ConnectionError("the database is away")

    service = new_service(cleans_up_badly=cleans_up_badly)
    await service.start()
    await running.wait()
    async with asyncio.timeout(10):
        await service.stop()

    assert runs == [1]


async def test_readiness_tells_a_database_that_is_away(new_service):
    service = new_service()
    await service.start()
    before = await service.check()
    await service.stop()

    assert before["sample.database"].startswith(("not reachable", "tables"))
    assert (await service.check())["sample.database"].startswith("not reachable")


async def test_when_one_service_cannot_start_the_others_are_stopped(new_service):
    stopped = []

    async def close(name):
        stopped.append(name)

    async def fails():
        raise ValueError("no")

    first, second = new_service("first"), new_service("second")
    first.close = lambda: close("first")
    second.close = lambda: close("second")
    second.prepare = fails
    door = build_app(
        [first, second], "1", start_together=nothing, stop_together=lambda: close("bus")
    )
    with pytest.raises(ValueError, match="no"):
        async with door.app.router.lifespan_context(door.app):
            pass

    assert stopped == ["second", "first", "bus"]


async def test_metrics_and_readiness_answer_while_measuring_fails(new_service):
    async def fails():
        raise ConnectionError

    service = new_service()
    service.measure = fails
    await service.start()
    door = build_app([service], "1")
    transport = httpx.ASGITransport(app=door)
    async with httpx.AsyncClient(transport=transport, base_url="http://relevo") as client:
        metrics = await client.get("/metrics")
        door.stopping = True
        ready = await client.get("/readyz")
    await service.stop()

    assert metrics.status_code == 200
    assert ready.status_code == 503
    assert ready.json()["checks"]["process"] == "stopping"
