"""A policy asked about a lead as it stood at an earlier moment."""

from datetime import UTC, datetime, timedelta

import pytest

from services.handoff.handlers.merge_leads import merge_leads
from services.handoff.handlers.try_policy import try_on_lead
from services.handoff.store.leads import root_of_identifier
from tests.service.handoff.test_tryouts import TEXT, tell
from tests.service.handoff.world import NOON, POLICY


async def as_of(world, lead, at):
    return await world.write(lambda uow: try_on_lead(uow, POLICY, lead, at))


async def test_what_came_later_does_not_count_and_what_was_told_later_is_not_known(world):
    await world.take(world.touch("eva@acme.com", "content.downloaded"))
    then = world.clock.advance(timedelta(hours=1))
    world.clock.advance(timedelta(hours=1))
    await world.take(
        world.touch("eva@acme.com", "webinar.attended", lead={"title": "CTO"}),
    )
    world.clock.advance(timedelta(hours=1))
    before, now = [await as_of(world, "eva@acme.com", at) for at in (then, None)]

    assert [factor.signal.name for factor in before.evaluation.factors] == ["guide"]
    assert (before.evaluation.fit, before.facts_are_of_now) == (0, False)
    assert before.evaluation.at == then
    assert (now.evaluation.fit, now.evaluation.is_ready) == (400, True)


async def test_what_was_received_late_does_not_count_before_it_came(world):
    long_ago = NOON - timedelta(days=5)
    await world.take(world.touch("eva@acme.com", "email.opened", received_at=long_ago, at=long_ago))
    await world.take(world.touch("eva@acme.com", "demo.requested", at=long_ago))
    world.clock.advance(timedelta(hours=1))
    found = await as_of(world, "eva@acme.com", NOON - timedelta(days=1))

    assert not found.evaluation.is_ready


async def test_who_is_one_person_now_is_taken_for_one_then(world):
    await world.take(world.touch("eva@acme.com", "content.downloaded", lead={"title": "CTO"}))
    await world.take(world.touch("eva@home.com", "webinar.attended"))
    then = world.clock.advance(timedelta(hours=1))
    world.clock.advance(timedelta(hours=1))

    def merge(uow):
        leads = [
            root_of_identifier(uow.conn, f"email:{who}") for who in ("eva@acme.com", "eva@home.com")
        ]
        assert leads[0]
        assert leads[1]
        return merge_leads(uow, leads[0], leads[1], "Ana", "one person")

    await world.write(merge)
    world.clock.advance(timedelta(hours=1))
    found = await as_of(world, "eva@home.com", then)

    assert found.evaluation.is_ready


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param({"lead": "eva@acme.com", "at": "2026-01-01T00:00:00Z"}, 200, id="a lead"),
        pytest.param({"lead": "eva@acme.com", "at": "2999-01-01T00:00:00Z"}, 200, id="the future"),
        pytest.param({"lead": "eva@acme.com", "at": "2026-01-01T00:00:00"}, 422, id="no zone"),
        pytest.param({"invented": {}, "at": "2026-01-01T00:00:00Z"}, 422, id="nobody"),
    ],
)
async def test_the_moment_belongs_to_a_stored_lead(api, asked, status):
    await tell(api, "eva@acme.com", "demo.requested", days_ago=0.01)
    answer = await api.post("/v1/policies/try-one", {"text": TEXT, **asked})

    assert answer.status_code == status, answer.text
    if status == 200:
        ready = answer.json()["explanation"]["ready"]
        assert ready is (datetime.fromisoformat(asked["at"]) > datetime.now(UTC))
