"""The documentation, held to the code: links lead somewhere, examples can be typed."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from ruamel.yaml import YAML

from services.cli.app import app
from shared.access import SCOPES

ROOT = Path(__file__).parents[3]
PAGES = [
    *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY", "CHANGELOG")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
LANGUAGES = {"sh", "js", "text", "yaml", "json", "http", "python", "mermaid"}
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
PROOF = re.compile(r"`(test_\w+(?:\.py)?)`")
ROUTES = [
    line.split()[:2]
    for line in (ROOT / "tests" / "contract" / "permissions.txt").read_text().splitlines()
]


def blocks(language: str) -> list[object]:
    """Return the fenced blocks of a language in all pages, named by page and number."""
    return [
        pytest.param(text, id=f"{name} {number}")
        for page, name in zip(PAGES, NAMES, strict=True)
        for number, (kind, text) in enumerate(FENCE.findall(page.read_text()), 1)
        if kind == language
    ]


def commands(script: str) -> Iterator[list[str]]:
    """Yield the words of each simple command of a shell script."""
    joined = script.replace("\\\n", " ").replace("$(", "\n").replace("`", "\n")
    tokens = shlex.shlex(joined, posix=True, punctuation_chars=True)
    tokens.whitespace = " \t"
    tokens.commenters = "#"
    tokens.wordchars += "$:{}=,@%…"
    words: list[str] = []
    for word in [*tokens, "\n"]:
        if word.strip("\n|&;()<>") == "":
            yield words
            words = []
        else:
            words.append(word)


def typed(first_word: str) -> list[object]:
    """Return every command in the pages that begins with ``first_word``."""
    found: dict[str, object] = {}
    for block in blocks("sh"):
        for words in commands(block.values[0]):  # type: ignore[attr-defined]
            while words and re.fullmatch(r"\w+=.*", words[0]):
                words = words[1:]
            if words and words[0] == first_word:
                found[" ".join(words)] = pytest.param(words[1:], id=" ".join(words)[:90])
    return list(found.values())


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_to_files_lead_somewhere(page):
    targets = [link.partition("#")[0] for link in LINK.findall(page.read_text())]
    files = [link for link in targets if link and not link.startswith(("https://", "http://"))]

    assert [link for link in files if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_block_says_what_it_is(page):
    assert {kind for kind, _ in FENCE.findall(page.read_text())} <= LANGUAGES


@pytest.mark.parametrize("script", blocks("sh"))
def test_shell_examples_are_shell(script):
    checked = subprocess.run(
        ["bash", "-n"], input=script, capture_output=True, text=True, check=False
    )

    assert checked.stderr == ""


@pytest.mark.parametrize("text", blocks("yaml"))
def test_yaml_examples_are_yaml(text):
    assert YAML(typ="safe").load(text) is not None


@pytest.mark.parametrize("words", typed("relevo"))
def test_commands_in_the_pages_can_be_typed(words):
    command = typer.main.get_command(app)
    name = "relevo"
    while hasattr(command, "commands") and words:
        if getattr(command, "invoke_without_command", False) and words[0] not in command.commands:
            break
        name, *words = words
        assert name in command.commands
        command = command.commands[name]

    if "--help" not in words:
        command.make_context(name, list(words))


@pytest.mark.parametrize("words", typed("make"))
def test_make_targets_in_the_pages_exist(words):
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert [word for word in words if "=" not in word and word not in targets] == []


@pytest.mark.parametrize("words", typed("curl"))
def test_requests_in_the_pages_have_a_route(words):
    url = next(word for word in words if re.match(r"https?://|\$RELEVO_URL", word))
    path = re.sub(r"^(https?://[^/]+|\$RELEVO_URL)", "", url).partition("?")[0]
    method = "POST" if "-d" in words else "GET"
    if "-X" in words:
        method = words[words.index("-X") + 1]
    patterns = [re.sub(r"\{[^}]+\}", "[^/]+", route) for verb, route in ROUTES if verb == method]

    assert any(re.fullmatch(pattern, path) for pattern in patterns)
    if "-d" in words:
        assert json.loads(words[words.index("-d") + 1])


NAMED = re.compile(r"docs/[\w./-]+\.md")
TEXTS = [
    path
    for folder in ("services", "shared", "deploy")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.is_file() and path.suffix in {".py", ".yaml", ".json", ".example", ".conf", ".toml"}
    if NAMED.search(path.read_text())
]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_named_by_helps_errors_and_files_exist(path):
    """Whoever reads such a text looks for the page."""
    named = set(NAMED.findall(path.read_text()))

    assert [page for page in named if not (ROOT / page).is_file()] == []


def test_the_page_about_the_api_has_every_scope():
    page = (ROOT / "docs" / "api.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z]+:[a-z]+)` \| (.+) \|$", page, re.MULTILINE))

    assert rows == SCOPES


def test_every_proof_of_a_promise_exists():
    tests = list((ROOT / "tests").rglob("test_*.py"))
    known = {path.name for path in tests}
    known |= {name for path in tests for name in re.findall(r"def (test_\w+)", path.read_text())}

    promised = PROOF.findall((ROOT / "docs" / "durability.md").read_text())

    assert len(promised) > 30
    assert [name for name in promised if name not in known] == []
