"""Teams over HTTP: exactly one takes leads, and somebody always takes what nobody can."""

import asyncio

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import create_async_engine

from services.handoff.store.routing import Named, read_desk, read_teams
from services.handoff.store.tables import TEAM
from shared.ids import new_id
from tests.service.handoff.api import open_api
from tests.support.waiting import eventually


@pytest.fixture
async def staff(api):
    """Ids of four people, by name."""
    names = ("Ana", "Bea", "Cruz", "Dani")
    return {name: (await api.add_person(name))["person_id"] for name in names}


async def takers(api):
    teams = (await api.get("/v1/teams")).json()["items"]
    return [team["name"] for team in teams if team["takes_leads"]]


async def test_the_first_team_takes_the_leads_until_another_one_does(api, staff):
    north = await api.add_team("North", staff["Ana"])
    await api.add_team("South", staff["Ana"])
    first = await takers(api)
    await api.add_team("West", staff["Ana"], takes_leads=True)
    second = await takers(api)
    back = await api.patch(f"/v1/teams/{north['team_id']}", {"takes_leads": True}, '"2"')

    assert (first, second) == (["North"], ["West"])
    assert back.json()["revision"] == 3  # it lost them in between
    assert await takers(api) == ["North"]


async def test_no_team_gives_the_leads_up_to_nobody(api, staff):
    nobody = await api.post(
        "/v1/teams", {"name": "North", "fallback_id": staff["Ana"], "takes_leads": False}
    )
    north = await api.add_team("North", staff["Ana"])
    refused = await api.patch(f"/v1/teams/{north['team_id']}", {"takes_leads": False})

    assert (nobody.status_code, nobody.json()["code"]) == (422, "nobody_takes_leads")
    assert (refused.status_code, refused.json()["code"]) == (409, "nobody_takes_leads")


async def test_two_first_teams_made_at_once_share_no_leads(api, staff):
    bodies = [{"name": name, "fallback_id": staff["Ana"]} for name in ("North", "South")]
    answers = await asyncio.gather(*(api.post("/v1/teams", body) for body in bodies))

    assert [answer.status_code for answer in answers] == [201, 201]
    assert len(await takers(api)) == 1


async def test_members_go_and_a_leaver_stays_on_the_list_without_turns(api, staff):
    team = await api.add_team("North", staff["Dani"], members=[staff["Ana"], staff["Bea"]])
    await api.patch(f"/v1/people/{staff['Ana']}", {"active": False})
    with_leaver = (await api.get(f"/v1/teams/{team['team_id']}")).json()
    without = await api.patch(f"/v1/teams/{team['team_id']}", {"members": [staff["Bea"]]})

    assert [(one["name"], one["active"]) for one in with_leaver["members"]] == [
        ("Ana", False),
        ("Bea", True),
    ]
    assert [one["name"] for one in without.json()["members"]] == ["Bea"]


@pytest.mark.parametrize("field", ["fallback_id", "members"])
async def test_only_who_works_here_can_be_in_a_team(api, staff, field):
    team = await api.add_team("North", staff["Dani"])
    await api.patch(f"/v1/people/{staff['Ana']}", {"active": False})
    for stranger in (staff["Ana"], new_id()):
        value = [stranger] if field == "members" else stranger
        refused = await api.patch(f"/v1/teams/{team['team_id']}", {field: value})

        assert (refused.status_code, refused.json()["code"]) == (422, "unknown_person")
        assert refused.json()["errors"][0]["pointer"] == f"/{field}"


async def test_a_name_is_one_teams(api, staff):
    await api.add_team("North", staff["Ana"])
    south = await api.add_team("South", staff["Ana"])
    answers = [
        await api.post("/v1/teams", {"name": "North", "fallback_id": staff["Ana"]}),
        await api.patch(f"/v1/teams/{south['team_id']}", {"name": "North"}),
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(409, "name_taken")] * 2


async def test_a_change_names_what_it_was_based_on_and_is_audited(api, staff):
    team = await api.add_team("North", staff["Ana"])
    path = f"/v1/teams/{team['team_id']}"
    await api.patch(path, {"name": "North 1"}, '"1"')
    late = await api.patch(path, {"name": "North 2"}, '"1"')
    audit = await api.audit("team.changed")

    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert [(one["subject"], one["detail"]) for one in audit] == [
        (team["team_id"], {"name": "North 1"})
    ]


