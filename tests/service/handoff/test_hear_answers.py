"""Answers of CRMs over the bus: none holds up another, and none counts that came too late."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from services.handoff.consumers import build_consumers
from services.handoff.handlers.timelines import timeline
from services.handoff.store.tables import CONSUMER
from shared.bus import open_bus
from shared.contracts import TOPICS, Envelope
from shared.contracts.answers import OutcomeReported, VerdictGiven
from shared.ids import new_id, stable_id
from shared.outbox import to_message
from tests.service.handoff.found import handoffs, lead_of
from tests.service.handoff.test_outcomes import accepted
from tests.service.handoff.test_verdict_effects import DEMO, of_type
from tests.support.waiting import eventually

WITHIN_S = 30


@pytest.fixture
async def bus(tmp_path):
    bus = open_bus(f"sqlite:///{tmp_path / 'bus'}")
    await bus.start()
    await bus.ensure_topics(TOPICS)
    yield bus
    await bus.stop()


@pytest.fixture
async def crm(world, bus):
    """Publish answers, and return when handoff has taken or parked all of them."""
    [consumer] = [one for one in build_consumers(world.parts, bus) if "answers" in one.name]
    running = asyncio.create_task(consumer.run())

    async def tell(*said: Any) -> None:
        envelopes = [
            Envelope(new_id(), "crm", "", one.handoff_id, world.clock.now(), one) for one in said
        ]
        await bus.publish(
            [to_message(one.topic, one.key, one.id, one.type, one.to_bytes()) for one in envelopes]
        )
        seen = select(func.count()).where(
            CONSUMER.inbox.c.event_id.in_([one.id for one in envelopes])
        )

        async def all_seen() -> bool:
            return bool(await world.read(lambda conn: conn.execute(seen).scalar()) == len(said))

        await eventually(all_seen, WITHIN_S)

    yield tell
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def outcome(handoff_id: str, what: Any, **said: Any) -> OutcomeReported:
    given = {"person": "ana@ours.com"} | said
    return OutcomeReported(handoff_id=handoff_id, outcome=what, **given)


def verdict(handoff_id: str, what: Any, **said: Any) -> VerdictGiven:
    given = {"person": "ana@ours.com"} | said
    return VerdictGiven(handoff_id=handoff_id, verdict=what, **given)


async def parked(world) -> list[str]:
    return list(
        await world.read(
            lambda conn: conn.execute(select(CONSUMER.parked.c.reason)).scalars().all()
        )
    )


async def test_the_second_verdict_is_told_who_was_first_and_what_follows_is_taken(world, crm):
    handoff_id = await accepted(world)
    await crm(
        verdict(handoff_id, "accept", person="ben@ours.com", external_id="crm-2"),
        outcome(handoff_id, "talked"),
        outcome(handoff_id, "won", amount=1200.0, currency="EUR"),
    )

    [row] = await handoffs(world)
    assert (row.stage, row.amount, row.accepted_by) == ("won", 1200.0, stable_id("person", "ana"))
    [told] = await of_type(world, "handoff.answer_refused.v1")
    assert (told.answer, told.code, told.external_id) == ("accept", "already_accepted", "crm-2")
    assert told.person.email == "ben@ours.com"
    assert "Ana" in told.message
    assert await parked(world) == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        pytest.param({"reason": "no_such"}, "unknown_reason", id="no such reason"),
        pytest.param({"reason": "other"}, "text_required", id="no text"),
        pytest.param({"reason": "no_reply"}, "attempts_required", id="no attempts"),
        pytest.param({"reason": "already_worked", "same_as": "x"}, "unknown_lead", id="no lead"),
        pytest.param(
            {"reason": "wrong_person", "right_person": {"email": "none"}}, "email", id="no address"
        ),
    ],
)
async def test_a_verdict_that_cannot_be_changes_nothing_and_the_right_one_counts(
    world, crm, wrong, code
):
    await world.take(world.touch("eva@acme.com", DEMO))
    [row] = await handoffs(world)
    await crm(
        verdict(row.handoff_id, "reject", **wrong),
        verdict(row.handoff_id, "reject", reason="bad_data"),
    )

    [row] = await handoffs(world)
    assert (row.stage, row.reason) == ("rejected", "bad_data")
    [told] = await of_type(world, "handoff.answer_refused.v1")
    assert code in (told.code, *told.message.split())
    assert len(await of_type(world, "handoff.rejected.v1")) == 1


async def test_what_is_told_of_before_the_acceptance_waits_for_it(world, crm):
    await world.take(world.touch("eva@acme.com", DEMO))
    [row] = await handoffs(world)
    await crm(outcome(row.handoff_id, "sql"))
    waits = await parked(world)
    await world.answer(row.handoff_id, "accept")
    world.clock.advance(timedelta(minutes=2))

    async def is_taken() -> bool:
        return not await parked(world)

    await eventually(is_taken, WITHIN_S)
    [row] = await handoffs(world)
    assert row.stage == "sql"
    assert "Allowed now" in waits[0]
    assert await of_type(world, "handoff.answer_refused.v1") == []


async def test_what_does_not_go_with_a_deal_under_way_holds_nothing_up(world, crm):
    handoff_id = await accepted(world)
    await crm(
        outcome(handoff_id, "opportunity"),
        outcome(handoff_id, "unqualified", reason="bad_data"),
        outcome(handoff_id, "lost", reason="price"),
    )

    [row] = await handoffs(world)
    assert row.stage == "lost"
    [told] = await of_type(world, "handoff.answer_refused.v1")
    assert (told.answer, told.code) == ("unqualified", "not_allowed_in_stage")


async def test_an_answer_that_came_too_late_does_not_count_once_the_lead_is_given_away(world, crm):
    handoff_id = await accepted(world)
    await crm(verdict(handoff_id, "reject", person="ben@ours.com", reason="bad_data"))
    await world.answer(handoff_id, "reassign", to=stable_id("person", "ben"))
    world.clock.advance(timedelta(hours=13))
    await crm(outcome(handoff_id, "attempted"))

    [row] = await handoffs(world)
    assert (row.stage, row.attempts) == ("assigned", 1)


async def test_of_somebody_nobody_knows_it_waits_for_them(world, crm):
    handoff_id = await accepted(world)
    await crm(outcome(handoff_id, "talked", person="new@ours.com"))

    assert [reason.split(":")[0] for reason in await parked(world)] == ["Problem"]


async def test_it_stands_on_the_timeline(world, crm):
    handoff_id = await accepted(world)
    await crm(verdict(handoff_id, "accept", person="ben@ours.com"))
    lead_id = await lead_of(world)
    lines, _ = await world.write(lambda uow: timeline(uow, lead_id, None, 10))

    [line] = [one for one in lines if one["kind"] == "handoff.answer_refused"]
    assert line["words"] == {
        "es": "Una respuesta de Ben no cuenta",
        "en": "An answer of Ben does not count",
    }
