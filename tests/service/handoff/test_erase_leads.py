"""A person is erased: what goes, what stays, what is told, and what may not come back."""

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from services.handoff.consumers import take_touches
from services.handoff.handlers.erase_leads import erase_lead
from services.handoff.readmodels import list_leads, show_handoff, show_lead
from services.handoff.store.leads import root_of_identifier
from services.handoff.store.tables import (
    AUDIT,
    CYCLE,
    ERASED_IDENTIFIER,
    HANDOFF,
    IDENTIFIER,
    LEAD,
    LEAD_SIGNALS,
    MERGE,
    STEP,
    TABLES,
    TIMER,
    TOUCH,
)
from shared.contracts import Envelope
from shared.contracts.directory import ErasureOrdered
from shared.contracts.leads import LeadErased
from shared.problem import Problem
from tests.service.handoff.world import World

EVA = "email:eva@acme.com"
HOUR = timedelta(hours=1)


async def take(world: World, *envelopes: Envelope) -> None:
    await world.write(lambda uow: take_touches(uow, envelopes))


def asks(world: World, *who: str) -> Envelope:
    return world.touch(who or [EVA], "erasure.requested", source="hubspot")


async def rows(world: World, table) -> list:
    return list(await world.read(lambda conn: conn.execute(select(table)).all()))


async def lead_of(world: World, identifier: str = EVA) -> str | None:
    return await world.read(lambda conn: root_of_identifier(conn, identifier))


async def handed_over(world: World) -> str:
    """Let Eva be handed over and written about; return the hand-off."""
    facts = {"first_name": "Eva", "title": "CTO", "phone": "+34600111222", "chat": "eva@chat"}
    guide = {"content": {"id": "g", "title": "Guide"}}
    await take(
        world,
        world.touch(["anon:web:b-eva"], "content.downloaded", properties=guide),
        world.touch([EVA, "anon:web:b-eva"], "content.downloaded", lead=facts),
        world.touch([EVA], "demo.requested"),
    )
    handoff_id: str = (await rows(world, HANDOFF))[0].handoff_id
    await world.answer(handoff_id, "accept", text="Eva prefers mornings")
    return handoff_id


async def test_nothing_of_the_person_is_left_in_the_database(world: World):
    await handed_over(world)
    world.clock.advance(HOUR)
    await take(world, asks(world))
    left = {
        table.name: row
        for table in TABLES.sorted_tables
        if table.name != "outbox"  # what has left is forgotten by age, as on the bus
        for row in map(str, await rows(world, table))
        if any(word in row.lower() for word in ("eva@", "b-eva", "600111222", "mornings", "'eva"))
    }

    assert left == {}
    for table in (IDENTIFIER, TOUCH, LEAD_SIGNALS, CYCLE):
        assert await rows(world, table) == []


async def test_that_there_was_a_hand_off_stays(world: World):
    handoff_id = await handed_over(world)
    world.clock.advance(HOUR)
    await take(world, asks(world))

    shown = await world.read(lambda conn: show_handoff(conn, handoff_id))
    assert shown is not None
    assert (shown["stage"], shown["reason"], shown["lead_name"]) == (
        "superseded",
        "erased",
        "erased",
    )
    ready = shown["sales_ready"]
    assert (ready["why_now"], ready["timeline"], ready["account"]) == ([], [], None)
    assert ready["engagement"]["value"] == 160
    assert ready["lead"]["email"] is None
    assert [one.state for one in await rows(world, TIMER) if one.subject == handoff_id] == [
        "cancelled",
        "cancelled",
    ]
    assert [one.kind for one in await rows(world, STEP)][-1] == "erased"


async def test_the_others_hear_of_it(world: World):
    await handed_over(world)
    lead_id = await lead_of(world)
    world.clock.advance(HOUR)
    await take(world, asks(world))

    events = await world.staged()
    assert [one.type for one in events][-3:] == [
        "handoff.closed.v1",
        "lead.erased.v1",
        "erasure.ordered.v1",
    ]
    told, order = events[-2].data, events[-1].data
    assert isinstance(told, LeadErased)
    assert isinstance(order, ErasureOrdered)
    assert told.lead_id == lead_id
    assert len(order.digests) == 2
    assert "eva" not in orjson.dumps([told.model_dump(), order.model_dump()]).decode()


