"""People over HTTP: joining, changing, leaving; what is refused, and with which place."""

import pytest

from shared.ids import stable_id
from tests.service.handoff.api import open_api


async def test_who_joins_gets_what_the_installation_has_as_usual(api):
    ana = await api.add_person("Ana Pérez", email="Ana.Perez@ACME.com")

    assert ana | {"person_id": "…"} == {
        "person_id": "…",
        "revision": 1,
        "name": "Ana Pérez",
        "email": "ana.perez@acme.com",
        "roles": ["rep"],
        "language": "en",
        "zone": "UTC",
        "channels": [
            {"channel": "email", "address": "ana.perez@acme.com"},
            {"channel": "inbox", "address": ""},
        ],
        "active": True,
        "languages": ["en"],
        "skills": [],
        "last_day": None,
    }


async def test_what_routing_asks_is_kept_in_one_form_and_told_to_nobody_else(api):
    ana = await api.add_person(
        languages=["Spanish", "pt_br", "es"], skills=["ERP", " public  sector", "erp"]
    )
    path = f"/v1/people/{ana['person_id']}"
    leaving = (await api.patch(path, {"last_day": "2099-03-31"})).json()
    usual = (await api.patch(path, {"languages": [], "language": "es"})).json()
    (*_, told) = await api.staged("person.changed.v1")

    assert (ana["languages"], ana["skills"]) == (["es", "pt-BR"], ["erp", "public sector"])
    assert leaving["last_day"] == "2099-03-31"
    assert usual["languages"] == ["es"]
    assert {"languages", "skills", "last_day"}.isdisjoint(told["data"])


async def test_a_new_person_has_a_place_and_a_tag(api):
    added = await api.post("/v1/people", {"name": "Ana", "email": "a@acme.com", "roles": ["rep"]})
    found = await api.get(added.headers["Location"])

    assert found.json() == added.json()
    assert found.headers["ETag"] == added.headers["ETag"] == '"1"'


async def test_each_change_is_told_to_the_other_services_and_audited(api):
    ana = await api.add_person("Ana Pérez")
    changed = await api.patch(f"/v1/people/{ana['person_id']}", {"name": "Ana P.", "zone": "UTC"})
    told = [
        event
        for event in await api.staged("person.changed.v1")
        if event["subject"] == ana["person_id"]
    ]
    audit = (await api.audit("person.changed"))[0]

    assert changed.json()["revision"] == 2
    assert [(e["data"]["revision"], e["data"]["name"]) for e in told] == [
        (1, "Ana Pérez"),
        (2, "Ana P."),
    ]
    assert {event["partitionkey"] for event in told} == {ana["person_id"]}
    assert (audit["who"], audit["subject"]) == ("admin", ana["person_id"])
    assert audit["detail"] == {"changed": ["name"], "roles": ["rep"], "active": True}


async def test_a_change_that_changes_nothing_is_told_to_nobody(api):
    ana = await api.add_person("Ana Pérez")
    before = len(await api.staged("person.changed.v1"))
    same = await api.patch(f"/v1/people/{ana['person_id']}", {"name": "Ana Pérez"})

    assert same.json() == ana
    assert len(await api.staged("person.changed.v1")) == before


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        pytest.param("email", "ana", "/email", id="no address"),
        pytest.param("email", "ana@acme.invalid", "/email", id="no address there can be"),
        pytest.param("name", "  ", "/name", id="no name"),
        pytest.param("zone", "Madrid", "/zone", id="no time zone"),
        pytest.param("zone", "../../etc/passwd", "/zone", id="a path as a zone"),
        pytest.param("language", "fr", "/language", id="a language nobody wrote texts in"),
        pytest.param("roles", [], "/roles", id="no role"),
        pytest.param("roles", ["boss"], "/roles/0", id="no such role"),
        pytest.param("languages", ["spansh"], "/languages/0", id="a language nobody speaks"),
        pytest.param("skills", [" "], "/skills/0", id="a skill without a name"),
        pytest.param("last_day", "31.3.2027", "/last_day", id="a last day that is no day"),
        pytest.param("last_day", "9999-12-31", "/last_day", id="a last day after all calendars"),
        pytest.param("salary", 1, "/salary", id="an unknown field"),
        pytest.param("channels", [], "/channels", id="no channel"),
        pytest.param("channels", [{"channel": "fax"}], "/channels/0/channel", id="a fax"),
        pytest.param(
            "channels",
            [{"channel": "inbox"}, {"channel": "slack"}],
            "/channels/1/address",
            id="Slack without a URL",
        ),
        pytest.param(
            "channels",
            [{"channel": "slack", "address": "http://hooks.slack.com/a"}],
            "/channels/0/address",
            id="a secret URL in the clear",
        ),
        pytest.param(
            "channels",
            [{"channel": "webhook", "address": "https://ana:secret@acme.com/a"}],
            "/channels/0/address",
            id="a password in a URL",
        ),
        pytest.param(
            "channels",
            [{"channel": "teams", "address": "https://[broken/"}],
            "/channels/0/address",
            id="a broken URL",
        ),
        pytest.param(
            "channels",
            [{"channel": "email", "address": "somewhere"}],
            "/channels/0/address",
            id="mail to nowhere",
        ),
        pytest.param(
            "channels",
            [{"channel": "inbox", "address": "https://acme.com"}],
            "/channels/0/address",
            id="an inbox elsewhere",
        ),
    ],
)
async def test_a_wrong_field_is_refused_with_its_place(standing_api, field, value, pointer):
    body = {"name": "Ana", "email": "ana@acme.com", "roles": ["rep"], field: value}
    refused = await standing_api.post("/v1/people", body)

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_http_is_for_this_machine_in_development_only(database_url, tmp_path):
    channels = [{"channel": "webhook", "address": "http://127.0.0.1:9000/told"}]
    body = {"name": "Ana", "email": "ana@acme.com", "roles": ["rep"], "channels": channels}
    async with open_api(database_url, tmp_path, environment="development") as api:
        at_home = await api.post("/v1/people", body)
    async with open_api(database_url, tmp_path, environment="production") as api:
        in_production = await api.post("/v1/people", body | {"email": "other@acme.com"})

    assert (at_home.status_code, in_production.status_code) == (201, 422)


