"""Policies in plain words over HTTP: told, compared, in both languages and three forms."""

import pytest
from sqlalchemy import update

from services.handoff.policy_document import compile_policy
from services.handoff.store.tables import POLICY_VERSION
from services.handoff.texts import as_markdown, as_text, tell, tell_changes
from tests.service.handoff.api import open_api
from tests.service.handoff.test_policies import BROKEN, TEXT, activate, draft

CHEAPER = TEXT.replace("points: 30", "points: 20")
STRICTER = TEXT.replace("engagement: {at_least: 50}", "engagement: {at_least: 60}")
STARTER = "/v1/policies/b2b-starter/versions/1"


def version_of(text):
    version = compile_policy(text).version
    assert version is not None
    return version


def told(answer):
    """The sentences of an answer."""
    assert answer.status_code == 200, answer.text
    return [
        sentence["text"]
        for section in answer.json()["sections"]
        for paragraph in section["paragraphs"]
        for sentence in paragraph["sentences"]
    ]


async def diff(api, number, **query):
    return await api.get(f"/v1/policies/inbound/versions/{number}/diff", params=query)


async def test_a_stored_version_is_told_with_a_path_for_each_sentence(api):
    version = await draft(api)
    answer = (await api.get("/v1/policies/inbound/versions/1/text")).json()
    sections = {section["path"]: section for section in answer["sections"]}
    guide = sections["signals"]["paragraphs"][2]

    assert (answer["policy"], answer["number"], answer["digest"]) == (
        "inbound",
        1,
        version["digest"],
    )
    assert answer["opening"] == "Version 1 of the policy `inbound`."
    assert guide["path"] == "signals.guide"
    assert guide["sentences"][0] == {
        "path": "signals.guide.points",
        "text": "“Guide” counts 30 points.",
        "of": [],
    }
    assert "change" not in guide


@pytest.mark.parametrize("language", ["en", "es"])
async def test_all_forms_say_the_same(standing_api, language):
    query = {"language": language}
    data = await standing_api.get(f"{STARTER}/text", params=query)
    text = await standing_api.get(f"{STARTER}/text", params={**query, "format": "text"})
    markdown = await standing_api.get(f"{STARTER}/text", params={**query, "format": "markdown"})

    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert data.json()["language"] == language
    assert all(sentence in text.text for sentence in told(data))
    assert markdown.text.startswith(f"# {data.json()['title']}\n")


async def test_a_text_that_is_not_stored_is_told_too(standing_api):
    answer = await standing_api.post("/v1/policies/text?language=es", {"text": TEXT})
    page = await standing_api.post("/v1/policies/text?language=es&format=markdown", {"text": TEXT})

    assert answer.json()["number"] is None
    assert "«Guide» vale 30 puntos." in told(answer)
    assert page.text == as_markdown(tell(version_of(TEXT), "es"))


async def test_the_language_is_the_installations_when_none_is_asked_for(sqlite_url, tmp_path):
    async with open_api(sqlite_url, tmp_path, language="es") as api:
        answer = await api.get(f"{STARTER}/text")

    assert answer.json()["language"] == "es"


async def test_a_draft_is_compared_with_the_version_in_force(api):
    await activate(api, await draft(api))
    await draft(api, STRICTER)
    await draft(api, CHEAPER)
    answer = await diff(api, 3)

    assert told(answer) == ["“Guide” now counts 20 points instead of 30 points."]
    assert (answer.json()["number"], answer.json()["against"]["number"]) == (3, 1)
    assert answer.json()["sections"][0]["paragraphs"][0]["change"] == "changed"
    assert answer.json()["opening"] == ("The policy `inbound`: version 3 compared with version 1.")


async def test_the_version_in_force_is_compared_with_the_number_before(api):
    await draft(api)
    await activate(api, await draft(api, CHEAPER))
    answer = await diff(api, 2)

    assert answer.json()["against"]["number"] == 1
    assert told(answer) == ["“Guide” now counts 20 points instead of 30 points."]


