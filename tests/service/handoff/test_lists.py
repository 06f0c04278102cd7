"""Lists over HTTP: versions, preconditions, files; and what policies make of them."""

import asyncio

import pytest
from sqlalchemy import select

from services.handoff.store.tables import HANDOFF
from tests.service.handoff.recording import put_in_force, record

POLICY = """\
policy: inbound
signals:
  demo: {touch: demo.requested, points: 100, within: 60d}
fit:
  near: {points: 10, when: {lead.country: {in_list: countries}}}
exclude:
  competitor: {when: {account.domain: {in_list: competitors}}}
gates: {asked: {tier: hot, when: {signal: demo}}}
response: {hot: {accept_in: 15m, first_attempt_in: 1h}}
"""


async def make(api, name, *values, **said):
    answer = await api.post("/v1/lists", {"name": name, "values": list(values), **said})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def change(api, name, match="*", **body):
    headers = {} if match is None else {"If-Match": match}
    return await api.http.post(f"/v1/lists/{name}/values", json=body, headers=headers)


async def replace(api, name, values, match="*"):
    body, headers = {"values": values}, {"If-Match": match}
    return await api.http.put(f"/v1/lists/{name}/values", json=body, headers=headers)


async def delete(api, name, match="*"):
    return await api.http.delete(f"/v1/lists/{name}", headers={"If-Match": match})


async def values(api, name, **query):
    answer = await api.get(f"/v1/lists/{name}/values", params=query)
    return answer.json()["items"] if answer.status_code == 200 else answer.status_code


async def test_a_list_is_made_shown_and_listed(api):
    made = await api.post("/v1/lists", {"name": "rivals", "values": ["b.com", "a.com"], "why": "x"})
    shown = await api.get(made.headers["Location"])
    listed = await api.get("/v1/lists")

    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert shown.json() == made.json() == listed.json()["items"][0]
    assert (made.json()["number"], made.json()["size"], made.json()["used_by"]) == (1, 2, [])
    assert (made.json()["made_by"], made.json()["why"]) == ("admin", "x")
    assert await values(api, "rivals") == ["a.com", "b.com"]


async def test_every_change_is_a_version_and_all_of_them_can_be_read(api):
    await make(api, "rivals", "a.com", "b.com")
    second = await change(api, "rivals", add=["c.com"], remove=["a.com"], why="they merged")
    third = await replace(api, "rivals", ["a.com"])
    history = (await api.get("/v1/lists/rivals/versions")).json()["items"]

    assert (second.json()["number"], third.json()["number"]) == (2, 3)
    assert [await values(api, "rivals", version=number) for number in (1, 2, 3)] == [
        ["a.com", "b.com"],
        ["b.com", "c.com"],
        ["a.com"],
    ]
    assert [(one["size"], one["added"], one["removed"], one["why"]) for one in history] == [
        (1, 1, 2, ""),
        (2, 1, 1, "they merged"),
        (2, 2, 0, ""),
    ]
    assert await values(api, "rivals", version=4) == 404
    assert (await api.audit("list.changed"))[0]["detail"]["version"] == 3


async def test_equal_contents_have_equal_digests_whatever_their_history_and_spelling(api):
    one = await make(api, "one", "México", "a.com")
    await make(api, "other", "b.com")
    await change(api, "other", add=["A.COM", "mexico"])
    other = (await change(api, "other", remove=["b.com"])).json()

    assert one["digest"] == other["digest"]


async def test_values_that_are_compared_as_one_are_one(api):
    await make(api, "countries", "España", " espana ", "ESPAÑA")
    nothing = await change(api, "countries", add=["espana"])

    assert await values(api, "countries") == ["España"]
    assert nothing.json()["number"] == 1  # nothing changed, so there is no new version


async def test_a_change_names_what_it_was_based_on(api):
    await make(api, "rivals", "a.com")
    answers = [
        await change(api, "rivals", match=None, add=["b.com"]),
        await change(api, "rivals", match='"1"', add=["b.com"]),
        await change(api, "rivals", match='"1"', add=["c.com"]),
        await replace(api, "rivals", [], match='"1"'),
        await delete(api, "rivals", match='"1"'),
    ]

    assert [one.status_code for one in answers] == [428, 200, 412, 412, 412]
    assert await values(api, "rivals") == ["a.com", "b.com"]


async def test_changes_at_once_each_make_a_version(api):
    await make(api, "rivals")
    await asyncio.gather(*(change(api, "rivals", add=[f"a{n}.com"]) for n in range(5)))
    shown = (await api.get("/v1/lists/rivals")).json()

    assert (shown["number"], shown["size"]) == (6, 5)


