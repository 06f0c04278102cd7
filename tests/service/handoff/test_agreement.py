"""An agreement over HTTP: tried, signed by two people of the two teams, activated, succeeded."""

from datetime import datetime

import pytest

from services.handoff.store.tables import POLICY_VERSION
from shared.ids import new_id
from shared.problem import Problem
from tests.service.handoff.signing import code, days, path, steps, text


async def test_a_version_is_tried_signed_by_both_and_decides_as_the_agreement(teams):
    version = await teams.draft()
    shown = [version["step"]]
    await teams.tried(version)
    shown.append((await teams.now(version))["step"])
    shown.append((await teams.sign(version, "marketing", comment="as agreed")).json()["step"])
    shown.append((await teams.sign(version, "sales")).json()["step"])
    answer = (await teams.activate(version)).json()
    signatures = answer["signatures"]

    assert shown == ["draft", "tried", "signed_by_marketing", "signed"]
    assert (answer["state"], answer["agreement"]) == ("in_force", "signed")
    assert signatures["marketing"]["by"]["name"] == "Mara Ruiz"
    assert signatures["marketing"]["comment"] == "as agreed"
    assert signatures["sales"]["by"]["email"] == "sam@acme.com"


async def test_everybody_is_told_once_who_signed(teams):
    version = await teams.signed(await teams.draft())
    await teams.activate(version)
    await teams.activate(version)
    (told,) = await teams.told()

    assert (told["version"], told["agreement"], told["version_before"]) == (1, "signed", None)
    assert [(one["role"], one["by"]["person_id"]) for one in told["signatures"]] == [
        ("marketing", teams.ids["marketing"]),
        ("sales", teams.ids["sales"]),
    ]
    assert all(datetime.fromisoformat(one["at"]) for one in told["signatures"])


async def test_the_version_before_is_succeeded_by_the_new_agreement(teams):
    first = await teams.signed(await teams.draft())
    await teams.activate(first)
    second = await teams.signed(await teams.draft(80))
    await teams.activate(second)
    policy = (await teams.api.get("/v1/policies/inbound")).json()

    assert [(await teams.now(one))["state"] for one in (first, second)] == [
        "succeeded",
        "in_force",
    ]
    assert [one["version_before"] for one in await teams.told()] == [None, 1]
    assert (policy["in_force"], policy["agreement"], policy["trial_since"]) == (2, "signed", None)


async def test_the_history_says_who_did_what_when_and_why(teams):
    first = await teams.draft(comment="first try")
    await teams.tried(first)
    await teams.sign(first, "sales", comment="fine")
    await teams.unsign(first, "sales")
    await teams.sign(first, "sales")
    await teams.sign(first, "marketing")
    await teams.activate(first, comment="from today")
    second = await teams.signed(await teams.draft(80))
    await teams.activate(second)
    await teams.api.post(f"{path(first)}/restore", {"comment": "it was better"})
    items = (await teams.api.get("/v1/policies/inbound/history")).json()["items"]

    assert await steps(teams) == [
        (1, "drafted", "admin"),
        (1, "tried", "admin"),
        (1, "signed", "Sam Lee"),
        (1, "signature_withdrawn", "Sam Lee"),
        (1, "signed", "Sam Lee"),
        (1, "signed", "Mara Ruiz"),
        (1, "activated", "admin"),
        (2, "drafted", "admin"),
        (2, "tried", "admin"),
        (2, "signed", "Mara Ruiz"),
        (2, "signed", "Sam Lee"),
        (1, "succeeded", "admin"),
        (2, "activated", "admin"),
        (3, "restored", "admin"),
    ]
    assert [one["comment"] for one in items if one["comment"]] == [
        "first try",
        "fine",
        "from today",
        "it was better",
    ]
    assert items[2]["detail"] == {"as": "sales", "digest": first["digest"]}
    assert items[-1]["detail"]["restored_from"] == 1


async def test_the_history_is_read_in_pages_in_its_order(teams):
    await teams.signed(await teams.draft())
    whole = (await teams.api.get("/v1/policies/inbound/history")).json()["items"]
    pages: list[list[object]] = []
    cursor = None
    while not pages or cursor:
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await teams.api.get("/v1/policies/inbound/history", params=query)).json()
        pages.append(page["items"])
        cursor = page["next_cursor"]

    assert [len(page) for page in pages] == [3, 1]
    assert [one for page in pages for one in page] == whole


