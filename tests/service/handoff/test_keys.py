"""API keys: what they may give, whom they act for, and when they die."""

import pytest
from sqlalchemy import select

from services.handoff.store.tables import API_KEY, IDEMPOTENCY
from shared.access import ROLES, SCOPES, hash_key, is_well_formed
from shared.ids import new_id


async def works(client):
    """Return whether a client's key is accepted at all."""
    return (await client.get("/v1/people")).status_code != 401


async def test_a_key_is_shown_once_and_only_its_hash_is_stored(api):
    made = (await api.post("/v1/keys", {"name": "CRM", "scopes": ["feed:read"]})).json()
    listed = (await api.get("/v1/keys")).json()["items"]
    shown = (await api.get(f"/v1/keys/{made['key_id']}")).json()
    stored = await api.service.db.read(lambda conn: conn.execute(select(API_KEY)).one())

    assert is_well_formed(made["key"])
    assert listed == [shown] == [{name: made[name] for name in made if name != "key"}]
    assert stored.hash == hash_key(made["key"])
    assert made["key"] not in str(stored)


async def test_a_new_key_works_at_once_and_a_revoked_one_no_more(api):
    client = await api.with_key(scopes=["people:read"])
    before = await works(client)
    key_id = (await api.get("/v1/keys")).json()["items"][0]["key_id"]
    answers = [await api.http.delete(f"/v1/keys/{key_id}") for _ in range(2)]

    assert before
    assert [answer.status_code for answer in answers] == [204, 204]
    assert not await works(client)
    assert len(await api.audit("key.revoked")) == 1


async def test_each_change_of_a_key_is_told_with_its_hash_never_the_key(api):
    made = (await api.post("/v1/keys", {"name": "CRM", "scopes": ["feed:read"]})).json()
    await api.http.delete(f"/v1/keys/{made['key_id']}")
    told = [event["data"] for event in await api.staged("key.changed.v1")]

    assert [(one["revision"], one["revoked_at"] is not None) for one in told] == [
        (1, False),
        (2, True),
    ]
    assert {one["hash"] for one in told} == {hash_key(made["key"])}
    assert made["key"] not in str(told)


async def test_a_key_gives_only_what_it_has(api):
    clerk = await api.with_key(scopes=["keys:write", "feed:read"])
    given = await clerk.post("/v1/keys", {"name": "less", "scopes": ["feed:read"]})
    answers = [
        await clerk.post("/v1/keys", {"name": "more", "scopes": ["feed:read", "leads:read"]}),
        await clerk.post("/v1/keys", {"name": "all", "scopes": ["admin"]}),
    ]

    assert given.status_code == 201
    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (403, "exceeds_your_scopes")
    ] * 2


async def test_an_admins_key_is_revoked_by_admins_only(api):
    admin = await api.post("/v1/keys", {"name": "admin's", "scopes": ["admin"]})
    clerk = await api.with_key(scopes=["keys:write"])
    path = admin.headers["Location"]

    assert (await clerk.http.delete(path)).status_code == 403
    assert (await api.http.delete(path)).status_code == 204


@pytest.mark.parametrize("role", ROLES)
async def test_a_key_for_a_person_may_do_what_their_role_does_and_no_more(api, role):
    ana = await api.add_person("Ana", roles=[role])
    usual = await api.post("/v1/keys", {"name": "Ana's", "person": "ana@acme.com"})
    beyond = sorted(set(SCOPES) - ROLES[role]) or ["admin"]
    more = await api.post(
        "/v1/keys", {"name": "more", "person": ana["person_id"], "scopes": beyond[:1]}
    )

    assert usual.json()["person_id"] == ana["person_id"]
    assert set(usual.json()["scopes"]) == ROLES[role]
    assert more.status_code == (201 if role == "admin" else 422)


async def test_a_persons_keys_shrink_with_their_roles_and_die_when_they_leave(api):
    ana = await api.add_person("Ana", roles=["rep", "marketing"])
    path = f"/v1/people/{ana['person_id']}"
    both = await api.with_key(person=ana["person_id"], scopes=["sources:read", "leads:read"])
    sources = await api.with_key(person=ana["person_id"], scopes=["sources:read"])
    await api.patch(path, {"roles": ["rep"]})
    left = [(one["scopes"], one["revoked_at"] is None) for one in await keys(api)]
    answers = [await both.get("/v1/leads"), await works(sources)]
    await api.patch(path, {"active": False})

    assert sorted(left) == [(["leads:read"], True), (["sources:read"], False)]
    assert (answers[0].status_code, answers[1]) == (200, False)
    assert not await works(both)
    assert [one["why"] for one in await api.audit("key.revoked")] == [
        "the person has left",
        "the person's roles changed",
    ]


async def keys(api):
    return (await api.get("/v1/keys")).json()["items"]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"scopes": ["leads:eat"]}, "/scopes/0", id="no such scope"),
        pytest.param({}, "/scopes", id="neither scopes nor a person"),
        pytest.param({"person": "nobody@acme.com"}, "/person", id="nobody's address"),
        pytest.param({"person": new_id()}, "/person", id="nobody's id"),
        pytest.param({"person": "Ana"}, "/person", id="a name"),
        pytest.param({"scopes": ["feed:read"], "colour": "red"}, "/colour", id="unknown field"),
    ],
)
async def test_a_wrong_key_is_refused_with_its_place(standing_api, fields, pointer):
    refused = await standing_api.post("/v1/keys", {"name": "CRM"} | fields)

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_repeating_the_request_makes_one_key_and_shows_it_once(api):
    body = {"name": "CRM", "scopes": ["feed:read"]}
    first = await api.post("/v1/keys", body, **{"Idempotency-Key": "one"})
    again = await api.post("/v1/keys", body, **{"Idempotency-Key": "one"})
    stored = await api.service.db.read(
        lambda conn: conn.execute(select(IDEMPOTENCY.c.body)).scalar_one()
    )

    assert (again.status_code, again.headers["Location"]) == (201, first.headers["Location"])
    assert again.json() == first.json() | {"key": None}
    assert len(await keys(api)) == 1
    assert first.json()["key"].encode() not in stored


async def test_an_unknown_key_is_not_found(standing_api):
    answers = [
        await standing_api.get(f"/v1/keys/{new_id()}"),
        await standing_api.http.delete(f"/v1/keys/{new_id()}"),
        await standing_api.http.delete("/v1/keys/admin"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
