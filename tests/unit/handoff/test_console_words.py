"""The console's catalogue: complete in both languages, and nothing in it unused."""

import re
from pathlib import Path
from string import Formatter

import pytest

import services.handoff.console
from services.handoff.console.words import WORDS, board, handoffs, leads, say, shell, touches
from services.handoff.domain.handoff import STAGE_LABELS
from services.handoff.domain.questions import Titles
from services.ingest.domain.touch_kinds import KINDS, UNKNOWN

FOLDER = Path(services.handoff.console.__file__).parent
TEMPLATES = sorted((FOLDER / "templates").glob("*.html"))
SOURCES = [*TEMPLATES, *sorted(FOLDER.glob("*.py"))]
SAID = re.compile(r"""\bsay\(\s*"([a-z_.0-9]+)"(\s*~)?""")
QUOTED = re.compile(r"""["']([a-z_.0-9]+)["']""")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def is_whole(titles: Titles) -> bool:
    """Say whether a text is there in both languages, with the same values in each."""
    values = [fields(text) for text in (titles.es, titles.en)]
    return bool(titles.es.strip() and titles.en.strip()) and values[0] == values[1]


def test_a_text_has_both_languages_and_the_same_values_in_each():
    assert [key for key, titles in WORDS.items() if not is_whole(titles)] == []


def test_a_text_has_two_forms_at_most():
    forms = {key: (titles.es.count("|"), titles.en.count("|")) for key, titles in WORDS.items()}

    assert [key for key, both in forms.items() if both not in ((0, 0), (1, 1))] == []


def test_no_key_is_in_two_parts_of_the_catalogue():
    parts = (shell, handoffs, leads, board, touches)

    assert len(WORDS) == sum(len(part.WORDS) for part in parts)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_text_a_page_says_exists(source):
    for key, is_beginning in SAID.findall(source.read_text()):
        if is_beginning:
            assert any(each.startswith(key) for each in WORDS), key
        else:
            assert key in WORDS


def test_every_text_is_said_somewhere():
    text = "\n".join(source.read_text() for source in SOURCES)
    quoted = set(QUOTED.findall(text))
    beginnings = {key for key, is_beginning in SAID.findall(text) if is_beginning}
    beginnings |= set(re.findall(r"""f"([a-z_.]+[_.])\{""", text))
    unsaid = [
        key
        for key in WORDS
        if key not in quoted and not any(key.startswith(one) for one in beginnings if one)
    ]

    assert unsaid == []


def test_every_kind_of_touch_has_words():
    kinds = set(KINDS) - {UNKNOWN}

    assert [kind for kind in sorted(kinds) if f"did.{kind}" not in WORDS] == []


def test_every_stage_has_words():
    assert [stage for stage in STAGE_LABELS if f"stage_{stage}" not in WORDS] == []


@pytest.mark.parametrize(
    ("count", "told"), [pytest.param(1, "1 day", id="one"), pytest.param(3, "3 days", id="many")]
)
def test_a_count_chooses_the_form(count, told):
    assert say("days", "en", count=count) == told
