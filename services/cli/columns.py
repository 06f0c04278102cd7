"""Saying which column of an export is what: ``--column time=Fecha``."""

from typing import Annotated, Any

import typer

from services.cli.failure import Failure

FIELDS = ("event", "id", "time", "email", "user_id", "anonymous_id", "user_agent")
PARTS = ("lead", "account", "properties")

Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        help="WHAT=HEADING, any number of times. WHAT is event, id, time, email, user_id, "
        "anonymous_id, user_agent, lead.NAME, account.NAME or properties.NAME. "
        "WHAT==TEXT is the same in all rows.",
    ),
]


def columns_of(pairs: list[str] | None) -> dict[str, Any]:
    """Return ``--column``s as settings and plans hold them. Raises ``Failure``."""
    found: dict[str, Any] = {}
    for pair in pairs or ():
        what, equals, heading = pair.partition("=")
        part, dot, name = what.strip().partition(".")
        if not equals or not heading.strip("= "):
            raise Failure(f"--column {pair!r} is not WHAT=HEADING")
        if dot and part in PARTS and name:
            found.setdefault(part, {})[name] = heading.strip()
        elif not dot and part in FIELDS:
            found[part] = heading.strip()
        else:
            usual = ", ".join((*FIELDS, *(f"{one}.NAME" for one in PARTS)))
            raise Failure(f"--column {pair!r}: there is no {what!r}", remedy=f"one of {usual}")
    return found
