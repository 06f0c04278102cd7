"""Several people of one account: handed over once, together, whatever the order."""

import asyncio
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import delete, select

from services.handoff.readmodels import show_handoff
from services.handoff.store.scope_tables import ACCOUNT_SIGNALS
from tests.service.handoff.agreements import ACCOUNTS, put_in_force
from tests.service.handoff.found import handoffs, lead_of
from tests.service.handoff.grouping import GUIDE, WEBINAR, complete, touch
from tests.service.handoff.grouping import world as world
from tests.service.handoff.world import NOON


async def test_three_people_of_an_account_are_handed_over_once_with_all_their_names(world):
    await world.take(touch(world, "ana"))
    await world.take(touch(world, "ben", WEBINAR))
    assert await world.staged() == []
    await world.take(touch(world, "eva"))

    ready, assigned = await world.staged()
    assert (ready.type, assigned.type) == ("handoff.sales_ready.v1", "handoff.assigned.v1")
    assert (ready.data.lead.name, ready.data.handoff.gate) == ("Eva", "together")
    first, *others = [(one.name, one.title, one.email) for one in ready.data.group]
    assert first == ("Eva", "Head of eva", "eva@acme.com")
    assert sorted(others) == [
        ("Ana", "Head of ana", "ana@acme.com"),
        ("Ben", "Head of ben", "ben@acme.com"),
    ]
    assert {one.name: [line.kind for line in one.touches] for one in ready.data.group} == {
        "Eva": [GUIDE],
        "Ben": [WEBINAR],
        "Ana": [GUIDE],
    }
    condition = ready.data.evaluation["gates"][1]["condition"]
    assert (condition["wanted"], condition["actual"]) == (3, 3)
    assert len(await handoffs(world)) == 1


async def test_a_groups_handoff_shows_its_people(world):
    await complete(world)
    [row] = await handoffs(world)
    shown = await world.read(lambda conn: show_handoff(conn, row.handoff_id))
    people = {await lead_of(world, f"{name}@acme.com") for name in ("ana", "ben", "eva")}

    assert {one["lead_id"] for one in shown["group"]} == people
    assert row.group_domain == "acme.com"


@pytest.mark.parametrize(
    "third",
    [
        pytest.param(lambda w: touch(w, "ana", WEBINAR), id="somebody who was there already"),
        pytest.param(lambda w: w.touch("eva@other.com", GUIDE), id="somebody of another company"),
        pytest.param(lambda w: w.touch("eva@gmail.com", GUIDE), id="somebody of no company"),
        pytest.param(lambda w: touch(w, "eva", "email.opened"), id="somebody who only opened"),
        pytest.param(lambda w: touch(w, "eva", made_by="unsure"), id="perhaps a machine"),
        pytest.param(lambda w: touch(w, "eva", made_by="machine"), id="a machine"),
        pytest.param(lambda w: touch(w, "eva", at=NOON - timedelta(days=91)), id="late"),
        pytest.param(lambda w: touch(w, "eva", lead={"title": "Student"}), id="somebody excluded"),
        pytest.param(lambda w: touch(w, "eva", "page.viewed"), id="what no signal counts"),
        pytest.param(
            lambda w: w.touch(["anon:web:1"], GUIDE, account={"domain": "acme.com"}), id="a browser"
        ),
    ],
)
async def test_two_people_do_not_become_three_by(world, third):
    await complete(world, "ana", "ben")
    await world.take(third(world))

    assert await world.staged() == []


async def test_people_who_did_it_too_long_ago_do_not_count(world):
    await complete(world, "ana", "ben")
    world.clock.advance(timedelta(days=31))
    await world.take(touch(world, "eva"))

    assert await world.staged() == []


async def test_who_is_excluded_counts_for_nobody_though_they_came_first(world):
    await world.take(touch(world, "ana", lead={"title": "Student of law"}))
    await complete(world, "ben", "eva")
    assert await world.staged() == []
    await world.take(touch(world, "kim"))

    [ready] = await world.sales_ready()
    assert {one.name for one in ready.group} == {"Ben", "Eva", "Kim"}


async def test_all_in_one_batch_is_as_if_one_by_one(world):
    await world.take(*(touch(world, name) for name in ("ana", "ben", "eva", "kim")))

    ready, assigned, updated = await world.staged()
    assert ready.data.lead.name == "Eva"
    assert [one.name for one in updated.data.people] == ["Kim"]
    assert (ready.sequence, assigned.sequence, updated.sequence) == (1, 2, 3)


