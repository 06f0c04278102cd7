"""The catalogues of the console: complete in both languages, and nothing in them unused."""

import ast
import re
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest

import shared.console
from services.handoff.console.words import WORDS
from services.handoff.domain.handoff import STAGE_LABELS
from services.ingest.domain.touch_kinds import KINDS, UNKNOWN
from services.parts import NAMES
from shared.console.operations_words import OPERATIONS
from shared.console.shell_words import SHELL
from shared.console.words import Titles, Words

KIT = Path(shared.console.__file__).parent
CATALOGUES: dict[str, Words] = {
    name: import_module(f"services.{name}.console.words").WORDS for name in NAMES
}
SAID = re.compile(r"""\bsay\(\s*"([a-z_.0-9]+)"(\s*~)?""")
QUOTED = re.compile(r"""["']([a-z_.0-9]+)["']""")
WRITING = ("add_audit", "Entry", "audit", "_note", "_write_down")
CHANGE = re.compile(r"[a-z_]+\.[a-z_]+")
BEGINNING = re.compile(r"""f"([a-z_.]+[_.])\{""")


def sources(folder: Path) -> list[Path]:
    """Return what can say a text: templates, and Python but for the catalogue itself."""
    python = [path for path in folder.glob("*.py") if not path.stem.endswith("_words")]
    return [*sorted(folder.glob("templates/*.html")), *sorted(python)]


def folder_of(service: str) -> Path:
    return KIT.parents[1] / "services" / service / "console"


SOURCES = {"kit": sources(KIT)} | {name: sources(folder_of(name)) for name in NAMES}
FRAME = {**SHELL, **OPERATIONS}
TEXTS = {"kit": Words(FRAME), **CATALOGUES}
EACH = [(of, path) for of, paths in SOURCES.items() for path in paths]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def is_whole(titles: Titles) -> bool:
    """Say whether a text is there in both languages, with the same values in each."""
    values = [fields(text) for text in (titles.es, titles.en)]
    return bool(titles.es.strip() and titles.en.strip()) and values[0] == values[1]


def unsaid(keys: set[str], paths: list[Path]) -> list[str]:
    """Return which of ``keys`` none of these files can say."""
    text = "\n".join(path.read_text() for path in paths)
    quoted = set(QUOTED.findall(text))
    beginnings = {key for key, is_beginning in SAID.findall(text) if is_beginning}
    beginnings |= set(BEGINNING.findall(text))
    return sorted(
        key
        for key in keys - quoted
        if not any(key.startswith(beginning) for beginning in beginnings if beginning)
    )


@pytest.mark.parametrize("service", NAMES)
def test_a_text_has_both_languages_and_the_same_values_in_each(service):
    texts = CATALOGUES[service].texts

    assert [key for key, titles in texts.items() if not is_whole(titles)] == []


@pytest.mark.parametrize("service", NAMES)
def test_a_text_has_two_forms_at_most(service):
    texts = CATALOGUES[service].texts
    forms = {key: (titles.es.count("|"), titles.en.count("|")) for key, titles in texts.items()}

    assert [key for key, both in forms.items() if both not in ((0, 0), (1, 1))] == []


@pytest.mark.parametrize("service", NAMES)
def test_no_key_is_in_two_parts_of_a_catalogue(service):
    words = CATALOGUES[service]

    assert len(words.texts) == sum(len(part) for part in words.parts)


@pytest.mark.parametrize(("of", "source"), EACH, ids=[f"{of}: {path.name}" for of, path in EACH])
def test_every_text_a_page_says_exists(of, source):
    texts = TEXTS[of].texts
    for key, is_beginning in SAID.findall(source.read_text()):
        if is_beginning:
            assert any(each.startswith(key) for each in texts), key
        else:
            assert key in texts


@pytest.mark.parametrize("service", NAMES)
def test_every_text_is_said_somewhere(service):
    own = set(CATALOGUES[service].texts) - set(FRAME)

    assert unsaid(own, SOURCES[service] + SOURCES["kit"]) == []


def test_every_text_of_the_frame_is_said_somewhere():
    everywhere = [path for paths in SOURCES.values() for path in paths]

    assert unsaid(set(FRAME), everywhere) == []


def test_every_kind_of_touch_has_words():
    kinds = set(KINDS) - {UNKNOWN}

    assert [kind for kind in sorted(kinds) if not WORDS.has(f"did.{kind}")] == []


@pytest.mark.parametrize("service", NAMES)
def test_every_kind_of_change_in_the_audit_has_words(service):
    written = {
        what
        for path in sorted((KIT.parents[1] / "services" / service).rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and name_of(call.func) in WRITING
        for what in map(text_of, call.args)
        if CHANGE.fullmatch(what)
    }

    assert written
    assert [what for what in sorted(written) if not CATALOGUES[service].has(f"audit.{what}")] == []


def name_of(called: ast.expr) -> str:
    return getattr(called, "attr", "") or getattr(called, "id", "")


def text_of(given: ast.expr) -> str:
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""


def test_every_stage_has_words():
    assert [stage for stage in STAGE_LABELS if not WORDS.has(f"stage_{stage}")] == []


@pytest.mark.parametrize(
    ("count", "told"), [pytest.param(1, "1 day", id="one"), pytest.param(3, "3 days", id="many")]
)
def test_a_count_chooses_the_form(count, told):
    assert WORDS.say("days", "en", count=count) == told
