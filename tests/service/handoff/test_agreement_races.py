"""Steps at the same moment, a hundred times each. On PostgreSQL transactions really overlap."""

import asyncio
from datetime import timedelta

import pytest

from tests.service.handoff.signing_world import (
    activate,
    draft,
    open_agreements,
    sign,
    unschedule,
    withdraw,
)
from tests.service.handoff.world import NOON

RACES = [f"race-{number}" for number in range(100)]
SOON = timedelta(days=1)


@pytest.fixture
async def agreed(world):
    return await open_agreements(world)


async def race(agreed, *steps):
    """Take steps at once; return how each ended."""
    return list(await asyncio.gather(*(agreed.take(step) for step in steps)))


async def test_two_teams_that_sign_at_once_have_both_signed(agreed):
    for policy in RACES:
        await agreed.prepare(policy, 1, signed=False)
        answers = await race(
            agreed, sign(policy, 1, "marketing", "mara"), sign(policy, 1, "sales", "sam")
        )
        row = (await agreed.versions(policy))[1]

        assert answers == ["ok", "ok"]
        assert None not in (row.marketing_signed_by, row.sales_signed_by)


async def test_of_two_people_of_a_team_who_sign_at_once_one_has_signed(agreed):
    for policy in RACES:
        await agreed.prepare(policy, 1, signed=False)
        answers = await race(
            agreed, sign(policy, 1, "marketing", "mara"), sign(policy, 1, "marketing", "max")
        )

        assert sorted(answers) == ["already_signed", "ok"]
        assert (await agreed.steps(policy)).count((1, "signed")) == 1


async def test_nobody_signs_for_both_teams_by_doing_so_at_once(agreed):
    for policy in RACES:
        await agreed.prepare(policy, 1, signed=False)
        answers = await race(
            agreed, sign(policy, 1, "marketing", "bo"), sign(policy, 1, "sales", "bo")
        )

        assert sorted(answers) == ["ok", "same_person"]


async def test_signing_against_withdrawing_ends_as_the_history_tells(agreed):
    for policy in RACES:
        await agreed.prepare(policy, 1)
        answers = await race(
            agreed,
            withdraw(policy, 1, "marketing", "mara"),
            sign(policy, 1, "marketing", "max"),
        )
        signed = (await agreed.versions(policy))[1].marketing_signed_by is not None
        steps = [what for _, what in await agreed.steps(policy)][-2:]

        assert answers[0] == "ok"
        assert signed == (answers[1] == "ok")
        assert steps == (
            ["signature_withdrawn", "signed"] if signed else ["signed", "signature_withdrawn"]
        )


async def test_a_withdrawal_against_an_activation_has_one_winner(agreed):
    for policy in RACES:
        await agreed.prepare(policy, 1, 2)
        assert await agreed.take(activate(policy, 1)) == "ok"  # no trial from here on
        answers = await race(agreed, withdraw(policy, 2, "sales", "sam"), activate(policy, 2))
        row = (await agreed.versions(policy))[2]

        if row.state == "in_force":
            assert answers == ["signatures_settled", "ok"]
            assert row.sales_signed_by is not None
        else:
            assert answers == ["ok", "not_signed"]
            assert row.sales_signed_by is None
        assert len(await agreed.told(policy)) == 1 + (row.state == "in_force")


async def test_a_version_activated_twice_at_once_is_told_once(agreed):
    for policy in RACES:
        await agreed.prepare(policy, 1)
        answers = await race(agreed, *(activate(policy, 1) for _ in range(3)))

        assert answers == ["ok"] * 3
        assert await agreed.told(policy) == [(1, "signed")]
        assert (await agreed.steps(policy)).count((1, "activated")) == 1


async def test_of_two_versions_activated_at_once_one_decides_and_the_other_did(agreed):
    for policy in RACES:
        await agreed.prepare(policy, 1, 2)
        answers = await race(agreed, activate(policy, 1), activate(policy, 2))

        assert answers == ["ok", "ok"]
        assert sorted(await agreed.states(policy)) == ["in_force", "succeeded"]
        assert sorted(await agreed.told(policy)) == [(1, "signed"), (2, "signed")]
        (last, _) = (await agreed.told(policy))[-1]
        assert (await agreed.versions(policy))[last].state == "in_force"


async def test_a_trial_against_the_first_agreement_never_comes_after_it(agreed):
    for policy in RACES:
        await agreed.prepare(policy, 1)
        await agreed.prepare(policy, 2, signed=False)
        answers = await race(agreed, activate(policy, 1), activate(policy, 2))
        versions = await agreed.versions(policy)

        assert answers[0] == "ok"
        assert versions[1].state == "in_force"
        assert (answers[1], versions[2].state) in [("ok", "succeeded"), ("not_signed", "draft")]


async def test_of_two_dates_set_at_once_one_is_set(agreed):
    for policy in RACES:
        await agreed.prepare(policy, 1, 2)
        answers = await race(
            agreed, activate(policy, 1, NOON + SOON), activate(policy, 2, NOON + SOON)
        )

        assert sorted(answers) == ["another_scheduled", "ok"]
        assert sorted(await agreed.states(policy)) == ["draft", "scheduled"]


async def test_a_date_that_comes_while_it_is_taken_back_has_one_winner(agreed):
    replicas = [agreed.replica(), agreed.replica()]
    for policy in RACES:
        await agreed.prepare(policy, 1, 2)
        assert await agreed.take(activate(policy, 1)) == "ok"
        starts_at = agreed.world.clock.now() + SOON
        assert await agreed.take(activate(policy, 2, starts_at)) == "ok"
        agreed.world.clock.advance(SOON)
        answer, *_ = await asyncio.gather(
            agreed.take(unschedule(policy, 2)), *(replica.fire_due() for replica in replicas)
        )
        started = (await agreed.states(policy))[1] == "in_force"

        assert answer == ("already_started" if started else "ok")
        assert await agreed.states(policy) == (
            ["succeeded", "in_force"] if started else ["in_force", "draft"]
        )
        assert len(await agreed.told(policy)) == 1 + started
        assert (await agreed.steps(policy)).count((2, "activated")) == started


async def test_of_drafts_made_at_once_from_one_version_one_is_kept(agreed):
    for policy in RACES:
        await agreed.prepare(policy, 1, signed=False)
        answers = await race(agreed, *(draft(policy, number, '"1"') for number in (7, 8, 9)))

        assert sorted(answers) == ["changed_meanwhile", "changed_meanwhile", "ok"]
        assert await agreed.states(policy) == ["draft", "draft"]
