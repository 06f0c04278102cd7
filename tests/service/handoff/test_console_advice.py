"""What hand-offs teach is counted once a minute at most, and anew afterwards."""

from datetime import timedelta
from time import monotonic

import pytest

from services.handoff.console import advice_view
from services.handoff.console.advice_view import KEPT_S, AdviceDesk
from shared.problem import Problem


async def test_advice_is_kept_for_a_minute(world, monkeypatch):
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    [ready] = await world.sales_ready()
    policy, desk = ready.handoff.policy, AdviceDesk(world.parts)
    first = await desk.advice(policy)
    world.clock.advance(timedelta(minutes=1))
    kept = await desk.advice(policy)
    later = monotonic() + KEPT_S
    monkeypatch.setattr(advice_view, "monotonic", lambda: later)
    anew = await desk.advice(policy)

    assert first["handoffs"] == 1
    assert kept["measured_at"] == first["measured_at"]
    assert anew["measured_at"] == first["measured_at"] + timedelta(minutes=1)


async def test_of_what_is_not_there_is_no_advice(world):
    with pytest.raises(Problem) as problem:
        await AdviceDesk(world.parts).advice("nothing")

    assert problem.value.status == 404
