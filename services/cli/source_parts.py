"""What the commands about sources share: their options, and how a source is shown."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.failure import Failure
from services.cli.output import local, note, print_fields

Name = Annotated[str, typer.Argument(metavar="NAME", help="The source's name.")]
Options = Annotated[
    str | None,
    typer.Option("--options", help="The vendor's options: JSON, or @FILE with JSON."),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", help="EVENT NAME=touch.kind, any number of times."),
]
SecretFile = Annotated[
    Path | None,
    typer.Option("--secret-file", help="The tool's signing secret, where the tool makes it."),
]


def show_source(source: dict[str, Any]) -> None:
    """Print one source, and last the credential it was just given, if any."""
    print_fields(
        {
            "name": source["name"],
            "vendor": source["vendor"],
            "state": source["state"],
            "url": source["url"],
            "options": source["settings"]["options"],
            "touch kinds": source["settings"]["touch_kinds"],
            "removed contacts": "are erased" if source["settings"]["removed_is_erased"] else "",
            "hidden links": "\n".join(source["settings"]["machines"]["hidden_links"]),
            "columns": source["settings"].get("columns"),
            "credentials": "\n".join(
                f"{one['kind']} …{one['last4']}"
                + (f" until {local(one['expires_at'])}" if one["expires_at"] else "")
                for one in source["credentials"]
            ),
            "without a kind": "\n".join(
                f"{one['name']} ({one['count']} times)" for one in source.get("unmapped", ())
            ),
        }
    )
    if credential := source.get("credential"):
        show_credential(credential)


def show_credential(credential: dict[str, Any]) -> None:
    """Print a credential that is shown this once."""
    note(f"The {credential['kind']}, shown this once:")
    print(credential["value"])


def read_options(text: str | None) -> Any:
    """Return the options in ``text``, or in the file it names. Raises ``Failure``."""
    if text is None:
        return {}
    try:
        content = Path(text[1:]).read_text() if text.startswith("@") else text
        return json.loads(content)
    except OSError as error:
        raise Failure(f"--options: {error.strerror}: {error.filename}") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise Failure(f"--options is no JSON: {error.msg} at {place}") from None


def read_kinds(pairs: list[str] | None) -> dict[str, str]:
    """Return event names with their touch kinds. Raises ``Failure``."""
    found = {}
    for pair in pairs or ():
        name, equals, kind = pair.rpartition("=")
        if not equals:
            raise Failure(f"--kind {pair!r} is not EVENT NAME=touch.kind")
        found[name.strip()] = kind.strip()
    return found


def read_secret(path: Path) -> str:
    """Return the secret in a file. Raises ``Failure``."""
    try:
        return path.read_text().strip()
    except OSError as error:
        raise Failure(f"--secret-file: {error.strerror}: {path}") from None
