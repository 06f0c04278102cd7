"""Parked receipts: seen, repaired, read again; and forgotten when their time is over."""

from base64 import b64encode
from datetime import timedelta

import pytest

from tests.service.ingest.test_reading import GUIDE, counts
from tests.service.ingest.world import World

FORM = {"who": {"mail": "ana@acme.com"}, "what": "Guide Downloaded", "number": 17}


async def test_a_mended_mapping_reads_what_was_parked(world: World):
    token = await world.source(options={"mapping": {"items": "rows"}})
    await world.send("/hooks/web", FORM, token)
    await world.read()
    assert await counts(world) == {"received": 1, "parked": 1}

    mapping = {"event": "what", "email": "who.mail", "id": "number"}
    changed = await world.change(
        "web", settings={"options": {"mapping": mapping}, "touch_kinds": {}}
    )
    retried = await world.api("POST", "/v1/receipts/retry", {"source": "web"})
    await world.read()

    assert changed.status_code == 200
    assert (retried.json()["retried"], retried.json()["state"]) == (1, "done")
    [touch] = await world.touches()
    assert (touch.identity, touch.touch) == ("email:ana@acme.com", "content.downloaded")
    assert await counts(world) == {"received": 1, "published": 1}


async def test_a_retry_does_not_repeat_the_events_that_were_read(world: World):
    token = await world.source()
    await world.send("/hooks/web", [GUIDE, {"event": "Opened"}, GUIDE], token)
    await world.read()
    [receipt] = await world.receipts(state="parked")

    await world.api("POST", f"/v1/receipts/{receipt['id']}/retry")
    await world.read()

    assert len(await world.touches()) == 1
    assert await counts(world) == {"received": 3, "published": 1, "duplicates": 1, "parked": 1}


async def test_a_receipt_can_hold_more_events_than_were_seen_at_first(world: World):
    token = await world.source(options={"mapping": {"items": "missing"}})
    await world.send("/hooks/web", {"rows": [GUIDE, GUIDE | {"id": "e-2"}]}, token)
    await world.read()

    settings = {"options": {"mapping": {"items": "rows"}}, "touch_kinds": {}}
    await world.change("web", settings=settings)
    await world.api("POST", "/v1/receipts/retry", {"reason": "no_events"})
    await world.read()

    assert await counts(world) == {"received": 2, "published": 2}


async def test_a_receipt_waiting_for_its_retry_counts_as_pending(world: World):
    token = await world.source()
    await world.send("/hooks/web", [GUIDE, 7], token)
    await world.read()
    [receipt] = await world.receipts()

    await world.api("POST", f"/v1/receipts/{receipt['id']}/retry")

    assert await counts(world) == {"received": 2, "published": 1, "pending": 1}


async def test_nothing_is_retried_twice_at_once(world: World):
    token = await world.source()
    await world.send("/hooks/web", b"?", token)
    await world.read()
    [receipt] = await world.receipts()
    path = f"/v1/receipts/{receipt['id']}/retry"

    answers = [await world.api("POST", path) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[1].json()["code"] == "not_parked"


async def test_only_receipts_with_the_reason_are_retried(world: World):
    token = await world.source()
    await world.send("/hooks/web", b"?", token)
    await world.send("/hooks/web", {"event": "Opened"}, token)
    await world.read()

    await world.api("POST", "/v1/receipts/retry", {"reason": "no_identity"})

    assert [one["state"] for one in await world.receipts()] == ["pending", "parked"]


async def test_a_receipt_shows_what_came_without_its_credentials(world: World):
    token = await world.source()

    await world.send("/hooks/web?form=7", b"\xff\x00", token, user_agent="Forms/2", cookie="a=b")
    await world.read()

    [receipt] = await world.receipts()
    assert receipt["request"]["method"] == "POST"
    assert receipt["request"]["url"] == "/hooks/web?form=7"
    assert receipt["request"]["headers"]["user-agent"] == "Forms/2"
    assert not {"authorization", "cookie"} & set(receipt["request"]["headers"])
    assert (receipt["body"], receipt["body_encoding"]) == (
        b64encode(b"\xff\x00").decode(),
        "base64",
    )


async def test_pages_of_receipts_go_from_the_newest_to_the_oldest(world: World):
    token = await world.source()
    for number in range(5):
        await world.send("/hooks/web", GUIDE | {"id": str(number)}, token)
    seen, cursor = [], None

    while True:
        query = f"?limit=2{f'&cursor={cursor}' if cursor else ''}"
        page = (await world.api("GET", f"/v1/receipts{query}")).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/v1/receipts?cursor=no-cursor", 422, id="not a cursor"),
        pytest.param("/v1/receipts?state=lost", 422, id="not a state"),
        pytest.param("/v1/receipts?source=nobody", 200, id="unknown source has none"),
        pytest.param("/v1/receipts/no-id", 404, id="not an id"),
        pytest.param("/v1/receipts/019c0000-0000-7000-8000-000000000001", 404, id="unknown id"),
    ],
)
async def test_odd_questions_get_clear_answers(world: World, path: str, status: int):
    answer = await world.api("GET", path)

    assert answer.status_code == status


async def test_old_receipts_are_forgotten_and_the_ledger_still_adds_up(world: World):
    token = await world.source()
    await world.send("/hooks/web", GUIDE, token)
    await world.send("/hooks/web", b"?", token)
    await world.read()
    world.clock.advance(timedelta(days=91))
    await world.send("/hooks/web", GUIDE | {"id": "e-2"}, token)
    await world.read()

    await world.upkeep.make_round()

    assert [one["events"] for one in await world.receipts()] == [1]
    assert await counts(world) == {"received": 3, "published": 2, "expired": 1}
    await world.send("/hooks/web", GUIDE, token)
    await world.read()
    assert (await world.ledger())["published"] == 3  # forgotten is forgotten


async def test_what_waits_is_never_forgotten(world: World):
    token = await world.source()
    await world.send("/hooks/web", GUIDE, token)
    world.clock.advance(timedelta(days=1000))

    await world.upkeep.make_round()
    await world.read()

    assert len(await world.touches()) == 1
