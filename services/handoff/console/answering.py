"""Forms about a hand-off: verdict, attempt, outcome, promise. Each is one handler of the API's.

The answer is the page the form was on, as it is then: whole for a browser without scripts
(after a redirect), its changed part for one with them. What could not be done is told on
that page in words, beside the field where it is one, with what was typed; nothing was changed.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Depends, Response

from services.handoff import readmodels
from services.handoff.console.handoff_routes import show_handoff
from services.handoff.console.money import amount_of
from services.handoff.console.own_row import own_row
from services.handoff.console.refused import refused_form
from services.handoff.console.today_routes import show_day
from services.handoff.console.tools import Tools
from services.handoff.handlers.answer_handoffs import Answer, answer
from services.handoff.handlers.promises import keep_promise, make_promise
from services.handoff.unit_of_work import UnitOfWork
from shared.console import days
from shared.console.pages import go, is_partial
from shared.console.visitor import Member, SignedIn
from shared.pages import PathId
from shared.problem import Problem, invalid, not_found

Channel = Literal["call", "email", "meeting", "message"]
Outcome = Literal["sql", "opportunity", "won", "lost"]
LONGEST_TEXT = 2000
LONGEST_PROMISE = 500
TAKEN_BACK = (409, 422)


def router(tools: Tools) -> APIRouter:
    """Return the routes that change something below ``/handoffs/{handoff_id}``."""
    routes = APIRouter(prefix="/handoffs/{handoff_id}")
    Writer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "handoffs:write"))]

    @routes.post("/verdict")
    async def verdict(member: Writer, handoff_id: PathId) -> Response:
        """Accept, or send back with a reason."""
        form, kind = member.form, "accept" if member.form.get("verdict") == "accept" else "reject"

        def act(uow: UnitOfWork) -> None:
            given = Answer(handoff_id, kind, own_row(uow.conn, member))
            if kind == "reject":
                given = replace(given, reason=form.get("reason"), text=text_of(form))
            answer(uow, given)

        return await take(tools, member, handoff_id, act, kind)

    @routes.post("/attempts")
    async def attempt(member: Writer, handoff_id: PathId) -> Response:
        """Note an attempt or a talk, and what was promised in it."""
        form, kind = member.form, "talked" if member.form.get("reached") == "yes" else "attempt"

        def act(uow: UnitOfWork) -> None:
            channel = one_of(form.get("channel", "call"), Channel, "/channel")
            who, text = own_row(uow.conn, member), text_of(form)
            answer(uow, Answer(handoff_id, kind, who, channel=channel, text=text))
            if form.get("promise", "").strip():
                _promise(uow, member, handoff_id)

        return await take(tools, member, handoff_id, act, kind)

    @routes.post("/outcome")
    async def outcome(member: Writer, handoff_id: PathId) -> Response:
        """Say what became of it."""
        form = member.form

        def act(uow: UnitOfWork) -> None:
            kind = one_of(form.get("outcome"), Outcome, "/outcome")
            amount = _amount(form.get("amount", ""))
            said: dict[str, Any] = {"text": text_of(form)}
            if kind in ("opportunity", "won") and amount is not None:
                said |= {"amount": amount, "currency": _currency(form.get("currency", ""))}
            if kind == "lost":
                said["reason"] = form.get("reason", "")[:200]
            answer(uow, Answer(handoff_id, kind, own_row(uow.conn, member), **said))

        return await take(tools, member, handoff_id, act, "outcome")

    @routes.post("/promises")
    async def promise(member: Writer, handoff_id: PathId) -> Response:
        """Note what was promised to the lead."""
        return await take(
            tools, member, handoff_id, lambda uow: _promise(uow, member, handoff_id), "promise"
        )

    @routes.post("/promises/{promise_id}/kept")
    async def kept(member: Writer, handoff_id: PathId, promise_id: PathId) -> Response:
        """Say that a promise was kept."""

        def act(uow: UnitOfWork) -> None:
            keep_promise(uow, handoff_id, promise_id, member.person_id)

        return await take(tools, member, handoff_id, act, "kept")

    return routes


async def take(
    tools: Tools,
    member: Member,
    handoff_id: str,
    act: Callable[[UnitOfWork], None],
    done: str,
) -> Response:
    """Do it, and show the page it was asked on."""
    is_on_day = member.form.get("from") == "today"

    def work(uow: UnitOfWork) -> None:
        owner = None if member.may("leads:read") else member.person_id
        if readmodels.show_handoff(uow.conn, handoff_id, owner) is None:
            raise not_found("hand-off")
        act(uow)

    said, refused, status, again = f"said_{done}", "", 200, None
    try:
        await tools.take(member, work)
    except Problem as fault:
        if fault.status not in TAKEN_BACK:
            raise
        key = f"not_{fault.code}"
        refused = key if tools.formats(member).has(key) else "not_other"
        said, status = "", fault.status
        again = refused_form(handoff_id, member, fault)
    if not is_partial(member) and not refused:
        return go("/" if is_on_day else f"/handoffs/{handoff_id}", said=done)
    if is_on_day:
        return await show_day(tools, member, said, refused, status, again)
    return await show_handoff(tools, member, handoff_id, said, refused, status, again)


def _promise(uow: UnitOfWork, member: Member, handoff_id: str) -> None:
    form = member.form
    text = form.get("promise", "")
    if not text.strip():
        raise invalid("/promise", "say what was promised", "text_required")
    if len(text) > LONGEST_PROMISE:
        raise invalid("/promise", f"at most {LONGEST_PROMISE} characters")
    make_promise(uow, handoff_id, member.person_id, text, moment_of(member, "due"))


def moment_of(member: Member, name: str) -> datetime:
    """Return the moment a field holds, in the member's zone where it names none."""
    found = days.moment(member.form.get(name, ""), member.zone)
    if found is None:
        raise invalid(f"/{name}", "no moment")
    return found


def text_of(form: dict[str, str]) -> str | None:
    """Return what somebody wrote beside it; None: nothing."""
    text = form.get("text", "").strip()
    if len(text) > LONGEST_TEXT:
        raise invalid("/text", f"at most {LONGEST_TEXT} characters")
    return text or None


def one_of(value: str | None, known: Any, where: str) -> Any:
    """Return a value that is one of those a ``Literal`` knows."""
    if value not in get_args(known):
        raise invalid(where, f"one of {', '.join(get_args(known))}")
    return value


def _amount(text: str) -> float | None:
    if not text.strip():
        return None
    amount = amount_of(text)
    if amount is None:
        raise invalid("/amount", "no amount of money")
    return amount


def _currency(text: str) -> str | None:
    code = text.strip().upper()
    if not code:
        return None
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise invalid("/currency", "three letters, as EUR")
    return code
