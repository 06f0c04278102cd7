"""A touch's mark changes: its lead is folded anew, and what follows from it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.handoff.consumers import take_touches
from services.handoff.store.tables import HANDOFF, STEP, TOUCH
from shared.contracts import Envelope
from shared.contracts.handoffs import Updated
from shared.contracts.rejudged import HandoffRejudged
from shared.contracts.touches import TouchJudged
from shared.ids import new_id
from tests.service.handoff.world import World

SECOND = timedelta(seconds=1)
READY = ["handoff.sales_ready.v1", "handoff.assigned.v1"]


def judged(
    world: World, touch: Envelope, made_by: Any, reason: str = "why", after=SECOND
) -> Envelope:
    """Return that ``touch`` was made by somebody else, judged a second after it came."""
    data = TouchJudged(
        touch_id=touch.id,
        source="web",
        identity=touch.key,
        made_by=made_by,
        made_by_reason=reason,
        made_by_version=2,
        judged_at=world.clock.now() + after,
    )
    return Envelope(new_id(), "relevo/ingest", touch.key, touch.key, data.judged_at, data)


async def take(world: World, *envelopes: Envelope) -> None:
    await world.write(lambda uow: take_touches(uow, envelopes))


async def stored(world: World, touch: Envelope) -> Any:
    rows = await world.read(
        lambda conn: conn.execute(select(TOUCH).where(TOUCH.c.touch_id == touch.id)).all()
    )
    return rows[0]


async def test_a_touch_that_turns_out_to_be_a_humans_makes_the_lead_ready(world: World):
    demo = world.touch("eva@acme.com", "demo.requested", made_by="unsure")
    await take(world, demo)
    before = await world.types()
    await take(world, judged(world, demo, "human", "no_sign_of_a_machine"))

    assert before == []
    assert await world.types() == READY
    [ready] = await world.sales_ready()
    assert ready.why_now[0].made_by == "human"
    assert ready.decided_at == world.clock.now() + SECOND
    row = await stored(world, demo)
    assert (row.made_by, row.made_by_reason, row.made_by_version) == (
        "human",
        "no_sign_of_a_machine",
        2,
    )


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "two batches"])
async def test_a_touch_shown_to_be_a_machines_counts_no_more(world: World, together: bool):
    guide = world.touch("eva@acme.com", "content.downloaded", lead={"title": "CTO"})
    machine = judged(world, guide, "machine")
    webinar = world.touch("eva@acme.com", "webinar.attended")
    if together:
        await take(world, guide, machine, webinar)
    else:
        await take(world, guide, machine)
        await take(world, webinar)

    assert await world.types() == []


async def test_the_very_touch_makes_the_lead_ready_where_no_mark_changes(world: World):
    guide = world.touch("eva@acme.com", "content.downloaded", lead={"title": "CTO"})
    await take(world, guide, world.touch("eva@acme.com", "webinar.attended"))

    assert await world.types() == READY


async def test_a_hand_off_stays_and_says_what_it_rested_on(world: World):
    guide = world.touch("eva@acme.com", "content.downloaded", lead={"title": "CTO"})
    await take(world, guide, world.touch("eva@acme.com", "webinar.attended"))
    await take(world, judged(world, guide, "machine", "many_links_at_once"))

    events = await world.staged()
    assert [one.type for one in events] == [*READY, "handoff.rejudged.v1"]
    told = events[-1].data
    assert isinstance(told, HandoffRejudged)
    [touch] = told.touches
    assert (touch.touch.touch_id, touch.touch.made_by) == (guide.id, "machine")
    assert (touch.made_by_before, touch.made_by_reason) == ("human", "many_links_at_once")
    stage, step = await world.read(
        lambda conn: (
            conn.execute(select(HANDOFF.c.stage)).scalar_one(),
            conn.execute(select(STEP).where(STEP.c.kind == "rejudged")).one(),
        )
    )
    assert stage == "assigned"
    assert step.detail["touches"][0]["reason"] == "many_links_at_once"


async def test_what_a_hand_off_did_not_rest_on_changes_it_not(world: World):
    await take(world, world.touch("eva@acme.com", "demo.requested"))
    after = world.touch("eva@acme.com", "webinar.attended")
    await take(world, after)
    await take(world, judged(world, after, "machine"))

    assert "handoff.rejudged.v1" not in await world.types()


async def test_a_touch_that_is_a_humans_after_all_is_news_for_the_owner(world: World):
    await take(world, world.touch("eva@acme.com", "demo.requested"))
    guide = world.touch("eva@acme.com", "content.downloaded", made_by="unsure")
    await take(world, guide)
    before = await world.types()
    await take(world, judged(world, guide, "human"))

    assert before == READY
    updated = (await world.staged())[-1].data
    assert isinstance(updated, Updated)
    assert [(one.touch_id, one.made_by) for one in updated.touches] == [(guide.id, "human")]


async def test_a_repeated_judgement_changes_nothing(world: World):
    demo = world.touch("eva@acme.com", "demo.requested", made_by="unsure")
    await take(world, demo)
    human = judged(world, demo, "human")
    await take(world, human)
    await take(world, human, human)

    assert await world.types() == READY


async def test_the_later_judgement_counts_whatever_comes_last(world: World):
    demo = world.touch("eva@acme.com", "demo.requested", made_by="unsure")
    await take(world, demo)
    await take(world, judged(world, demo, "machine", after=2 * SECOND))
    await take(world, judged(world, demo, "human", after=SECOND))

    assert (await stored(world, demo)).made_by == "machine"
    assert await world.types() == []


async def test_of_two_in_one_batch_the_later_counts(world: World):
    demo = world.touch("eva@acme.com", "demo.requested", made_by="unsure")
    await take(
        world,
        demo,
        judged(world, demo, "human", after=2 * SECOND),
        judged(world, demo, "machine", after=SECOND),
    )

    assert (await stored(world, demo)).made_by == "human"
    assert await world.types() == READY


async def test_a_judgement_about_no_touch_of_ours_is_let_be(world: World):
    await take(world, judged(world, world.touch("eva@acme.com", "demo.requested"), "human"))

    assert await world.types() == []


async def test_a_merged_lead_is_folded_as_a_whole(world: World):
    guide = world.touch("eva@acme.com", "content.downloaded", made_by="unsure")
    other = world.touch("eva@home.org", "webinar.attended", lead={"title": "CTO"})
    await take(world, guide, other)
    await take(world, world.identify(["email:eva@acme.com", "email:eva@home.org"]))
    before = await world.types()
    await take(world, judged(world, guide, "human"))

    assert before == ["lead.merged.v1"]
    assert await world.types() == ["lead.merged.v1", *READY]
