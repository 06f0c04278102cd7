"""Leads of a group that turn out to be one person, or two, or with sales already."""

from datetime import timedelta

import pytest

from services.handoff.handlers.merge_leads import merge_leads, unmerge_lead
from services.handoff.readmodels import list_leads, show_handoff
from tests.service.handoff.found import handoffs, lead_of
from tests.service.handoff.grouping import WEBINAR, complete, touch
from tests.service.handoff.grouping import world as world


async def test_one_person_that_was_two_leads_counts_once(world):
    await complete(world, "ana", "ben")
    ana, ben = [await lead_of(world, f"{name}@acme.com") for name in ("ana", "ben")]
    await world.write(lambda uow: merge_leads(uow, ana, ben, "mia", "the same person") and None)
    await world.take(touch(world, "eva"))
    assert await world.sales_ready() == []

    await world.take(touch(world, "kim"))
    [ready] = await world.sales_ready()
    assert len(ready.group) == 3


async def test_a_merge_that_is_undone_makes_two_people_of_one_again(world):
    await complete(world, "ana", "ben")
    ana, ben = [await lead_of(world, f"{name}@acme.com") for name in ("ana", "ben")]
    await world.write(lambda uow: merge_leads(uow, ana, ben, "mia", "the same person") and None)
    await world.write(lambda uow: unmerge_lead(uow, ben, "mia"))
    await world.take(touch(world, "eva"))

    [ready] = await world.sales_ready()
    assert len(ready.group) == 3


async def test_a_colleague_who_is_with_sales_alone_keeps_the_owner_for_all(world):
    await world.take(touch(world, "ana", "demo.requested"))
    await world.take(world.touch("x@x1.com", "demo.requested"))  # the next turn is taken
    await complete(world, "ben", "eva")

    alone, _, group = await world.sales_ready()
    assert (alone.handoff.gate, group.handoff.gate) == ("asked", "together")
    assert group.handoff.owner == alone.handoff.owner
    assert group.assignment.code == "open_handoff"
    assert "who comes with it already" in group.assignment.reason
    assert len(group.group) == 3


async def test_when_the_groups_lead_is_merged_away_the_handoff_that_stays_is_the_groups(world):
    await world.take(world.touch("old@solo.com", "demo.requested"))
    world.clock.advance(timedelta(hours=1))
    await complete(world)
    old, eva = [await lead_of(world, one) for one in ("old@solo.com", "eva@acme.com")]
    await world.write(lambda uow: merge_leads(uow, old, eva, "mia", "the same person") and None)
    await world.take(touch(world, "kim"))

    stays, closed = await handoffs(world)
    assert (stays.group_domain, closed.stage) == ("acme.com", "superseded")
    *_, updated = await world.staged()
    assert (updated.type, updated.data.handoff.handoff_id) == (
        "handoff.updated.v1",
        stays.handoff_id,
    )
    assert len(await handoffs(world)) == 2


@pytest.mark.parametrize("kind", [WEBINAR, "email.opened"])
async def test_a_groups_lead_that_turns_out_to_be_an_older_one_is_one_with_it_from_then_on(
    world, kind
):
    await world.take(world.touch(["user:crm:7"], "email.opened"))
    world.clock.advance(timedelta(hours=1))
    await complete(world)
    await world.take(world.touch(["user:crm:7", "email:eva@acme.com"], kind))
    await world.take(touch(world, "kim"))

    [older], _ = await world.read(lambda conn: list_leads(conn, "user:crm:7", None, 5))
    assert older["lead_id"] == await lead_of(world, "eva@acme.com")
    [handoff] = await handoffs(world)
    shown = await world.read(lambda conn: show_handoff(conn, handoff.handoff_id))
    assert len(shown["group"]) == 4
