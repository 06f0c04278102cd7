"""The team of a world changed row by row, and who got what of it."""

from sqlalchemy import insert, select, update

from services.handoff.store.tables import HANDOFF, PERSON, PERSON_HOURS, TEAM_MEMBER
from shared.ids import stable_id

ANA, BEN, BOSS = (stable_id("person", name) for name in ("ana", "ben", "boss"))
SALES = stable_id("team", "sales")
OFFICE = {"week": {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}


def member(person_id, **values):
    """Change what somebody takes of the team's leads."""
    where = TEAM_MEMBER.c.person_id == person_id
    return update(TEAM_MEMBER).where(where).values(**values)


def hours(person_id, **document):
    return insert(PERSON_HOURS).values(person_id=person_id, revision=1, document=document)


async def do(world, *statements):
    for one in statements:
        await world.db.write(lambda conn, one=one: conn.execute(one))


async def owners(world):
    """Return who owns each hand-off, in the order in which they were opened."""
    rows = await world.read(
        lambda conn: conn.execute(
            select(PERSON.c.name)
            .join(HANDOFF, HANDOFF.c.owner_id == PERSON.c.person_id)
            .order_by(HANDOFF.c.decided_at, HANDOFF.c.handoff_id)
        ).scalars()
    )
    return list(rows)


async def demo(world, who, **options):
    """Let somebody ask for a demo; return the sales-ready event."""
    await world.take(
        world.touch(f"{who}@gmail.com" if "@" not in who else who, "demo.requested", **options)
    )
    return (await world.sales_ready())[-1]