# --- who may sign, and what -------------------------------------------------------------------


async def test_nobody_signs_what_was_not_tried(teams):
    version = await teams.draft()
    refused = await teams.sign(version, "marketing")

    assert code(refused) == (409, "not_tried")


async def test_a_try_out_is_of_a_version_that_exists(teams):
    with pytest.raises(Problem, match="no such policy version"):
        await teams.tried({"version_id": new_id()})


async def test_who_signs_signs_what_they_have_read(teams):
    old, new = await teams.draft(), await teams.draft(80)
    await teams.tried(new)
    refused = await teams.sign(new | {"digest": old["digest"]}, "marketing")

    assert code(refused) == (409, "digest_differs")
    assert old["digest"] in refused.json()["message"]
    assert new["digest"] in refused.json()["message"]


async def test_people_sign_upon_the_try_out_before_the_first_signature(teams):
    version = await teams.tried(await teams.draft())
    seen = (await teams.now(version))["tryout_id"]
    await teams.sign(version, "sales")
    await teams.tried(version)

    assert (await teams.now(version))["tryout_id"] == seen
    assert [what for _, what, _ in await steps(teams)].count("tried") == 2


async def test_an_agreement_takes_two_people(teams):
    both = await teams.api.add_person("Bo Both", roles=["marketing", "sales"])
    bo = await teams.api.with_key(person=both["email"])
    version = await teams.tried(await teams.draft())
    first = await teams.sign(version, "marketing", by=bo)
    second = await teams.sign(version, "sales", by=bo)

    assert (first.status_code, code(second)) == (200, (409, "same_person"))


@pytest.mark.parametrize("roles", [["marketing"], ["admin"], ["manager"], ["rep"]])
async def test_only_who_has_the_role_signs_as_it(teams, roles):
    person = await teams.api.add_person("Max Other", roles=roles)
    key = await teams.api.with_key(person=person["email"])
    version = await teams.tried(await teams.draft())
    refused = await teams.sign(version, "sales", by=key)

    assert refused.status_code == 403
    assert refused.json()["code"] in ("lacks_role", "not_allowed")


async def test_a_key_without_a_person_cannot_sign_whatever_it_may(teams):
    version = await teams.tried(await teams.draft())
    refused = await teams.sign(version, "sales", by=teams.api)

    assert code(refused) == (403, "no_person")


async def test_who_has_left_or_lost_the_role_signs_nothing(teams):
    version = await teams.tried(await teams.draft())
    sam = f"/v1/people/{teams.ids['sales']}"
    await teams.api.patch(sam, {"roles": ["sales", "rep"]})
    kept = await teams.sign(version, "sales")
    await teams.unsign(version, "sales")
    await teams.api.patch(sam, {"roles": ["manager"]})
    demoted = await teams.sign(version, "sales")
    await teams.api.patch(sam, {"active": False})
    gone = await teams.sign(version, "sales")

    assert (kept.status_code, demoted.status_code, gone.status_code) == (200, 403, 401)


async def test_signing_again_changes_nothing_and_a_colleague_is_told(teams):
    other = await teams.api.add_person("Nora Diaz", roles=["sales"])
    nora = await teams.api.with_key(person=other["email"])
    version = await teams.tried(await teams.draft())
    first = await teams.sign(version, "sales")
    again = await teams.sign(version, "sales")
    second = await teams.sign(version, "sales", by=nora)

    assert again.json() == first.json()
    assert code(second) == (409, "already_signed")
    assert [what for _, what, _ in await steps(teams)].count("signed") == 1


async def test_a_team_withdraws_its_signature_and_not_the_others(teams):
    version = await teams.signed(await teams.draft())
    wrong = await teams.unsign(version, "sales", by=teams.marketing)
    right = await teams.unsign(version, "sales")
    again = await teams.unsign(version, "sales")

    assert code(wrong) == (403, "lacks_role")
    assert right.json()["step"] == again.json()["step"] == "signed_by_marketing"
    assert code(await teams.activate(version)) != (409, "not_signed")  # on trial, for now
    assert (await teams.now(version))["agreement"] == "trial"


