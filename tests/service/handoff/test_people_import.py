"""People, teams and territories in one go: all of it or nothing, the same twice is once."""

import pytest

# Nothing here depends on which database it is.
EMBEDDED = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

EVERYTHING = {
    "people": {
        "ana@acme.com": {"name": "Ana", "roles": ["rep"], "languages": ["es", "pt"]},
        "Ben@acme.com": {
            "name": "Ben",
            "roles": ["rep", "manager"],
            "zone": "Europe/Madrid",
            "skills": ["ERP"],
            "channels": [{"channel": "email"}, {"channel": "inbox"}],
            "last_day": "2099-03-31",
        },
    },
    "teams": {
        "Iberia": {
            "fallback": "ben@acme.com",
            "members": {"ana@acme.com": {"weight": 2, "cap": 30}, "ben@acme.com": None},
            "calendar": "business",
            "fallbacks": ["ana@acme.com"],
            "window_days": 14,
            "requires": ["language"],
        }
    },
    "territories": {
        "iberia": {"team": "Iberia", "countries": ["Spain", "PT"]},
        "key": {"person": "ana@acme.com", "domains": ["acme.com"], "position": 5},
    },
}


async def send(api, body, **query):
    return await api.http.post("/v1/people/import", json=body, params=query)


def results(answer):
    return {(one["what"], one["name"]): one["result"] for one in answer.json()["items"]}


async def test_everything_is_made_and_the_same_once_more_changes_nothing(api):
    first = await send(api, EVERYTHING)
    staged = len(await api.staged("person.changed.v1"))
    second = await send(api, EVERYTHING)
    (team,) = (await api.get("/v1/teams")).json()["items"]
    territories = (await api.get("/v1/territories")).json()["items"]
    shares = {one["name"]: (one["weight"], one["cap"]) for one in team["members"]}

    assert first.status_code == 200, first.text
    assert set(results(first).values()) == {"added"}
    assert set(results(second).values()) == {"unchanged"}
    assert list(results(first)) == [
        ("people", "ana@acme.com"),
        ("people", "ben@acme.com"),
        ("teams", "Iberia"),
        ("territories", "iberia"),
        ("territories", "key"),
    ]
    assert len(await api.staged("person.changed.v1")) == staged
    assert (shares, team["revision"]) == ({"Ana": (2.0, 30), "Ben": (1.0, None)}, 1)
    assert [one["email"] for one in team["fallbacks"]] == ["ana@acme.com"]
    assert (team["window_days"], team["requires"]) == (14, ["language"])
    assert [one["name"] for one in territories] == ["key", "iberia"]


@EMBEDDED
async def test_a_dry_run_tells_what_would_change_and_changes_nothing(api):
    await send(api, EVERYTHING)
    changed = {
        "people": {"ana@acme.com": {"zone": "Europe/Madrid", "last_day": "2099-01-31"}},
        "teams": {"Iberia": {"members": ["ana@acme.com"], "fallbacks": [], "window_days": 7}},
        "territories": {"key": {"domains": None, "countries": ["FR"]}},
    }
    told = await send(api, changed, dry_run="true")
    changes = {one["name"]: one["changes"] for one in told.json()["items"]}
    (team,) = (await api.get("/v1/teams")).json()["items"]

    assert told.json()["dry_run"]
    assert changes["ana@acme.com"] == {
        "zone": ["UTC", "Europe/Madrid"],
        "last_day": [None, "2099-01-31"],
    }
    assert changes["Iberia"] == {
        "members": [
            {
                "ana@acme.com": {"weight": 2.0, "cap": 30},
                "ben@acme.com": {"weight": 1.0, "cap": None},
            },
            {"ana@acme.com": {"weight": 2.0, "cap": 30}},
        ],
        "fallbacks": [["ana@acme.com"], []],
        "window_days": [14, 7],
    }
    assert changes["key"] == {"domains": [["acme.com"], []], "countries": [[], ["FR"]]}
    assert len(team["members"]) == 2
    assert set(results(await send(api, EVERYTHING)).values()) == {"unchanged"}


