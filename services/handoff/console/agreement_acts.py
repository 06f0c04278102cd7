"""Forms about versions: signed, put in force, taken back, restored; each is a handler of the API's.

What the handler refuses is told on the page the form was on, with what would help, and nothing
was changed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Response

from services.handoff.console import fields
from services.handoff.console.agreement_routes import (
    Number,
    PolicyName,
    Refused,
    refused_in_words,
    show_agreement,
    show_all,
    show_version,
)
from services.handoff.console.tools import Tools
from services.handoff.domain.agreement import SIGNING_ROLES, SigningRole
from services.handoff.handlers.policies import restore_version
from services.handoff.handlers.retire_policies import retire_policy
from services.handoff.handlers.sign_policies import sign_version, withdraw_signature
from services.handoff.handlers.start_policies import activate_version, unschedule_version
from services.handoff.unit_of_work import UnitOfWork
from shared.console.pages import go
from shared.console.visitor import Member, SignedIn
from shared.preconditions import etag
from shared.problem import Problem, invalid

TOLD_ON_PAGE = (403, 409, 412, 422)
LONGEST_COMMENT = 2000
LONGEST_WHY = 500


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/agreement`` that change what becomes of a version."""
    routes = APIRouter(prefix="/agreement/{policy}")
    version = "/versions/{number}"
    Writer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "policies:write"))]
    Signer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "policies:sign"))]
    Activator = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "policies:activate"))]

    @routes.post(f"{version}/sign")
    async def sign(member: Signer, policy: PolicyName, number: Number) -> Response:
        """Sign what was read, for one's team."""
        form = member.form

        def act(uow: UnitOfWork) -> None:
            if form.get("read") != "yes":
                raise invalid("/read", "tick that you have read it", "not_read")
            role, digest = _role(form), form.get("digest", "")
            sign_version(uow, member.caller, policy, number, role, digest, _comment(form))

        return await _take(tools, member, policy, number, "sign", "signed", act)

    @routes.post(f"{version}/withdraw")
    async def withdraw(member: Signer, policy: PolicyName, number: Number) -> Response:
        """Take back the signature of one's team."""
        form = member.form

        def act(uow: UnitOfWork) -> None:
            role = _role(form)
            withdraw_signature(uow, member.caller, policy, number, role, _comment(form))

        return await _take(tools, member, policy, number, "sign", "withdrawn", act)

    @routes.post(f"{version}/activate")
    async def activate(member: Activator, policy: PolicyName, number: Number) -> Response:
        """Let a version decide, from now on or from a date; unsigned only where that is asked."""
        form = member.form
        is_later = form.get("when") == "date"

        def act(uow: UnitOfWork) -> None:
            starts_at = _date(member) if is_later else None
            signed_only = form.get("trial") != "yes"
            activate_version(
                uow, member.caller, policy, number, starts_at, _comment(form), signed_only
            )

        done = "scheduled" if is_later else "started"
        return await _take(tools, member, policy, number, "activate", done, act)

    @routes.post(f"{version}/unschedule")
    async def unschedule(member: Activator, policy: PolicyName, number: Number) -> Response:
        """Take back the date of a version."""

        def act(uow: UnitOfWork) -> None:
            unschedule_version(uow, member.caller, policy, number, _comment(member.form))

        return await _take(tools, member, policy, number, "activate", "unscheduled", act)

    @routes.post(f"{version}/restore")
    async def restore(member: Writer, policy: PolicyName, number: Number) -> Response:
        """Draft the text of an older version again."""
        base = fields.number(member.form.get("base", "")) or 0

        def work(uow: UnitOfWork) -> int:
            row = restore_version(uow, member.caller, policy, number, etag(base))
            return int(row.number)

        try:
            made = await tools.take(member, work)
        except Problem as fault:
            if fault.status not in TOLD_ON_PAGE:
                raise
            return await show_all(
                tools, member, policy, refused=_refused(fault), status=fault.status
            )
        where = f"versions/{made}" if made else "history"
        return go(f"/agreement/{policy}/{where}", said="restored")

    @routes.post("/retire")
    async def retire(member: Activator, policy: PolicyName) -> Response:
        """Let a policy hand nobody over any more."""
        form, why = member.form, member.form.get("why", "").strip()

        def work(uow: UnitOfWork) -> None:
            if form.get("sure") != "yes":
                raise invalid("/sure", "tick that you are sure", "not_sure")
            if not 0 < len(why) <= LONGEST_WHY:
                raise invalid("/why", f"1 to {LONGEST_WHY} characters", "why_missing")
            retire_policy(uow, member.caller, policy, why)

        try:
            await tools.take(member, work)
        except Problem as fault:
            if fault.status not in TOLD_ON_PAGE:
                raise
            return await show_agreement(
                tools, member, policy, refused=_refused(fault), status=fault.status
            )
        return go(f"/agreement/{policy}", said="retired")

    return routes


async def _take(
    tools: Tools,
    member: Member,
    policy: str,
    number: int,
    act: str,
    done: str,
    work: Callable[[UnitOfWork], None],
) -> Response:
    try:
        await tools.take(member, work)
    except Problem as fault:
        if fault.status not in TOLD_ON_PAGE:
            raise
        return await show_version(
            tools, member, policy, number, act=act, refused=_refused(fault), status=fault.status
        )
    return go(f"/agreement/{policy}/versions/{number}", said=done)


def _refused(fault: Problem) -> Refused:
    is_date = any(each.get("pointer") == "/starts_at" for each in fault.errors)
    if is_date and fault.code == "invalid":
        return "agr_not_wrong_date", {}
    return refused_in_words(fault)


def _role(form: dict[str, str]) -> SigningRole:
    found = next((role for role in SIGNING_ROLES if role == form.get("as")), None)
    if found is None:
        raise invalid("/as", "marketing or sales")
    return found


def _comment(form: dict[str, Any]) -> str:
    comment = str(form.get("comment", "")).strip()
    if len(comment) > LONGEST_COMMENT:
        raise invalid("/comment", f"at most {LONGEST_COMMENT} characters", "comment_long")
    return comment


def _date(member: Member) -> datetime:
    """Return the date of a form, in the reader's zone unless it names one."""
    try:
        local = datetime.fromisoformat(member.form.get("starts_at", ""))
    except ValueError:
        raise invalid("/starts_at", "no date", "no_date") from None
    return local.replace(tzinfo=ZoneInfo(member.zone)) if local.tzinfo is None else local