async def test_the_audit_says_who_asked_and_names_nobody(world: World):
    await handed_over(world)
    await take(world, asks(world))

    [entry] = [one for one in await rows(world, AUDIT) if one.what == "lead.erased"]
    assert (entry.who, entry.why) == ("hubspot", "asked by source hubspot")
    assert entry.detail == {"touches": 3, "identifiers": 2}


async def test_what_was_done_before_is_not_taken_in_again(world: World):
    await handed_over(world)
    late = world.touch([EVA], "webinar.attended")
    world.clock.advance(HOUR)
    await take(world, asks(world))
    await take(world, late)

    assert await rows(world, TOUCH) == []
    assert await lead_of(world) is None


async def test_who_comes_back_is_a_new_lead_that_refuses_every_channel(world: World):
    await handed_over(world)
    before = await lead_of(world)
    world.clock.advance(HOUR)
    await take(world, asks(world))
    world.clock.advance(HOUR)
    await take(world, world.touch([EVA], "webinar.attended"))

    after = await lead_of(world)
    assert after not in (None, before)
    shown = await world.read(lambda conn: show_lead(conn, str(after)))
    assert shown is not None
    assert shown["consent"]["all"]["status"] == "refused"


async def test_all_in_one_batch_ends_the_same(world: World):
    touch = world.touch([EVA], "demo.requested")
    request = asks(world)
    after = world.touch([EVA], "webinar.attended", at=world.clock.now() + HOUR)
    await take(world, touch, request, after)

    assert [one.kind for one in await rows(world, TOUCH)] == ["webinar.attended"]
    erased = [one for one in await rows(world, LEAD) if one.erased_at is not None]
    assert len(erased) == 1


async def test_a_repeated_request_erases_nothing_new(world: World):
    await handed_over(world)
    await take(world, asks(world))
    await take(world, asks(world))

    assert (await world.types()).count("lead.erased.v1") == 1


async def test_all_a_merged_lead_consists_of_is_erased(world: World):
    await take(world, world.touch([EVA], "webinar.attended"))
    await take(world, world.touch(["email:eva@home.org"], "webinar.attended"))
    await take(world, world.identify([EVA, "email:eva@home.org"]))
    world.clock.advance(HOUR)
    await take(world, asks(world, "email:eva@home.org"))

    assert await rows(world, TOUCH) == []
    assert [one.because for one in await rows(world, MERGE)] == ["erased"]
    told = [one.data for one in await world.staged() if one.type == "lead.erased.v1"]
    assert len(told) == 1
    assert isinstance(told[0], LeadErased)
    assert len(told[0].merged_lead_ids) == 1


async def test_a_contact_id_erases_within_its_source_only(world: World):
    await take(
        world,
        world.touch(["user:hubspot:7", EVA], "webinar.attended"),
        world.touch(["user:crm:7", "email:ben@acme.com"], "webinar.attended"),
    )
    world.clock.advance(HOUR)
    await take(world, asks(world, "user:hubspot:7"))

    assert await lead_of(world) is None
    assert await lead_of(world, "email:ben@acme.com") is not None


async def test_a_request_about_nobody_known_still_keeps_them_out(world: World):
    late = world.touch([EVA], "webinar.attended")
    world.clock.advance(HOUR)
    await take(world, asks(world))
    await take(world, late)

    assert await rows(world, LEAD) == []
    assert len(await rows(world, ERASED_IDENTIFIER)) == 1
    assert await world.types() == ["erasure.ordered.v1"]


async def test_a_lead_is_erased_by_hand_too_and_only_once(world: World):
    await handed_over(world)
    lead_id = str(await lead_of(world))
    await world.write(lambda uow: erase_lead(uow, lead_id, "anna", "by letter"))

    assert (await world.read(lambda conn: list_leads(conn, None, None, 10)))[0] == []
    for act in (
        lambda: world.write(lambda uow: erase_lead(uow, lead_id, "anna", "again")),
        lambda: world.read(lambda conn: show_lead(conn, lead_id)),
    ):
        with pytest.raises(Problem) as refused:
            await act()
        assert refused.value.status in (409, 410)
