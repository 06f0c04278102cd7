"""People, teams and territories from a file: tried first, told by line, taken all or not at all."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import ValidationError

from services.handoff.console.tools import Tools
from services.handoff.fields.placed import LARGEST, Places, Unusable, place_of
from services.handoff.fields.staff_files import PIPE, read_files
from services.handoff.handlers.import_people import (
    Everything,
    ImportReport,
    OnlyTried,
    import_everything,
)
from services.handoff.policy_document.phrases import spanish
from shared.console.formats import Formats, clip
from shared.console.forms import given_file
from shared.console.visitor import Member, SignedIn
from shared.problem import Problem, pointer

LONGEST_NAME = 60
TYPED = {"text": 2 * LARGEST}  # a browser ends every line by two characters
MOST_TOLD = 200


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something in a file that cannot be taken: where, and what."""

    place: str
    told: str
    detail: str = ""
    """What the API says of it, in English, where the rest is not as exact."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a file, or would."""

    name: str
    text: str
    report: ImportReport | None = None
    wrong: Sequence[Wrong] = ()
    is_too_large: bool = False

    @property
    def status(self) -> int:
        """The status of the page that shows it."""
        return 413 if self.is_too_large else 422 if self.wrong else 200


def router(tools: Tools) -> APIRouter:
    """Return the routes of ``/people/import``."""
    routes = APIRouter(prefix="/people/import")
    Writer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "people:write", TYPED))]

    @routes.get("")
    async def ask(member: Writer) -> Response:
        """Ask for a file."""
        return tools.pages.show(member, "import.html", tried=None)

    @routes.post("")
    async def take(member: Writer) -> Response:
        """Try a file, or take what was tried."""
        tried = await _take(tools, member)
        return tools.pages.show(member, "import.html", tried.status, tried=tried)

    return routes


async def _take(tools: Tools, member: Member) -> Tried:
    name, content = _sent(member)
    if len(content) > LARGEST:
        return Tried(name, "", is_too_large=True)
    text, words = content.decode(errors="replace"), tools.formats(member)
    is_trial = member.form.get("do") != "import"
    try:
        document, places = await asyncio.to_thread(read_files, [(name, content)])
    except Unusable as fault:
        told = [_unread(one, words) for one in fault.places or (fault.what,)]
        return Tried(name, text, wrong=told)
    try:
        everything = Everything.model_validate(document)
        report = await tools.write(
            lambda uow: import_everything(uow, member.caller, everything, dry_run=is_trial)
        )
    except OnlyTried as only:
        return Tried(name, text, only.report)
    except ValidationError as error:
        errors = [
            {
                "pointer": pointer(("body", *one["loc"])),
                "message": one["msg"],
                "kind": one["type"],
            }
            for one in error.errors()
        ]
        return Tried(name, text, wrong=_told(errors, places, words))
    except Problem as fault:
        if fault.status != 422:
            raise
        errors = [dict(one) for one in fault.errors] or [
            {"pointer": "", "message": fault.message, "kind": fault.code}
        ]
        return Tried(name, text, wrong=_told(errors, places, words))
    return Tried(name, "", report)


def _sent(member: Member) -> tuple[str, bytes]:
    """Return name and content of what was sent: a file, else what was typed."""
    file = given_file(member.request)
    if file is not None and file.content:
        return clip(file.name, LONGEST_NAME), file.content
    content = member.form.get("text", "").replace("\r\n", "\n").encode(errors="replace")
    return clip(member.form.get("name") or PIPE, LONGEST_NAME), content


def _unread(line: str, words: Formats) -> Wrong:
    told = line if words.language == "en" else spanish(line)
    place, colon, what = told.partition(": ")
    return Wrong(place if colon else "", what if colon else told)


def _told(errors: Sequence[dict[str, Any]], places: Places, words: Formats) -> list[Wrong]:
    return [_in_words(one, places, words) for one in errors[:MOST_TOLD]]


def _in_words(one: dict[str, Any], places: Places, words: Formats) -> Wrong:
    """Return what is wrong with a value, in the reader's language.

    In English the API's own sentence is the most exact there is.
    """
    where, message = str(one.get("pointer", "")), str(one["message"])
    place = place_of(where, places)
    if words.language == "en":
        return Wrong(place, message)
    steps = where.strip("/").split("/")
    keys = [f"fault_{one.get('kind')}"]
    if len(steps) > 2:
        keys += [f"import_wrong_{steps[2]}", f"wrong_{steps[2]}"]
    known = next((key for key in keys if words.has(key)), "")
    if known:
        return Wrong(place, words.say(known, value=clip(steps[-1], LONGEST_NAME)))
    return Wrong(place, words.say("wrong_other"), message)
