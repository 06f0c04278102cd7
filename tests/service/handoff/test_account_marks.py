"""Accounts, scope and people's words where marks change or a person is erased."""

import orjson
from sqlalchemy import select

from services.handoff.handlers.erase_leads import erase_lead
from services.handoff.store.tables import HANDOFF, TABLES
from tests.service.handoff.agreements import ACCOUNTS
from tests.service.handoff.found import handoffs, lead_of
from tests.service.handoff.grouping import complete, touch
from tests.service.handoff.grouping import world as world
from tests.service.handoff.overruling import say
from tests.service.handoff.test_judge_touches import READY, judged, take
from tests.service.handoff.test_replay import made, replayed
from tests.service.handoff.test_replay_accounts import replay_of


async def test_a_touch_that_turns_out_to_be_a_humans_completes_the_people(world):
    await complete(world, "ana", "ben")
    last = touch(world, "eva", made_by="unsure")
    await take(world, last)
    assert await world.types() == []

    await take(world, judged(world, last, "human"))

    assert await world.types() == READY
    [ready] = await world.sales_ready()
    assert sorted(one.name for one in ready.group) == ["Ana", "Ben", "Eva"]


async def test_who_turns_out_to_be_a_machine_counts_for_nobody(world):
    first = touch(world, "ana")
    await take(world, first, touch(world, "ben"))
    await take(world, judged(world, first, "machine"))
    await take(world, touch(world, "eva"))

    assert await world.types() == []


async def test_who_turns_out_to_be_human_joins_the_colleagues_with_sales(world):
    await complete(world)
    late = touch(world, "leo", made_by="unsure")
    await take(world, late)
    await take(world, judged(world, late, "human"))

    [*_, last] = await world.staged()
    assert last.type == "handoff.updated.v1"
    assert [(one.name, one.joined) for one in last.data.people] == [("Leo", True)]
    assert len(await handoffs(world)) == 1


async def test_a_held_lead_is_held_whoever_its_touches_turn_out_to_be_of(world):
    await complete(world, "ana", "ben")
    last = touch(world, "eva", made_by="unsure")
    await take(world, last)
    await say(world)
    await take(world, judged(world, last, "human"))

    assert await handoffs(world) == []


async def test_a_colleague_who_is_erased_is_named_nowhere_and_counts_no_more(world):
    await complete(world, "ana", "quim", "eva")
    await take(world, touch(world, "zora"))
    for name in ("quim", "zora"):
        lead_id = await lead_of(world, f"{name}@acme.com")
        await world.write(lambda uow, one=lead_id: erase_lead(uow, one, "ana", "asked us to"))
    left = {
        table.name: row
        for table in TABLES.sorted_tables
        if table.name != "outbox"
        for row in map(str, await rows(world, table))
        if any(word in row.lower() for word in ("quim", "zora"))
    }

    assert left == {}
    [row] = await handoffs(world)
    assert row.stage == "assigned"
    people = orjson.loads(row.snapshot)["group"]
    assert sorted(one["name"] for one in people) == ["Ana", "Eva", "erased"]


async def test_an_account_of_which_somebody_was_erased_counts_the_others(world):
    await complete(world, "ana", "ben")
    lead_id = await lead_of(world, "ben@acme.com")
    await world.write(lambda uow: erase_lead(uow, lead_id, "ana", "asked us to"))
    await take(world, touch(world, "eva"))
    assert await world.read(lambda conn: conn.execute(select(HANDOFF)).all()) == []

    await take(world, touch(world, "leo"))

    assert len(await handoffs(world)) == 1


async def rows(world, table):
    return await world.read(lambda conn: conn.execute(select(table)).all())


async def test_a_replay_meets_the_people_where_marks_let_them_meet(world):
    await complete(world, "ana", "ben")
    last = touch(world, "eva", made_by="unsure")
    await take(world, last)
    await complete(world, "ana")
    await take(world, judged(world, last, "human"))
    found, production = (
        await replayed(world, replay_of(world, ACCOUNTS), policy="accounts"),
        await made(world),
    )

    assert found.keys() == production.keys()
    assert [one[5] for one in found.values()] == [one[5] for one in production.values()]
