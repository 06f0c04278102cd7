"""Subscriptions as pages: all of them, one of them, adding one and changing it."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ValidationError

from services.notify import readmodels
from services.notify.console.subscription_form import EVENT, GROUPS, Entered, wrong_fields
from services.notify.console.subscription_page import SAID, show_subscription
from services.notify.console.subscription_view import cards
from services.notify.console.tools import Tools
from services.notify.handlers.manage_subscriptions import change_subscription, create_subscription
from services.notify.handlers.subscription_requests import (
    KNOWN_TYPES,
    NewSubscription,
    SubscriptionChange,
    check_url,
)
from services.notify.store.tables import idempotent_answer
from services.notify.unit_of_work import UnitOfWork
from shared.console.forms import revision_of
from shared.console.pages import go
from shared.console.visitor import Member
from shared.idempotency import Answer, Repeatable, once
from shared.ids import new_id
from shared.pages import PathId
from shared.problem import Problem, not_found

PAGE = 25


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/subscriptions`` that show, add and change."""
    routes = APIRouter(prefix="/subscriptions")
    Reader = Annotated[Member, Depends(tools.console.signed_in("subscriptions:read"))]
    Writer = Annotated[Member, Depends(tools.console.signed_in("subscriptions:write"))]

    @routes.get("")
    async def show_all(member: Reader, cursor: str = "", said: str = "") -> Response:
        """Show every subscription, newest first."""
        words = tools.console.formats(member)

        def work(uow: UnitOfWork) -> tuple[Any, str | None]:
            rows, following = readmodels.list_subscriptions(uow.conn, cursor or None, PAGE)
            return cards(uow.conn, rows, words, member.zone), following

        found, following = await tools.parts.read(work)
        return tools.console.pages.show(
            member,
            "subscriptions.html",
            cards=found,
            next_cursor=following,
            is_first=not cursor,
            said="said_removed" if said == "removed" else "",
            may_write=member.may("subscriptions:write"),
        )

    @routes.get("/new")
    async def begin(member: Writer) -> Response:
        """Show the form for a new one."""
        entered = Entered(language=member.language, zone=member.zone)
        return _form(tools, member, entered, once=new_id())

    @routes.post("")
    async def create(member: Writer) -> Response:
        """Connect a system, and show its secret, this once."""
        entered, words = Entered.of_form(member.form), tools.console.formats(member)
        key = member.form.get("once", "")
        try:
            values = entered.values() | {"channel": entered.channel}
            new = NewSubscription.model_validate(values)
            check_url(tools.parts.egress, new.url)
        except (ValidationError, Problem) as error:
            return _form(tools, member, entered, once=key, wrong=wrong_fields(error, words))

        def act(uow: UnitOfWork) -> dict[str, str]:
            row, secret = create_subscription(uow, member.caller.name, new.model_dump())
            return {"subscription_id": row.id, "secret": secret}

        return await show_secret(tools, member, "POST /subscriptions", act)

    @routes.get("/{subscription_id}")
    async def show(member: Reader, subscription_id: PathId, said: str = "") -> Response:
        """Show one subscription."""
        told = f"said_{said}" if said in SAID else ""
        return await show_subscription(tools, member, subscription_id, told)

    @routes.get("/{subscription_id}/change")
    async def edit(member: Writer, subscription_id: PathId) -> Response:
        """Show the form with what it is now."""
        row = await tools.parts.db.read(
            lambda conn: readmodels.show_subscription(conn, subscription_id)
        )
        if row is None:
            raise not_found("subscription")
        return _form(tools, member, Entered.of_row(row), row=row)

    @routes.post("/{subscription_id}/change")
    async def change(member: Writer, subscription_id: PathId) -> Response:
        """Change it, unless somebody else did meanwhile."""
        row = await tools.parts.db.read(
            lambda conn: readmodels.show_subscription(conn, subscription_id)
        )
        if row is None:
            raise not_found("subscription")
        entered, words = Entered.of_form(member.form), tools.console.formats(member)
        entered = replace(entered, channel=row.channel)
        try:
            said: BaseModel = SubscriptionChange.model_validate(entered.values())
            check_url(tools.parts.egress, entered.url)
        except (ValidationError, Problem) as error:
            return _form(tools, member, entered, row=row, wrong=wrong_fields(error, words))
        values = {
            name: value for name, value in said.model_dump().items() if getattr(row, name) != value
        }
        known = revision_of(member.form)
        try:
            if values:
                await tools.parts.write(
                    lambda uow: change_subscription(
                        uow, member.caller.name, subscription_id, values, known
                    )
                )
        except Problem as fault:
            if fault.status != 412:
                raise
            return _form(tools, member, entered, row=row, refused="not_changed_meanwhile")
        return go(f"/subscriptions/{subscription_id}", said="changed")

    return routes


async def show_secret(
    tools: Tools, member: Member, route: str, act: Callable[[UnitOfWork], dict[str, str]]
) -> Response:
    """Do what makes a secret and show it; the same form sent again does and shows nothing.

    ``act`` returns ``subscription_id`` and ``secret``.
    """
    form = {"once": new_id()} | member.form
    sent = sha256(repr(sorted(form.items())).encode()).hexdigest()
    request = Repeatable(caller=member.person_id, route=route, key=sent, request_hash=sent)

    def only_once(uow: UnitOfWork) -> Answer:
        def answer() -> Answer:
            made = act(uow)
            return Answer(orjson.dumps(made), repeated=orjson.dumps(made | {"secret": ""}))

        return once(uow.conn, idempotent_answer, request, uow.now, answer)

    made = orjson.loads((await tools.parts.write(only_once)).body)
    row = await tools.parts.db.read(
        lambda conn: readmodels.show_subscription(conn, made["subscription_id"])
    )
    if row is None:
        raise not_found("subscription")
    return tools.console.pages.show(
        member, "subscription_secret.html", row=row, secret=made["secret"]
    )


def _form(
    tools: Tools,
    member: Member,
    entered: Entered,
    once: str = "",
    row: Any = None,
    wrong: dict[str, str] | None = None,
    refused: str = "",
) -> Response:
    groups = [
        (name, [kind for kind in KNOWN_TYPES if kind.startswith(f"{name}.")]) for name in GROUPS
    ]
    return tools.console.pages.show(
        member,
        "subscription_form.html",
        422 if wrong else 412 if refused else 200,
        entered=entered,
        once=once,
        row=row,
        wrong=wrong or {},
        refused=refused,
        groups=groups,
        event_box=EVENT,
    )