async def test_an_address_is_one_persons(api):
    await api.add_person("Ana Pérez", email="ana@acme.com")
    bea = await api.add_person("Bea Ruiz")
    again = await api.post("/v1/people", {"name": "Ana", "email": "ANA@acme.com", "roles": ["rep"]})
    taken = await api.patch(f"/v1/people/{bea['person_id']}", {"email": "ana@acme.com"})

    assert (again.status_code, again.json()["code"]) == (409, "email_taken")
    assert (taken.status_code, taken.json()["code"]) == (409, "email_taken")


async def test_mail_follows_a_person_to_a_new_address(api):
    ana = await api.add_person("Ana Pérez")
    moved = await api.patch(f"/v1/people/{ana['person_id']}", {"email": "ana@newco.com"})

    assert moved.json()["channels"][0] == {"channel": "email", "address": "ana@newco.com"}


async def test_the_url_of_a_webhook_is_shortened_and_kept_when_it_comes_back_so(api):
    secret = "https://hooks.slack.com/services/T0/B0/abcdef123456"
    ana = await api.add_person("Ana", channels=[{"channel": "slack", "address": secret}])
    shown = ana["channels"]
    changed = await api.patch(
        f"/v1/people/{ana['person_id']}", {"channels": [{"channel": "inbox"}, *shown]}
    )
    told = (await api.staged("person.changed.v1"))[-1]["data"]["channels"]

    assert shown == [{"channel": "slack", "address": "https://hooks.slack.com/…3456"}]
    assert changed.json()["channels"][1:] == shown
    assert told[1] == {"channel": "slack", "address": secret}


@pytest.mark.parametrize(
    ("match", "status", "code"),
    [
        pytest.param(None, 428, "if_match_required", id="no tag"),
        pytest.param('"2"', 412, "changed_meanwhile", id="another revision"),
        pytest.param('W/"1"', 412, "changed_meanwhile", id="not our tag"),
        pytest.param('"1"', 200, None, id="the tag that was read"),
        pytest.param("*", 200, None, id="whatever is there"),
    ],
)
async def test_a_change_names_what_it_was_based_on(api, match, status, code):
    ana = await api.add_person("Ana Pérez")
    answer = await api.patch(f"/v1/people/{ana['person_id']}", {"name": "Ana"}, match)

    assert (answer.status_code, answer.json().get("code")) == (status, code)


async def test_null_is_not_a_way_to_leave_something_out(api):
    ana = await api.add_person("Ana Pérez")
    refused = await api.patch(f"/v1/people/{ana['person_id']}", {"name": None})

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/name")


async def test_a_fallback_cannot_leave_and_is_told_of_which_teams(api):
    ana = await api.add_person("Ana Pérez")
    await api.add_team("North", ana["person_id"])
    await api.add_team("South", ana["person_id"])
    refused = await api.patch(f"/v1/people/{ana['person_id']}", {"active": False})

    assert (refused.status_code, refused.json()["code"]) == (409, "is_fallback")
    assert "North, South" in refused.json()["message"]


async def test_somebody_leaves_and_comes_back(api):
    ana = await api.add_person("Ana Pérez")
    path = f"/v1/people/{ana['person_id']}"
    left = await api.patch(path, {"active": False})
    listed = await api.get("/v1/people", params={"active": True})
    back = await api.patch(path, {"active": True})

    assert not left.json()["active"]
    assert ana["name"] not in [one["name"] for one in listed.json()["items"]]
    assert back.json()["active"]


@pytest.mark.parametrize(
    "change", [{"active": False}, {"email": "other@acme.com"}], ids=["leaving", "another address"]
)
async def test_the_last_resort_stays_who_the_settings_say(standing_api, change):
    owner = (await standing_api.get("/v1/people")).json()["items"][0]
    refused = await standing_api.patch(f"/v1/people/{owner['person_id']}", change)

    assert (refused.status_code, refused.json()["code"]) == (409, "is_last_resort")


async def test_only_an_admin_makes_or_changes_an_admin(api):
    owner = (await api.get("/v1/people")).json()["items"][0]
    ana = await api.add_person("Ana Pérez")
    clerk = await api.with_key(scopes=["people:read", "people:write"])
    admin = {"name": "Eve", "email": "eve@acme.com", "roles": ["admin"]}
    answers = [
        await clerk.post("/v1/people", admin),
        await clerk.patch(f"/v1/people/{ana['person_id']}", {"roles": ["admin"]}),
        await clerk.patch(f"/v1/people/{owner['person_id']}", {"name": "Eve"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


async def test_people_come_in_pages_in_order_of_name(api):
    for name in ("Cruz", "Ana", "Bea"):
        await api.add_person(name)
    first = (await api.get("/v1/people", params={"limit": 2})).json()
    second = (
        await api.get("/v1/people", params={"limit": 2, "cursor": first["next_cursor"]})
    ).json()
    names = [one["name"] for page in (first, second) for one in page["items"]]

    assert names == ["Administrator", "Ana", "Bea", "Cruz"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("person_id", [stable_id("nobody"), "ana", "%00"])
async def test_an_unknown_person_is_not_found(api, person_id):
    answers = [
        await api.get(f"/v1/people/{person_id}"),
        await api.patch(f"/v1/people/{person_id}", {"name": "Ana"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
