"""Lists as their pages show them, and what a file would change of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from services.handoff.console import fields
from services.handoff.console.people_names import names_of
from services.handoff.domain.comparing import fold_text
from services.handoff.domain.list_files import Fault, NoSuchColumn, check_values
from services.handoff.handlers.lists import Mode, find_list, used_by
from services.handoff.store import batches, lists, territories
from services.handoff.store.policies import find_version_by_id
from services.handoff.unit_of_work import UnitOfWork
from shared.console.forms import File
from shared.fields import one_line

PAGE = 50
VALUES = 100
VERSIONS = 10
SHOWN_BATCHES = 20
MODES: tuple[Mode, ...] = ("add", "remove", "replace")
LOOKED_THROUGH = (batches.MAKING, batches.MADE, batches.HANDING_OVER, batches.STOPPED)
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A list among others."""

    row: Row[Any]
    policies: Sequence[str]
    territories: Sequence[str]


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page of all lists shows."""

    lists: Sequence[Listed]
    next_cursor: str | None
    names: Mapping[str, str]
    batches: Sequence[tuple[Row[Any], int]]
    """Those that were not replaced, each with the number of its version."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """What the page of one list shows."""

    one: Listed
    values: Sequence[str]
    next_cursor: str | None
    versions: Sequence[Row[Any]]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Import:
    """What somebody sent to be taken in; ``wrong`` says by field what cannot be."""

    mode: Mode
    values: list[str] = field(default_factory=list)
    faults: Sequence[Fault] = ()
    column: str = ""
    number: int | None = None
    """The version that was looked at before."""
    wrong: Mapping[str, str] = field(default_factory=dict)


def overview(uow: UnitOfWork, cursor: str | None) -> Overview:
    """Return the lists in order of name, and the batches of versions that can still decide."""
    rows, following = lists.page_of_lists(uow.conn, cursor, PAGE)
    found = [one for state in LOOKED_THROUGH for one in batches.batches_in(uow.conn, state)]
    found.sort(key=lambda batch: batch.made_at, reverse=True)
    return Overview(
        [_listed(uow, row) for row in rows],
        following,
        names_of(uow.conn, [row.made_by for row in rows]),
        [
            (one, find_version_by_id(uow.conn, one.version_id).number)
            for one in found[:SHOWN_BATCHES]
        ],
    )


def _listed(uow: UnitOfWork, row: Row[Any]) -> Listed:
    return Listed(row, used_by(uow, row.name), territories.naming_list(uow.conn, row.name))


def page_of(uow: UnitOfWork, name: str, part: str, cursor: str | None) -> ListPage:
    """Return a list with some of its values. Raises ``Problem`` (404)."""
    row = find_list(uow, name)
    values, following = lists.page_of_values(
        uow.conn, name, row.number, cursor, VALUES, fold_text(part)
    )
    versions, _ = lists.page_of_versions(uow.conn, name, None, VERSIONS)
    names = names_of(uow.conn, [one.made_by for one in versions])
    return ListPage(_listed(uow, row), values, following, versions, names)


def all_values(uow: UnitOfWork, name: str) -> list[str]:
    """Return everything on a list, in order. Raises ``Problem`` (404)."""
    row = find_list(uow, name)
    return list(lists.values_of(uow.conn, name, row.number).values())


def read_import(form: Mapping[str, str], file: File | None) -> Import:
    """Return what a form wants taken in: a file, else what was pasted."""
    mode = next((one for one in MODES if one == form.get("mode")), MODES[0])
    column = form.get("column", "").encode(errors="replace").decode().strip()
    typed = form.get("text", "").encode(errors="replace")
    raw = file.content if file is not None and file.content else typed
    try:
        text = raw.decode(MARKS.get(raw[:2], "utf-8-sig"))
    except UnicodeDecodeError:
        return Import(mode, column=column, wrong={"file": "list_not_utf8"})
    try:
        values, faults = check_values(text.replace("\x00", ""), column or None)
    except NoSuchColumn:
        return Import(mode, column=column, wrong={"column": "list_no_column"})
    except (ValueError, OverflowError):
        return Import(mode, column=column, wrong={"file": "list_unreadable"})
    values = [value for each in values if (value := str(one_line(each)).strip())]
    if not values and not faults:
        return Import(mode, column=column, wrong={"file": "list_empty_file"})
    number = fields.number(form.get("number", ""))
    return Import(mode, values, faults, column, number)
