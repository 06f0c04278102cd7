"""The directory: the last resort at the first start, and everything told again."""

import asyncio

from services.handoff.handlers.directory import ensure_last_resort, republish_directory
from services.handoff.unit_of_work import unit_of_work
from tests.service.handoff.api import open_api


def everybody(api):
    return api.get("/v1/people")


async def test_the_first_start_makes_the_person_the_settings_name(database_url, tmp_path):
    named = {"owner_name": "Eva Gil", "owner_email": "Eva@Acme.com", "zone": "Europe/Madrid"}
    async with open_api(database_url, tmp_path, language="es", **named) as api:
        (owner,) = (await everybody(api)).json()["items"]
        told = [event["data"] for event in await api.staged("person.changed.v1")]

    assert (owner["name"], owner["email"], owner["roles"]) == ("Eva Gil", "eva@acme.com", ["admin"])
    assert (owner["language"], owner["zone"]) == ("es", "Europe/Madrid")
    assert [one["person_id"] for one in told] == [owner["person_id"]]


async def test_another_start_makes_nobody(database_url, tmp_path):
    async with open_api(database_url, tmp_path) as api:
        first = (await everybody(api)).json()
    async with open_api(database_url, tmp_path) as api:
        second = (await everybody(api)).json()

    assert first == second


async def test_replicas_that_start_together_make_one_person(database_url, tmp_path):
    async with open_api(database_url, tmp_path, owner_email="a@acme.com") as api:
        api.parts.settings.owner_email = "b@acme.com"
        await asyncio.gather(
            *(
                api.service.db.write(lambda conn: ensure_last_resort(unit_of_work(api.parts, conn)))
                for _ in range(3)
            )
        )
        emails = [one["email"] for one in (await everybody(api)).json()["items"]]

    assert sorted(emails) == ["a@acme.com", "b@acme.com"]


async def test_a_leaver_who_is_named_as_the_last_resort_is_back(database_url, tmp_path):
    async with open_api(database_url, tmp_path, owner_email="a@acme.com") as api:
        bea = await api.add_person("Bea", roles=["manager"])
        await api.patch(f"/v1/people/{bea['person_id']}", {"active": False})
    async with open_api(database_url, tmp_path, owner_email="bea@acme.com") as api:
        found = (await api.get(f"/v1/people/{bea['person_id']}")).json()

    assert (found["active"], found["roles"], found["revision"]) == (True, ["manager"], 3)


async def test_everything_is_told_again_as_it_is(api):
    ana = await api.add_person("Ana")
    await api.patch(f"/v1/people/{ana['person_id']}", {"active": False})
    made = (await api.post("/v1/keys", {"name": "CRM", "scopes": ["feed:read"]})).json()
    await api.http.delete(f"/v1/keys/{made['key_id']}")
    kinds = ("person.changed.v1", "key.changed.v1")
    before = {kind: await api.staged(kind) for kind in kinds}
    await api.service.db.write(lambda conn: republish_directory(unit_of_work(api.parts, conn)))
    again = {kind: (await api.staged(kind))[len(before[kind]) :] for kind in kinds}

    for kind in kinds:
        latest = {event["subject"]: event["data"] for event in before[kind]}
        assert {event["subject"]: event["data"] for event in again[kind]} == latest
        assert all("sequence" not in event for event in again[kind])  # no lead is meant
    assert [event["data"]["active"] for event in again[kinds[0]]] == [True, False]
