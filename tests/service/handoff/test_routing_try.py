"""Routing is tried before: who would get the lead, at which moment, and nothing is stored."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from services.handoff.handlers.try_routing import Trial, try_routing
from services.handoff.store.tables import ASSIGNMENT, HANDOFF, OUTBOX, STEP, TURN
from services.handoff.unit_of_work import unit_of_work
from tests.service.handoff.routing_rows import ANA, BEN, OFFICE, demo, do, hours


async def test_a_trial_says_who_would_get_the_lead_and_stores_nothing(world):
    await world.take(world.touch("eva@gmail.com", "email.opened"))
    for name in ("one", "two", "three"):
        await demo(world, name)
    tables = (OUTBOX, ASSIGNMENT, STEP, TURN, HANDOFF)

    async def counts():
        return [
            await world.read(
                lambda conn, one=one: conn.execute(select(func.count()).select_from(one)).scalar()
            )
            for one in tables
        ]

    before = await counts()
    made_up = Trial(facts={"lead": {"country": "ES"}})
    tried = await world.db.read(lambda conn: try_routing(uow_of(world, conn), made_up))
    after = await counts()
    really = await demo(world, "four")

    assert after == before
    assert tried.choice.person.name == really.handoff.owner.name
    assert [one.person_id for one in tried.choice.considered] == [
        one.person_id for one in really.assignment.considered
    ]


async def test_a_trial_of_another_moment_asks_about_the_hours_of_then(world):
    await do(world, hours(ANA, **OFFICE), hours(BEN, week={"sat": ["09:00-18:00"]}))
    saturday = datetime(2026, 3, 7, 11, tzinfo=UTC)

    async def owner_at(moment):
        trial = Trial(facts={"lead": {}}, at=moment)
        tried = await world.db.read(lambda conn: try_routing(uow_of(world, conn), trial))
        assert tried.choice is not None
        return tried.choice.person.name

    now, then = await owner_at(None), await owner_at(saturday)

    assert (now, then) == ("Ana", "Ben")


def uow_of(world, conn):
    return unit_of_work(world.parts, conn)
