"""The agreement over HTTP: what runs in words, a version, its file, the history."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AfterValidator
from sqlalchemy import Connection

from services.handoff.console import agreement_lines, agreement_view, fields
from services.handoff.console.agreement_view import InForce, Whole
from services.handoff.console.tools import Tools
from services.handoff.console.words import WORDS
from services.handoff.handlers.policies import find_version
from services.handoff.policy_document.scalars import NAME
from services.handoff.unit_of_work import unit_of_work
from shared.console.visitor import Member, SignedIn
from shared.problem import Problem, not_found

TOLD = (
    "saved",
    "restored",
    "signed",
    "withdrawn",
    "started",
    "scheduled",
    "unscheduled",
    "retired",
)
"""What a page can say was done, by ``?said=``."""


def _policy(text: str) -> str:
    """Return what can be a policy's name; anything else is as unknown as any other."""
    if not NAME.fullmatch(text):
        raise not_found("policy")
    return text


PolicyName = Annotated[str, AfterValidator(_policy)]
Number = Annotated[int, Path(ge=1, le=fields.MOST_NUMBER)]
Cursor = Annotated[str, Query(max_length=400)]
Refused = tuple[str, Mapping[str, object]]
"""Why something could not be done: the key of what is told, and what is put into it."""
NOT_REFUSED: Refused = ("", {})


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/agreement`` that show."""
    routes = APIRouter(prefix="/agreement")
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "policies:read"))]

    @routes.get("")
    async def all_policies(member: Reader, cursor: Cursor = "") -> Response:
        """Show the agreement; with several policies a list of them."""

        def work(conn: Connection) -> tuple[Any, ...]:
            uow = unit_of_work(tools.parts, conn)
            found, following = agreement_view.cards(uow, member.language, cursor or None)
            if len(found) == 1 and following is None and not cursor:
                return found, following, agreement_view.in_force(uow, member, found[0].row.policy)
            return found, following, agreement_view.waiting_for(uow, member)

        cards, following, rest = await tools.read(work)
        if isinstance(rest, InForce):
            return _show_policy(tools, member, rest)
        return tools.pages.show(
            member, "agreement_list.html", cards=cards, next_cursor=following, waiting=rest
        )

    @routes.get("/{policy}")
    async def show_policy(member: Reader, policy: PolicyName, said: str = "") -> Response:
        """Show what decides, in words, with its signatures."""
        return await show_agreement(tools, member, policy, _said(said))

    @routes.get("/{policy}/versions/{number}")
    async def show(member: Reader, policy: PolicyName, number: Number, said: str = "") -> Response:
        """Show a version: in words, its file, its checks, what it changes, who signed."""
        return await show_version(tools, member, policy, number, said=_said(said))

    @routes.get("/{policy}/versions/{number}/file")
    async def file(member: Reader, policy: PolicyName, number: Number) -> Response:
        """Give a version as it was written."""

        def work(conn: Connection) -> str:
            return str(find_version(unit_of_work(tools.parts, conn), policy, number).text)

        text = await tools.read(work)
        headers = {
            "Content-Disposition": f'attachment; filename="{policy}-{number}.yaml"',
            "Cache-Control": "no-store",
        }
        return Response(text, 200, headers, "application/yaml; charset=utf-8")

    @routes.get("/{policy}/history")
    async def show_history(
        member: Reader, policy: PolicyName, cursor: Cursor = "", said: str = ""
    ) -> Response:
        """Show every version, newest first."""
        return await show_all(tools, member, policy, cursor, _said(said))

    return routes


async def show_agreement(
    tools: Tools,
    member: Member,
    policy: str,
    said: str = "",
    refused: Refused = NOT_REFUSED,
    status: int = 200,
) -> Response:
    """Return the page of a policy. ``said`` is the key of what is told at its top."""
    page = await tools.read(
        lambda conn: agreement_view.in_force(unit_of_work(tools.parts, conn), member, policy)
    )
    return _show_policy(tools, member, page, said, refused, status)


def _show_policy(
    tools: Tools,
    member: Member,
    page: InForce,
    said: str = "",
    refused: Refused = NOT_REFUSED,
    status: int = 200,
) -> Response:
    key, values = refused
    return tools.pages.show(
        member,
        "agreement.html",
        status,
        page=page,
        said=said,
        refused=key,
        refused_with=values,
        given=member.form,
    )


async def show_version(
    tools: Tools,
    member: Member,
    policy: str,
    number: int,
    *,
    said: str = "",
    act: str = "",
    refused: Refused = NOT_REFUSED,
    status: int = 200,
) -> Response:
    """Return the page of a version; ``act`` is what was ``refused``."""

    def work(conn: Connection) -> Whole:
        return agreement_view.whole(unit_of_work(tools.parts, conn), member, policy, number)

    page = await tools.read(work)
    key, values = refused
    standing = page.version.standing
    return tools.pages.show(
        member,
        "agreement_version.html",
        status,
        page=page,
        way=_way(page),
        sign_as=agreement_view.may_sign_as(standing, member),
        said=said,
        refused=key,
        refused_act=act,
        refused_with=values,
        given=member.form,
        step_key=_step_key,
    )


async def show_all(
    tools: Tools,
    member: Member,
    policy: str,
    cursor: str = "",
    said: str = "",
    refused: Refused = NOT_REFUSED,
    status: int = 200,
) -> Response:
    """Return the history of a policy."""

    def work(conn: Connection) -> tuple[str, agreement_lines.History]:
        uow = unit_of_work(tools.parts, conn)
        title = agreement_view.policy_title(uow, policy, member.language)
        return title, agreement_lines.history(uow, policy, member.language, cursor or None)

    title, found = await tools.read(work)
    key, values = refused
    return tools.pages.show(
        member,
        "agreement_history.html",
        status,
        policy=policy,
        title=title,
        lines=found.lines,
        newest=found.newest,
        next_cursor=found.next_cursor,
        is_first=not cursor,
        said=said,
        refused=key,
        refused_with=values,
    )


def refused_in_words(fault: Problem) -> Refused:
    """Return how a refusal is told; in the words of the API where the catalogue has none."""
    key = f"agr_not_{fault.code}"
    return (key, {}) if WORDS.has(key) else ("agr_not_other", {"message": fault.message})


def _way(page: Whole) -> list[tuple[str, bool]]:
    """Return the way of a version, and how far it has come."""
    row, standing = page.version.row, page.version.standing
    return [
        ("drafted", True),
        ("tried", standing.is_tried),
        ("marketing", "marketing" in standing.signed_by),
        ("sales", "sales" in standing.signed_by),
        ("in_force", row.activated_at is not None),
    ]


def _step_key(what: str) -> str:
    key = f"agr_step_{what.removeprefix('policy.')}"
    return key if WORDS.has(key) else "agr_step_other"


def _said(said: str) -> str:
    return f"agr_said_{said}" if said in TOLD else ""
