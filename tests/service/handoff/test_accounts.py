"""What is said about companies reaches their account, in whatever order it is told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from services.handoff import readmodels
from services.handoff.domain.facts import AtLeast, FactTest
from services.handoff.domain.questions import FitCriterion
from tests.service.handoff.world import NOON, POLICY, World, open_world, titles

BIG = FitCriterion("big", titles("big"), FactTest("account.employees", (AtLeast(50),)), 400)
EARLIER = NOON - timedelta(hours=1)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """A world whose policy looks at the company, not at the person."""
    world = await open_world(database_url, replace(POLICY, fit=(BIG,)))
    yield world
    await world.db.stop()


async def account(world: World) -> Any:
    def work(conn: Any) -> Any:
        items, _ = readmodels.list_leads(conn, "email:eva@acme.com", None, 10)
        shown = readmodels.show_lead(conn, items[0]["lead_id"])
        assert shown is not None
        return shown["account"]["facts"], sorted(shown["facts"])

    return await world.read(work)


STORY = {
    "visit": lambda world: world.touch(["anon:web:1"], "webinar.attended", at=EARLIER),
    "group": lambda world: world.identify(["anon:web:1"], account={"employees": 200}),
    "login": lambda world: world.identify(["user:web:7", "anon:web:1"]),
    "email": lambda world: world.identify(["email:eva@acme.com", "user:web:7"]),
}


@pytest.mark.parametrize("one_batch", [False, True], ids=["one by one", "in one batch"])
@pytest.mark.parametrize("order", list(permutations(STORY)), ids="-".join)
async def test_the_account_learns_the_same_in_every_order(world, order, one_batch):
    events = [STORY[name](world) for name in order]
    for batch in [events] if one_batch else [[event] for event in events]:
        await world.take(*batch)

    derived = ["account.domain", "email", "email_domain", "free_mail"]
    assert await account(world) == ({"employees": 200}, derived)


async def test_news_about_the_company_alone_makes_the_lead_ready(world):
    await world.take(world.touch("eva@acme.com", "content.downloaded"))
    await world.take(world.touch("eva@acme.com", "webinar.attended"))
    assert await world.staged() == []
    await world.take(world.identify("eva@acme.com", account={"employees": 200}))

    assert len(await world.sales_ready()) == 1


async def test_the_company_of_one_half_is_told_when_the_halves_meet(world):
    await world.take(world.identify(["user:web:7"], lead={"title": "CTO"}))
    await world.take(world.identify("eva@acme.com", lead={"title": "CTO"}))
    both = ["email:eva@acme.com", "user:web:7"]
    await world.take(world.identify(both, account={"employees": 200}))

    assert (await account(world))[0] == {"employees": 200}
