"""A process may end at any step of the reading: nothing is lost, nothing counts twice."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.ingest.workers.reader import Reader
from shared.access import ADMIN, hash_key, new_key
from shared.bus.port import Message, NotPublished, PublishError
from shared.contracts import Envelope
from shared.contracts.directory import KeyChanged
from shared.ids import new_id
from tests.service.ingest.test_reading import GUIDE, counts
from tests.service.ingest.world import World, open_world


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", ["_open", "_sift", "_publish", "_settle"])
async def test_a_crash_before_any_step_loses_and_doubles_nothing(
    database_url: str, tmp_path: Path, monkeypatch, step: str
):
    bus_url = f"sqlite:///{tmp_path}"
    async with open_world(database_url, bus_url) as world:
        token = await world.source()
        await world.send("/hooks/web", [GUIDE, GUIDE | {"id": "e-2"}, "bad"], token)
        await world.send("/hooks/web", GUIDE, token)
        with monkeypatch.context() as patched:
            patched.setattr(Reader, step, killed)
            with pytest.raises(Killed):
                await world.reader.catch_up()
        await world.reader._lease.release()

    async with open_world(database_url, bus_url) as world:
        await world.read()

        # The bus may carry an event twice; its id is the same, so it counts once.
        assert {key_of(one) for one in await world.published()} == {"e-1", "e-2"}
        assert len({one.id for one in await world.published()}) == 2
        assert await counts(world) == {
            "received": 4,
            "published": 2,
            "duplicates": 1,
            "parked": 1,
        }


async def test_what_the_bus_does_not_take_stays_pending(world: World, monkeypatch):
    token = await world.source()
    await world.send("/hooks/web", GUIDE, token)
    await world.send("/hooks/web", GUIDE | {"id": "e-2", "email": "eva@acme.com"}, token)
    publish = world.bus.publish

    async def refuse_eva(messages: Sequence[Message]) -> list[PublishError | None]:
        taken = [message for message in messages if "eva" not in message.key]
        await publish(taken)
        return [None if message in taken else NotPublished() for message in messages]

    monkeypatch.setattr("services.ingest.workers.reader.ERROR_WAIT_S", 0)
    monkeypatch.setattr(world.bus, "publish", refuse_eva)
    await world.reader._lease.hold()
    await world.reader.read_batch()
    refused = await counts(world)
    monkeypatch.setattr(world.bus, "publish", publish)
    await world.read()

    assert refused == {"received": 2, "published": 1, "pending": 1}
    assert await counts(world) == {"received": 2, "published": 2}
    assert len(await world.published()) == 2


async def test_a_reader_that_froze_past_its_lease_writes_nothing(world: World, monkeypatch):
    token = await world.source()
    await world.send("/hooks/web", GUIDE, token)
    frozen = world.reader
    await frozen._lease.hold()
    other = Reader(world.service.db, world.bus, frozen._wakeup, lambda: False)
    publish = frozen._publish

    async def freeze(new):
        unpublished = await publish(new)
        world.clock.moment = world.clock.moment.replace(hour=13)
        assert await other.catch_up()
        return unpublished

    monkeypatch.setattr(frozen, "_publish", freeze)
    await frozen.read_batch()

    assert await counts(world) == {"received": 1, "published": 1}
    assert len({one.id for one in await world.published()}) == 1


async def test_two_replicas_read_each_receipt_once(postgres_url: str, tmp_path: Path):
    bus_url = f"sqlite:///{tmp_path}"
    async with open_world(postgres_url, bus_url) as world:
        token = await world.source()
        for number in range(20):
            await world.send("/hooks/web", GUIDE | {"id": str(number)}, token)
        other = Reader(world.service.db, world.bus, world.reader._wakeup, lambda: False)

        held = await asyncio.gather(world.reader.catch_up(), other.catch_up())

        assert sorted(held) == [False, True]
        assert len(await world.published()) == 20


async def test_a_stored_event_wakes_the_reading_loop(sqlite_url: str, tmp_path: Path):
    bus_url = f"sqlite:///{tmp_path}"
    async with open_world(sqlite_url, bus_url, loops=("intake", "reader")) as world:
        token = await world.source()
        member = world.bus.member("waiting", ["relevo.touches.v1"])
        await member.start()
        for partition in (await member.poll(1, 30)).assigned:
            await member.seek(partition, 0)

        await world.send("/hooks/web", GUIDE, token)
        polled = await member.poll(1, 30)

        assert sum(len(records) for records in polled.records.values()) == 1
        await member.stop()


async def test_keys_made_in_handoff_work_here(sqlite_url: str, tmp_path: Path):
    key = new_key()
    changed = KeyChanged(
        key_id=new_id(),
        revision=1,
        hash=hash_key(key),
        name="operator",
        scopes=[ADMIN],
        person_id=None,
        revoked_at=None,
    )
    async with open_world(sqlite_url, f"sqlite:///{tmp_path}") as world:
        envelope = Envelope(
            id=new_id(),
            source="relevo/handoff",
            subject=changed.key_id,
            key=changed.key_id,
            time=world.clock.now(),
            data=changed,
        )
        message = Message(envelope.topic, envelope.key, envelope.to_bytes())
        await world.bus.publish([message])
        copying: asyncio.Future[None] = asyncio.ensure_future(world.service.loops["directory"]())
        headers = {"authorization": f"Bearer {key}"}

        async with asyncio.timeout(10):
            while (await world.http.get("/v1/sources", headers=headers)).status_code == 401:
                await world.service.prepare()

        copying.cancel()


def killed(*_arguments: object) -> None:
    raise Killed


def key_of(envelope: Envelope) -> str:
    return envelope.data.source_event_id  # type: ignore[attr-defined, no-any-return]
