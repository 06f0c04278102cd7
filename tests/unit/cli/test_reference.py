"""What the documentation says about commands and settings is what the code says."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from services.cli import settings
from services.cli.app import app

ROOT = Path(__file__).parents[3]
HEAVY = ("fastapi", "pydantic", "sqlalchemy", "structlog", "uvicorn", "alembic", "httpx")


def commands(group: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        if getattr(command, "invoke_without_command", False):
            yield " ".join((*path, name)), command
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(commands())


def reference() -> str:
    """Return the tables of docs/cli.md."""
    lines = ["| command | does |", "| --- | --- |"]
    for name, command in COMMANDS.items():
        sentence = re.split(r"\.(?:\s|$)", command.help.replace("\n", " "))[0]
        lines.append(f"| `relevo {name}` | {sentence}. |")
    return "\n".join(lines)


def test_every_command_is_in_the_reference():
    assert reference() in (ROOT / "docs" / "cli.md").read_text()


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_explains_itself_with_examples(name):
    command = COMMANDS[name]
    examples = [
        line.split("relevo ", 1)[1]
        for line in (command.epilog or "").splitlines()
        if "relevo " in line
    ]

    assert command.help
    assert all(option.help for option in command.params if option.name != "help")
    assert examples
    assert all(example.startswith(name) for example in examples)


def test_the_settings_page_has_every_setting_as_the_code_has_it():
    page = (ROOT / "docs" / "settings.md").read_text()

    assert settings.markdown(list(settings.known_settings())) in page


def test_the_example_of_an_environment_file_has_every_setting():
    example = (ROOT / "deploy" / "relevo.env.example").read_text()

    assert example == settings.environment_file(list(settings.known_settings())) + "\n"


@pytest.mark.parametrize("setting", list(settings.known_settings()), ids=lambda one: one.name)
def test_every_setting_is_described(setting):
    assert setting.description.endswith(".")


def test_help_loads_nothing_heavy():
    look = f"import services.cli.app, sys; print(sorted(set({HEAVY!r}) & set(sys.modules)))"

    loaded = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert loaded.stdout.strip() == "[]"
