"""Territories over HTTP: made, changed, asked; what is refused, and with which place."""

import pytest

from services.handoff.handlers.record_touches import record_touches
from services.handoff.unit_of_work import unit_of_work
from shared.contracts import Envelope
from shared.contracts.touches import LeadIdentified
from shared.ids import new_id, stable_id
from tests.service.handoff.world import NOON

# Nothing here depends on which database it is.
EMBEDDED = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def team(api):
    ana = await api.add_person("Ana Ruiz")
    return await api.add_team("Iberia", ana["person_id"], members=[ana["person_id"]])


async def add(api, name, **fields):
    answer = await api.post("/v1/territories", {"name": name} | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_territory_is_kept_as_codes_and_asked_last(api, team):
    await api.post("/v1/lists", {"name": "key_accounts", "values": ["acme.com"], "why": "ours"})
    first = await add(
        api,
        "iberia",
        team_id=team["team_id"],
        countries=["España", "pt", "ES"],
        regions=["Madrid", "PT-11"],
        languages=["Spanish", "pt_br"],
        domains=["www.ACME.com"],
        lists=["key_accounts"],
        employees={"at_least": 50},
        products=["ERP"],
    )
    second = await add(api, "rest", person_id=team["fallback"]["person_id"])

    assert first | {"territory_id": "…", "team_id": "…"} == {
        "territory_id": "…",
        "revision": 1,
        "name": "iberia",
        "title": "Iberia",
        "position": 10,
        "active": True,
        "team_id": "…",
        "person_id": None,
        "countries": ["ES", "PT"],
        "regions": ["ES-MD", "PT-11"],
        "languages": ["es", "pt-BR"],
        "domains": ["acme.com"],
        "lists": ["key_accounts"],
        "employees": {"at_least": 50},
        "products": ["ERP"],
        "segments": [],
        "policies": [],
    }
    assert second["position"] == 20


async def test_each_change_is_a_revision_and_in_the_audit(api, team):
    one = await add(api, "iberia", team_id=team["team_id"], countries=["ES"])
    path = f"/v1/territories/{one['territory_id']}"
    changed = await api.patch(
        path, {"countries": None, "person_id": team["fallback"]["person_id"]}, '"1"'
    )
    late = await api.patch(path, {"title": "Spain"}, '"1"')
    same = await api.patch(path, {"position": 10})
    off = await api.patch(path, {"active": False})
    revisions = (await api.get(f"{path}/revisions")).json()["items"]
    audit = await api.audit("territory.changed")

    assert (changed.json()["countries"], changed.json()["team_id"]) == ([], None)
    assert changed.headers["ETag"] == same.headers["ETag"] == '"2"'
    assert late.status_code == 412
    assert [(each["revision"], each["countries"]) for each in revisions] == [
        (3, []),
        (2, []),
        (1, ["ES"]),
    ]
    assert not off.json()["active"]
    assert audit[1]["detail"]["changed"] == ["countries", "person_id"]
    assert (await api.get("/v1/territories", params={"active": "true"})).json()["items"] == []


async def test_territories_are_listed_in_the_order_they_are_asked(api, team):
    for name, position in (("c", 5), ("b", 7), ("a", 7)):
        await add(api, name, team_id=team["team_id"], position=position)
    first = (await api.get("/v1/territories", params={"limit": 2})).json()
    query = {"limit": 2, "cursor": first["next_cursor"]}
    second = (await api.get("/v1/territories", params=query)).json()

    assert [one["name"] for one in first["items"] + second["items"]] == ["c", "a", "b"]


@EMBEDDED
async def test_a_repeated_request_makes_one(api, team):
    body = {"name": "iberia", "team_id": team["team_id"]}
    answers = [
        await api.post("/v1/territories", body, **{"Idempotency-Key": "once"}) for _ in range(2)
    ]
    again = await api.post("/v1/territories", body)

    assert answers[0].json() == answers[1].json()
    assert (again.status_code, again.json()["code"]) == (409, "name_taken")


@pytest.mark.parametrize(
    ("fields", "pointer", "why"),
    [
        pytest.param({"countries": ["ES", "Spian"]}, "/countries/1", "mean `ES`", id="a country"),
        pytest.param({"regions": ["ES-QQ"]}, "/regions/0", "region of ES", id="a region"),
        pytest.param(
            {"countries": ["PT"], "regions": ["ES-MD"]}, "/regions/0", "none of", id="elsewhere"
        ),
        pytest.param({"languages": ["spansh"]}, "/languages/0", "mean `es`", id="a language"),
        pytest.param({"lists": ["nope"]}, "/lists/0", "there are none", id="a list"),
        pytest.param({"policies": ["starer"]}, "/policies/0", "no policy", id="a policy"),
        pytest.param({"domains": ["acme"]}, "/domains/0", "acme.com", id="a domain"),
        pytest.param(
            {"employees": {"at_least": 9, "at_most": 3}}, "/employees", "no number", id="a size"
        ),
        pytest.param({"employees": {}}, "/employees", "at_least", id="no size"),
        pytest.param({"position": 0}, "/position", "greater", id="a position"),
        pytest.param({"person_id": None}, "/person_id", "string", id="nobody"),
        pytest.param({"team_id": new_id()}, "/", "not both", id="two takers"),
        pytest.param({"towns": ["Madrid"]}, "/towns", "Extra", id="an unknown field"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_place(standing_api, fields, pointer, why):
    (owner,) = (await standing_api.get("/v1/people", params={"limit": 1})).json()["items"]
    refused = await standing_api.post(
        "/v1/territories", {"name": "iberia", "person_id": owner["person_id"]} | fields
    )
    (error,) = refused.json()["errors"]

    assert refused.status_code == 422
    assert error["pointer"] == pointer
    assert why in error["message"]


@EMBEDDED
async def test_all_that_nobody_knows_is_told_at_once(api, team):
    fields = {"countries": ["Spian"], "languages": ["spansh"], "lists": ["nope"]}
    body = {"name": "iberia", "team_id": team["team_id"]} | fields
    refused = await api.post("/v1/territories", body)

    assert [one["pointer"] for one in refused.json()["errors"]] == [
        "/countries/0",
        "/languages/0",
        "/lists/0",
    ]


@EMBEDDED
async def test_who_takes_a_territory_must_be_there_and_stay(api, team):
    ben = await api.add_person("Ben Lee")
    nobody = await api.post("/v1/territories", {"name": "a"})
    unknown = await api.post("/v1/territories", {"name": "a", "team_id": new_id()})
    stranger = await api.post("/v1/territories", {"name": "a", "person_id": new_id()})
    one = await add(api, "a", person_id=ben["person_id"])
    leaving = await api.patch(f"/v1/people/{ben['person_id']}", {"active": False})
    await api.patch(f"/v1/territories/{one['territory_id']}", {"team_id": team["team_id"]})
    left = await api.patch(f"/v1/people/{ben['person_id']}", {"active": False})

    assert nobody.json()["code"] == "no_taker"
    assert (unknown.json()["code"], stranger.json()["code"]) == ("unknown_team", "unknown_person")
    assert (leaving.status_code, leaving.json()["code"]) == (409, "takes_territory")
    assert leaving.json()["errors"][0]["message"] == "takes the territory a"
    assert left.status_code == 200


@EMBEDDED
async def test_a_list_that_a_territory_asks_about_is_not_deleted(api, team):
    made = await api.post("/v1/lists", {"name": "key", "values": ["acme.com"], "why": "ours"})
    one = await add(api, "key", team_id=team["team_id"], lists=["key"])
    tag = {"If-Match": made.headers["ETag"]}
    refused = await api.http.request("DELETE", "/v1/lists/key?why=gone", headers=tag)
    await api.patch(f"/v1/territories/{one['territory_id']}", {"active": False})
    deleted = await api.http.request("DELETE", "/v1/lists/key?why=gone", headers=tag)

    assert (refused.status_code, refused.json()["code"]) == (409, "list_in_use")
    assert "territory key" in str(refused.json()["errors"])
    assert deleted.status_code < 300


async def test_a_lead_is_told_whose_territory_it_is_in_and_why(api, team):
    event = LeadIdentified(
        source="web",
        vendor="generic",
        source_event_id="1",
        receipt_id=new_id(),
        identity="email:eva@acme.com",
        identifiers=["email:eva@acme.com"],
        occurred_at=NOON,
        received_at=NOON,
        consent=[],
        lead={"country": "Spain", "language": "es-MX"},
        account={"domain": "acme.com", "employees": 12},
    )
    envelope = Envelope(stable_id("touch", "1"), "relevo/ingest", "", event.identity, NOON, event)
    await api.service.db.write(
        lambda conn: record_touches(unit_of_work(api.parts, conn), [envelope])
    )
    (lead,) = (await api.get("/v1/leads")).json()["items"]
    await add(api, "big", team_id=team["team_id"], employees={"at_least": 50})
    await add(api, "iberia", team_id=team["team_id"], countries=["ES"], languages=["es"])
    await add(api, "rest", team_id=team["team_id"])
    path = f"/v1/leads/{lead['lead_id']}/territories"
    said = (await api.get(path, params={"policy": "b2b"})).json()
    unknown = await api.get(f"/v1/leads/{new_id()}/territories", params={"policy": "b2b"})

    assert [(one["name"], one["is_met"], one["reason"]["en"]) for one in said] == [
        ("big", False, "12 employees, not 50 or more"),
        (
            "iberia",
            True,
            "country ES is in its countries; language es-MX is in its languages",
        ),
    ]
    assert said[1]["conditions"][0]["reason"]["es"] == "el país ES está entre sus países"
    assert unknown.status_code == 404
