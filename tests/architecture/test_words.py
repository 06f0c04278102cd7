"""The words of the code: one thing has one name, and every file one job."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [
    pytest.param(path, id=str(path.relative_to(ROOT)))
    for package in ("services", "shared")
    for path in sorted((ROOT / package).rglob("*.py"))
]
# The wrong word, and what we call it.
GLOSSARY = {
    "dead_letter": "park",
    "esp": "vendor",
    "integration": "source",
    "organisation": "account",
    "organization": "account",
    "prospect": "lead",
    "raw_event": "receipt",
    "requeue": "recycle",
    "rule_set": "policy",
    "ruleset": "policy",
}
SAYS_NOTHING = {"common", "helpers", "manager", "misc", "utils"}
LINES_AT_MOST = 400


@pytest.mark.parametrize("path", FILES)
def test_names_use_the_glossary(path):
    wrong = {
        f"{name}: say {right}"
        for name in (path.stem, *defined(path))
        for word, right in GLOSSARY.items()
        if f"_{word}_" in f"_{snake(name)}_"
    }

    assert sorted(wrong) == []


@pytest.mark.parametrize("path", FILES)
def test_files_and_classes_are_named_after_their_job(path):
    last_words = {snake(name).split("_")[-1] for name in (path.stem, *classes(path))}

    assert last_words & SAYS_NOTHING == set()


@pytest.mark.parametrize("path", FILES)
def test_a_file_has_one_job_and_so_few_lines(path):
    lines = len(path.read_text().splitlines())

    assert lines <= LINES_AT_MOST


def defined(path: Path) -> Iterator[str]:
    """Yield the names a file gives: of classes, functions, arguments and variables."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                yield name
            case ast.AsyncFunctionDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name


def classes(path: Path) -> Iterator[str]:
    """Yield the names of a file's classes."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef):
            yield node.name


def snake(name: str) -> str:
    """Return ``name`` in lower case with its words apart: ``TouchRecorded``, touch_recorded."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
