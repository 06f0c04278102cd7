"""Who made a mail's touches, judged together as they come: what is told, kept and counted."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from services.ingest.domain import made_by
from services.ingest.workers.judging import Judging
from shared.bus.port import Message, NotPublished, PublishError
from shared.contracts.touches import TouchJudged, TouchRecorded
from tests.service.ingest.world import World, open_world

MINUTE = timedelta(minutes=1)
LONG_AGO = timedelta(hours=1)
NO_SIGN = ("human", "no_sign_of_a_machine")
NOT_SETTLED = ("unsure", "not_settled_yet")
AT_ONCE = ("machine", "many_links_at_once")


def mail(
    world: World, name: str, kind: str, seconds: float = 0, link: str | None = None, **more: Any
) -> dict[str, Any]:
    """Return an event of one mail to Ana, ``seconds`` after it began, an hour ago."""
    at = world.clock.now() - LONG_AGO + timedelta(seconds=seconds)
    about = {"email.id": more.pop("mail", "m-1"), "email.url": link}
    return {
        "id": name,
        "event": kind,
        "email": "ana@acme.com",
        "occurred_at": at.isoformat(),
        "properties": about,
        **more,
    }


def burst(world: World) -> list[dict[str, Any]]:
    return [
        mail(world, "delivered", "email.delivered"),
        *(mail(world, link, "email.clicked", 30, f"https://acme.com/{link}") for link in "abc"),
    ]


async def marks(world: World) -> dict[str, tuple[str, str]]:
    """Return the mark of each touch as one who reads the bus from its start knows it."""
    names: dict[str, str] = {}
    found: dict[str, tuple[str, str]] = {}
    latest: dict[str, Any] = {}
    for envelope in await world.published():
        data = envelope.data
        if isinstance(data, TouchRecorded):
            names[envelope.id] = data.source_event_id
            found.setdefault(envelope.id, (data.made_by, data.made_by_reason))
        elif isinstance(data, TouchJudged):
            known = latest.get(data.touch_id)
            if known is None or data.judged_at >= known:
                latest[data.touch_id] = data.judged_at
                found[data.touch_id] = (data.made_by, data.made_by_reason)
    return {names[touch_id]: mark for touch_id, mark in found.items()}


async def made_by_counts(world: World) -> Mapping[str, int]:
    counts: Mapping[str, int] = (await world.ledger())["made_by"]
    return counts


async def test_a_click_waits_a_minute_before_it_counts(world: World):
    token = await world.source()
    await world.send("/hooks/web", mail(world, "c", "email.clicked", link="https://a.com/x"), token)
    await world.read()
    at_first = await marks(world)
    counted = await made_by_counts(world)
    world.clock.advance(MINUTE)
    await world.read()

    assert at_first == {"c": NOT_SETTLED}
    assert counted == {"human": 0, "machine": 0, "unsure": 1}
    assert await marks(world) == {"c": NO_SIGN}
    assert await made_by_counts(world) == {"human": 1, "machine": 0, "unsure": 0}


async def test_a_source_can_say_that_nothing_waits(world: World):
    token = await world.source()
    settings = {"options": {}, "touch_kinds": {}, "machines": {"settle_s": 0}}
    changed = await world.change("web", settings=settings)
    await world.send("/hooks/web", mail(world, "c", "email.clicked", link="https://a.com/x"), token)
    await world.read()

    assert changed.status_code == 200, changed.text
    [touch] = await world.touches()
    assert (touch.made_by, touch.made_by_version) == ("human", made_by.VERSION)


async def test_the_click_that_shows_a_burst_changes_those_before_it(world: World):
    token = await world.source()
    *first, last = burst(world)
    for event in first:
        await world.send("/hooks/web", event, token)
        await world.read()
    world.clock.advance(MINUTE)
    await world.read()
    before = await marks(world)
    await world.send("/hooks/web", last, token)
    await world.read()
    after = await marks(world)

    assert {before["a"], before["b"]} == {("unsure", "two_links_at_once")}
    assert {after[link] for link in "abc"} == {AT_ONCE}
    assert await made_by_counts(world) == {"human": 1, "machine": 3, "unsure": 0}


@pytest.mark.parametrize("order", [*permutations(range(4))][::5])
@pytest.mark.parametrize("together", [True, False], ids=["one batch", "many batches"])
async def test_any_order_ends_in_the_same_marks(world: World, order: Sequence[int], together: bool):
    token = await world.source()
    events = burst(world)
    for place in order:
        await world.send("/hooks/web", events[place], token)
        if not together:
            await world.read()
    await world.read()
    world.clock.advance(MINUTE)
    await world.read()

    found = await marks(world)
    assert found.pop("delivered") == NO_SIGN
    assert set(found.values()) == {AT_ONCE}


async def test_a_late_delivery_shows_what_was_too_soon(world: World):
    token = await world.source()
    await world.send("/hooks/web", mail(world, "o", "email.opened", 1), token)
    await world.read()
    world.clock.advance(MINUTE)
    await world.read()
    delivered = mail(world, "d", "email.delivered", -60)  # a minute has passed
    await world.send("/hooks/web", delivered, token)
    await world.read()

    assert (await marks(world))["o"] == ("machine", "seconds_after_delivery")


async def test_a_repeated_event_changes_nothing(world: World):
    token = await world.source()
    for _ in range(2):
        for event in burst(world):
            await world.send("/hooks/web", event, token)
        await world.read()
    told = len(await world.published())
    await world.send("/hooks/web", burst(world)[1], token)
    await world.read()

    assert len(await world.published()) == told
    assert await made_by_counts(world) == {"human": 1, "machine": 3, "unsure": 0}


async def test_mails_and_recipients_are_apart(world: World):
    token = await world.source()
    one, two, three = burst(world)[1:]
    two["properties"]["email.id"] = "m-2"
    three["email"] = "eva@acme.com"
    for event in (one, two, three):
        await world.send("/hooks/web", event, token)
    await world.read()
    world.clock.advance(MINUTE)
    await world.read()

    assert set((await marks(world)).values()) == {NO_SIGN}


async def test_a_hit_of_a_hidden_link_marks_what_is_near(world: World):
    token = await world.source()
    machines = {"hidden_links": ["https://acme.com/s/trap"]}
    await world.change("web", settings={"machines": machines})
    events = [
        mail(world, "near", "email.clicked", 20, "https://acme.com/a"),
        mail(world, "trap", "email.clicked", 25, "https://acme.com/s/trap?x=1"),
        mail(world, "far", "email.clicked", 300, "https://acme.com/a"),
    ]
    for event in events:
        await world.send("/hooks/web", event, token)
        await world.read()
    world.clock.advance(MINUTE)
    await world.read()

    assert await marks(world) == {
        "near": ("machine", "near_hidden_link"),
        "trap": ("machine", "hidden_link"),
        "far": NO_SIGN,
    }


async def test_a_hidden_link_of_a_page_marks_what_the_agent_saw(world: World):
    token = await world.source()
    await world.change("web", settings={"machines": {"hidden_links": ["acme.com/s/trap"]}})
    at = (world.clock.now() - LONG_AGO).isoformat()
    for name, path in (("page", "prices"), ("trap", "s/trap")):
        event = {
            "id": name,
            "event": "page.viewed",
            "email": "ana@acme.com",
            "occurred_at": at,
            "user_agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
            "properties": {"url": f"https://acme.com/{path}"},
        }
        await world.send("/hooks/web", event, token)
        await world.read()

    assert await marks(world) == {
        "page": ("machine", "near_hidden_link"),
        "trap": ("machine", "hidden_link"),
    }


@pytest.mark.parametrize("link", ["https://acme.com", "https://acme.com/", "/trap", "x", ""])
async def test_a_hidden_link_needs_a_host_and_a_path(world: World, link: str):
    await world.source()

    answer = await world.change("web", settings={"machines": {"hidden_links": [link]}})

    assert answer.status_code == 422
    assert "hidden_links" in answer.json()["errors"][0]["pointer"]


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", ["judge_new", "_tell", "turn"])
async def test_a_crash_before_any_step_of_judging_ends_in_the_same_marks(
    database_url: str, tmp_path: Path, monkeypatch, step: str
):
    async def killed(*_: object) -> None:
        raise Killed

    bus_url = f"sqlite:///{tmp_path}"
    async with open_world(database_url, bus_url) as world:
        token = await world.source()
        for event in burst(world):
            await world.send("/hooks/web", event, token)
        with monkeypatch.context() as patched:
            patched.setattr(Judging, step, killed)
            with pytest.raises(Killed):
                await world.reader.catch_up()
        await world.reader._lease.release()

    async with open_world(database_url, bus_url) as world:
        await world.read()
        world.clock.advance(MINUTE)
        await world.read()

        found = await marks(world)
        assert {found[link] for link in "abc"} == {AT_ONCE}
        assert await made_by_counts(world) == {"human": 1, "machine": 3, "unsure": 0}


async def test_a_mark_the_bus_does_not_take_is_told_later(world: World, monkeypatch):
    token = await world.source()
    publish = world.bus.publish

    async def refuse_marks(messages: Sequence[Message]) -> list[PublishError | None]:
        taken = [message for message in messages if b"touch.judged.v1" not in message.value]
        await publish(taken)
        return [None if message in taken else NotPublished() for message in messages]

    monkeypatch.setattr("services.ingest.workers.judging.ERROR_WAIT_S", 0)
    monkeypatch.setattr(world.bus, "publish", refuse_marks)
    for event in burst(world):
        await world.send("/hooks/web", event, token)
    await world.read()
    refused = await marks(world)
    counted = await made_by_counts(world)
    monkeypatch.setattr(world.bus, "publish", publish)
    await world.read()

    assert {refused[link] for link in "abc"} == {NOT_SETTLED}
    assert counted == {"human": 1, "machine": 0, "unsure": 3}
    found = await marks(world)
    assert {found[link] for link in "abc"} == {AT_ONCE}
    assert await made_by_counts(world) == {"human": 1, "machine": 3, "unsure": 0}


async def test_touches_are_judged_again_when_the_heuristics_improve(world: World, monkeypatch):
    token = await world.source()
    agent = "Mozilla/5.0 (X11; Linux) AcmeSafety/1.0"
    page = {"event": "page.viewed", "email": "ana@acme.com", "user_agent": agent}
    await world.send("/hooks/web", [page | {"id": f"p-{number}"} for number in range(3)], token)
    await world.send("/hooks/web", page | {"id": "p-0"}, token)  # a repetition
    await world.send("/hooks/web", {"event": "Form", "email": "eva@acme.com", "id": "f"}, token)
    await world.read()
    before = await marks(world)
    monkeypatch.setattr(made_by, "SCANNERS", ("acmesafety",))
    asked = await world.api("POST", "/v1/touches/rejudge", {"source": "web"})
    again = await world.api("POST", "/v1/touches/rejudge", {"source": "web"})
    await world.read()
    listed = (await world.api("GET", "/v1/touches/rejudge")).json()["rejudgings"]

    assert set(before.values()) == {NO_SIGN}
    assert asked.status_code == 202, asked.text
    assert asked.json()["id"] == again.json()["id"]
    found = await marks(world)
    assert found.pop("f") == NO_SIGN
    assert set(found.values()) == {("machine", "link_scanner")}
    [job] = listed
    assert (job["state"], job["receipts"], job["touches"], job["changed"]) == ("finished", 3, 4, 3)
    counted = (await world.api("GET", "/v1/touches/marks")).json()["marks"]
    assert {(one["reason"], one["touches"]) for one in counted} == {
        ("link_scanner", 3),
        ("no_sign_of_a_machine", 1),
    }


async def test_judging_again_uses_settings_given_since_and_its_neighbours(world: World):
    token = await world.source()
    for name, link in (("trap", "s/trap"), ("near", "a")):
        event = mail(world, name, "email.clicked", 5, f"https://acme.com/{link}")
        await world.send("/hooks/web", event, token)
    await world.read()
    world.clock.advance(MINUTE)
    await world.read()
    before = await marks(world)
    await world.change("web", settings={"machines": {"hidden_links": ["acme.com/s/trap"]}})
    await world.api("POST", "/v1/touches/rejudge", {})
    await world.read()

    assert set(before.values()) == {("unsure", "two_links_at_once")}
    assert await marks(world) == {
        "trap": ("machine", "hidden_link"),
        "near": ("machine", "near_hidden_link"),
    }


async def test_only_what_was_received_since_is_judged_again(world: World, monkeypatch):
    token = await world.source()
    page = {"event": "page.viewed", "email": "ana@acme.com", "user_agent": "AcmeSafety/1.0"}
    await world.send("/hooks/web", page | {"id": "before"}, token)
    await world.read()
    since = (world.clock.now() + MINUTE).isoformat()
    world.clock.advance(MINUTE)
    await world.send("/hooks/web", page | {"id": "after"}, token)
    await world.read()
    monkeypatch.setattr(made_by, "SCANNERS", ("acmesafety",))
    await world.api("POST", "/v1/touches/rejudge", {"since": since})
    await world.read()

    assert await marks(world) == {"before": NO_SIGN, "after": ("machine", "link_scanner")}


async def test_judging_again_without_a_change_tells_nothing(world: World):
    token = await world.source()
    for event in burst(world):
        await world.send("/hooks/web", event, token)
    await world.read()
    told = len(await world.published())
    await world.api("POST", "/v1/touches/rejudge", {})
    await world.read()

    assert len(await world.published()) == told


async def test_a_rejudging_of_an_unknown_source_is_refused(world: World):
    answer = await world.api("POST", "/v1/touches/rejudge", {"source": "nobody"})

    assert answer.status_code == 404
