"""People, teams and territories from a file: tried first, told by line, taken all or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import ValidationError

from services.handoff.console.tools import Tools
from services.handoff.fields.placed import Places, Unusable, place_of
from services.handoff.fields.staff_files import PIPE, read_files
from services.handoff.handlers.import_people import (
    Everything,
    ImportReport,
    OnlyTried,
    import_everything,
)
from shared.console.formats import Formats, clip
from shared.console.forms import given_file
from shared.console.visitor import Member, SignedIn
from shared.problem import Problem

LONGEST_NAME = 60
LARGEST = 250_000  # bytes
TYPED = {"text": LARGEST}
MOST_TOLD = 200


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something in a file that cannot be taken: where, and what."""

    place: str
    told: str
    language: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a file, or would."""

    name: str
    text: str
    report: ImportReport | None = None
    wrong: Sequence[Wrong] = ()

    @property
    def status(self) -> int:
        """The status of the page that shows it."""
        return 422 if self.wrong else 200


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
    text, words = content.decode(errors="replace"), tools.formats(member)
    is_trial = member.form.get("do") != "import"
    try:
        document, places = read_files([(name, content)])
    except Unusable as fault:
        return Tried(name, text, wrong=[_unread(one) for one in fault.places or (fault.what,)])
    try:
        everything = Everything.model_validate(document)
        report = await tools.write(
            lambda uow: import_everything(uow, member.caller, everything, dry_run=is_trial)
        )
    except OnlyTried as only:
        return Tried(name, text, only.report)
    except ValidationError as error:
        errors = [
            {"pointer": "/" + "/".join(map(str, one["loc"])), "message": one["msg"]}
            for one in error.errors()
        ]
        return Tried(name, text, wrong=_told(errors, places, words))
    except Problem as fault:
        if fault.status != 422:
            raise
        errors = [dict(one) for one in fault.errors] or [{"pointer": "", "message": fault.message}]
        return Tried(name, text, wrong=_told(errors, places, words))
    return Tried(name, "", report)


def _sent(member: Member) -> tuple[str, bytes]:
    """Return name and content of what was sent: a file, else what was typed."""
    file = given_file(member.request)
    if file is not None and file.content:
        if len(file.content) > LARGEST:
            raise Problem(413, "body_too_large", f"send {LARGEST // 1000} kB at most")
        return clip(file.name, LONGEST_NAME), file.content
    content = member.form.get("text", "").encode(errors="replace")
    return clip(member.form.get("name") or PIPE, LONGEST_NAME), content


def _unread(line: str) -> Wrong:
    place, colon, told = line.partition(": ")
    return Wrong(place if colon else "", told if colon else line, "en")


def _told(errors: Sequence[dict[str, str]], places: Places, words: Formats) -> list[Wrong]:
    found = []
    for one in errors[:MOST_TOLD]:
        pointer = str(one.get("pointer", ""))
        key = f"wrong_{pointer.strip('/').split('/')[2]}" if pointer.count("/") > 2 else ""
        is_ours = words.language != "en" and words.has(key)
        told = words.say(key, value="") if is_ours else str(one["message"])
        found.append(Wrong(place_of(pointer, places), told, words.language if is_ours else "en"))
    return found
