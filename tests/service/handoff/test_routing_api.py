"""Trying the routing, and saying how a team deals its leads, over HTTP."""

import pytest

from shared.ids import stable_id

NOBODY = stable_id("person", "nobody")


@pytest.fixture
async def team(api):
    """A team of two with fallbacks, and ids of people by name."""
    staff = {name: (await api.add_person(name))["person_id"] for name in ("Ana", "Bea", "Olga")}
    made = await api.add_team(
        "Iberia",
        staff["Olga"],
        members=[staff["Ana"], staff["Bea"]],
        fallbacks=[staff["Bea"]],
        window_days=14,
        requires=["language"],
    )
    return made, staff


async def test_a_team_says_how_it_deals_its_leads(api, team):
    made, staff = team
    path = f"/v1/teams/{made['team_id']}"
    changed = await api.patch(path, {"fallbacks": [], "window_days": 7, "requires": []})

    assert [one["name"] for one in made["fallbacks"]] == ["Bea"]
    assert (made["window_days"], made["requires"]) == (14, ["language"])
    shown = changed.json()
    assert (shown["fallbacks"], shown["window_days"], shown["requires"]) == ([], 7, [])
    assert shown["fallback"]["person_id"] == staff["Olga"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("fallbacks", [NOBODY], "unknown_person"),
        ("fallbacks", ["ana"], None),
        ("window_days", 0, None),
        ("window_days", 91, None),
        ("requires", ["charm"], None),
    ],
    ids=["nobody", "no id", "no window", "too long a window", "no such thing"],
)
async def test_what_makes_no_sense_is_refused_with_its_place(api, team, field, value, code):
    made, _ = team
    refused = await api.patch(f"/v1/teams/{made['team_id']}", {field: value})

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"].startswith(f"/{field}")
    assert code in (None, refused.json()["code"])


async def test_who_stands_in_for_a_team_cannot_leave_it_alone(api, team):
    _, staff = team
    refused = await api.patch(f"/v1/people/{staff['Bea']}", {"active": False})

    assert (refused.status_code, refused.json()["code"]) == (409, "is_fallback")


async def test_a_trial_tells_who_would_get_a_lead_and_everybody_considered(api, team):
    made, staff = team
    await api.patch(f"/v1/teams/{made['team_id']}", {"requires": []})
    tried = (await api.post("/v1/routing/try", {"facts": {"lead": {"country": "ES"}}})).json()
    without = {"facts": {}, "without": ["ana@acme.com", staff["Bea"]]}
    fallen = (await api.post("/v1/routing/try", without)).json()

    assert (tried["owner"]["name"], tried["code"], tried["team"]) == (
        *("Ana", "fair_rotation"),
        "Iberia",
    )
    assert [(one["name"], one["code"]) for one in tried["considered"]] == [
        ("Ana", "fair_rotation"),
        ("Bea", "waits"),
    ]
    assert [one["step"] for one in tried["steps"]][-1] == "turn"
    assert tried["words"].keys() == {"es", "en"}
    assert tried["deadline"]["due_at"] > tried["at"]
    assert (fallen["owner"]["name"], fallen["code"]) == ("Olga", "fallback")
    assert not await api.staged("handoff.fell_back.v1")


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({}, 422, ""),
        ({"lead": NOBODY, "facts": {}}, 422, ""),
        ({"lead": "eva"}, 422, "/lead"),
        ({"lead": NOBODY}, 404, None),
        ({"facts": {"house": {}}}, 422, "/facts/house"),
        ({"facts": {}, "policy": "none"}, 422, "/policy"),
        ({"facts": {}, "tier": "tepid"}, 422, "/tier"),
        ({"facts": {}, "at": "2020-01-01T00:00:00Z"}, 422, "/at"),
        ({"facts": {}, "at": "9999-01-01T00:00:00Z"}, 422, "/at"),
        ({"facts": {}, "without": ["nobody@acme.com"]}, 422, "/without/0"),
    ],
    ids=[
        *("nothing", "both", "no id", "unknown lead", "no such facts", "unknown policy"),
        *("unknown tier", "past", "beyond calendars", "unknown person"),
    ],
)
async def test_a_trial_of_what_is_not_there_says_so(standing_api, body, status, pointer):
    refused = await standing_api.post("/v1/routing/try", body)

    assert refused.status_code == status, refused.text
    if pointer is not None:
        assert refused.json()["errors"][0]["pointer"].startswith(pointer)


@pytest.mark.parametrize(
    "facts",
    [
        {"lead": {"language": 7, "country": ["ES", 4], "email": "x"}},
        {"lead": {"email": None, "product": {"a": 1}}, "account": {"owner": 5, "domain": ""}},
        {"account": {"domain": "acme.com", "employees": "many", "owner": "nobody@acme.com"}},
        {"account": {"domain": 5, "name": True}},
    ],
    ids=["odd kinds", "blank", "unknown owner", "no domain"],
)
async def test_odd_facts_are_no_fault(standing_api, facts):
    tried = await standing_api.post("/v1/routing/try", {"facts": facts})

    assert tried.status_code == 200, tried.text
    assert tried.json()["code"] == "last_resort"
