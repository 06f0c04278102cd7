"""Exported activity taken in: each row once, at its own time, with every fault told."""

from datetime import UTC, datetime

import pytest

from tests.service.ingest.importing import BAD, CODES, HEADINGS, ROWS, Import, taken
from tests.service.ingest.test_reading import counts
from tests.service.ingest.world import World


async def test_rows_go_the_way_of_every_receipt(world: World):
    await world.source(vendor="activecampaign")

    one = await taken(world, ROWS, zone="Europe/Madrid")

    touches = sorted(await world.touches(), key=lambda touch: touch.occurred_at)
    assert [touch.touch for touch in touches] == [
        *("email.opened", "content.downloaded", "demo.requested"),
    ]
    assert touches[0].occurred_at == datetime(2024, 3, 4, 9, 22, tzinfo=UTC)
    assert touches[0].received_at == world.clock.now()
    assert {touch.vendor for touch in touches} == {"activecampaign"}
    assert touches[0].properties == {"email": {"subject": "Precios"}}
    assert await counts(world) == {"received": 3, "published": 3}
    assert (await world.ledger())["imported"] == 3
    [receipt] = await world.receipts()
    assert (receipt["vendor"], receipt["events"]) == ("import", 3)
    assert "Guía descargada" in receipt["body"]
    shown = await one.look()
    assert (shown["state"], shown["position"], shown["published"]) == ("done", 3, 3)
    assert shown["days"] == [
        {"day": "2024-03-04", "published": 1, "duplicates": 0},
        {"day": "2024-03-05", "published": 2, "duplicates": 0},
    ]


async def test_good_rows_are_taken_and_bad_ones_are_told(world: World):
    await world.source()
    one = Import(world, [ROWS[0], *BAD, ROWS[1]])
    await one.start()

    answer = (await one.send(0)).json()
    await world.read()

    assert (answer["taken"], answer["position"], answer["state"]) == (2, 9, "done")
    assert [(one["code"], one["column"]) for one in answer["faults"]] == CODES
    assert [one["row"] for one in answer["faults"]] == list(range(1, 8))
    assert all(one["message"] for one in answer["faults"])
    assert await counts(world) == {"received": 2, "published": 2}
    shown = await one.look()
    assert (shown["rejected"], shown["published"]) == (7, 2)


async def test_the_same_file_again_is_the_same_import(world: World):
    await world.source()
    first = await taken(world, ROWS)

    again = Import(world, ROWS)
    shown = await again.start()

    assert (shown["id"], shown["state"]) == (first.shown["id"], "done")


async def test_an_overlapping_file_brings_what_is_new(world: World):
    await world.source()
    await taken(world, ROWS)
    richer = [[*row, "7", "Directora"] for row in ROWS]
    new = ["max@acme.com", "Email abierto", "2024-03-06 10:00", "Precios", "8", "Director"]

    one = await taken(world, [*richer, new], headings=[*HEADINGS, "Puntos", "Cargo"])

    shown = await one.look()
    assert (shown["published"], shown["duplicates"]) == (1, 3)
    assert shown["days"][-1] == {"day": "2024-03-06", "published": 1, "duplicates": 0}
    assert await counts(world) == {"received": 7, "published": 4, "duplicates": 3}


async def test_gone_through_again_a_file_brings_nothing(world: World):
    await world.source()
    await taken(world, ROWS)

    again = await taken(world, ROWS, again=True)

    shown = await again.look()
    assert (shown["published"], shown["duplicates"]) == (0, 3)
    assert len(await world.touches()) == 3


async def test_rows_that_differ_in_what_they_are_about_are_two_events(world: World):
    await world.source()
    other = [*ROWS[0][:3], "Otro boletín"]

    await taken(world, [ROWS[0], other, ROWS[0]])

    assert await counts(world) == {"received": 3, "published": 2, "duplicates": 1}


@pytest.mark.parametrize("webhook_first", [True, False], ids=["webhook first", "file first"])
async def test_what_came_by_webhook_too_counts_once_by_its_id(world: World, webhook_first: bool):
    token = await world.source()
    hook = {"id": "e-1", "email": "ana@acme.com", "event": "Demo Requested", "topic": "prices"}
    row = ["e-1", "ana@acme.com", "Demo solicitada", "2024-03-04"]

    async def by_webhook() -> None:
        await world.send("/hooks/web", hook, token)
        await world.read()

    async def by_file() -> None:
        await taken(world, [row], headings=["Event ID", "Email", "Event", "Date"])

    for come in (by_webhook, by_file) if webhook_first else (by_file, by_webhook):
        await come()

    assert await counts(world) == {"received": 2, "published": 1, "duplicates": 1}
