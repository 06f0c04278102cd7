"""Mia, who says a word beside the policy's, and what is made of it."""

from services.handoff.handlers.evaluate_lead import evaluate_lead
from services.handoff.handlers.overrides import Word, lift, override
from shared.access import Caller
from tests.service.handoff.found import lead_of

MIA = Caller("key", "Mia", frozenset(), "019c0000-0000-7000-8000-000000000001")
GUIDE = "content.downloaded"


async def say(world, email="eva@acme.com", ready=False, reason="met at the fair", **said):
    lead_id = await lead_of(world, email)
    word = Word(ready, reason, **said)
    return await world.write(lambda uow: override(uow, MIA, lead_id, word))


async def lifted(world, policy=None, why="done", email="eva@acme.com"):
    lead_id = await lead_of(world, email)
    await world.write(lambda uow: lift(uow, MIA, lead_id, policy, why))


async def evaluated(world, policy="b2b"):
    lead_id = await lead_of(world)
    answers = await world.write(lambda uow: evaluate_lead(uow, lead_id))
    return next(one for one in answers if one["policy"] == policy)
