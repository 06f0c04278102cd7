"""From a stored receipt to events on the bus: what is read, recognised, parked and counted."""

from datetime import timedelta

import pytest

from shared.ids import stable_id
from tests.service.ingest.world import World

GUIDE = {
    "id": "e-1",
    "event": "Guide Downloaded",
    "email": "Ana@ACME.com",
    "topic": "pricing",
    "company": "Acme",
}


async def test_a_plain_event_becomes_a_touch(world: World):
    token = await world.source()

    answer = await world.send("/hooks/web", GUIDE, token)
    await world.read()

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    [touch] = await world.touches()
    assert touch.touch == "content.downloaded"
    assert touch.name == "Guide Downloaded"
    assert touch.identifiers == ["email:ana@acme.com"]
    assert touch.properties["content"] == {"topic": "pricing"}
    assert touch.account == {"name": "Acme"}
    assert touch.received_at == world.clock.now()


async def test_nothing_is_read_before_the_answer(world: World):
    token = await world.source()

    await world.send("/hooks/web", GUIDE, token)

    assert await world.published() == []
    assert (await world.ledger())["pending"] == 1


async def test_the_event_id_is_made_of_source_and_key(world: World):
    token = await world.source()
    source_id = (await world.api("GET", "/v1/sources/web")).json()["id"]

    await world.send("/hooks/web", GUIDE, token)
    await world.read()

    assert [one.id for one in await world.published()] == [stable_id(source_id, "id:e-1")]


async def test_a_repeated_event_is_published_once(world: World):
    token = await world.source()

    for _ in range(3):
        await world.send("/hooks/web", GUIDE, token)
    await world.read()
    await world.send("/hooks/web", GUIDE, token)
    await world.read()

    assert len(await world.touches()) == 1
    assert await counts(world) == {"received": 4, "published": 1, "duplicates": 3}


async def test_the_same_id_from_two_sources_is_two_events(world: World):
    for name in ("web", "shop"):
        token = await world.source(name)
        await world.send(f"/hooks/{name}", GUIDE, token)
    await world.read()

    assert len({one.id for one in await world.published()}) == 2


async def test_an_id_that_comes_with_another_content_is_kept_as_a_variant(world: World):
    token = await world.source()

    await world.send("/hooks/web", GUIDE, token)
    await world.send("/hooks/web", GUIDE | {"topic": "comparison"}, token)
    await world.read()

    [touch] = await world.touches()
    assert touch.properties["content"] == {"topic": "pricing"}
    line = await world.ledger()
    assert (line["duplicates"], line["variants"], line["gap"]) == (1, 1, 0)
    [other] = await world.receipts(reason="variant")
    assert "comparison" in other["body"]
    assert [fault["code"] for fault in other["faults"]] == ["variant"]


@pytest.mark.parametrize(
    ("minutes", "touches"),
    [
        pytest.param(0, 1, id="at once"),
        pytest.param(10, 1, id="after ten minutes"),
        pytest.param(11, 2, id="later it is another event"),
    ],
)
async def test_without_an_id_equal_content_is_a_repeat_for_ten_minutes(
    world: World, minutes: int, touches: int
):
    token = await world.source()
    nameless = {name: value for name, value in GUIDE.items() if name != "id"}

    await world.send("/hooks/web", nameless, token)
    await world.read()
    world.clock.advance(timedelta(minutes=minutes))
    await world.send("/hooks/web", nameless, token)
    await world.read()

    assert len(await world.touches()) == touches
    assert (await world.ledger())["duplicates"] == 2 - touches


async def test_a_receipt_nobody_can_read_is_parked_alone(world: World):
    token = await world.source()

    await world.send("/hooks/web", b'{"email": ', token)
    await world.send("/hooks/web", GUIDE, token)
    await world.read()

    assert len(await world.touches()) == 1
    assert await counts(world) == {"received": 2, "published": 1, "parked": 1}
    [parked] = await world.receipts(state="parked")
    assert (parked["reason"], parked["body"]) == ("invalid_json", '{"email": ')
    [fault] = parked["faults"]
    assert "line 1 column 11" in fault["message"]


