"""What happens at the same moment happens once. On PostgreSQL transactions really overlap."""

import asyncio

from sqlalchemy import func, select

from services.handoff.store.tables import IDENTIFIER, LEAD
from shared.problem import Problem


async def test_two_batches_that_meet_a_new_lead_make_one(world):
    for number in range(20):
        same = f"new{number}@acme.com"
        await asyncio.gather(
            world.take(world.touch(same, "webinar.attended")),
            world.take(world.touch([f"email:{same}", f"user:crm:{number}"], "page.viewed")),
        )

    leads, identifiers = await world.read(
        lambda conn: (
            conn.execute(select(func.count()).select_from(LEAD)).scalar_one(),
            conn.execute(select(func.count()).select_from(IDENTIFIER)).scalar_one(),
        )
    )
    assert (leads, identifiers) == (20, 40)


async def test_a_lead_that_qualifies_twice_at_once_is_handed_over_once(world):
    for number in range(20):
        lead = f"lead{number}@acme.com"
        await asyncio.gather(*(world.take(world.touch(lead, "demo.requested")) for _ in range(3)))

    assert len(await world.sales_ready()) == 20


async def test_of_two_answers_at_once_one_counts_and_the_other_is_told(world):
    async def attempt(handoff_id: str, who: str) -> str:
        try:
            await world.answer(handoff_id, "accept", who)
        except Problem as problem:
            return problem.code
        return "accepted"

    await world.take(*(world.touch(f"l{n}@acme{n}.com", "demo.requested") for n in range(20)))
    for ready in await world.sales_ready():
        answers = await asyncio.gather(
            attempt(ready.handoff.handoff_id, "ana@ours.com"),
            attempt(ready.handoff.handoff_id, "ben@ours.com"),
        )
        assert sorted(answers) == ["accepted", "already_accepted"]
    assert (await world.types()).count("handoff.accepted.v1") == 20


async def test_merges_that_cross_end_as_one_lead_without_a_deadlock_anybody_sees(world):
    for number in range(10):
        a, b, c = (f"email:{name}{number}@acme.com" for name in "abc")
        await world.take(world.touch([a], "page.viewed"))
        await world.take(world.touch([b], "page.viewed"))
        await world.take(world.touch([c], "page.viewed"))
        await asyncio.gather(
            world.take(world.identify([a, b])),
            world.take(world.identify([b, c])),
            world.take(world.identify([c, a])),
        )

    roots = await world.read(
        lambda conn: conn.execute(
            select(func.count()).select_from(LEAD).where(LEAD.c.root_id == LEAD.c.lead_id)
        ).scalar_one()
    )
    assert roots == 10