async def test_any_two_versions_can_be_compared_in_either_direction(api):
    await draft(api)
    await draft(api, CHEAPER)
    back = await diff(api, 1, against=2, language="es")
    none = await diff(api, 1, against=1)
    page = await diff(api, 2, against=1, format="text")

    assert told(back) == ["«Guide» vale ahora 30 puntos en vez de 20 puntos."]
    assert (none.json()["sections"], none.json()["closing"]) == ([], "Nothing changes.")
    assert page.text.count("“Guide” now counts 20 points") == 1


async def test_a_first_version_has_nothing_to_be_compared_with(api):
    await draft(api)
    answer = await diff(api, 1)

    assert (answer.status_code, answer.json()["code"]) == (404, "nothing_to_compare")


async def test_a_text_is_compared_with_the_version_in_force_of_the_policy_it_names(api):
    await activate(api, await draft(api))
    named = await api.post("/v1/policies/diff", {"text": CHEAPER})
    other = await api.post("/v1/policies/diff", {"text": CHEAPER, "against_policy": "b2b-starter"})

    assert told(named) == ["“Guide” now counts 20 points instead of 30 points."]
    assert named.json()["number"] is None
    assert named.json()["against"]["number"] == 1
    assert other.json()["against"]["policy"] == "b2b-starter"


async def test_a_draft_can_be_what_a_text_is_compared_with(api):
    await draft(api, STRICTER)
    answer = await api.post("/v1/policies/diff", {"text": TEXT, "against_number": 1})

    assert answer.json()["against"]["number"] == 1
    assert len(told(answer)) == 1


async def test_two_texts_are_compared_under_the_names_of_their_files(standing_api):
    given = {"text": CHEAPER, "file": "new.yaml", "against_text": TEXT, "against_file": "old.yaml"}
    page = await standing_api.post("/v1/policies/diff?format=text", given)
    changes = tell_changes(version_of(TEXT), version_of(CHEAPER), "en", ("old.yaml", "new.yaml"))

    assert page.text == as_text(changes)


@pytest.mark.parametrize(
    ("path", "given", "code", "says"),
    [
        pytest.param("text", {"text": BROKEN}, "policy_has_errors", "policy.yaml:4:", id="broken"),
        pytest.param(
            "diff", {"text": TEXT, "against_text": BROKEN, "against_file": "old.yaml"},
            "policy_has_errors", "old.yaml:4:", id="a broken earlier text",
        ),
        pytest.param(
            "diff", {"text": TEXT, "against_text": TEXT, "against_number": 1}, "invalid",
            "give either", id="two to compare with",
        ),
        pytest.param(
            "text", {"text": TEXT, "langauge": "es"}, "invalid", "langauge", id="misspelt"
        ),
    ],
)  # fmt: skip
async def test_what_cannot_be_told_is_refused_with_its_place(standing_api, path, given, code, says):
    answer = await standing_api.post(f"/v1/policies/{path}", given)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert says in answer.text


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/v1/policies/inbound/versions/1/text", id="no such policy"),
        pytest.param(f"{STARTER}/diff?against=9", id="no such version to compare with"),
        pytest.param("/v1/policies/inbound/versions/1/diff", id="no such version to compare"),
    ],
)
async def test_an_unknown_version_is_not_found(standing_api, path):
    answer = await standing_api.get(path)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_stored_text_this_release_cannot_read_is_a_problem_and_no_fault(api):
    await draft(api)
    broken = update(POLICY_VERSION).where(POLICY_VERSION.c.policy == "inbound").values(text="a: [")
    await api.service.db.write(lambda conn: conn.execute(broken))
    answers = [
        await api.get(f"/v1/policies/inbound/versions/1/{what}") for what in ("text", "diff")
    ]

    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (422, "policy_has_errors")


async def test_the_routes_are_described_with_their_forms(standing_api):
    described = (await standing_api.get("/openapi.json")).json()["paths"]

    for what in ("text", "diff"):
        route = described[f"/v1/policies/{{policy}}/versions/{{number}}/{what}"]
        content = route["get"]["responses"]["200"]["content"]
        assert set(content) == {"application/json", "text/plain", "text/markdown"}


@pytest.mark.parametrize("query", ["language=fr", "format=pdf", "against=0"])
async def test_an_unknown_language_form_or_number_is_refused(standing_api, query):
    answer = await standing_api.get(f"{STARTER}/diff?{query}")

    assert answer.status_code == 422