async def test_every_mistake_is_told_at_its_place_and_nothing_is_done(api):
    refused = await send(
        api,
        {
            "people": {
                "ana@acme.com": {"name": "Ana", "roles": ["boss"], "zone": "Madrid"},
                "not an address": {"name": "X", "roles": ["rep"]},
                "eva@acme.com": {"name": "Eva", "roles": ["rep"], "languages": ["spansh"]},
            },
            "teams": {
                "Iberia": {
                    "fallback": "nobody@acme.com",
                    "members": {"ana@acme.com": {"weight": -1}, "admin@x": None},
                    "fallbacks": ["ana@acme.com", "admin@x"],
                },
                "Sur": {"fallback": "ana@acme.com"},
            },
            "territories": {
                "iberia": {"team": "Ibria", "countries": ["ES"]},
                "sur": {"team": "Sur"},
                "Bad Name": {"person": "nobody@acme.com"},
            },
        },
    )
    places = [one["pointer"] for one in refused.json()["errors"]]

    assert refused.status_code == 422
    assert places == [
        "/people/ana@acme.com/roles/0",
        "/people/ana@acme.com/zone",
        "/people/not an address/email",
        "/people/eva@acme.com/languages/0",
        "/teams/Iberia/fallback",
        "/teams/Iberia/fallbacks/1",
        "/teams/Iberia/members/admin@x",
        "/territories/iberia/team",
        "/territories/Bad Name/person",
    ]
    assert len((await api.get("/v1/people")).json()["items"]) == 1
    assert (await api.get("/v1/teams")).json()["items"] == []


async def test_who_leaves_does_so_after_others_were_named(api):
    await send(api, EVERYTHING)
    left = await send(
        api,
        {
            "people": {"ben@acme.com": {"active": False}, "gone@acme.com": {"active": False}},
            "teams": {"Iberia": {"fallback": "ana@acme.com"}},
        },
    )
    refused = await send(api, {"people": {"ana@acme.com": {"active": False}}})

    assert results(left) == {("people", "ben@acme.com"): "changed", ("teams", "Iberia"): "changed"}
    assert refused.json()["errors"][0] == {
        "pointer": "/people/ana@acme.com/active",
        "message": "fallback of Iberia",
        "kind": "is_fallback",
    }


@EMBEDDED
async def test_the_leads_go_from_one_team_to_another_in_one_file(api):
    await send(api, EVERYTHING)
    more = {"fallback": "ana@acme.com", "takes_leads": True}
    answer = await send(api, {"teams": {"Iberia": {"takes_leads": False}, "Norte": more}})
    takes = {
        one["name"]: one["takes_leads"] for one in (await api.get("/v1/teams")).json()["items"]
    }

    assert answer.status_code == 200, answer.text
    assert takes == {"Iberia": False, "Norte": True}


@EMBEDDED
async def test_a_file_allows_no_more_than_the_routes(api):
    manager = await api.add_person("Mia", roles=["manager"])
    hers = await api.with_key(person=manager["person_id"])
    refused = await send(hers, {"people": {"x@acme.com": {"name": "X", "roles": ["admin"]}}})

    assert refused.json()["errors"] == [
        {
            "pointer": "/people/x@acme.com",
            "message": "only an admin may make or change an admin",
            "kind": "not_allowed",
        }
    ]


@EMBEDDED
async def test_hours_and_leave_come_with_the_person(api):
    hours = {
        "week": {"mon-fri": "10:00-14:00"},
        "leave": [{"from": "2099-01-05", "until": "2099-01-06"}],
    }
    ana = {"name": "Ana", "roles": ["rep"], "hours": hours}
    first = await send(api, {"people": {"ana@acme.com": ana}})
    second = await send(api, {"people": {"ana@acme.com": ana}})
    late = {
        "week": {"mon": "10:00-14:00"},
        "leave": [{"from": "2099-01-05", "until": "2099-01-04"}],
    }
    wrong = await send(api, {"people": {"ana@acme.com": {"hours": late}}})
    (_, person) = (await api.get("/v1/people")).json()["items"]
    stored = (await api.get(f"/v1/people/{person['person_id']}/hours")).json()

    assert list(results(first).values()) == ["added"]
    assert list(results(second).values()) == ["unchanged"]
    assert stored["week"]["fri"] == ["10:00-14:00"]
    assert wrong.json()["errors"][0]["pointer"] == "/people/ana@acme.com/hours/leave/0"
