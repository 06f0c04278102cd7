"""Everything an event causes belongs to its trace, also where a batch holds many."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.handoff.handlers.answer_handoffs import take_answers
from shared.contracts import Envelope, Event
from shared.contracts.answers import OutcomeReported, VerdictGiven
from shared.ids import new_id
from shared.trace import trace_id
from tests.service.handoff.world import NOON, World


def traced(envelope: Envelope, number: int) -> Envelope:
    """Return the event as the ``number``-th trace caused it."""
    return replace(envelope, traceparent=f"00-{number:032x}-00f067aa0ba902b7-01")


async def told(world: World) -> list[tuple[str, int]]:
    """Return the type and the number of the trace of everything that left."""
    return [(one.type, int(trace_id(one.traceparent or "--"), 16)) for one in await world.staged()]


async def test_each_event_of_a_batch_has_the_trace_of_its_own_cause(world):
    await world.take(
        traced(world.touch("eva@acme.com", "demo.requested"), 1),
        traced(world.touch("juan@other.com", "demo.requested"), 2),
    )
    await world.take(
        traced(world.touch("eva@acme.com", "webinar.attended"), 3),
        traced(world.touch("juan@other.com", "webinar.attended"), 4),
    )

    assert sorted(await told(world)) == [
        ("handoff.assigned.v1", 1),
        ("handoff.assigned.v1", 2),
        ("handoff.sales_ready.v1", 1),
        ("handoff.sales_ready.v1", 2),
        ("handoff.updated.v1", 3),
        ("handoff.updated.v1", 4),
    ]


async def test_a_merge_and_what_it_closes_have_the_trace_of_what_joined_them(world):
    await world.take(traced(world.touch("eva@acme.com", "demo.requested"), 1))
    world.clock.advance(timedelta(minutes=1))
    await world.take(traced(world.touch(["user:crm:7"], "demo.requested"), 2))
    await world.take(
        traced(world.identify("somebody@else.com"), 3),
        traced(world.identify(["email:eva@acme.com", "user:crm:7"]), 4),
        traced(world.identify("another@else.com"), 5),
    )

    assert (await told(world))[-2:] == [("lead.merged.v1", 4), ("handoff.closed.v1", 4)]


@pytest.mark.parametrize("given", [True, False], ids=["a trace", "none"])
async def test_an_answer_over_the_bus_goes_on_in_its_trace_or_begins_one(world, given):
    await world.take(traced(world.touch("eva@acme.com", "demo.requested"), 1))
    handoff_id = (await world.sales_ready())[0].handoff.handoff_id
    verdict = VerdictGiven(handoff_id=handoff_id, person="ana@ours.com", verdict="accept")
    lost = OutcomeReported(handoff_id=handoff_id, person="ana@ours.com", outcome="lost", reason="x")
    answers = [answer(verdict), answer(lost)]
    if given:
        answers = [traced(one, number) for number, one in enumerate(answers, 7)]
    await world.write(lambda uow: take_answers(uow, answers))

    *_, accepted, closed = await told(world)
    assert (accepted[0], closed[0]) == ("handoff.accepted.v1", "handoff.closed.v1")
    if given:
        assert (accepted[1], closed[1]) == (7, 8)
    else:
        assert len({1, accepted[1], closed[1]}) == 3


def answer(data: Event) -> Envelope:
    return Envelope(new_id(), "/crm", "", "", NOON, data)


async def test_what_a_timer_causes_begins_a_trace(world):
    await world.take(traced(world.touch("eva@acme.com", "demo.requested"), 1))
    world.clock.advance(timedelta(minutes=16))
    while await world.parts.timers.fire_due() == 0:
        pass

    kind, trace = (await told(world))[-1]
    assert kind == "handoff.escalated.v1"
    assert trace > 1
