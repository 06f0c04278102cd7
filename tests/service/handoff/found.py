"""What a world holds, looked up: a lead by its address, all hand-offs."""

from sqlalchemy import select

from services.handoff.readmodels import list_leads
from services.handoff.store.tables import HANDOFF


async def lead_of(world, email="eva@acme.com"):
    found = await world.read(lambda conn: list_leads(conn, f"email:{email}", None, 5))
    return found[0][0]["lead_id"]


async def handoffs(world):
    return await world.read(
        lambda conn: conn.execute(select(HANDOFF).order_by(HANDOFF.c.decided_at)).all()
    )
