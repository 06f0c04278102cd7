"""A lead changes its address: it keeps its history, and the former address joins nobody."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from services.handoff.readmodels import show_lead
from services.handoff.store.leads import root_of_identifier
from services.handoff.store.tables import TOUCH
from tests.service.handoff.world import World

OLD, NEW, USER = "email:ana@acme.com", "email:ana@zeta.com", "user:mail:7"


def changed(world: World, old: str = OLD, new: str = NEW, user: str = USER, **more):
    return world.touch([new, old, user], "email.changed", former=[old], **more)


async def lead_of(world: World, identifier: str) -> str | None:
    return await world.read(lambda conn: root_of_identifier(conn, identifier))


async def shown(world: World, identifier: str):
    lead_id = await lead_of(world, identifier)
    assert lead_id is not None
    found = await world.read(lambda conn: show_lead(conn, lead_id))
    assert found is not None
    return found


async def test_the_lead_keeps_its_history_and_has_the_new_address(world: World):
    await world.take(world.touch([OLD], "webinar.attended"))
    before = await lead_of(world, OLD)
    await world.take(changed(world))

    assert await lead_of(world, NEW) == before
    lead = await shown(world, NEW)
    assert lead["identifiers"] == [NEW, USER, OLD]
    assert lead["facts"]["email"]["value"] == "ana@zeta.com"
    assert lead["account_domain"] == "zeta.com"
    kinds = await world.read(lambda conn: conn.execute(select(TOUCH.c.kind)).scalars().all())
    assert sorted(kinds) == ["email.changed", "webinar.attended"]


async def test_sales_sees_the_address_told_last(world: World):
    await world.take(world.identify([USER, OLD], lead={"email": "ana@acme.com"}))
    world.clock.advance(timedelta(hours=1))
    await world.take(world.identify([NEW, USER], lead={"email": "ana@zeta.com"}))
    await world.take(world.touch([USER], "demo.requested"))

    [ready] = await world.sales_ready()
    assert ready.lead.email == "ana@zeta.com"


async def test_what_comes_by_the_former_address_is_the_same_leads(world: World):
    await world.take(world.touch([OLD], "webinar.attended"))
    await world.take(changed(world))
    await world.take(world.touch([OLD], "content.downloaded", lead={"email": "ana@acme.com"}))

    lead = await shown(world, NEW)
    assert lead["facts"]["email"]["value"] == "ana@zeta.com"
    assert await lead_of(world, OLD) == lead["lead_id"]


async def test_a_stranger_who_has_the_former_address_now_is_not_joined(world: World):
    await world.take(world.touch([OLD], "webinar.attended"))
    await world.take(changed(world))
    await world.take(world.touch([OLD, "user:mail:99"], "content.downloaded"))

    assert await lead_of(world, "user:mail:99") != await lead_of(world, NEW)
    assert "lead.merged.v1" not in await world.types()


async def test_a_strangers_own_change_of_that_address_joins_nobody(world: World):
    await world.take(changed(world))
    stranger = changed(world, new="email:eva@acme.com", user="user:mail:99")
    await world.take(stranger)

    assert await lead_of(world, "email:eva@acme.com") != await lead_of(world, NEW)


@pytest.mark.parametrize("order", [*permutations(range(2))])
async def test_who_goes_back_to_an_address_has_it_again(world: World, order):
    at = world.clock.now()
    later = world.clock.advance(timedelta(hours=1))
    await world.take(world.touch([OLD, USER], "webinar.attended", at=at))
    changes = [
        changed(world, at=at),
        changed(world, old=NEW, new=OLD, at=later),
    ]
    for place in order:
        await world.take(changes[place])

    assert (await shown(world, USER))["identifiers"] == [OLD, USER, NEW]


async def test_a_tools_ids_name_a_person_within_their_source_only(world: World):
    await world.take(world.touch(["user:mail:7"], "webinar.attended"))
    await world.take(world.touch(["user:crm:7"], "webinar.attended"))

    assert await lead_of(world, "user:mail:7") != await lead_of(world, "user:crm:7")


async def test_who_is_known_later_did_what_the_browser_did_before(world: World):
    await world.take(world.touch(["anon:web:b1"], "webinar.attended"))
    await world.take(world.identify(["email:eva@acme.com", "anon:web:b1"], lead={"title": "CTO"}))
    await world.take(world.touch(["email:eva@acme.com"], "content.downloaded"))

    assert await lead_of(world, "anon:web:b1") == await lead_of(world, "email:eva@acme.com")
    assert (await world.types())[-2:] == ["handoff.sales_ready.v1", "handoff.assigned.v1"]


async def test_merged_contacts_of_a_tool_are_one_lead(world: World):
    await world.take(world.touch(["user:hub:1", "email:a@acme.com"], "webinar.attended"))
    await world.take(world.touch(["user:hub:2", "email:b@acme.com"], "content.downloaded"))
    await world.take(world.identify(["user:hub:1", "user:hub:2"]))

    assert await lead_of(world, "email:a@acme.com") == await lead_of(world, "email:b@acme.com")
