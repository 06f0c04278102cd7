"""The feed: everything, in order, from where a subscriber stood; and live."""

import asyncio
from datetime import timedelta

import pytest

from services.notify.store.feed import FeedStore
from tests.builders import Lead

READY = "handoff.sales_ready.v1"


async def until_stored(api, count):
    """Ask until the feed has ``count`` events."""
    while len((await api.get("/v1/feed", limit=500)).json()["items"]) < count:
        pass


async def test_the_feed_gives_the_very_events_in_order(api):
    lead = Lead()
    events = [lead.sales_ready(), lead.assigned(), lead.accepted()]
    await api.publish(*events)
    await until_stored(api, 3)
    answer = await api.get("/v1/feed")

    assert b",".join(event.to_bytes() for event in events) in answer.content
    assert answer.json()["has_more"] is False


async def test_a_subscriber_goes_on_where_it_stood(api):
    lead = Lead()
    events = [lead.sales_ready(), lead.assigned(), lead.accepted()]
    await api.publish(*events)
    await until_stored(api, 3)
    seen, cursor = [], "0"
    while True:
        page = (await api.get("/v1/feed", after=cursor, limit=2)).json()
        seen += [event["id"] for event in page["items"]]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    later = lead.updated()
    await api.publish(later)
    await until_stored(api, 4)
    rest = (await api.get("/v1/feed", after=cursor)).json()

    assert seen == [event.id for event in events]
    assert [event["id"] for event in rest["items"]] == [later.id]


@pytest.mark.parametrize(
    ("types", "count"),
    [(READY, 1), ("handoff.*", 3), (f"{READY},handoff.accepted.v1", 2), ("lead.*", 0)]
    + [("handoff.sales%", 0), ("handoff_*", 0)],
)
async def test_a_subscriber_may_want_some_types(api, types, count):
    lead = Lead()
    await api.publish(lead.sales_ready(), lead.assigned(), lead.accepted())
    await until_stored(api, 3)
    page = (await api.get("/v1/feed", types=types)).json()

    assert len(page["items"]) == count
    assert page["next_cursor"] == "3"


async def test_latest_starts_with_what_comes_next(api):
    lead = Lead()
    await api.publish(lead.sales_ready())
    await until_stored(api, 1)
    page = (await api.get("/v1/feed", after="latest")).json()

    assert (page["items"], page["next_cursor"]) == ([], "1")


@pytest.mark.parametrize(
    "params",
    [{"after": "-1"}, {"after": "x"}, {"limit": 0}, {"limit": 501}, {"since": "yesterday"}]
    + [{"after": "1", "since": "2026-03-02T12:00:00Z"}],
)
async def test_what_is_no_place_in_the_feed_is_refused(standing_api, params):
    assert (await standing_api.get("/v1/feed", **params)).status_code == 422


async def test_a_subscriber_may_start_at_a_moment(world):
    for _ in range(3):
        await world.take(Lead().sales_ready())
        world.clock.advance(timedelta(hours=1))
    start = world.clock.now() - timedelta(hours=2)
    position = await world.run(lambda uow: uow.feed.position_before(start))
    beyond = await world.run(lambda uow: uow.feed.position_before(world.clock.now()))

    assert (position, beyond) == (1, 3)


async def test_a_cursor_behind_what_is_kept_is_told_so_and_not_skipped_in_silence(api):
    await api.publish(*(Lead().sales_ready() for _ in range(5)))
    await until_stored(api, 5)

    await api.service.db.write(
        lambda conn: conn.exec_driver_sql("DELETE FROM feed_event WHERE position <= 3")
    )
    gone = await api.get("/v1/feed", after="1")
    edge = await api.get("/v1/feed", after="3")
    start = await api.get("/v1/feed")

    assert (gone.status_code, gone.json()["code"]) == (410, "cursor_too_old")
    assert len(edge.json()["items"]) == len(start.json()["items"]) == 2


async def test_positions_become_visible_in_their_order(world):
    """A reader that remembers the last position it saw must never skip one."""
    seen: list[int] = []
    done = asyncio.Event()

    async def read():
        while not done.is_set() or len(seen) < 60:
            last = seen[-1] if seen else 0
            rows = await world.db.read(lambda conn: FeedStore(conn).after(last, 100))  # noqa: B023
            seen.extend(row.position for row in rows)

    async def write():
        for _ in range(20):
            await world.take(Lead().sales_ready())

    reading = asyncio.create_task(read())
    await asyncio.gather(write(), write(), write())
    done.set()
    async with asyncio.timeout(20):
        await reading

    assert seen == list(range(1, 61))
