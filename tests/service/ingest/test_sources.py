"""Sources over the API: made, changed, paused, rotated, revoked, archived."""

import asyncio
from datetime import timedelta

import pytest

from services.ingest.http.ring import SourceRing
from tests.service.ingest.test_reading import GUIDE
from tests.service.ingest.world import World


async def test_a_new_source_shows_its_credential_once_and_the_url_to_paste(world: World):
    made = await world.api("POST", "/v1/sources", {"name": "web", "vendor": "generic"})
    shown = await world.api("GET", "/v1/sources/web")

    token = made.json()["credential"]["value"]
    assert made.json()["url"] == "http://127.0.0.1:8480/hooks/web"
    assert token.startswith("src_")
    assert token not in shown.text
    assert [one["last4"] for one in shown.json()["credentials"]] == [token[-4:]]


async def test_a_repeated_request_makes_one_source_and_shows_no_credential(world: World):
    new = {"name": "web", "vendor": "generic"}

    first = await world.api("POST", "/v1/sources", new, idempotency_key="k1")
    again = await world.api("POST", "/v1/sources", new, idempotency_key="k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert again.json()["credential"] is None


@pytest.mark.parametrize(
    ("new", "status", "places"),
    [
        pytest.param({"name": "Web Site", "vendor": "generic"}, 422, ["/name"], id="bad name"),
        pytest.param({"name": "web", "vendor": "acme"}, 422, ["/vendor"], id="unknown vendor"),
        pytest.param({"name": "web", "vendr": "x"}, 422, ["/vendor", "/vendr"], id="misspelt"),
        pytest.param(
            {
                "name": "web",
                "vendor": "generic",
                "settings": {"options": {"mappin": {}}, "touch_kinds": {"Foo": "foo.bar"}},
            },
            422,
            ["/settings/touch_kinds/Foo", "/settings/options/mappin"],
            id="all faults of the settings at once",
        ),
        pytest.param(
            {"name": "web", "vendor": "standard-webhooks", "secret": "whsec_???"},
            422,
            ["/secret"],
            id="no signing secret",
        ),
        pytest.param(
            {"name": "web", "vendor": "segment", "secret": "mine"}, 422, ["/secret"], id="no signer"
        ),
    ],
)
async def test_a_wrong_source_is_refused_with_the_places(world: World, new, status, places):
    answer = await world.api("POST", "/v1/sources", new)

    assert answer.status_code == status
    assert [error["pointer"] for error in answer.json()["errors"]] == places


async def test_a_name_is_used_once(world: World):
    await world.source("web")

    answer = await world.api("POST", "/v1/sources", {"name": "web", "vendor": "segment"})

    assert (answer.status_code, answer.json()["code"]) == (409, "name_in_use")


async def test_nobodys_change_is_lost(world: World):
    await world.source()
    seen = (await world.api("GET", "/v1/sources/web")).headers["etag"]

    without = await world.api("PATCH", "/v1/sources/web", {"state": "paused"})
    first = await world.api("PATCH", "/v1/sources/web", {"state": "paused"}, if_match=seen)
    second = await world.api("PATCH", "/v1/sources/web", {"state": "active"}, if_match=seen)

    assert [one.status_code for one in (without, first, second)] == [428, 200, 412]


async def test_rotation_lets_the_old_credential_go_on_for_a_day(world: World):
    old = await world.source()

    new = (await world.api("POST", "/v1/sources/web/rotate", {})).json()["value"]

    assert await opens(world, old)
    assert await opens(world, new)
    world.clock.advance(timedelta(hours=24))
    await world.service.prepare()  # the ring is read anew every two seconds
    assert not await opens(world, old)
    assert await opens(world, new)


async def test_an_emergency_rotation_ends_the_old_credential_at_once(world: World):
    old = await world.source()

    await world.api("POST", "/v1/sources/web/rotate", {"overlap_hours": 0})

    assert not await opens(world, old)


async def test_a_credential_can_be_revoked(world: World):
    token = await world.source()
    [credential] = (await world.api("GET", "/v1/sources/web")).json()["credentials"]
    path = f"/v1/sources/web/credentials/{credential['id']}/revoke"

    answers = [await world.api("POST", path) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 404]
    assert not await opens(world, token)


async def test_at_most_ten_credentials_live(world: World):
    await world.source()

    answers = [await world.api("POST", "/v1/sources/web/rotate", {}) for _ in range(10)]

    assert [answer.status_code for answer in answers] == [201] * 9 + [409]
    assert answers[-1].json()["code"] == "too_many_credentials"


async def test_a_paused_source_stores_and_does_not_read(world: World):
    token = await world.source()
    await world.send("/hooks/web", GUIDE, token)

    await world.change("web", state="paused")
    await world.send("/hooks/web", GUIDE | {"id": "e-2"}, token)
    await world.read()
    line = await world.ledger()
    await world.change("web", state="active")
    await world.read()

    assert (line["pending"], line["gap"]) == (2, 0)
    assert len(await world.touches()) == 2


async def test_an_archived_source_is_closed_and_what_it_sent_is_read(world: World):
    token = await world.source()
    await world.send("/hooks/web", GUIDE, token)

    gone = await world.api("DELETE", "/v1/sources/web")
    await world.read()

    assert gone.status_code == 204
    assert not await opens(world, token)
    assert len(await world.touches()) == 1
    assert (await world.api("GET", "/v1/sources")).json()["items"] == []
    archived = (await world.api("GET", "/v1/sources?archived=true")).json()["items"]
    assert [one["name"] for one in archived] == ["web"]


async def test_an_archived_source_can_be_opened_again(world: World):
    old = await world.source()
    await world.api("DELETE", "/v1/sources/web")

    await world.change("web", state="active")
    new = (await world.api("POST", "/v1/sources/web/rotate", {})).json()["value"]

    assert not await opens(world, old)
    assert await opens(world, new)


async def test_pages_of_sources_go_by_name(world: World):
    for name in ("c", "a", "b"):
        await world.source(name)

    first = (await world.api("GET", "/v1/sources?limit=2")).json()
    second = (await world.api("GET", f"/v1/sources?cursor={first['next_cursor']}")).json()

    assert [one["name"] for one in first["items"]] == ["a", "b"]
    assert [one["name"] for one in second["items"]] == ["c"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/sources"),
        ("POST", "/v1/sources"),
        ("GET", "/v1/ledger"),
        ("GET", "/v1/receipts"),
    ],
)
async def test_nobody_gets_in_without_a_key(world: World, method: str, path: str):
    token = await world.source()

    for headers in ({}, {"authorization": f"Bearer {token}"}):
        answer = await world.http.request(method, path, headers=headers, json={})
        assert answer.status_code == 401


async def opens(world: World, token: str) -> bool:
    """Whether the source's door opens for ``token``."""
    answer = await world.send("/hooks/web", GUIDE, token)
    return answer.status_code == 200


async def test_a_source_another_replica_made_is_known_before_anybody_is_refused(world: World):
    here = SourceRing(world.service.db)
    await here.refresh()
    await world.api("POST", "/v1/sources", {"name": "web", "vendor": "generic"})
    assert here.named("web") is None

    await asyncio.gather(*(here.look_again() for _ in range(5)))

    assert here.named("web") is not None
