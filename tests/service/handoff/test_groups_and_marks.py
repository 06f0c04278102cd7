"""Several people of one account, where marks of touches change, or one of them is erased."""

import orjson
import pytest
from sqlalchemy import select

from services.handoff.store.tables import HANDOFF, STEP
from tests.service.handoff.agreements import ACCOUNTS, end_first_policy, put_in_force
from tests.service.handoff.test_account_groups import complete, touch
from tests.service.handoff.test_judge_touches import asks_to_be_erased, judged, take


@pytest.fixture
async def world(world):
    """A world whose one policy asks about three people of an account."""
    await end_first_policy(world)
    await put_in_force(world, ACCOUNTS)
    return world


async def test_a_touch_that_turns_out_to_be_a_humans_completes_a_group(world):
    third = touch(world, "eva", made_by="unsure")
    await complete(world, "ana", "ben")
    await take(world, third)
    before = await world.types()
    await take(world, judged(world, third, "human"))

    assert before == []
    [ready] = await world.sales_ready()
    assert [one.name for one in ready.group] == ["Eva", "Ana", "Ben"]


async def test_a_touch_that_turns_out_to_be_a_humans_lets_its_lead_join(world):
    late = touch(world, "dan", made_by="unsure")
    await complete(world)
    await take(world, late)
    before = len(await world.staged())
    await take(world, judged(world, late, "human"))

    [told] = (await world.staged())[before:]
    assert told.type == "handoff.updated.v1"
    assert [(one.name, one.joined) for one in told.data.people] == [("Dan", True)]


async def test_who_turns_out_to_be_a_machine_is_nobody_of_the_group(world):
    first = touch(world, "ana")
    await take(world, first)
    await complete(world, "ben")
    await take(world, judged(world, first, "machine"))
    await complete(world, "eva")

    assert await world.staged() == []


async def test_an_erased_colleague_is_gone_from_the_groups_handoff(world):
    await complete(world)
    await take(world, touch(world, "dan"))
    await take(world, asks_to_be_erased(world, "email:ana@acme.com"))
    await take(world, asks_to_be_erased(world, "email:dan@acme.com"))

    frozen, steps = await world.read(
        lambda conn: (
            conn.execute(select(HANDOFF.c.snapshot)).scalar_one(),
            conn.execute(select(STEP.c.detail).where(STEP.c.kind == "joined")).scalars().all(),
        )
    )
    group = {one["name"] for one in orjson.loads(frozen)["group"]}
    assert group == {"Eva", "Ben", "erased"}
    assert b"ana@acme.com" not in frozen
    assert [one["name"] for one in steps] == ["erased"]
