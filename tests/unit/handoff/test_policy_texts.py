"""The agreement in plain words: complete, and faithful to the version that runs."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from services.handoff.policy_document import compile_policy
from services.handoff.texts import LANGUAGES, as_markdown, as_text, tell
from services.handoff.texts.structure import Text
from tests.unit.handoff.starter import STARTER
from tests.unit.handoff.strategies import LAW
from tests.unit.handoff.whole_policies import neighbours
from tests.unit.handoff.written import policy_of

LAW_OF_TEXTS = settings(LAW, max_examples=60)


def contents(text: Text) -> Text:
    """The text without the number of the version and without the fingerprint."""
    return replace(text, opening="", closing="")


@LAW_OF_TEXTS
@given(neighbours())
def test_texts_differ_in_both_languages_exactly_when_digests_do(versions):
    one, other = versions

    for language in LANGUAGES:
        texts = [contents(tell(version, language)) for version in (one, other)]
        is_same = one.digest == other.digest
        assert (texts[0] == texts[1]) is is_same
        assert (as_text(texts[0]) == as_text(texts[1])) is is_same
        assert (as_markdown(texts[0]) == as_markdown(texts[1])) is is_same


@pytest.mark.parametrize(
    "old",
    [
        pytest.param('title: {en: "Asked for a price"', id="an English title"),
        pytest.param('es: "Pidió presupuesto"}', id="a Spanish title"),
        pytest.param("  quote_request:", id="a name"),
        pytest.param("points: 12\n", id="points"),
        pytest.param("touch: pricing.viewed", id="a kind of touch"),
    ],
)
def test_one_word_of_the_starter_changes_the_text_in_both_languages(old):
    text = STARTER.replace("quote_request,", "other_name,") if old.endswith(":") else STARTER
    new = {
        "  quote_request:": "  other_name:",
        "points: 12\n": "points: 12.1\n",
        "touch: pricing.viewed": "touch: pricing.seen",
    }.get(old, old.replace("p", "q").replace("P", "Q"))
    one, other = compile_policy(STARTER).version, compile_policy(text.replace(old, new, 1)).version
    assert one is not None
    assert other is not None

    for language in LANGUAGES:
        assert contents(tell(one, language)) != contents(tell(other, language))


def test_layout_comments_and_written_defaults_change_nothing():
    one = policy_of({"s": {"touch": "a.b", "points": 1}})
    other = policy_of({"s": {"at_most": 1, "weak": False, "points": 1.0, "touch": ["a.b"]}})

    assert one.digest == other.digest
    assert contents(tell(one, "es")) == contents(tell(other, "es"))


def test_the_number_is_told_first_and_the_fingerprint_last():
    version = compile_policy(STARTER).version
    assert version is not None
    lines = as_text(tell(version, "en")).splitlines()

    assert lines[0] == "When a lead is ready for sales"
    assert lines[3] == "The policy `b2b-starter`, as it stands in the file."
    assert lines[-1] == f"Fingerprint of what this says: {version.digest}"


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_both_forms_show_every_sentence(language):
    version = compile_policy(STARTER).version
    assert version is not None
    text = tell(version, language)
    lines = MarkdownIt("commonmark").parse(as_markdown(text))
    shown = "\n".join(
        "".join(child.content or "\n" for child in token.children or ()) for token in lines
    )

    for sentence in text.sentences():
        assert sentence.text in as_text(text)
        assert sentence.text.replace("`", "") in shown


def test_a_text_is_data_with_a_path_for_each_sentence():
    version = compile_policy(STARTER).version
    assert version is not None
    told = json.loads(json.dumps(tell(version, "en").as_dict()))
    paths = {
        sentence["path"]
        for section in told["sections"]
        for paragraph in section["paragraphs"]
        for sentence in paragraph["sentences"]
    }

    assert {"signals.pricing_seen.points", "gates.engaged_and_fitting.when", "cool_down"} <= paths
