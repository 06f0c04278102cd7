"""Policies over HTTP: drafted, refused with places, tried on a lead, put in force."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.handoff.handlers.policies import UnusablePolicy
from services.handoff.handlers.record_touches import record_touches
from services.handoff.unit_of_work import unit_of_work
from shared.contracts import Envelope
from shared.contracts.touches import TouchRecorded
from shared.ids import new_id, stable_id
from tests.service.handoff.api import open_api

TEXT = """\
policy: inbound
title: {en: "When a lead is ready", es: "Cuándo un lead está listo"}
signals:
  demo: {touch: demo.requested, points: 100, at_most: 1, within: 30d}
  guide: {touch: content.downloaded, points: 30, at_most: 2, half_life: 14d}
fit:
  decides: {when: {lead.title: {contains: [cto]}}, points: 40}
  acme: {when: {account.domain: [acme.com]}, points: 10}
gates:
  asked: {tier: hot, when: {signal: demo}}
  warm: {tier: warm, when: {all: [{fit: {at_least: 40}}, {engagement: {at_least: 50}}]}}
cool_down: 30d
response:
  hot: {accept_in: 15m, first_attempt_in: 1h}
  warm: {accept_in: 4h, first_attempt_in: 1d}
"""
BROKEN = TEXT.replace("points: 100", "pints: 100").replace("tier: hot", "tier: tepid")


async def draft(api, text=TEXT):
    answer = await api.post("/v1/policies", {"text": text}, **{"If-Match": "*"})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def activate(api, version):
    path = f"/v1/policies/{version['policy']}/versions/{version['number']}/activate"
    return await api.post(path)


async def states(api, policy="inbound"):
    listed = (await api.get(f"/v1/policies/{policy}/versions")).json()["items"]
    return {one["number"]: one["state"] for one in listed}


async def test_a_draft_is_kept_as_it_was_written_and_decides_nothing(api):
    made = await api.post("/v1/policies", {"text": TEXT})
    found = await api.get(made.headers["Location"])

    assert made.headers["Location"] == "/v1/policies/inbound/versions/1"
    assert found.json() == made.json()
    assert made.json()["text"] == TEXT
    assert (made.json()["state"], made.json()["created_by"]) == ("draft", "admin")


async def test_a_draft_with_errors_is_refused_with_all_of_them_and_their_places(standing_api):
    refused = await standing_api.post("/v1/policies", {"text": BROKEN, "file": "inbound.yaml"})
    errors = refused.json()["errors"]

    assert (refused.status_code, refused.json()["code"]) == (422, "policy_has_errors")
    assert "inbound.yaml:4:" in refused.json()["message"]
    assert ("/signals/demo/pints", 4) in [(one["pointer"], one["line"]) for one in errors]
    assert 10 in {one["line"] for one in errors}
    assert all(one["column"] and one["code"] and one["message"] for one in errors)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("[1, 2]", id="a list"),
        pytest.param("a: &x [*x]", id="an anchor"),
        pytest.param("policy: [", id="not YAML"),
        pytest.param("\x00", id="a NUL"),
        pytest.param("policy: x\n" * 2, id="a key twice"),
    ],
)
async def test_what_is_no_policy_is_refused_whatever_it_is(standing_api, text):
    refused = await standing_api.post("/v1/policies", {"text": text})

    assert (refused.status_code, refused.json()["code"]) == (422, "policy_has_errors")


async def test_versions_are_numbered_within_their_policy(api):
    await draft(api)
    await draft(api, TEXT + "\n# once more\n")
    other = await draft(api, TEXT.replace("policy: inbound", "policy: outbound"))
    listed = (await api.get("/v1/policies")).json()["items"]

    assert await states(api) == {2: "draft", 1: "draft"}
    assert other["number"] == 1
    assert [(one["policy"], one["latest"], one["in_force"]) for one in listed] == [
        ("b2b-starter", 1, 1),
        ("inbound", 2, None),
        ("outbound", 1, None),
    ]


async def test_layout_and_comments_do_not_change_what_a_policy_says(api):
    digests = {(await draft(api, text))["digest"] for text in (TEXT, TEXT + "\n# a comment\n")}

    assert len(digests) == 1


async def test_drafts_made_at_once_get_numbers_of_their_own(api):
    numbers = [one["number"] for one in await asyncio.gather(*(draft(api) for _ in range(3)))]

    assert sorted(numbers) == [1, 2, 3]


async def test_an_activated_version_decides_as_a_trial_and_everybody_is_told(api):
    version = await draft(api)
    answer = await activate(api, version)
    told = (await api.staged("policy.activated.v1"))[-1]

    assert (answer.json()["state"], answer.json()["agreement"]) == ("in_force", "trial")
    assert answer.json()["activated_by"] == "admin"
    assert (told["subject"], told["partitionkey"]) == ("inbound", "inbound")
    assert told["data"]["version_id"] == version["version_id"]
    assert told["data"]["digest"] == version["digest"]
    assert told["data"]["agreement"] == "trial"
    assert (await api.audit("policy.activated"))[0]["subject"] == version["version_id"]


async def test_the_version_before_is_succeeded_and_stays_so(api):
    first, second = await draft(api), await draft(api)
    await activate(api, first)
    await activate(api, second)
    back = await activate(api, first)

    assert await states(api) == {2: "in_force", 1: "succeeded"}
    assert (back.status_code, back.json()["code"]) == (409, "version_succeeded")


async def test_activating_again_tells_nobody_again(api):
    version = await draft(api)
    first = await activate(api, version)
    again = await activate(api, version)

    assert again.json() == first.json()
    assert len(await api.staged("policy.activated.v1")) == 2  # the starter's and this one's


async def test_versions_activated_at_once_leave_one_in_force(api):
    versions = [await draft(api) for _ in range(3)]
    await asyncio.gather(*(activate(api, version) for version in versions))

    assert sorted((await states(api)).values()).count("in_force") == 1


async def test_an_unknown_version_is_not_found(standing_api):
    paths = ("/v1/policies/inbound/versions/1", "/v1/policies/b2b-starter/versions/2")
    answers = [await standing_api.get(path) for path in paths]
    answers += [await standing_api.post(f"{path}/activate") for path in paths]

    assert [answer.status_code for answer in answers] == [404] * 4


@pytest.mark.parametrize(("language", "word"), [("en", "Read it aloud"), ("es", "en voz alta")])
async def test_a_new_installation_tries_the_starter_of_its_language(
    sqlite_url, tmp_path, language, word
):
    async with open_api(sqlite_url, tmp_path, language=language) as api:
        version = (await api.get("/v1/policies/b2b-starter/versions/1")).json()

    assert (version["state"], version["agreement"]) == ("in_force", "trial")
    assert word in version["text"]


async def test_a_new_installation_tries_the_policy_its_settings_name(database_url, tmp_path):
    file = tmp_path / "inbound.yaml"
    file.write_text(TEXT, encoding="utf-8")
    async with open_api(database_url, tmp_path, policy_file=str(file)) as api:
        listed = (await api.get("/v1/policies")).json()["items"]
    file.write_text(BROKEN, encoding="utf-8")  # read once: the database has it from then on
    async with open_api(database_url, tmp_path, policy_file=str(file)) as api:
        again = (await api.get("/v1/policies")).json()["items"]

    assert listed == again
    assert [(one["policy"], one["latest"], one["in_force"]) for one in listed] == [
        ("inbound", 1, 1)
    ]


async def test_a_broken_first_policy_stops_the_start_and_says_where(sqlite_url, tmp_path):
    file = tmp_path / "inbound.yaml"
    file.write_text(BROKEN, encoding="utf-8")

    with pytest.raises(UnusablePolicy, match=r"inbound\.yaml:4:\d+: error: "):
        async with open_api(sqlite_url, tmp_path, policy_file=str(file)):
            pass


# --- trying a policy on one lead ---------------------------------------------------------------

INVENTED = {
    "lead": {"email": "ana@acme.com", "title": "CTO"},
    "touches": [{"touch": "content.downloaded"}, {"touch": "content.downloaded"}],
}


async def test_a_text_is_tried_on_an_invented_lead(standing_api):
    trial = {"text": TEXT, "invented": INVENTED}
    said = (await standing_api.post("/v1/policies/try-one", trial)).json()
    explanation = said["explanation"]

    assert (said["policy"], said["number"]) == ("inbound", None)
    assert (explanation["gate"], explanation["tier"]) == ("warm", "warm")
    assert explanation["fit"]["value"] == 50  # the company behind the address counts too
    assert explanation["engagement"]["value"] == 60


async def test_an_invented_touch_is_as_old_as_it_says(standing_api):
    long_ago = (datetime.now(UTC) - timedelta(days=29)).isoformat()
    one = {"touches": [{"touch": "demo.requested", "occurred_at": long_ago}]}
    older = {"touches": [{"touch": "demo.requested", "occurred_at": "2020-01-01T00:00:00Z"}]}
    gates = [
        (
            await standing_api.post("/v1/policies/try-one", {"text": TEXT, "invented": invented})
        ).json()["explanation"]["gate"]
        for invented in (one, older)
    ]

    assert gates == ["asked", None]


async def test_what_a_machine_did_counts_nothing_when_tried(standing_api):
    touches = [{"touch": "demo.requested", "made_by": made} for made in ("machine", "unsure")]
    trial = {"text": TEXT, "invented": {"touches": touches}}
    said = (await standing_api.post("/v1/policies/try-one", trial)).json()

    assert not said["explanation"]["ready"]


@pytest.mark.parametrize(
    ("trial", "pointer"),
    [
        pytest.param({"invented": {}}, "/", id="no policy"),
        pytest.param({"text": TEXT, "policy": "x", "invented": {}}, "/", id="two policies"),
        pytest.param({"text": TEXT, "number": 1, "invented": {}}, "/", id="a text's number"),
        pytest.param({"text": TEXT}, "/", id="no lead"),
        pytest.param({"text": TEXT, "lead": "a@b.com", "invented": {}}, "/", id="two leads"),
        pytest.param(
            {"text": TEXT, "invented": {"touches": [{"touch": "x", "occurred_at": "noon"}]}},
            "/invented/touches/0/occurred_at",
            id="no moment",
        ),
        pytest.param(
            {"text": TEXT, "invented": {"touches": [{"touch": "x", "made_by": "cat"}]}},
            "/invented/touches/0/made_by",
            id="made by a cat",
        ),
    ],
)
async def test_an_unclear_trial_is_refused_with_its_place(standing_api, trial, pointer):
    refused = await standing_api.post("/v1/policies/try-one", trial)

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_a_policy_is_tried_on_a_lead_that_is_known_and_nothing_is_written(api):
    lead_id = await recorded(api, "demo.requested")
    version = await draft(api)
    before = len(await api.staged("handoff.sales_ready.v1"))
    answers = [
        await api.post("/v1/policies/try-one", {"policy": "inbound", "number": 1, "lead": lead})
        for lead in (lead_id, "Ana@acme.com")
    ]

    assert [one.json()["explanation"]["gate"] for one in answers] == ["asked", "asked"]
    assert [one.json()["number"] for one in answers] == [version["number"]] * 2
    assert len(await api.staged("handoff.sales_ready.v1")) == before


async def test_the_version_in_force_is_tried_when_none_is_named(api):
    lead_id = await recorded(api, "demo.requested")
    none = await api.post("/v1/policies/try-one", {"policy": "inbound", "lead": lead_id})
    await activate(api, await draft(api))
    one = await api.post("/v1/policies/try-one", {"policy": "inbound", "lead": lead_id})

    assert (none.status_code, one.status_code) == (404, 200)


@pytest.mark.parametrize("lead", [stable_id("nobody"), "nobody@acme.com", "Ana", "@"])
async def test_an_unknown_lead_is_not_found(standing_api, lead):
    trial = {"text": TEXT, "lead": lead}
    answer = await standing_api.post("/v1/policies/try-one", trial)

    assert (answer.status_code, answer.json()["message"]) == (404, "no such lead")


async def test_trying_on_a_known_lead_needs_to_see_leads(api):
    lead_id = await recorded(api, "demo.requested")
    client = await api.with_key(scopes=["policies:read"])
    known = await client.post("/v1/policies/try-one", {"text": TEXT, "lead": lead_id})
    invented = await client.post("/v1/policies/try-one", {"text": TEXT, "invented": INVENTED})

    assert (known.status_code, invented.status_code) == (403, 200)


async def recorded(api, touch):
    """Let ana@acme.com do something; return the lead's id."""
    now = datetime.now(UTC)
    event = TouchRecorded(
        source="web",
        vendor="generic",
        source_event_id="1",
        receipt_id=new_id(),
        identity="email:ana@acme.com",
        identifiers=["email:ana@acme.com"],
        occurred_at=now,
        received_at=now,
        touch=touch,
        name=touch,
        made_by="human",
        made_by_reason="",
    )
    envelope = Envelope(new_id(), "relevo/ingest", event.identity, event.identity, now, event)

    def work(conn):
        record_touches(unit_of_work(api.parts, conn), [envelope])

    await api.service.db.write(work)
    return (await api.get("/v1/leads")).json()["items"][0]["lead_id"]
