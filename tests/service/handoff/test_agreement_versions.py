"""Versions of an agreement over HTTP: edited upon one another, and in force from a date."""

from datetime import datetime

import pytest

from tests.service.handoff.signing import code, days, path, steps, text


async def test_a_draft_names_the_version_it_was_made_from(teams):
    post = teams.api.post
    first = await post("/v1/policies", {"text": text()})
    blind = await post("/v1/policies", {"text": text(80)})
    read = await teams.api.get(first.headers["Location"])
    second = await post("/v1/policies", {"text": text(80)}, **{"If-Match": read.headers["ETag"]})
    late = await post("/v1/policies", {"text": text(60)}, **{"If-Match": read.headers["ETag"]})

    assert first.headers["ETag"] == read.headers["ETag"] == '"1"'
    assert code(blind) == (428, "if_match_required")
    assert (second.status_code, second.headers["ETag"]) == (201, '"2"')
    assert code(late) == (412, "changed_meanwhile")
    assert late.json()["message"].startswith("admin drafted version 2 at 20")


async def test_the_tag_of_a_policy_is_that_of_its_newest_version(teams):
    await teams.draft()
    newest = await teams.draft(80)
    policy = await teams.api.get("/v1/policies/inbound")
    shown = await teams.api.get(path(newest))

    assert policy.headers["ETag"] == shown.headers["ETag"] == '"2"'


@pytest.mark.parametrize("tag", ['"1"', '"0"', "nonsense"])
async def test_a_first_draft_was_made_from_nothing(standing_api, tag):
    body = {"text": text(policy="first")}
    refused = await standing_api.post("/v1/policies", body, **{"If-Match": tag})

    assert code(refused) == (412, "changed_meanwhile")


async def test_an_old_version_comes_back_as_a_new_one_to_be_signed_again(teams):
    first = await teams.signed(await teams.draft())
    await teams.activate(first)
    await teams.activate(await teams.signed(await teams.draft(80)))
    back = await teams.activate(first)
    restored = await teams.api.post(f"{path(first)}/restore")
    new = restored.json()

    assert code(back) == (409, "version_succeeded")
    assert (restored.status_code, restored.headers["Location"]) == (201, path(new))
    assert (new["number"], new["restored_from"], new["step"]) == (3, 1, "draft")
    assert (new["text"], new["digest"], new["signatures"]) == (text(), first["digest"], {})
    assert code(await teams.activate(new)) == (409, "not_signed")
    assert (await teams.activate(await teams.signed(new))).json()["state"] == "in_force"


async def test_restoring_can_be_repeated_safely_and_respects_what_was_drafted_meanwhile(teams):
    first, _second = await teams.draft(), await teams.draft(80)
    where = f"{path(first)}/restore"
    late = await teams.api.post(where, **{"If-Match": '"1"'})
    once, again = [await teams.api.post(where, **{"Idempotency-Key": "back"}) for _ in "12"]

    assert code(late) == (412, "changed_meanwhile")
    assert once.json() == again.json()
    assert once.json()["number"] == 3


async def test_a_text_is_recognised_among_the_versions(teams):
    first, other = await teams.draft(), await teams.draft(80)
    back = (await teams.api.post(f"{path(first)}/restore")).json()
    body = {"text": f"# with a comment\n{text()}"}
    found = (await teams.api.post("/v1/policies/find", body)).json()
    unknown = (await teams.api.post("/v1/policies/find", {"text": text(7)})).json()
    broken = await teams.api.post("/v1/policies/find", {"text": "policy: x", "file": "x.yaml"})

    assert (found["policy"], found["digest"]) == ("inbound", first["digest"])
    assert [one["number"] for one in found["versions"]] == [back["number"], first["number"]]
    assert other["digest"] != found["digest"]
    assert unknown["versions"] == []
    assert code(broken) == (422, "policy_has_errors")


# --- from a date ------------------------------------------------------------------------------


async def test_a_signed_version_waits_for_its_date(teams):
    version = await teams.signed(await teams.draft())
    starts_at = days(3)
    scheduled = (await teams.activate(version, starts_at=starts_at)).json()
    again = (await teams.activate(version, starts_at=starts_at)).json()
    policy = (await teams.api.get("/v1/policies/inbound")).json()

    assert (scheduled["state"], scheduled["step"]) == ("scheduled", "scheduled")
    assert (scheduled["agreement"], scheduled["activated_at"]) == ("signed", None)
    assert datetime.fromisoformat(scheduled["starts_at"]) == datetime.fromisoformat(starts_at)
    assert again == scheduled
    assert (policy["scheduled"], policy["in_force"]) == (1, None)
    assert await teams.told() == []


async def test_one_version_waits_at_a_time_and_nothing_overtakes_it(teams):
    waiting = await teams.signed(await teams.draft())
    await teams.activate(waiting, starts_at=days(3))
    other = await teams.signed(await teams.draft(80))

    assert code(await teams.activate(other)) == (409, "another_scheduled")
    assert code(await teams.activate(other, starts_at=days(4))) == (409, "another_scheduled")
    assert code(await teams.activate(waiting)) == (409, "already_scheduled")
    assert code(await teams.unsign(waiting, "sales")) == (409, "signatures_settled")


async def test_a_date_can_be_taken_back_and_the_signatures_stand(teams):
    version = await teams.signed(await teams.draft())
    await teams.activate(version, starts_at=days(3))
    back = await teams.api.post(f"{path(version)}/unschedule", {"comment": "not yet"})
    again = await teams.api.post(f"{path(version)}/unschedule")
    started = await teams.activate(version)
    late = await teams.api.post(f"{path(version)}/unschedule")

    assert (back.json()["step"], back.json()["starts_at"]) == ("signed", None)
    assert again.json() == back.json()
    assert started.json()["state"] == "in_force"
    assert code(late) == (409, "already_started")
    assert [what for _, what, _ in await steps(teams)][-3:] == [
        "scheduled",
        "unscheduled",
        "activated",
    ]


@pytest.mark.parametrize(
    "starts_at",
    [
        pytest.param("2020-01-01T00:00:00Z", id="past"),
        pytest.param("9999-12-31T23:59:59-12:00", id="beyond the calendar"),
        pytest.param(days(800), id="years away"),
    ],
)
async def test_a_date_lies_ahead_and_within_sight(teams, starts_at):
    version = await teams.signed(await teams.draft())
    refused = await teams.activate(version, starts_at=starts_at)

    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/starts_at"]


@pytest.mark.parametrize("starts_at", ["2027-01-01T00:00:00", "monday", True])
async def test_a_date_is_a_moment_with_its_zone(standing_api, starts_at):
    body = {"starts_at": starts_at}
    refused = await standing_api.post("/v1/policies/b2b-starter/versions/1/activate", body)

    assert refused.status_code == 422


async def test_only_an_agreement_can_wait_for_a_date(teams):
    version = await teams.draft()

    assert code(await teams.activate(version, starts_at=days(3))) == (409, "not_signed")
