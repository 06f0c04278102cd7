"""What became of a hand-off, in whatever order and however often a CRM tells it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.handoff.handlers.answer_handoffs import take_answers
from services.handoff.handlers.timelines import timeline
from services.handoff.store.tables import STEP
from shared.contracts import Envelope
from shared.contracts.answers import OutcomeReported
from shared.problem import Problem
from tests.service.handoff.found import handoffs, lead_of
from tests.service.handoff.test_verdict_effects import DEMO, of_type


async def accepted(world):
    await world.take(world.touch("eva@acme.com", DEMO))
    [row] = await handoffs(world)
    await world.answer(row.handoff_id, "accept")
    return row.handoff_id


async def steps(world, handoff_id):
    query = select(STEP).where(STEP.c.handoff_id == handoff_id).order_by(STEP.c.step_id)
    return await world.read(lambda conn: conn.execute(query).all())


@pytest.mark.parametrize("kind", ["attempt", "talked", "sql", "opportunity"])
async def test_what_is_told_late_is_kept_and_reopens_nothing(world, kind):
    handoff_id = await accepted(world)
    world.clock.advance(timedelta(hours=2))
    await world.answer(handoff_id, "won", amount=1200.5, currency="EUR")
    hour_ago = world.clock.now() - timedelta(hours=1)
    given = {"amount": 900.0, "currency": "EUR"} if kind == "opportunity" else {}
    for _ in range(2):
        await world.answer(handoff_id, kind, at=hour_ago, external_id="crm-1", **given)

    [row] = await handoffs(world)
    assert (row.stage, row.amount, row.currency) == ("won", 1200.5, "EUR")
    assert row.first_attempt_at == (hour_ago if kind in ("attempt", "talked") else None)
    assert [step.kind for step in await steps(world, handoff_id)].count(kind) == 1
    assert len(await of_type(world, "handoff.closed.v1")) == 1
    if kind in ("sql", "opportunity"):
        [told] = await of_type(world, "handoff.progressed.v1")
        assert (told.reached, told.handoff.stage, told.at) == (kind, "won", hour_ago)


async def test_a_text_from_the_bus_is_stored_as_a_database_can(world):
    handoff_id = await accepted(world)
    given = {"handoff_id": handoff_id, "person": "ana@ours.com", "reason": "pri\x00ce"}
    told = OutcomeReported(outcome="lost", text="to\x00o much", **given)
    envelope = Envelope("e3", "crm", "", handoff_id, world.clock.now(), told)
    await world.write(lambda uow: take_answers(uow, [envelope]))

    [row] = await handoffs(world)
    assert (row.stage, row.reason) == ("lost", "pri\ufffdce")


async def test_an_amount_that_comes_behind_the_win_is_taken(world):
    handoff_id = await accepted(world)
    await world.answer(handoff_id, "won")
    await world.answer(handoff_id, "opportunity", amount=900.0, currency="EUR")

    [row] = await handoffs(world)
    assert (row.stage, row.amount) == ("won", 900.0)
    assert (await of_type(world, "handoff.progressed.v1"))[-1].amount == 900.0


async def test_a_verdict_that_comes_late_is_refused_and_told_who_was_first(world):
    handoff_id = await accepted(world)
    await world.answer(handoff_id, "lost", reason="price")

    with pytest.raises(Problem) as problem:
        await world.answer(handoff_id, "accept", "ben@ours.com")
    assert (problem.value.status, problem.value.code) == (409, "handoff_closed")
    assert "Ana" in problem.value.message


async def test_a_deal_is_lost_for_a_reason(world):
    handoff_id = await accepted(world)
    with pytest.raises(Problem) as problem:
        await world.answer(handoff_id, "lost", reason=" ")

    assert (problem.value.status, problem.value.code) == (422, "reason_required")


async def test_unqualified_is_sent_back_and_not_lost(world):
    handoff_id = await accepted(world)
    given = {"handoff_id": handoff_id, "person": "ana@ours.com", "external_id": "crm-7"}
    told = OutcomeReported(outcome="unqualified", reason="not_our_market", **given)
    envelope = Envelope("e1", "crm", "", handoff_id, world.clock.now(), told)
    await world.write(lambda uow: take_answers(uow, [envelope]))
    [row] = await handoffs(world)
    assert (row.stage, row.reason) == ("rejected", "not_our_market")
    assert [step.kind for step in await steps(world, handoff_id)] == ["accept", "hand_back"]


async def test_the_timeline_tells_in_words_what_sales_did(world):
    handoff_id = await accepted(world)
    world.clock.advance(timedelta(minutes=5))
    await world.answer(handoff_id, "talked", channel="call")
    world.clock.advance(timedelta(minutes=5))
    await world.answer(handoff_id, "opportunity", amount=12000.0, currency="EUR")
    world.clock.advance(timedelta(minutes=5))
    await world.answer(handoff_id, "lost", reason="price")
    lead_id = await lead_of(world)
    lines, following = await world.write(lambda uow: timeline(uow, lead_id, None, 4))
    rest, _ = await world.write(lambda uow: timeline(uow, lead_id, following, 10))

    assert [(one["kind"], one["words"]["en"]) for one in lines[:3]] == [
        ("handoff.lost", "Lost: price"),
        ("handoff.opportunity", "Opportunity: 12,000 EUR"),
        ("handoff.talked", "Ana talked with them by phone"),
    ]
    assert lines[2]["words"]["es"] == "Ana habló con el lead por teléfono"
    kinds = {one["kind"] for one in [*lines[3:], *rest]}
    assert kinds == {"handoff.sales_ready", "handoff.accepted", DEMO}


@pytest.mark.parametrize(
    ("amount", "currency", "word"),
    [
        (12.5, "JPY", "decimals"),
        (-5.0, "EUR", "an amount is 0 to"),
        (1e300, "EUR", "an amount is 0 to"),
        (float("nan"), "EUR", "an amount is 0 to"),
        (float("inf"), "EUR", "an amount is 0 to"),
        (5.0, "XXX", "ISO 4217"),
    ],
)
async def test_money_that_cannot_be_is_refused_from_the_bus_too(world, amount, currency, word):
    handoff_id = await accepted(world)
    given = {"handoff_id": handoff_id, "person": "ana@ours.com", "amount": amount}
    told = OutcomeReported(outcome="won", currency=currency, **given)
    envelope = Envelope("e2", "crm", "", handoff_id, world.clock.now(), told)

    with pytest.raises(Problem, match=word):
        await world.write(lambda uow: take_answers(uow, [envelope]))