async def test_what_a_browser_did_counts_once_it_is_known_whose_it_is(world):
    await complete(world, "ana", "ben")
    await world.take(world.touch(["anon:web:1"], GUIDE))
    await world.take(world.identify(["email:eva@acme.com", "anon:web:1"]))

    [ready] = await world.sales_ready()
    assert (ready.lead.email, len(ready.group)) == ("eva@acme.com", 3)


async def test_people_whose_company_becomes_known_late_count_from_then_on(world):
    await complete(world, "ana", "ben")
    await world.take(world.touch(["user:web:7"], GUIDE))
    assert await world.staged() == []
    await world.take(world.identify(["user:web:7"], account={"domain": "acme.com"}))

    [ready] = await world.sales_ready()
    assert ready.lead.identifiers == ["user:web:7"]


async def test_who_has_moved_to_another_company_no_longer_counts(world):
    await complete(world, "ana", "ben")
    world.clock.advance(timedelta(hours=1))
    await world.take(world.identify("ana@acme.com", account={"domain": "other.com"}))
    await world.take(touch(world, "eva"))

    assert await world.staged() == []


async def account_state(world):
    rows = await world.read(lambda conn: conn.execute(select(ACCOUNT_SIGNALS.c.signals)).all())
    return [bytes(row.signals) for row in rows]


STORY = {
    "visit": lambda world: world.touch(["anon:web:1"], GUIDE, number=1, at=NOON),
    "email": lambda world: world.identify(["email:eva@acme.com", "anon:web:1"], number=2),
    "ana": lambda world: world.touch("ana@acme.com", WEBINAR, number=3, at=NOON),
    "ben": lambda world: world.touch("ben@acme.com", GUIDE, number=4, at=NOON),
}


@pytest.mark.parametrize("one_batch", [False, True], ids=["one by one", "in one batch"])
@pytest.mark.parametrize("order", list(permutations(STORY)), ids="-".join)
async def test_the_same_people_are_handed_over_once_in_every_order(world, order, one_batch):
    events = [STORY[name](world) for name in order]
    for batch in [events] if one_batch else [[event] for event in events]:
        await world.take(*batch)

    [ready] = await world.sales_ready()
    assert {one.email for one in ready.group} == {"eva@acme.com", "ana@acme.com", "ben@acme.com"}


async def test_an_account_a_new_version_never_asked_about_is_folded_from_what_its_leads_did(world):
    await complete(world, "ana", "ben")
    before = await account_state(world)
    await world.write(lambda uow: uow.conn.execute(delete(ACCOUNT_SIGNALS)) and None)
    await world.take(touch(world, "ana", "email.opened"))
    assert await account_state(world) == before
    await put_in_force(world, ACCOUNTS.replace("at_most: 2", "at_most: 1"))
    await world.take(touch(world, "eva"))

    [ready] = await world.sales_ready()
    assert (ready.handoff.policy_version, len(ready.group)) == (2, 3)


async def test_two_people_who_complete_a_group_at_once_are_handed_over_once(world):
    for number in range(15):
        domain = f"firm{number}.com"
        await world.take(world.touch(f"first@{domain}", GUIDE))
        await world.take(world.touch(f"second@{domain}", GUIDE))
        await asyncio.gather(
            *(world.take(world.touch(f"{name}@{domain}", GUIDE)) for name in ("third", "fourth"))
        )

    types = await world.types()
    assert types.count("handoff.sales_ready.v1") == 15
    assert types.count("handoff.updated.v1") == 15


async def test_people_of_accounts_that_cross_are_taken_without_a_deadlock_anybody_sees(world):
    domains = [f"firm{number}.com" for number in range(6)]
    for domain in domains:
        await world.take(*(world.touch(f"{name}@{domain}", GUIDE) for name in ("a", "b", "c")))

    async def everybody(name, order):
        await world.take(*(world.touch(f"{name}@{domain}", WEBINAR) for domain in order))

    for _ in range(5):
        await asyncio.gather(
            everybody("a", domains), everybody("b", domains[::-1]), everybody("c", domains)
        )

    assert (await world.types()).count("handoff.sales_ready.v1") == 6
    keys: dict[str, list[Any]] = {}
    for event in await world.staged():
        keys.setdefault(event.key, []).append(event.sequence)
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in keys.values())