async def test_what_was_activated_keeps_its_signatures(teams):
    version = await teams.signed(await teams.draft())
    await teams.activate(version)

    assert code(await teams.unsign(version, "sales")) == (409, "signatures_settled")


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        pytest.param("policy: inbound", (422, "policy_has_errors"), id="unusable"),
        pytest.param(text(1000), (409, "reads_differently"), id="another content"),
    ],
)
async def test_a_text_that_changed_after_all_is_neither_signed_nor_activated(teams, stored, told):
    unsigned = await teams.tried(await teams.draft())
    signed = await teams.signed(await teams.draft(80))
    changed = POLICY_VERSION.update().values(text=stored)  # by another release, say, or by hand
    which = POLICY_VERSION.c.policy == "inbound"
    await teams.api.service.db.write(lambda conn: conn.execute(changed.where(which)))

    assert code(await teams.sign(unsigned, "sales")) == told
    assert code(await teams.activate(signed)) == told
    assert code(await teams.activate(signed, starts_at=days(3))) == told


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"digest": "d" * 64}, "/as"),
        ({"as": "boss", "digest": "d" * 64}, "/as"),
        ({"as": "sales"}, "/digest"),
        ({"as": "sales", "digest": "abc"}, "/digest"),
        ({"as": "sales", "digest": "d" * 64, "comment": 3}, "/comment"),
        ({"as": "sales", "digest": "d" * 64, "role": "sales"}, "/role"),
    ],
)
async def test_an_unclear_signature_is_refused_with_its_place(standing_api, body, pointer):
    refused = await standing_api.post("/v1/policies/b2b-starter/versions/1/sign", body)

    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]


@pytest.mark.parametrize("step", ["activate", "unschedule", "restore", "sign", "unsign"])
async def test_steps_of_an_unknown_version_find_nothing(teams, step):
    body = {"as": "sales"} | ({"digest": "d" * 64} if step == "sign" else {})
    if step in ("activate", "unschedule", "restore"):
        answer = await teams.api.post(f"/v1/policies/nowhere/versions/1/{step}")
    else:
        answer = await teams.sales.post(f"/v1/policies/nowhere/versions/1/{step}", body)

    assert answer.status_code == 404


async def test_a_rep_reads_and_changes_nothing(teams):
    version = await teams.tried(await teams.draft())
    where = path(version)
    reads = [where, "/v1/policies", "/v1/policies/inbound", "/v1/policies/inbound/history"]
    allowed = [(await teams.rep.get(one)).status_code for one in reads]
    posts = [f"{where}/{one}" for one in ("sign", "unsign", "activate", "unschedule", "restore")]
    refused = [(await teams.rep.post(one, {})).status_code for one in ("/v1/policies", *posts)]

    assert (set(allowed), set(refused)) == ({200}, {403})


# --- trial ------------------------------------------------------------------------------------


async def test_the_first_agreement_ends_the_trial_of_its_policy_for_ever(teams):
    on_trial = await teams.draft()
    await teams.activate(on_trial)
    began = (await teams.api.get("/v1/policies/inbound")).json()["trial_since"]
    await teams.activate(await teams.signed(await teams.draft(80)))
    unsigned = await teams.draft(60)
    refused = await teams.activate(unsigned)

    assert began is not None
    assert code(refused) == (409, "not_signed")
    assert "signed by marketing and sales" in refused.json()["message"]
    assert (await teams.now(on_trial))["agreement"] == "trial"  # what it was


async def test_after_an_agreement_no_other_policy_begins_a_trial(teams):
    await teams.activate(await teams.signed(await teams.draft()))
    other = await teams.draft(policy="outbound")
    old = await teams.draft(policy="b2b-starter")

    assert code(await teams.activate(other)) == (409, "not_signed")
    assert (await teams.activate(old)).json()["agreement"] == "trial"  # one that goes on


async def test_what_runs_on_trial_becomes_the_agreement_by_signing_it(teams):
    version = await teams.draft()
    await teams.activate(version)
    await teams.signed(version)
    before = await teams.now(version)
    after = (await teams.activate(version)).json()

    assert (before["state"], before["step"], before["agreement"]) == (
        "in_force",
        "in_force",
        "trial",
    )
    assert (after["state"], after["agreement"]) == ("in_force", "signed")
    assert [(one["agreement"], one["version_before"]) for one in await teams.told()] == [
        ("trial", None),
        ("signed", 1),
    ]


async def test_the_activations_of_a_version_have_ids_of_their_own(teams):
    version = await teams.draft()
    await teams.activate(version)
    await teams.signed(version)
    await teams.activate(version)
    ids = [event["id"] for event in await teams.api.staged("policy.activated.v1")]

    assert len(set(ids)) == len(ids) == 3  # the starter's trial, and these two
