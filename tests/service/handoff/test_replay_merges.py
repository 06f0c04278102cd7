"""Merges, undone merges and people's words are replayed as they were, where accounts count."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.handoff.handlers.merge_leads import merge_leads, unmerge_lead
from services.handoff.handlers.overrides import Word, lift, override
from services.handoff.store.tables import HANDOFF
from shared.contracts import Envelope
from tests.service.handoff.found import handoffs, lead_of
from tests.service.handoff.test_replay import past, replayed
from tests.service.handoff.test_replay_accounts import (
    EVA,
    SMALL,
    TURN,
    by_gates,
    open_crowd,
    replay_of,
)
from tests.service.handoff.test_unmerge import lead_id
from tests.service.handoff.world import World

GUIDE, DEMO = "content.downloaded", "demo.requested"


@pytest.fixture
async def world(database_url):
    world = await open_crowd(database_url, TURN, SMALL)
    yield world
    await world.db.stop()


async def take(world: World, *envelopes: Envelope) -> None:
    """Take a batch in, and let a minute pass."""
    await world.take(*envelopes)
    world.clock.advance(timedelta(minutes=1))


async def merge(world: World, one: str, other: str) -> None:
    await world.write(lambda uow: merge_leads(uow, one, other, "Ana", "one person"))
    world.clock.advance(timedelta(minutes=1))


async def unmerge(world: World, other: str) -> None:
    await world.write(lambda uow: unmerge_lead(uow, other, "Ana"))
    world.clock.advance(timedelta(minutes=1))


async def made_by(world: World, policy: str = "turn") -> list[tuple[str, str]]:
    """Return the lead and the gate of each hand-off, the earliest first."""
    query = select(HANDOFF.c.lead_id, HANDOFF.c.gate).where(HANDOFF.c.policy == policy)
    rows = await world.read(lambda conn: conn.execute(query.order_by(HANDOFF.c.decided_at)).all())
    return [(row.lead_id, row.gate) for row in rows]


async def check_replay(world: World, policy: str = "turn", text: str = TURN) -> None:
    """Check that a replay makes exactly what production made."""
    found = await replayed(world, replay_of(world, text), policy=policy)
    assert found == await by_gates(world, policy)


async def guides(world: World, names: Iterable[str], **options) -> None:
    for name in names:
        await take(world, world.touch(f"{name}@acme.com", GUIDE, **options))


async def test_who_was_one_with_a_stranger_for_a_while_comes_with_their_colleagues(world):
    await take(world, world.touch(["anon:web:1"], "webinar.attended"))
    await guides(world, ["eva", "ben"])
    stranger, eva = await lead_id(world, "anon:web:1"), await lead_of(world, "eva@acme.com")
    await merge(world, stranger, eva)
    await unmerge(world, eva)
    await guides(world, ["kim"])
    await take(world, world.touch("eva@acme.com", DEMO))

    assert await made_by(world) == [(await lead_of(world, "kim@acme.com"), "crowd")]
    groups = await past(world, replay_of(world, TURN), policy="turn")
    everybody = [lead for group in groups for lead in group.root_of]
    assert sorted(everybody) == sorted(set(everybody)), "each comes once"
    await check_replay(world)


async def test_what_a_repeat_joins_is_known_from_then_on(world):
    """Nobody is judged by a repeat, and still whoever is asked later counts them as one."""
    await take(world, world.touch(["user:crm:1"], GUIDE))
    both = world.touch(["user:crm:1", "email:eva@acme.com"], GUIDE)
    await take(world, world.touch("eva@acme.com", "email.opened", lead={"title": "CTO"}))
    await take(world, both)
    eva = await lead_id(world, "email:eva@acme.com")
    [merged] = {*await members(world, eva)} - {eva}
    await unmerge(world, merged)
    await take(world, both)
    await take(world, world.touch("ben@acme.com", GUIDE, lead={"title": "Head of IT"}))

    assert await made_by(world) == [(await lead_of(world, "ben@acme.com"), "directors")]
    await check_replay(world)


async def members(world: World, root: str) -> list[str]:
    [found] = [
        [lead for lead, of in group.roots_in_the_end().items() if of == root]
        for group in await past(world, replay_of(world, TURN), policy="turn")
        if root in group.root_of
    ]
    return found


async def test_who_has_no_handoff_of_their_own_left_is_not_looked_at_when_a_cool_down_ends(world):
    await take(world, world.touch(["user:crm:1"], "email.opened"))
    await take(world, world.touch("eva@acme.com", DEMO))
    one, eva = await lead_id(world, "user:crm:1"), await lead_of(world, "eva@acme.com")
    await merge(world, one, eva)
    await take(world, world.touch(["user:crm:1"], DEMO))
    [handoff] = await handoffs(world)
    await world.answer(handoff.handoff_id, "reject", reason="bad_data")
    world.clock.advance(timedelta(hours=1))
    await unmerge(world, eva)
    world.clock.advance(timedelta(days=4))
    for _ in range(3):
        await world.parts.timers.fire_due()

    assert await made_by(world) == [(eva, "asked")]
    await check_replay(world)


async def test_a_handoff_by_hand_stands_for_a_group_only_from_the_merge_on(world):
    await take(world, world.touch("kim@acme.com", "email.opened"))
    kim = await lead_of(world, "kim@acme.com")
    word = Word(True, "met at the fair", "turn")
    await world.write(lambda uow: override(uow, EVA, kim, word))
    world.clock.advance(timedelta(minutes=1))
    await take(world, world.touch("ana@acme.com", DEMO))
    await guides(world, ["ben", "eva", "leo"])
    leo = await lead_of(world, "leo@acme.com")
    await merge(world, kim, leo)
    await take(world, world.touch("mia@acme.com", DEMO))

    gates = [gate for _, gate in await made_by(world)]
    assert gates == ["override", "asked", "crowd"], "Mia joined the group that Kim's stands for"
    first, *_ = await handoffs(world)
    assert first.group_domain == "acme.com"
    await check_replay(world)


async def test_a_word_on_all_policies_that_is_lifted_with_one_on_a_single_one_frees_all(world):
    small = {"account": {"employees": 20}}
    await take(world, world.touch("eva@acme.com", "email.opened", **small))
    eva = await lead_of(world, "eva@acme.com")
    for policy in ("turn", None):
        word = Word(False, "not now", policy)
        await world.write(lambda uow, word=word: override(uow, EVA, eva, word))
        world.clock.advance(timedelta(minutes=1))
    await take(world, world.touch("eva@acme.com", DEMO))
    assert await handoffs(world) == []
    await world.write(lambda uow: lift(uow, EVA, eva, None, "now"))

    for policy, text in (("turn", TURN), ("small", SMALL)):
        assert await made_by(world, policy) == [(eva, "asked")]
        await check_replay(world, policy, text)
