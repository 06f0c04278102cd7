"""Who comes later joins a group's open hand-off, and nobody is handed over beside it."""

from services.handoff.readmodels import show_handoff
from tests.service.handoff.found import handoffs
from tests.service.handoff.grouping import WEBINAR, complete, touch
from tests.service.handoff.grouping import world as world


async def test_further_people_join_the_open_handoff_and_its_owner_hears(world):
    await complete(world)
    await world.take(touch(world, "kim", WEBINAR), touch(world, "kim", "email.opened"))
    await world.take(touch(world, "kim", WEBINAR), touch(world, "ana", WEBINAR))

    ready, _, first, second = await world.staged()
    assert {first.type, second.type} == {"handoff.updated.v1"}
    assert ready.key == first.key == second.key == second.data.handoff.lead_id
    assert (first.sequence, second.sequence) == (3, 4)
    assert first.data.handoff.handoff_id == ready.data.handoff.handoff_id
    assert [(one.name, one.joined) for one in first.data.people] == [("Kim", True)]
    assert [line.kind for line in first.data.touches] == [WEBINAR]
    assert {(one.name, one.joined) for one in second.data.people} == {
        ("Kim", False),
        ("Ana", False),
    }
    assert len(await handoffs(world)) == 1


async def test_who_joins_is_kept_with_the_handoff(world):
    await complete(world)
    await world.take(touch(world, "kim"))
    [row] = await handoffs(world)
    shown = await world.read(lambda conn: show_handoff(conn, row.handoff_id))

    assert len(shown["group"]) == 4
    assert [(step["kind"], step["detail"]["name"]) for step in shown["steps"]] == [
        ("joined", "Kim")
    ]


async def test_not_even_a_demo_request_of_a_colleague_makes_a_second_handoff(world):
    await complete(world)
    await world.take(touch(world, "kim", "demo.requested"))

    *_, updated = await world.staged()
    assert updated.type == "handoff.updated.v1"
    assert [line.kind for line in updated.data.touches] == ["demo.requested"]
    assert len(await handoffs(world)) == 1


async def test_what_the_groups_own_lead_does_is_news_as_ever(world):
    await complete(world)
    await world.take(touch(world, "eva", WEBINAR))

    *_, updated = await world.staged()
    assert (updated.type, updated.data.people) == ("handoff.updated.v1", [])


async def test_somebody_excluded_joins_nobody(world):
    await complete(world)
    await world.take(touch(world, "kim", lead={"title": "Student"}))

    assert len(await world.staged()) == 2
