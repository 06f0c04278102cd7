"""A world in which batches are made, ticked and handed over, in short words."""

from datetime import timedelta

from sqlalchemy import select

from services.handoff.handlers import make_batch, review_batch
from services.handoff.handlers.list_batch import describe_items
from services.handoff.store import batches
from services.handoff.store.batches import ItemFilter
from services.handoff.store.tables import AUDIT, BATCH
from tests.service.handoff.versions import work_through

GUIDE = {"content": {"id": "prices"}}
ALL = ItemFilter()
HOUR = timedelta(hours=1)
LATEST = (BATCH.c.made_at.desc(), BATCH.c.batch_id.desc())


async def guides(world, *names, **options):
    """Let leads do what is enough for the lower versions, and not for the first."""
    await world.take(
        *(
            world.touch(f"{name}@{name}.com", "content.downloaded", properties=GUIDE, **options)
            for name in names
        )
    )


async def made(world, number=2):
    """Make the batch of a version, whatever else is to be done before it."""
    await world.write(lambda uow: make_batch.make_batch(uow, "eva", "turn", number))
    await work_through(world.parts)


async def tick(world, wanted=ALL, number=2, ticked=True):
    return await world.write(
        lambda uow: review_batch.tick_leads(uow, "eva", "turn", number, wanted, ticked=ticked)
    )


async def ask(world, number=2, per_hour=100, per_day=1000):
    return await world.write(
        lambda uow: review_batch.ask_for_hand_over(uow, "tom", "turn", number, per_hour, per_day)
    )


async def hand_over(world, **pace):
    await ask(world, **pace)
    await work_through(world.parts)


async def items(world):
    """Return the items of the latest batch by the leads' names."""

    def work(conn):
        batch_id = conn.execute(select(BATCH.c.batch_id).order_by(*LATEST)).scalar()
        rows, _ = batches.page_of_items(conn, batch_id, ALL, "engagement", None, 500)
        return {one["name"]: one for one in describe_items(conn, rows)}

    return await world.read(work)


async def state_of(world):
    query = select(BATCH.c.state).order_by(*LATEST)
    return await world.read(lambda conn: conn.execute(query).scalar())


async def states(world):
    return {name.partition("@")[0]: one["state"] for name, one in (await items(world)).items()}


async def handed_over(world):
    return [one.handoff.lead_name.partition("@")[0] for one in await world.sales_ready()]


async def audit(world, what):
    query = select(AUDIT).where(AUDIT.c.what == what).order_by(AUDIT.c.happened_at)
    return await world.read(lambda conn: conn.execute(query).all())
