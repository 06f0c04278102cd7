"""Sales' answers: the first counts, clocks stop, cycles end, and the answer travels back."""

from datetime import timedelta

import pytest

from shared.problem import Problem
from tests.service.handoff.world import World


async def handed_over(world: World, email: str = "eva@acme.com") -> str:
    await world.take(world.touch(email, "demo.requested"))
    return str((await world.sales_ready())[-1].handoff.handoff_id)


async def close(world: World, handoff_id: str) -> None:
    await world.answer(handoff_id, "accept")
    await world.answer(handoff_id, "lost", reason="price")


async def test_accepting_stops_the_clock_and_tells_how_long_the_lead_waited(world):
    handoff_id = await handed_over(world)
    world.clock.advance(timedelta(minutes=5))
    await world.answer(handoff_id, "accept")
    accepted = (await world.staged())[-1]
    assert (accepted.type, accepted.data.waited_s) == ("handoff.accepted.v1", 300)

    world.clock.advance(timedelta(hours=5))
    await world.parts.timers.fire_due()

    assert "handoff.escalated.v1" not in await world.types()


async def test_nobody_answers_and_the_named_fallback_is_told_once(world):
    handoff_id = await handed_over(world)
    world.clock.advance(timedelta(minutes=14, seconds=59))
    await world.parts.timers.fire_due()
    assert "handoff.escalated.v1" not in await world.types()
    world.clock.advance(timedelta(seconds=31))
    await world.parts.timers.fire_due()
    await world.parts.timers.fire_due()

    escalated = [one for one in await world.staged() if one.type == "handoff.escalated.v1"]
    assert [one.data.to.name for one in escalated] == ["Boss"]
    assert escalated[0].data.late_s == 30
    assert escalated[0].data.handoff.handoff_id == handoff_id


async def test_the_second_answer_is_refused_and_told_who_was_first(world):
    handoff_id = await handed_over(world)
    await world.answer(handoff_id, "accept", "ana@ours.com")
    await world.answer(handoff_id, "accept", "ana@ours.com")

    with pytest.raises(Problem) as refused:
        await world.answer(handoff_id, "accept", "ben@ours.com")

    assert (refused.value.status, refused.value.code) == (409, "already_accepted")
    assert (await world.types()).count("handoff.accepted.v1") == 1


async def test_a_late_rejection_by_somebody_else_is_told_who_has_it_and_the_owner_can_hand_back(
    world,
):
    handoff_id = await handed_over(world)
    owner = (await world.sales_ready())[-1].handoff.owner.email
    await world.answer(handoff_id, "accept", owner)

    with pytest.raises(Problem) as refused:
        await world.answer(handoff_id, "reject", "boss@ours.com", reason="bad_data")
    assert (refused.value.status, refused.value.code) == (409, "already_accepted")
    await world.answer(handoff_id, "reject", owner, reason="bad_data")

    assert (await world.staged())[-1].data.handoff.stage == "rejected"


@pytest.mark.parametrize("reason", [None, "made_up"])
async def test_a_rejection_needs_a_reason_from_the_list(world, reason):
    handoff_id = await handed_over(world)

    with pytest.raises(Problem, match="not_our_market"):
        await world.answer(handoff_id, "reject", reason=reason)


async def test_not_now_sends_the_lead_back_to_marketing_until_a_date(world):
    handoff_id = await handed_over(world)
    await world.answer(handoff_id, "reject", reason="not_now")

    *_, rejected, recycled, closed = await world.staged()
    assert (rejected.type, rejected.data.effect) == ("handoff.rejected.v1", "recycle")
    assert recycled.data.returns_at == world.clock.now() + timedelta(days=90)
    assert closed.data.cool_down_until == world.clock.now() + timedelta(days=90)
    assert closed.data.handoff.stage == "recycled"


async def test_after_the_close_time_and_new_evidence_are_needed(world):
    await close(world, await handed_over(world))
    world.clock.advance(timedelta(days=10))
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    assert len(await world.sales_ready()) == 1, "still cooling down"
    world.clock.advance(timedelta(days=31))
    await world.take(world.touch("eva@acme.com", "demo.requested"))

    first, second = await world.sales_ready()
    assert (first.handoff.cycle, second.handoff.cycle) == (1, 2)
    assert [one.stage for one in second.earlier_handoffs] == ["lost"]


async def test_what_came_in_during_the_cool_down_counts_when_it_is_over(world):
    await close(world, await handed_over(world))
    world.clock.advance(timedelta(days=29))
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    world.clock.advance(timedelta(days=1))
    await world.parts.timers.fire_due()

    assert [ready.handoff.cycle for ready in await world.sales_ready()] == [1, 2]


async def test_the_cool_down_alone_brings_nobody_back(world):
    await close(world, await handed_over(world))
    world.clock.advance(timedelta(days=30))
    await world.parts.timers.fire_due()
    await world.take(world.touch("eva@acme.com", "email.opened"))

    assert len(await world.sales_ready()) == 1


async def test_a_new_owner_gets_a_share_of_time_and_the_leads_clock_goes_on(world):
    handoff_id = await handed_over(world)
    owner = (await world.sales_ready())[0].handoff.owner.email
    other = await world.read(lambda conn: _person(conn, "ben" if "ana" in owner else "ana"))
    world.clock.advance(timedelta(minutes=10))
    await world.answer(handoff_id, "reassign", owner, to=other)
    reassigned = (await world.staged())[-1]
    assert reassigned.type == "handoff.reassigned.v1"
    assert reassigned.data.deadlines[0].due_at == world.clock.now() + timedelta(minutes=15)
    for minutes in (5, 10):
        world.clock.advance(timedelta(minutes=minutes))
        while await world.parts.timers.fire_due() == 0:
            pass

    told = [one.data for one in await world.staged() if one.type == "handoff.escalated.v1"]
    assert [(one.name, one.share) for one in told] == [("manager", 1), ("manager", 2)]


async def test_the_sequence_of_a_lead_rises_without_gaps(world):
    handoff_id = await handed_over(world)
    await world.answer(handoff_id, "accept")
    await world.answer(handoff_id, "attempt", channel="call")
    await world.answer(handoff_id, "talked")
    await world.answer(handoff_id, "sql")
    await world.answer(handoff_id, "opportunity", amount=5000.0, currency="EUR")
    await world.answer(handoff_id, "won", amount=4800.0, currency="EUR")

    staged = await world.staged()
    assert [one.sequence for one in staged] == list(range(1, len(staged) + 1))
    assert (staged[-1].type, staged[-1].data.amount) == ("handoff.closed.v1", 4800.0)


def _person(conn, name):
    from services.handoff.store.people import find_person

    person = find_person(conn, f"{name}@ours.com")
    assert person is not None
    return person.person_id
