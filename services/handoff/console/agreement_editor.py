"""The editor of a policy: its text, what is wrong with it while it is written, and saving it.

A version is never edited: what is saved is the next one, a draft. Whoever began with another
version than the newest is told so, sees the difference and loses nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from services.handoff.console import fields
from services.handoff.console.agreement_drafts import (
    Check,
    Meanwhile,
    Start,
    check_text,
    gutter_of,
    meanwhile,
    start_of,
    starts_of,
    written,
)
from services.handoff.console.agreement_routes import PolicyName, refused_in_words
from services.handoff.console.agreement_view import policy_title
from services.handoff.console.tools import Tools
from services.handoff.handlers.policies import draft_version
from services.handoff.policy_document.yaml_tree import LARGEST
from services.handoff.store import policies
from services.handoff.unit_of_work import UnitOfWork, unit_of_work
from shared.console.forms import Form, given_file
from shared.console.pages import go
from shared.console.visitor import Member, SignedIn
from shared.preconditions import etag
from shared.problem import Problem, invalid

FILE = "policy.yaml"
LONGEST_COMMENT = 2000
LONG = {"text": 3 * LARGEST}
"""Longer than a file may be, so that a longer one is told so beside what was written."""


@dataclass(frozen=True)
class Page:
    """The editor as it is shown. ``policy`` is empty for a new one."""

    policy: str
    title: str
    start: Start
    starts: list[tuple[str, int]]
    base: int
    check: Check
    comment: str = ""
    refused: str = ""
    refused_with: Mapping[str, object] = field(default_factory=dict)
    meanwhile: Meanwhile | None = None
    wrong_file: str = ""
    """What is wrong with a file that should be opened (a key of words)."""
    is_other: bool = False
    """The text is of another policy than the one that is edited."""


def router(tools: Tools) -> APIRouter:
    """Return the routes of the editor, below ``/agreement``."""
    routes = APIRouter(prefix="/agreement")
    Writer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "policies:write", LONG))]

    @routes.get("/-/edit")
    async def begin(member: Writer) -> Response:
        """Begin a policy."""
        return await _open(tools, member, "", "")

    @routes.post("/-/edit/check")
    async def check_new(member: Writer) -> Response:
        """Say what is wrong with the text of a new policy, and what it says."""
        return await _check(tools, member, "")

    @routes.post("/-/edit")
    async def save_new(member: Writer) -> Response:
        """Save the first version of a policy."""
        return await _take(tools, member, "")

    @routes.get("/{policy}/edit")
    async def edit(
        member: Writer,
        policy: PolicyName,
        wanted: Annotated[str, Query(alias="from", max_length=20)] = "",
    ) -> Response:
        """Edit the newest version, or what ``from`` names."""
        return await _open(tools, member, policy, wanted)

    @routes.post("/{policy}/edit/check")
    async def check(member: Writer, policy: PolicyName) -> Response:
        """Say what is wrong with a text, what it says, and what it would change."""
        return await _check(tools, member, policy)

    @routes.post("/{policy}/edit")
    async def save(member: Writer, policy: PolicyName) -> Response:
        """Save the text as the next version."""
        return await _take(tools, member, policy)

    return routes


async def _open(tools: Tools, member: Member, policy: str, wanted: str) -> Response:
    def work(conn: Connection) -> Page:
        uow = unit_of_work(tools.parts, conn)
        start = start_of(uow, policy, wanted, member.language)
        return _page(uow, member, policy, start, _newest(conn, policy))

    return _show(tools, member, await tools.read(work))


async def _check(tools: Tools, member: Member, policy: str) -> Response:
    text = written(member.form.get("text", ""))

    def work(conn: Connection) -> Check:
        return check_text(unit_of_work(tools.parts, conn), policy, text, member.language)

    return tools.pages.show(member, "agreement_check.html", check=await tools.read(work))


async def _take(tools: Tools, member: Member, policy: str) -> Response:
    """Save, or say what is wrong on the page as it was, with everything that was written."""
    form, text = member.form, written(member.form.get("text", ""))
    if form.get("do") == "check":
        return await _again(tools, member, policy, text)
    if form.get("do") == "file":
        return await _open_file(tools, member, policy)

    def work(uow: UnitOfWork) -> tuple[str, int]:
        comment = form.get("comment", "").strip()
        if len(comment) > LONGEST_COMMENT:
            raise invalid("/comment", f"at most {LONGEST_COMMENT} characters", "comment_long")
        is_other = form.get("do") == "other"
        base = None if is_other or not policy else etag(_base(form))
        row = draft_version(uow, member.caller, text, FILE, base, comment)
        if policy and row.policy != policy and not is_other:
            raise invalid("/text", "the text is of another policy", "other_policy")
        return row.policy, row.number

    try:
        saved = await tools.take(member, work)
    except Problem as fault:
        if fault.status not in (409, 412, 422, 428):
            raise
        return await _again(tools, member, policy, text, fault)
    if saved is None:
        return go(f"/agreement/{policy}/history" if policy else "/agreement")
    name, number = saved
    return go(f"/agreement/{name}/versions/{number}", said="saved")


async def _open_file(tools: Tools, member: Member, policy: str) -> Response:
    """Show a file that was sent as the text to go on with; nothing is saved."""
    file = given_file(member.request)
    wrong, text = "agr_file_none", ""
    if file is not None and len(file.content) > LARGEST:
        wrong = "agr_file_long"
    elif file is not None and file.content:
        try:
            text = written(file.content.decode("utf-8-sig"))
            wrong = "agr_file_not_text" if "\x00" in text else ""
        except UnicodeDecodeError:
            wrong = "agr_file_not_text"
    if not wrong:
        return await _again(tools, member, policy, text, kind="file")

    def work(conn: Connection) -> Page:
        uow = unit_of_work(tools.parts, conn)
        start = start_of(uow, policy, "", member.language)
        page = _page(uow, member, policy, start, _newest(conn, policy))
        return replace(page, wrong_file=wrong)

    return _show(tools, member, await tools.read(work), 422)


async def _again(
    tools: Tools,
    member: Member,
    policy: str,
    text: str,
    fault: Problem | None = None,
    kind: str = "form",
) -> Response:
    def work(conn: Connection) -> Page:
        uow = unit_of_work(tools.parts, conn)
        page = _page(uow, member, policy, Start(kind, text), _base(member.form))
        page = replace(page, comment=member.form.get("comment", ""))
        version = page.check.version
        if policy and version is not None and version.policy != policy:
            values: dict[str, object] = {"other": version.policy, "policy": policy}
            return replace(page, refused="agr_not_other_policy", refused_with=values, is_other=True)
        if fault is None or fault.code == "policy_has_errors":
            return page
        if fault.code == "changed_meanwhile" and policy:
            since = meanwhile(uow, policy, page.check, member.language)
            return replace(page, meanwhile=since, base=_newest(conn, policy))
        key, told_with = refused_in_words(fault)
        return replace(page, refused=key, refused_with=told_with)

    return _show(tools, member, await tools.read(work), 200 if fault is None else fault.status)


def _page(uow: UnitOfWork, member: Member, policy: str, start: Start, base: int) -> Page:
    title = policy_title(uow, policy, member.language) if policy else ""
    check = check_text(uow, policy, start.text, member.language)
    return Page(policy, title, start, starts_of(uow, policy), base, check)


def _show(tools: Tools, member: Member, page: Page, status: int = 200) -> Response:
    gutter, rows, columns = gutter_of(page.start.text)
    return tools.pages.show(
        member,
        "agreement_editor.html",
        status,
        policy=page.policy,
        title=page.title,
        start=page.start,
        starts=page.starts,
        text=page.start.text,
        base=page.base,
        check=page.check,
        comment=page.comment,
        refused=page.refused,
        refused_with=page.refused_with,
        meanwhile=page.meanwhile,
        wrong_file=page.wrong_file,
        is_other=page.is_other,
        gutter=gutter,
        rows=rows,
        columns=columns,
    )


def _newest(conn: Connection, policy: str) -> int:
    row = policies.newest_version(conn, policy) if policy else None
    return 0 if row is None else int(row.number)


def _base(form: Form) -> int:
    """Return the number of the version a text was begun with; 0: of none."""
    return fields.number(form.get("base", "")) or 0