async def test_lists_made_at_once_under_one_name_are_one(api):
    made = await asyncio.gather(*(api.post("/v1/lists", {"name": "x"}) for _ in range(4)))

    assert sorted(one.status_code for one in made) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param({"name": "Rivals"}, "/name", id="a name with a capital"),
        pytest.param({"name": "x", "values": [""]}, "/values/0", id="a blank value"),
        pytest.param({"name": "x", "values": ["a" * 201]}, "/values/0", id="a long value"),
        pytest.param({"name": "x", "values": [7]}, "/values/0", id="a number"),
        pytest.param({"name": "x", "valeus": []}, "/valeus", id="a misspelt field"),
    ],
)
async def test_a_list_nobody_can_keep_is_refused_with_the_place(standing_api, body, pointer):
    refused = await standing_api.post("/v1/lists", body)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == pointer


async def test_an_unknown_list_is_not_found(standing_api):
    answers = [
        await standing_api.get("/v1/lists/nothing"),
        await standing_api.get("/v1/lists/nothing/values"),
        await standing_api.get("/v1/lists/nothing/versions"),
        await change(standing_api, "nothing", add=["a"]),
        await delete(standing_api, "nothing"),
    ]

    assert [one.status_code for one in answers] == [404] * 5


async def test_a_value_cannot_come_and_go_at_once(api):
    await make(api, "rivals")
    refused = await change(api, "rivals", add=["a.com"], remove=["A.com"])

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/remove")


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        pytest.param({"text": "b.com\n# note\nc.com\n"}, ["b.com", "c.com"], id="lines"),
        pytest.param(
            {"text": "n,domain\n1,b.com\n", "column": "domain"}, ["b.com"], id="a CSV column"
        ),
        pytest.param({"text": "b.com", "mode": "add"}, ["a.com", "b.com"], id="added"),
        pytest.param({"text": "a.com", "mode": "remove"}, [], id="removed"),
    ],
)
async def test_a_file_is_imported(api, file, expected):
    await make(api, "rivals", "a.com")
    answer = await api.post("/v1/lists/rivals/import", file, **{"If-Match": "*"})

    assert (answer.status_code, answer.json()["number"]) == (200, 2)
    assert await values(api, "rivals") == expected


async def test_a_file_that_cannot_be_read_changes_nothing(api):
    await make(api, "rivals", "a.com")
    file = {"text": "n,domain\n", "column": "domian"}
    refused = await api.post("/v1/lists/rivals/import", file, **{"If-Match": "*"})

    assert (refused.status_code, refused.json()["code"]) == (422, "unreadable_file")
    assert "columns: n, domain" in refused.json()["message"]
    assert (await api.get("/v1/lists/rivals")).json()["number"] == 1


async def test_a_policy_that_names_a_list_nobody_has_is_refused_with_the_nearest(api):
    await make(api, "competitor")
    await make(api, "countries")
    refused = await api.post("/v1/policies", {"text": POLICY})
    [error] = refused.json()["errors"]

    assert (refused.status_code, error["code"], error["line"]) == (422, "unknown_list", 7)
    assert "Did you mean `competitor`?" in error["message"]


async def test_a_list_in_use_cannot_be_deleted_and_says_who_uses_it(api):
    await make(api, "competitors", "rival.com")
    await make(api, "countries", "ES")
    await put_in_force(api, POLICY)
    refused = await delete(api, "competitors")
    shown = (await api.get("/v1/lists/competitors")).json()
    await put_in_force(api, POLICY.replace("{in_list: competitors}", "rival.com"))
    gone = await delete(api, "competitors")

    assert (refused.status_code, refused.json()["code"]) == (409, "list_in_use")
    assert [one["policy"] for one in refused.json()["errors"]] == ["inbound"]
    assert shown["used_by"] == ["inbound"]
    assert gone.status_code == 204
    assert (await api.get("/v1/lists/competitors")).status_code == 404
    assert await values(api, "competitors", version=1) == ["rival.com"]  # old decisions name it


async def test_a_deleted_list_that_is_made_again_goes_on_counting(api):
    await make(api, "rivals", "a.com", "b.com")
    await delete(api, "rivals")
    again = await make(api, "rivals", "b.com", "c.com")

    assert again["number"] == 2
    assert await values(api, "rivals") == ["b.com", "c.com"]
    assert await values(api, "rivals", version=1) == ["a.com", "b.com"]


async def test_what_was_decided_under_a_deleted_list_can_still_be_answered(api):
    ana = await api.add_person("Ana")
    await make(api, "competitors", "rival.com")
    await make(api, "countries", "ES")
    await put_in_force(api, POLICY)
    await record(api, "eva@acme.com", "demo.requested")
    await put_in_force(api, POLICY.replace("{in_list: competitors}", "rival.com"))
    await delete(api, "competitors")
    handoff = (await api.get("/v1/handoffs")).json()["items"][0]
    said = {"verdict": "accept", "person": ana["email"]}
    answer = await api.post(f"/v1/handoffs/{handoff['handoff_id']}/verdict", said)

    assert answer.status_code == 200, answer.text


