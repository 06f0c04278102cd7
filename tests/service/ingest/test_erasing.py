"""Receipts that name an erased person are emptied; the ledger goes on adding up."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from services.ingest.store.erasing import add_order
from shared.contracts.directory import ErasureOrdered
from shared.ids import new_id
from tests.service.ingest.world import World

SALT = "salt"
HOUR = timedelta(hours=1)
ANA = {"id": "a-1", "event": "Guide Downloaded", "email": "Ana@acme.com"}
BEN = {"id": "b-1", "event": "Guide Downloaded", "email": "ben@acme.com"}


async def order(world: World, *identifiers: str) -> ErasureOrdered:
    """Order that these be forgotten, as handoff does."""
    digests = [hashlib.sha256(f"{SALT}{one}".encode()).hexdigest() for one in identifiers]
    told = ErasureOrdered(order_id=new_id(), salt=SALT, digests=digests, at=world.clock.now())
    await world.service.db.write(lambda conn: add_order(conn, told, world.clock.now()))
    return told


async def bodies(world: World) -> list[str]:
    return sorted(one["body"] for one in await world.receipts())


async def gap(world: World, source: str = "web") -> int:
    line = await world.ledger(source)
    assert isinstance(line["gap"], int)
    return line["gap"]


async def test_receipts_that_name_the_person_are_emptied_and_others_stay(world: World):
    token = await world.source()
    await world.send("/hooks/web", ANA, token)
    await world.send("/hooks/web", BEN, token)
    await world.read()
    await order(world, "email:ana@acme.com")
    await world.read()

    found = await bodies(world)
    assert found[0] == ""
    assert "ben@acme.com" in found[1]
    emptied = [one for one in await world.receipts() if one["reason"] == "erased"]
    assert [(one["state"], one["published"]) for one in emptied] == [("read", 1)]
    assert emptied[0]["request"]["headers"] == {}
    assert await gap(world) == 0


async def test_an_id_of_a_tool_is_known_within_its_source(world: World):
    for name in ("web", "shop"):
        token = await world.source(name)
        event = {"id": "x", "event": "Guide Downloaded", "user_id": "7"}
        await world.send(f"/hooks/{name}", event, token)
    await world.read()
    await order(world, "user:web:7")
    await world.read()

    assert [one["source"] for one in await world.receipts() if not one["body"]] == ["web"]


async def test_a_former_address_is_found_too(world: World):
    token = await world.source("news", "mailchimp")
    form = (
        "type=upemail&fired_at=2026-03-02+09:00:00&data[new_id]=n&data[new_email]=new@acme.com"
        "&data[old_email]=ana@acme.com&data[list_id]=l"
    )
    await world.send(f"/hooks/news?token={token}", form.encode())
    await world.read()
    [touch] = await world.touches()
    await order(world, "email:ana@acme.com")
    await world.read()

    assert (touch.touch, touch.former) == ("email.changed", ["email:ana@acme.com"])
    assert touch.identifiers[0] == "email:new@acme.com"
    assert await bodies(world) == [""]


async def test_what_was_parked_beside_it_counts_as_expired(world: World):
    token = await world.source()
    await world.send("/hooks/web", [ANA, "bad"], token)
    await world.read()
    await order(world, "email:ana@acme.com")
    await world.read()

    line = await world.ledger()
    assert (line["published"], line["parked"], line["expired"], line["gap"]) == (1, 0, 1, 0)
    assert (await world.api("POST", "/v1/receipts/retry", {})).json()["retried"] == 0


async def test_why_it_was_discarded_goes_with_it(world: World):
    token = await world.source()
    await world.send("/hooks/web", [ANA, "bad"], token)
    await world.read()
    (receipt,) = await world.receipts()
    why = {"why": "Ana wrote twice"}
    await world.api("POST", f"/v1/receipts/{receipt['id']}/discard", why)
    await order(world, "email:ana@acme.com")
    await world.read()

    (emptied,) = await world.receipts()
    assert (emptied["reason"], emptied["discarded"]) == ("erased", None)
    assert await gap(world) == 0


async def test_a_key_with_an_address_in_it_goes(world: World):
    token = await world.source("mails", "brevo")
    event = {"event": "click", "email": "ana@acme.com", "message-id": "<1@x>", "ts_epoch": 1}
    await world.send(f"/hooks/mails?token={token}", event)
    await world.read()
    await order(world, "email:ana@acme.com")
    await world.read()
    await world.upkeep.make_round()

    def left(conn: Any) -> str:
        tables = ("item", "sighting", "fault", "receipt")
        return str([conn.exec_driver_sql(f"SELECT * FROM {one}").all() for one in tables])

    assert "ana@" not in await world.service.db.read(left)
    assert await gap(world, "mails") == 0


async def test_what_comes_behind_the_order_stays(world: World):
    token = await world.source()
    await order(world, "email:ana@acme.com")
    await world.send("/hooks/web", ANA, token)
    await world.read()

    assert "Ana" in (await bodies(world))[0]


async def test_an_order_waits_for_what_came_before_it_and_was_not_read(world: World):
    token = await world.source()
    await world.send("/hooks/web", ANA, token)
    await order(world, "email:ana@acme.com")
    await world.read()

    assert len(await world.touches()) == 1
    assert await bodies(world) == [""]


async def test_an_order_carried_out_no_longer_says_whom_it_was_about(world: World):
    told = await order(world, "email:ana@acme.com")
    await world.service.db.write(lambda conn: add_order(conn, told, world.clock.now()))
    await world.read()

    def stored(conn: Any) -> list[Any]:
        return list(conn.exec_driver_sql("SELECT salt, finished_at FROM erasing").all())

    [(salt, finished_at)] = await world.service.db.read(stored)
    assert salt == ""
    assert finished_at is not None


@pytest.mark.parametrize("erases", [True, False])
async def test_a_contact_deleted_in_the_tool_asks_to_be_erased_where_the_source_says_so(
    world: World, erases: bool
):
    token = await world.source("news", "mailchimp")
    await world.change("news", settings={"removed_is_erased": erases})
    form = (
        "type=unsubscribe&fired_at=2026-03-02+09:00:00&data[action]=delete&data[reason]=manual"
        "&data[id]=n&data[email]=ana@acme.com&data[list_id]=l"
    )
    await world.send(f"/hooks/news?token={token}", form.encode())
    await world.read()

    [touch] = await world.touches()
    assert touch.touch == ("erasure.requested" if erases else "lead.removed")