async def test_of_many_events_only_the_bad_ones_are_parked(world: World):
    token = await world.source()
    events = [GUIDE, "no object", {"event": "Opened"}, GUIDE | {"id": "e-2", "email": "no address"}]

    await world.send("/hooks/web", events, token)
    await world.read()

    assert await counts(world) == {"received": 4, "published": 1, "parked": 3}
    [parked] = await world.receipts()
    assert [(one["code"], one["place"]) for one in parked["faults"]] == [
        ("not_an_object", "/1"),
        ("no_identity", "/2"),
        ("invalid_email", "/3"),
    ]


async def test_an_invalid_address_beside_an_id_is_noted_and_the_touch_kept(world: World):
    token = await world.source()

    await world.send("/hooks/web", GUIDE | {"email": "ana@", "user_id": "u-7"}, token)
    await world.read()

    [touch] = await world.touches()
    assert (touch.identifiers, touch.identity_note) == (["user:web:u-7"], "invalid_email")


async def test_an_unknown_name_is_kept_and_counted(world: World):
    token = await world.source()

    await world.send("/hooks/web", GUIDE | {"event": "Sauna Heated"}, token)
    await world.read()

    [touch] = await world.touches()
    assert (touch.touch, touch.name) == ("unknown", "Sauna Heated")
    [name] = (await world.api("GET", "/v1/sources/web")).json()["unmapped"]
    assert (name["name"], name["count"]) == ("Sauna Heated", 1)


async def test_a_sources_own_table_comes_first(world: World):
    token = await world.source(touch_kinds={"guide-downloaded": "pricing.viewed"})

    await world.send("/hooks/web", GUIDE, token)
    await world.read()

    assert [touch.touch for touch in await world.touches()] == ["pricing.viewed"]


@pytest.mark.parametrize(
    ("said", "note"),
    [
        pytest.param("2026-03-01T09:30:00+01:00", None, id="as said"),
        pytest.param("2026-03-02T12:05:00Z", None, id="five minutes ahead is a fast clock"),
        pytest.param("2026-03-02T12:05:01Z", "future", id="more is not believed"),
        pytest.param("1970-01-01T00:00:00Z", "absurd", id="before anybody sent events"),
        pytest.param("yesterday", "absurd", id="not a moment"),
        pytest.param(None, "missing", id="nothing said"),
    ],
)
async def test_times_that_cannot_be_are_replaced_and_flagged(world: World, said, note):
    token = await world.source()

    await world.send("/hooks/web", GUIDE | {"timestamp": said}, token)
    await world.read()

    [touch] = await world.touches()
    assert touch.time_note == note
    assert (touch.occurred_at == world.clock.now()) == (note is not None)


async def test_unsubscribing_is_told_as_consent(world: World):
    token = await world.source()

    await world.send("/hooks/web", {"email": "ana@acme.com", "event": "Unsubscribed"}, token)
    await world.read()

    [touch] = await world.touches()
    assert [(one.channel, one.status) for one in touch.consent] == [("email", "refused")]


async def test_the_trace_of_the_request_goes_along(world: World):
    token = await world.source()
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    await world.send("/hooks/web", GUIDE, token, traceparent=trace)
    await world.send("/hooks/web", GUIDE | {"id": "e-2"}, token, x_request_id="of-the-caller")
    await world.read()

    traces = {one.data.source_event_id: one.traceparent for one in await world.published()}  # type: ignore[attr-defined]
    assert traces["e-1"] == trace
    [named, _] = await world.receipts()
    assert named["request"]["headers"]["x-request-id"] == "of-the-caller"
    assert traces["e-2"] is not None
    assert traces["e-2"][3:35] == named["id"].replace("-", "")


async def test_an_event_too_large_for_the_bus_is_parked(world: World):
    token = await world.source()

    await world.send("/hooks/web", GUIDE | {"story": "x" * 1_100_000}, token)
    await world.read()

    assert [one["reason"] for one in await world.receipts()] == ["too_large"]


async def counts(world: World, source: str = "web") -> dict[str, int]:
    """The ledger's numbers that are not 0, once it is known to add up."""
    line = await world.ledger(source)
    names = ("received", "published", "duplicates", "parked", "expired", "pending")
    assert line["gap"] == 0
    return {name: line[name] for name in names if line[name]}