async def excluded(api, lead_id):
    """Return who excludes a lead now, and the versions of the lists that were asked."""
    answers = (await api.get(f"/v1/leads/{lead_id}/evaluation")).json()
    [one] = [each["explanation"] for each in answers if each["policy"] == "inbound"]
    return [each["name"] for each in one["excluded_by"]], one["lists"]


async def test_a_change_counts_from_the_next_evaluation_on_in_every_process(api):
    """The API's shelf and the one touches are taken in by are two, as in two processes."""
    await make(api, "competitors", "rival.com")
    await make(api, "countries", "ES")
    version = await put_in_force(api, POLICY)
    lead = await record(api, "eva@acme.com", None)
    before = await excluded(api, lead)
    await change(api, "competitors", add=["acme.com"])
    after = await excluded(api, lead)
    await record(api, "eva@acme.com", "demo.requested")
    await change(api, "competitors", remove=["acme.com"])
    await record(api, "bob@acme.com", "demo.requested")
    now = (await api.get("/v1/policies")).json()["items"]

    assert before == ([], {"competitors": 1, "countries": 1})
    assert after == (["competitor"], {"competitors": 2, "countries": 1})
    handed_over = await api.service.db.read(
        lambda conn: (
            conn.execute(select(HANDOFF.c.lead_name).where(HANDOFF.c.policy == "inbound"))
            .scalars()
            .all()
        )
    )
    assert handed_over == ["bob@acme.com"]
    assert ("inbound", version["number"]) in [(one["policy"], one["in_force"]) for one in now]


async def test_a_handoff_names_the_versions_of_the_lists_that_decided(api):
    await make(api, "competitors", "rival.com")
    await make(api, "countries", "ES")
    await change(api, "competitors", add=["other.com"])
    await put_in_force(api, POLICY)
    await record(api, "eva@acme.com", "demo.requested")
    [ready] = [
        one["data"]
        for one in await api.staged("handoff.sales_ready.v1")
        if one["data"]["handoff"]["policy"] == "inbound"
    ]
    await change(api, "competitors", add=["acme.com"])

    assert ready["evaluation"]["lists"] == {"competitors": 2, "countries": 1}


async def test_a_list_of_the_same_name_in_the_file_comes_first(api):
    await make(api, "competitors", "acme.com")
    await make(api, "countries", "ES")
    own = POLICY.replace("signals:", "lists: {competitors: [rival.com]}\nsignals:", 1)
    await put_in_force(api, own)

    assert await excluded(api, await record(api, "eva@acme.com", None)) == ([], {"countries": 1})


async def test_touches_that_count_by_a_list_count_anew_when_it_changes(api):
    await make(api, "hot", "pricing")
    text = POLICY.replace("{in_list: competitors}", "rival.com").replace(
        "demo: {touch", "demo: {where: {content.topic: {in_list: hot}}, touch"
    )
    await put_in_force(api, text.replace("{in_list: countries}", "ES"))
    await record(api, "eva@acme.com", "demo.requested")
    lead = await record(api, "eva@acme.com", None)
    before = (await api.get(f"/v1/leads/{lead}/evaluation")).json()
    await change(api, "hot", add=["legal"])
    after = (await api.get(f"/v1/leads/{lead}/evaluation")).json()
    lists = [
        one["explanation"]["lists"]
        for one in (*before, *after)
        if one["explanation"]["policy"] == "inbound"
    ]

    assert lists == [{"hot": 1}, {"hot": 2}]


async def test_a_text_is_tried_with_the_lists_as_they_are(api):
    await make(api, "competitors", "rival.com")
    await make(api, "countries", "ES")
    trial = {"text": POLICY, "invented": {"lead": {"email": "eva@rival.com"}}}
    tried = (await api.post("/v1/policies/try-one", trial)).json()["explanation"]

    assert [one["name"] for one in tried["excluded_by"]] == ["competitor"]
    assert tried["lists"] == {"competitors": 1, "countries": 1}


async def test_policies_in_force_for_the_same_leads_are_warned_about(api):
    await make(api, "competitors")
    await make(api, "countries")
    drafted = (await api.post("/v1/policies", {"text": POLICY})).json()

    [warning] = [one for one in drafted["warnings"] if one["code"] == "overlapping_policies"]
    assert "`b2b-starter`" in warning["message"]


async def test_a_policy_is_retired_over_http_with_a_reason(api):
    refused = await api.post("/v1/policies/b2b-starter/retire", {})
    answer = await api.post("/v1/policies/b2b-starter/retire", {"why": "another one"})
    listed = (await api.get("/v1/policies")).json()["items"]
    again = await api.post("/v1/policies/b2b-starter/retire", {"why": "another one"})

    assert (refused.status_code, answer.status_code, again.status_code) == (422, 200, 200)
    assert again.json() == answer.json()
    assert (answer.json()["retired_by"], answer.json()["retired_why"]) == ("admin", "another one")
    assert [(one["policy"], one["in_force"]) for one in listed] == [("b2b-starter", None)]
