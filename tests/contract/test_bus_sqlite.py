"""What is particular about the embedded bus: its file, its one process, its threads."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from shared.bus import open_bus, sqlite_log
from shared.bus.file_system import kind_of, refuse_network
from shared.bus.partitioner import partition_of
from shared.bus.port import BusInUse, BusNotDurable, BusUnavailable, Message, TopicPartition
from shared.bus.sqlite import SqliteBus
from shared.clock import SystemClock
from tests.contract.bus_reader import from_the_start, reading

FIRST = TopicPartition("touches", 0)
PUBLISHER = [sys.executable, "-m", "tests.contract.bus_publisher"]


@asynccontextmanager
async def opened(directory: Path, **options):
    bus = SqliteBus(directory, **options)
    await bus.start()
    try:
        await bus.ensure_topics({"touches": 1})
        yield bus
    finally:
        await bus.stop()


async def publish(bus, values):
    results = await bus.publish([Message("touches", "ana", value) for value in values])
    assert results == [None] * len(results)


async def values_of(bus, count, topic="touches"):
    async with reading(bus.member("reader", [topic]), from_the_start) as reader:
        await reader.until(lambda: len(reader.records) >= count)
    return reader.values()


# --- one process -----------------------------------------------------------------------------


async def test_a_second_bus_on_the_same_directory_is_refused_with_the_holders_process(tmp_path):
    async with opened(tmp_path):
        with pytest.raises(BusInUse, match=f"in use by process {os.getpid()}"):
            await SqliteBus(tmp_path).start()


async def test_a_stopped_bus_lets_the_next_one_in(tmp_path):
    async with opened(tmp_path) as bus:
        await publish(bus, [b"one"])
    async with opened(tmp_path) as bus:
        await publish(bus, [b"two"])

        assert await values_of(bus, 2) == [b"one", b"two"]


@pytest.mark.parametrize("attempt", range(5))
async def test_what_was_acknowledged_survives_a_kill(tmp_path, attempt):
    acknowledged = publish_until_killed(tmp_path, random.Random(attempt).randrange(1, 300))

    async with opened(tmp_path) as bus:
        ends = await bus.ends("touches")
        values = await values_of(bus, sum(ends.values()))

    numbers = sorted(int(value[:7]) for value in values)
    assert numbers == list(range(len(numbers)))
    assert set(acknowledged) <= set(numbers)


def publish_until_killed(directory: Path, after: int) -> list[int]:
    """Let a process publish, kill it ``after`` so many acknowledgements, return all it gave."""
    with subprocess.Popen([*PUBLISHER, directory], stdout=subprocess.PIPE) as publisher:
        assert publisher.stdout is not None
        lines = [publisher.stdout.readline() for _ in range(after)]
        publisher.send_signal(signal.SIGKILL)
        lines += publisher.stdout.readlines()
    return [int(line) for line in lines if line.endswith(b"\n")]


async def test_a_full_disk_fails_the_publish_and_loses_nothing(tmp_path):
    *lines, after = publish_until_full(tmp_path, 300_000)
    acknowledged = [int(line) for line in lines if line.isdigit()]

    async with opened(tmp_path) as bus:
        ends = await bus.ends("touches")
        values = await values_of(bus, sum(ends.values()))

    assert len(lines) > len(acknowledged) > 0
    assert sorted(int(value[:7]) for value in values)[: len(acknowledged)] == acknowledged
    assert after == "refused"


def publish_until_full(directory: Path, limit: int) -> list[str]:
    command = [*PUBLISHER, str(directory), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.splitlines()


def test_a_file_that_cannot_be_durable_is_refused():
    with pytest.raises(BusNotDurable, match="journal_mode memory"):
        sqlite_log.connect(Path(":memory:"))


@pytest.mark.parametrize(
    ("directory", "kind"),
    [
        ("/", "ext4"),
        ("/srv/relevo/data", "nfs4"),
        ("/srv/relevo/data/local", "xfs"),
        ("/srv/relevo data", "cifs"),
        ("/srv/other", "ext4"),
    ],
)
def test_the_file_system_of_a_directory_is_that_of_the_deepest_mount(directory, kind):
    mounts = (
        "rootfs / rootfs rw 0 0\n/dev/vda / ext4 rw,relatime 0 0\n"
        "filer:/x /srv/relevo nfs4 rw 0 0\n/dev/vdb /srv/relevo/data/local xfs rw 0 0\n"
        "//filer/y /srv/relevo\\040data cifs rw 0 0\n"
    )

    assert kind_of(Path(directory), mounts) == kind


def test_a_network_file_system_is_refused(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text("filer:/x / nfs rw 0 0\n")

    with pytest.raises(BusNotDurable, match=r"network file system \(nfs\)"):
        refuse_network(tmp_path, mounts)


async def test_a_write_ahead_log_with_full_synchronisation_is_what_is_opened(tmp_path):
    with closing(sqlite_log.connect(tmp_path / "bus.db")) as conn:
        pragmas = [conn.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS]

    assert dict(zip(PRAGMAS, pragmas, strict=True)) == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5_000}


# --- publishing ------------------------------------------------------------------------------


async def test_a_cancelled_publisher_disturbs_nobody(tmp_path):
    async with opened(tmp_path) as bus:
        publishers = [asyncio.create_task(publish(bus, [b"%d" % number])) for number in range(20)]
        await asyncio.sleep(0)
        for publisher in publishers[::2]:
            publisher.cancel()
        await asyncio.gather(*publishers, return_exceptions=True)
        values = await values_of(bus, sum((await bus.ends("touches")).values()))

    assert {int(value) for value in values} >= set(range(1, 20, 2))


async def test_stopping_stores_what_is_queued(tmp_path):
    bus = SqliteBus(tmp_path)
    await bus.start()
    await bus.ensure_topics({"touches": 1})
    publishers = [asyncio.create_task(publish(bus, [b"x"])) for _ in range(50)]
    await asyncio.sleep(0)
    await bus.stop()
    await asyncio.gather(*publishers)

    async with opened(tmp_path) as bus:
        assert await bus.ends("touches") == {0: 50}


async def test_a_disk_error_is_seen_by_who_asks_for_the_lag(tmp_path):
    async with opened(tmp_path) as bus:
        bus._file.failure = Exception("the disk is gone")

        with pytest.raises(BusUnavailable, match="the disk is gone"):
            await bus.ends("touches")


# --- reading ---------------------------------------------------------------------------------


async def test_one_poll_takes_a_bounded_number_of_bytes(tmp_path):
    async with opened(tmp_path) as bus:
        for _ in range(4):
            await publish(bus, [bytes(1_000_000)] * 5)
        member = bus.member("reader", ["touches"])
        await member.start()
        await member.poll(500, 0)
        await member.seek(FIRST, 0)
        sizes: list[int] = []
        while sum(sizes) < 20:
            polled = await member.poll(500, 30)
            sizes.append(len(polled.records[FIRST]))

    assert sizes == [9, 9, 2]


async def test_a_full_partition_does_not_hold_up_the_others(tmp_path):
    async with opened(tmp_path) as bus:
        await bus.ensure_topics({"hot": 2})
        keys = {partition_of(key, 2): key for key in ("a", "b", "c", "d", "e")}
        await bus.publish([Message("hot", keys[0], b"hot")] * 1_000)
        await bus.publish([Message("hot", keys[1], b"cold")])
        member = bus.member("reader", ["hot"])
        await member.start()
        for partition in (await member.poll(100, 0)).assigned:
            await member.seek(partition, 0)
        polls = [await member.poll(100, 0) for _ in range(2)]

    values = [record.value for poll in polls for batch in poll.records.values() for record in batch]
    assert b"cold" in values


async def test_a_frozen_member_alone_is_told_that_it_lost_and_won_everything(tmp_path):
    now_s = [0.0]
    async with opened(tmp_path, lease_s=10, monotonic=lambda: now_s[0]) as bus:
        member = bus.member("reader", ["touches"])
        await member.start()
        await member.poll(1, 0)
        await member.seek(FIRST, 0)
        now_s[0] += 11
        polled = await member.poll(1, 0)

    assert (polled.revoked, polled.assigned) == ({FIRST}, {FIRST})


async def test_a_topic_made_later_is_read_by_who_waits_for_it(tmp_path):
    async with opened(tmp_path) as bus:
        member = bus.member("reader", ["touches", "later"])
        await member.start()
        first = await member.poll(1, 0)
        waiting = asyncio.create_task(member.poll(1, 60))
        await asyncio.sleep(0)
        await bus.ensure_topics({"later": 2})
        async with asyncio.timeout(30):
            polled = await waiting

    assert first.assigned == {FIRST}
    assert polled.assigned == {TopicPartition("later", 0), TopicPartition("later", 1)}


async def test_committed_offsets_survive_a_restart(tmp_path):
    async with opened(tmp_path) as bus:
        await publish(bus, [b"1", b"2"])
        member = bus.member("reader", ["touches"])
        await member.start()
        await member.poll(1, 0)
        await member.commit({FIRST: 2})
    async with opened(tmp_path) as bus:
        assert await bus.member("reader", ["touches"]).committed(FIRST) == 2
        assert await bus.member("another", ["touches"]).committed(FIRST) == 0


# --- retention -------------------------------------------------------------------------------


class WeekLater(SystemClock):
    def now(self):
        return super().now() + timedelta(days=7, seconds=1)


async def test_records_older_than_the_retention_go_when_the_bus_starts(tmp_path):
    async with opened(tmp_path) as bus:
        await publish(bus, [b"old"] * 5_000)
    async with opened(tmp_path, clock=WeekLater()) as bus, asyncio.timeout(30):
        while stored(tmp_path):  # noqa: ASYNC110 - the bus tells nobody
            await asyncio.sleep(0.01)
        await publish(bus, [b"new"])

        assert await bus.ends("touches") == {0: 5_001}
        assert await values_of(bus, 1) == [b"new"]


def stored(directory: Path) -> int:
    with closing(sqlite3.connect(directory / "bus.db")) as conn:
        return int(conn.execute("SELECT count(*) FROM record").fetchone()[0])


async def test_younger_records_stay(tmp_path):
    async with opened(tmp_path) as bus:
        await publish(bus, [b"young"])

        assert await bus.prune(SystemClock().now() - timedelta(hours=1)) == 0
        assert await bus.prune(SystemClock().now() + timedelta(hours=1)) == 1


async def test_a_reader_behind_the_retention_goes_on_at_the_oldest_record(tmp_path):
    async with opened(tmp_path) as bus:
        await publish(bus, [b"old"])
        async with reading(bus.member("reader", ["touches"]), from_the_start) as reader:
            await reader.until(lambda: len(reader.records) == 1)
            await reader.freeze()
            await publish(bus, [b"missed"])
            await bus.prune(SystemClock().now() + timedelta(hours=1))
            reader.thaw()
            await publish(bus, [b"new"])
            await reader.until(lambda: len(reader.records) == 2)

    assert reader.values() == [b"old", b"new"]


# --- the URL ---------------------------------------------------------------------------------


async def test_the_url_names_the_directory(tmp_path):
    bus = open_bus(f"sqlite:///{tmp_path}/data")
    await bus.start()
    await bus.stop()

    assert (tmp_path / "data" / "bus.db").exists()


@pytest.mark.parametrize("url", ["", "redis://localhost", "sqlite://data", "kafka:"])
def test_another_url_is_refused(url):
    with pytest.raises(ValueError, match="a bus URL starts with sqlite:/// or kafka://"):
        open_bus(url)
