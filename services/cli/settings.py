"""``relevo settings``: every setting, what it is now and where it is described.

The same list makes ``docs/settings.md`` and ``deploy/relevo.env.example``.
"""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

import typer

from services.cli.command import AsJson, examples
from services.cli.output import print_json, print_table
from services.parts import NAMES, settings_class

Layout = Literal["table", "markdown", "env"]
EXAMPLES = examples(
    "relevo settings",
    "relevo settings --layout env > relevo.env",
    "RELEVO_PORT=9000 relevo settings --json",
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its variable, who reads it, and what it means."""

    name: str
    read_by: str
    kind: str
    default: str
    description: str
    is_secret: bool


def settings(
    layout: Annotated[Layout, typer.Option(help="How to print them.")] = "table",
    as_json: AsJson = False,
) -> None:
    """List every setting with its value now; secrets are shown as stars.

    A setting NAME can also be given as a file: NAME_FILE holds the path of a file with the
    value.
    """
    found = list(known_settings())
    if layout == "markdown":
        print(markdown(found))
    elif layout == "env":
        print(environment_file(found))
    else:
        now = _values()
        rows = [
            {
                "name": one.name,
                "value": now.get(one.name, ""),
                "default": one.default,
                "read_by": one.read_by,
                "description": one.description,
            }
            for one in found
        ]
        if as_json:
            print_json(rows)
        else:
            titles = {"setting": "name", "now": "value", "read by": "read_by"}
            print_table(rows, {**titles, "meaning": "description"}, "")


def known_settings() -> Iterator[Setting]:
    """Yield every setting once: those all services share, then each service's own."""
    from pydantic import SecretStr

    from services.cli.environment import CliSettings
    from shared.settings import PREFIX, Settings

    common = set(Settings.model_fields)
    classes: dict[str, type[Settings]] = {"all": Settings}
    classes |= {name: settings_class(name) for name in NAMES} | {"commands": CliSettings}
    told: set[str] = set()
    for reader, cls in classes.items():
        for name, field in cls.model_fields.items():
            if (reader == "all" or name not in common) and name not in told:
                told.add(name)
                readers = [other for other, one in classes.items() if name in one.model_fields]
                yield Setting(
                    name=f"{PREFIX}{name.upper()}",
                    read_by=reader if reader == "all" else ", ".join(readers),
                    kind=_kind(field.annotation),
                    default=_text(field.get_default(call_default_factory=True)),
                    description=field.description or "",
                    is_secret=SecretStr in (field.annotation, *get_args(field.annotation)),
                )


def markdown(found: list[Setting]) -> str:
    """Return the table of ``docs/settings.md``."""
    lines = ["| setting | read by | default | meaning |", "| --- | --- | --- | --- |"]
    for one in found:
        default = f"`{one.default}`" if one.default else ""
        choices = f" ({one.kind})" if one.kind.startswith("`") else ""
        meaning = f"{one.description}{choices}".replace("|", "\\|")
        lines.append(f"| `{one.name}` | {one.read_by} | {default} | {meaning} |")
    return "\n".join(lines)


def environment_file(found: list[Setting]) -> str:
    """Return ``deploy/relevo.env.example``: every setting with its default, commented out."""
    parts = [
        "# Relevo's settings, each with its default. Remove the # of those you change.",
        "# A secret can stay in a file: RELEVO_ADMIN_KEY_FILE=/run/secrets/admin_key",
    ]
    reader = ""
    for one in found:
        if one.read_by != reader:
            reader = one.read_by
            parts += ["", f"# --- read by {reader} ".ljust(80, "-")]
        parts += [
            "",
            *textwrap.wrap(one.description, 96, initial_indent="# ", subsequent_indent="# "),
        ]
        parts.append(f"#{one.name}={one.default}")
    return "\n".join(parts)


def _values() -> dict[str, str]:
    """Return the values in force of the settings that are not secret."""
    from services.cli.environment import CliSettings
    from services.cli.serve import read_settings
    from shared.settings import PREFIX

    every = [*read_settings(NAMES).services.values(), CliSettings()]
    return {
        f"{PREFIX}{name.upper()}": _text(value) for settings in every for name, value in settings
    }


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(annotation))
    return str(getattr(annotation, "__name__", annotation))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple | set | frozenset):
        import json

        return json.dumps(sorted(value) if isinstance(value, set | frozenset) else list(value))
    return str(value)  # a secret prints as stars
