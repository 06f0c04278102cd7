"""What accounts remember for a version that asks about their people: complete, whatever came."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import delete, func, select

from services.handoff.handlers.account_groups import AccountGroups
from services.handoff.handlers.keep_folds import refold_leads
from services.handoff.handlers.lists import add_list, change_list
from services.handoff.handlers.tend_folds import GRACE
from services.handoff.handlers.try_policy import stored_version, try_on_lead
from services.handoff.store.groups import load_account_signals
from services.handoff.store.scope_tables import ACCOUNT_SIGNALS
from services.handoff.store.tables import ACCOUNT, HANDOFF, LEAD, TOUCH
from services.handoff.unit_of_work import UnitOfWork, unit_of_work
from services.handoff.workers.changing import Changing, look
from tests.service.handoff.agreements import ACCOUNTS
from tests.service.handoff.versions import (
    DEMO_ONLY,
    EVA,
    half_states,
    open_versions,
    put_in_force,
    work_through,
)
from tests.service.handoff.world import World

TOGETHER = ACCOUNTS.replace("policy: accounts", "policy: turn")

COMPANIES = ("acme.com", "globex.com", "initech.com")
LATER = timedelta(minutes=1)


@pytest.fixture
async def world(database_url):
    world = await open_versions(database_url, DEMO_ONLY)
    yield world
    await world.db.stop()


async def read(world: World, *who: str) -> None:
    """Let people read something, one after the other."""
    for name in who:
        await world.take(world.touch(name, "content.downloaded"))


async def remembered(world: World) -> dict[str, bool]:
    """Return, for each account that remembers, whether that is what its leads did."""

    def work(uow: UnitOfWork) -> dict[str, bool]:
        [in_force] = uow.parts.shelf.in_force(uow.conn)
        domains = uow.conn.execute(select(ACCOUNT.c.domain)).scalars().all()
        key, version = in_force.people_key, in_force.version
        stored = load_account_signals(uow.conn, version, key, domains)
        anew = AccountGroups(uow, version, {}, {})
        anew.fold(domains)
        return {domain: state == anew.states[domain] for domain, state in stored.items()}

    return await world.write(work)


async def handoffs(world: World) -> list[str]:
    rows = await world.read(lambda conn: conn.execute(select(HANDOFF)).all())
    return [row.lead_name for row in rows]


async def test_accounts_are_folded_in_the_background_and_then_as_things_come(world):
    await read(world, *(f"{name}@{host}" for name in "ab" for host in COMPANIES))
    await put_in_force(world, TOGETHER)
    assert await remembered(world) == {}

    await work_through(world.parts)
    assert await remembered(world) == dict.fromkeys(COMPANIES, True)
    await read(world, "a@acme.com", "d@globex.com", "e@umbrella.com")

    assert await remembered(world) == dict.fromkeys([*COMPANIES, "umbrella.com"], True)


async def test_an_account_whose_turn_has_not_come_is_folded_when_it_is_asked_about(world):
    await read(world, "a@acme.com", "b@acme.com")
    world.clock.advance(LATER)
    await put_in_force(world, TOGETHER)
    world.clock.advance(LATER)
    await read(world, "c@acme.com")

    assert await handoffs(world) == ["c@acme.com"]
    assert await remembered(world) == {"acme.com": True}


async def test_going_back_finds_whom_the_other_version_did_not_ask_about(world):
    await put_in_force(world, TOGETHER)
    await read(world, "a@acme.com")
    world.clock.advance(LATER)
    await put_in_force(world, DEMO_ONLY)
    await read(world, "b@acme.com")
    world.clock.advance(LATER)
    await put_in_force(world, TOGETHER)
    world.clock.advance(LATER)
    await read(world, "c@acme.com")

    assert await handoffs(world) == ["c@acme.com"]


async def test_what_accounts_remember_for_versions_that_decide_no_more_is_deleted(world):
    await put_in_force(world, TOGETHER)
    await read(world, "a@acme.com", "b@globex.com")
    world.clock.advance(LATER)
    await put_in_force(world, DEMO_ONLY)
    await work_through(world.parts)
    query = select(func.count()).select_from(ACCOUNT_SIGNALS)

    assert await world.read(lambda conn: conn.execute(query).scalar_one()) == 0


async def test_a_worker_that_ends_is_followed_by_one_that_goes_on(world):
    await read(world, *(f"a@company{number}.com" for number in range(45)))
    await put_in_force(world, TOGETHER)
    worker = Changing(world.parts)
    for _ in range(200):
        await worker.step()
        if await remembered(world):
            break
    await worker._lease.release()
    so_far = await remembered(world)
    await work_through(world.parts)

    assert 0 < len(so_far) < 45
    assert await remembered(world) == {f"company{number}.com": True for number in range(45)}


async def test_touches_that_are_taken_away_are_forgotten_by_the_account_too(world):
    await put_in_force(world, TOGETHER)
    await read(world, "a@acme.com", "b@acme.com")

    def take_away(uow: UnitOfWork) -> None:
        lead = uow.conn.execute(select(LEAD.c.lead_id).order_by(LEAD.c.lead_id)).scalars().first()
        uow.conn.execute(delete(TOUCH).where(TOUCH.c.lead_id == lead))
        refold_leads(uow, [str(lead)])

    await world.write(take_away)
    await read(world, "c@acme.com")

    assert await handoffs(world) == []
    assert await remembered(world) == {"acme.com": True}


async def test_a_lead_is_asked_about_beside_the_colleagues_it_had_then(world):
    await put_in_force(world, TOGETHER)
    await read(world, "a@acme.com")
    before = world.clock.advance(LATER)
    world.clock.advance(LATER)
    await read(world, "b@acme.com", "c@acme.com")
    after = world.clock.advance(LATER)
    world.clock.advance(LATER)

    def is_ready(uow: UnitOfWork, at: datetime | None) -> bool:
        version = stored_version(uow, "turn", None)
        return try_on_lead(uow, version, "a@acme.com", at).evaluation.is_ready

    moments = (before, after, None)
    found = [await world.write(partial(is_ready, at=at)) for at in moments]
    assert found == [False, True, True]


async def test_leads_are_folded_again_when_a_list_that_signals_ask_changes(world):
    """Which touches count depends on it, so it is like another version's questions."""
    listed = DEMO_ONLY.replace(
        "guide: {touch: content.downloaded,",
        "guide: {touch: content.downloaded, where: {content.topic: {in_list: topics}},",
    ).replace("gates:\n", "gates:\n  read: {tier: hot, when: {signal: guide, times: 2}}\n")
    topics = partial(add_list, caller=EVA, name="topics", values=["prices"], why="")
    await world.write(topics)
    await put_in_force(world, listed)
    about = {"content": {"topic": "plans"}}
    await world.take(world.touch("a@acme.com", "content.downloaded", properties=about))
    await work_through(world.parts)
    change = partial(change_list, caller=EVA, name="topics", expected=None, remove=[], why="")
    await world.write(lambda uow: change(uow, add=["plans"]))
    waiting = await world.read(lambda conn: look(unit_of_work(world.parts, conn)))
    await work_through(world.parts)
    world.clock.advance(GRACE)
    await work_through(world.parts)
    wrong = await world.read(lambda conn: half_states(world.parts, conn))
    await world.take(world.touch("a@acme.com", "content.downloaded", properties=about))

    assert waiting.tend
    assert wrong == []
    assert await handoffs(world) == ["a@acme.com"]
