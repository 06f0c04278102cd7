"""Asking the person who connects a tool for what is missing; in a pipe nobody is asked."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import typer

from services.cli.client import Api, Refused, part
from services.cli.connecting_words import Language, say
from services.cli.failure import Failure
from services.cli.first_event import Source
from services.cli.output import note

TOOL = "tool"
"""Who makes a secret: the tool, else we."""
TRIES = 3


@dataclass
class Talk:
    """Speaks with whoever connects a tool, if anybody is there to be asked."""

    api: Api
    language: Language
    as_json: bool

    @property
    def is_asked(self) -> bool:
        return not self.as_json and sys.stdin.isatty() and sys.stdout.isatty()

    def say(self, what: str, **values: Any) -> str:
        return say(self.language, what, **values)

    def tell(self, text: str) -> None:
        """Tell a person: on the terminal, or beside the result that goes into a pipe."""
        if self.is_asked:
            print(text, flush=True)
        elif not self.as_json:
            note(text)


def tool_and_name(
    talk: Talk,
    vendors: Mapping[str, Any],
    what: str | None,
    vendor: str | None,
    name: str | None,
) -> tuple[str, str | None]:
    """Return the tool and, where it was given, the source's name."""
    if vendor is not None:
        return vendor, name or what
    if what is not None and what in vendors:
        return what, name
    names = ", ".join(vendors)
    if not talk.is_asked:
        raise Failure("say which tool it is: relevo sources add TOOL", [names] if names else [])
    if what is not None:
        print(talk.say("no_such_tool", given=what, names=names))
    given = ""
    while given not in vendors:
        given = typer.prompt(talk.say("which_tool")).strip()
        if given not in vendors:
            print(talk.say("no_such_tool", given=given, names=names))
    return given, name or what


def choose_way(
    talk: Talk, guide: Mapping[str, Any], named: str | None, options: dict[str, Any] | None
) -> dict[str, Any]:
    """Return how the tool is to be connected: as named, as the options say, or as chosen."""
    ways = guide["ways"]
    if named is not None:
        return way_named(guide, named)
    if options is not None or len(ways) == 1 or not talk.is_asked:
        return way_like(guide, options or {})
    print(talk.say("which_way", title=guide["title"]))
    for number, way in enumerate(ways, 1):
        print(f"  {number}  {way['label'][talk.language]}")
    given = ""
    while given not in {str(number) for number in range(1, len(ways) + 1)}:
        given = typer.prompt(talk.say("number"), default="1").strip()
    chosen: dict[str, Any] = ways[int(given) - 1]
    return chosen


def way_named(guide: Mapping[str, Any], named: str) -> dict[str, Any]:
    """Return the way called so. Raises ``Failure``."""
    for way in guide["ways"]:
        if way["id"] == named:
            return dict(way)
    names = ", ".join(way["id"] for way in guide["ways"])
    raise Failure(f"--way {named!r}: {guide['title']} is connected in one of these: {names}")


def way_like(guide: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the way whose options these are, the most particular one."""
    like = [way for way in guide["ways"] if way["options"].items() <= options.items()]
    chosen: dict[str, Any] = max(like or guide["ways"][:1], key=lambda way: len(way["options"]))
    return chosen


def make_source(talk: Talk, new: dict[str, Any], name: str | None) -> dict[str, Any]:
    """Make the source. On a terminal its name is asked for, until it is a free one."""
    if name is not None or not talk.is_asked:
        made: dict[str, Any] = talk.api.post("/v1/sources", {**new, "name": name or new["vendor"]})
        return made
    while True:
        name = typer.prompt(talk.say("name"), default=new["vendor"])
        try:
            made = talk.api.post("/v1/sources", {**new, "name": name})
        except Refused as refused:
            if "name" not in refused.code and not any("/name" in one for one in refused.places):
                raise
            print(talk.say("not_taken", why=refused.what))
        else:
            return made


def take_secret(
    talk: Talk, source: Source, way: Mapping[str, Any], question: str = "ask_secret"
) -> None:
    """Ask for the secret the tool has made, and keep it instead of the one of ours."""
    for _ in range(TRIES if talk.is_asked else 0):
        ask = talk.say(question, ask=way["ask"][talk.language])
        try:
            given = typer.prompt(ask, default="", show_default=False, hide_input=True).strip()
        except typer.Abort:  # Ctrl-C: the source is made, and stays
            print()
            break
        if not given:
            break
        try:
            path = f"/v1/sources/{part(source.name)}/rotate"
            talk.api.post(path, {"overlap_hours": 0, "secret": given})
        except Refused as refused:
            print(talk.say("not_taken", why=refused.what))
        else:
            print(talk.say("secret_taken"))
            return
    talk.tell(talk.say("secret_later", name=source.name))
