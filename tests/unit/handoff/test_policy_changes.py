"""What changed between two versions: everything that did, nothing that did not."""

from typing import Any

from hypothesis import given, settings
from markdown_it import MarkdownIt

from services.handoff.domain.plain import plain
from services.handoff.domain.policy import PolicyVersion
from services.handoff.policy_document import compile_policy
from services.handoff.texts import LANGUAGES, as_markdown, as_text, tell_changes
from services.handoff.texts.clauses import WRITTEN_AS
from tests.unit.handoff.starter import STARTER
from tests.unit.handoff.strategies import LAW
from tests.unit.handoff.whole_policies import neighbours, strangers

LAW_OF_CHANGES = settings(LAW, max_examples=60)


def values_of(version: PolicyVersion) -> dict[str, Any]:
    """What a version says, by path, from what its digest is made of."""
    values: dict[str, Any] = {}
    for section, held in without_lists(plain(version), values).items():
        values[section] = held
        if isinstance(held, list):
            values[section] = [each["name"] for each in held]
            held = {each["name"]: each for each in held}
        if isinstance(held, dict) and section not in ("title", "applies_to"):
            del values[section]
            for name, said in held.items():
                entry = said if isinstance(said, dict) else {"": said}
                for key, value in entry.items():
                    path = [section, name, WRITTEN_AS.get(key, key)]
                    values[".".join(filter(None, path))] = value
            values[f"{section}."] = [*held] if section != "response" else sorted(held)
    return values


def without_lists(value: Any, lists: dict[str, Any]) -> Any:
    """Move the values of named lists to a path of their own."""
    if isinstance(value, list):
        return [without_lists(each, lists) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("kind") == "in_list":
        lists[f"lists.{value['name']}"] = value.get("keys")  # none: kept outside
        return {"kind": "in_list", "name": value["name"]}
    return {key: without_lists(each, lists) for key, each in value.items()}


def are_one(path: str, other: str) -> bool:
    """Whether one path is the other, or inside it."""
    one, two = path.rstrip("."), other.rstrip(".")
    return one == two or one.startswith(f"{two}.") or two.startswith(f"{one}.")


@LAW_OF_CHANGES
@given(neighbours())
def test_what_differs_is_told_and_nothing_else(versions):
    """A change for every place at which the digest's content differs, and for no other."""
    old, new = versions
    before, after = values_of(old), values_of(new)
    differing = [
        path for path in before.keys() | after.keys() if before.get(path) != after.get(path)
    ]

    for language in LANGUAGES:
        text = tell_changes(old, new, language)
        told = [paragraph.path for section in text.sections for paragraph in section.paragraphs]
        assert bool(told) is (old.digest != new.digest)
        for path in differing:
            assert any(are_one(path, each) for each in told), path
        for each in told:
            assert any(are_one(path, each) for path in differing), each


@LAW_OF_CHANGES
@given(strangers)
def test_two_policies_that_have_little_in_common_can_be_compared(versions):
    old, new = versions

    for language in LANGUAGES:
        text = tell_changes(old, new, language)
        assert bool(text.sections) is (old.digest != new.digest)
        for sentence in text.sentences():
            assert sentence.text in as_text(text)


def test_a_version_does_not_differ_from_itself():
    version = compile_policy(STARTER).version
    assert version is not None
    text = tell_changes(version, version, "en")

    assert (text.sections, text.closing) == ((), "Nothing changes.")
    assert as_text(text).splitlines()[-1] == "Nothing changes."


def test_names_are_told_last_and_together():
    old, new = 'policy: b2b-starter\ntitle: {en: "When', 'policy: b2b\ntitle: {en: "Whenever'
    assert old in STARTER
    text = STARTER.replace(old, new).replace("cool_down: 30d", "cool_down: 9d")
    before, after = (compile_policy(each).version for each in (STARTER, text))
    assert before is not None
    assert after is not None
    sections = tell_changes(before, after, "en").sections

    assert [section.path for section in sections] == ["cool_down", "names"]
    assert [paragraph.path for paragraph in sections[-1].paragraphs] == ["policy", "title"]


def test_numbers_of_versions_and_names_of_files_are_told_first():
    version = compile_policy(STARTER).version
    assert version is not None
    text = tell_changes(version, version, "en", ("old.yaml", "new.yaml"))

    assert text.opening == "The policy `b2b-starter`: `new.yaml` compared with `old.yaml`."


def test_changes_are_markdown_too():
    before, after = (
        compile_policy(each).version for each in (STARTER, STARTER.replace("30d", "9d"))
    )
    assert before is not None
    assert after is not None
    text = tell_changes(before, after, "en")
    tokens = MarkdownIt("commonmark").parse(as_markdown(text))

    assert [token.tag for token in tokens if token.type == "heading_open"][:2] == ["h1", "h2"]
    paragraphs = sum(len(section.paragraphs) for section in text.sections)
    assert [token.type for token in tokens].count("list_item_open") == paragraphs