async def test_two_changes_based_on_the_same_are_not_both_made(api, staff):
    team = await api.add_team("North", staff["Ana"])
    path = f"/v1/teams/{team['team_id']}"
    answers = await asyncio.gather(
        *(api.patch(path, {"name": f"North {n}"}, '"1"') for n in (1, 2))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_an_unknown_team_is_not_found(standing_api):
    answers = [
        await standing_api.get(f"/v1/teams/{new_id()}"),
        await standing_api.patch(f"/v1/teams/{new_id()}", {"name": "North"}),
        await standing_api.get("/v1/teams/north"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_leads_that_arrive_while_another_team_takes_over_go_to_that_team(
    postgres_url, tmp_path
):
    async with open_api(postgres_url, tmp_path) as api:
        ana = (await api.add_person("Ana"))["person_id"]
        north = await api.add_team("North", ana, members=[ana])
        south = await api.add_team("South", ana, members=[ana])
        db, waits = api.service.db, "wait_event_type = 'Lock' AND query LIKE '%team%'"

        def take(conn):
            teams, email = read_teams(conn, lock=True), api.parts.settings.owner_email
            return read_desk(conn, db.now(conn), email, teams, Named())[0].taking

        async def is_waiting():
            ask = text(f"SELECT count(*) FROM pg_stat_activity WHERE {waits}")
            return await db.read(lambda conn: conn.execute(ask).scalar_one())

        engine = create_async_engine(
            "postgresql+asyncpg://",
            connect_args={"dsn": postgres_url, "server_settings": {"search_path": db.schema}},
        )
        async with engine.begin() as conn:  # the change, before its commit
            await conn.run_sync(lambda conn: move(conn, north["team_id"], south["team_id"]))
            arriving = asyncio.create_task(db.write(take))
            await eventually(is_waiting, within_s=10)
        taking = await arriving
        await engine.dispose()

    assert taking == south["team_id"]


def move(conn, from_id, to_id):
    """Let one team take the leads from another."""
    for team_id, takes in ((from_id, False), (to_id, True)):
        conn.execute(update(TEAM).where(TEAM.c.team_id == team_id).values(takes_leads=takes))


async def test_members_take_shares_and_keep_them_until_others_are_said(api, staff):
    north = await api.add_team("North", staff["Ana"], members=[staff["Ana"]])
    path = f"/v1/teams/{north['team_id']}"
    given = [
        {"person_id": staff["Ana"], "weight": 0},
        {"person_id": staff["Bea"], "weight": 0.33333, "cap": 30},
    ]
    shared = (await api.patch(path, {"members": given})).json()
    same = (await api.patch(path, {"members": [staff["Bea"], staff["Ana"]]})).json()
    free = [staff["Ana"], {"person_id": staff["Bea"], "cap": None}]
    uncapped = (await api.patch(path, {"members": free})).json()
    shares = [
        {one["name"]: (one["weight"], one["cap"]) for one in each["members"]}
        for each in (north, shared, same, uncapped)
    ]

    assert shares == [
        {"Ana": (1.0, None)},
        {"Ana": (0.0, None), "Bea": (0.333, 30)},
        {"Ana": (0.0, None), "Bea": (0.333, 30)},
        {"Ana": (0.0, None), "Bea": (0.333, None)},
    ]
    assert (shared["revision"], same["revision"], uncapped["revision"]) == (2, 2, 3)


async def test_two_words_about_one_member_are_refused(api, staff):
    twice = [{"person_id": staff["Ana"], "cap": 3}, staff["Bea"], staff["Ana"]]
    body = {"name": "North", "fallback_id": staff["Ana"]}
    refused = await api.post("/v1/teams", body | {"members": twice})
    same = await api.post("/v1/teams", body | {"members": [staff["Ana"], staff["Ana"]]})

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/members/2")
    assert (same.status_code, len(same.json()["members"])) == (201, 1)


@pytest.mark.parametrize(
    ("share", "pointer"),
    [
        pytest.param({"weight": -1}, "/members/0/weight", id="less than none"),
        pytest.param({"weight": 0.0001}, "/members/0/weight", id="as good as none"),
        pytest.param({"weight": 101}, "/members/0/weight", id="all there is"),
        pytest.param({"cap": -1}, "/members/0/cap", id="a cap below none"),
        pytest.param({"cap": 1.5}, "/members/0/cap", id="half a hand-off"),
        pytest.param({"share": 1}, "/members/0/share", id="an unknown field"),
    ],
)
async def test_shares_that_cannot_be_are_refused(standing_api, share, pointer):
    member = {"person_id": new_id()} | share
    body = {"name": "North", "fallback_id": new_id(), "members": [member]}
    refused = await standing_api.post("/v1/teams", body)

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
