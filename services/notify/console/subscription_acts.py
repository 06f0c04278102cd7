"""What people do with a subscription: try it, stop it, give it a new secret, send again, end it."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Row

from services.notify import readmodels
from services.notify.console.subscription_page import running, show_subscription
from services.notify.console.subscription_routes import show_secret
from services.notify.console.tools import Tools
from services.notify.handlers.manage_subscriptions import (
    disable_subscription,
    enable_subscription,
    pause_subscription,
    remove_subscription,
    rotate_secret,
    start_redelivery,
    start_replay,
    test_delivery,
)
from services.notify.store.tables import idempotent_answer
from services.notify.unit_of_work import UnitOfWork
from shared.console.days import moment
from shared.console.pages import go
from shared.console.visitor import Member
from shared.idempotency import Answer, Repeatable, once
from shared.ids import new_id
from shared.pages import PathId
from shared.problem import Problem, not_found

Change = Callable[[UnitOfWork, str, str], Any]
SIMPLE: dict[str, Change] = {
    "pause": pause_subscription,
    "enable": enable_subscription,
    "disable": disable_subscription,
}
DONE = {"pause": "paused", "enable": "enabled", "disable": "disabled"}


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/subscriptions/{subscription_id}`` that do something."""
    routes = APIRouter(prefix="/subscriptions/{subscription_id}")
    Reader = Annotated[Member, Depends(tools.console.signed_in("subscriptions:read"))]
    Writer = Annotated[Member, Depends(tools.console.signed_in("subscriptions:write"))]

    async def ask(
        member: Member,
        subscription_id: str,
        what: str,
        template: str = "subscription_ask.html",
        **more: Any,
    ) -> Response:
        """Ask whether something is meant, before it is done."""
        found, failed = await tools.parts.read(
            lambda uow: (_found(uow, subscription_id), uow.deliveries.parked_of(subscription_id))
        )
        status = more.pop("status", 200)
        given: dict[str, Any] = {"row": found, "failed": failed, "what": what, "is_wrong": False}
        return tools.console.pages.show(member, template, status, **(given | more))

    async def refused(member: Member, subscription_id: str, fault: Problem) -> Response:
        """Show the subscription with why something could not be done."""
        if fault.status != 409:
            raise fault
        key = f"not_{fault.code}"
        told = key if tools.console.formats(member).has(key) else "not_other"
        return await show_subscription(tools, member, subscription_id, "", told, fault.status)

    @routes.post("/test")
    async def test(member: Writer, subscription_id: PathId) -> Response:
        """Send a test event now, and show how it was taken."""
        prepared = await tools.parts.write(
            lambda uow: test_delivery(uow, subscription_id, new_id())
        )
        reply = await tools.parts.send(prepared)
        return await show_subscription(tools, member, subscription_id, tested=reply)

    def add_simple(name: str, change: Change) -> None:
        @routes.post(f"/{name}", name=name)
        async def act(member: Writer, subscription_id: PathId) -> Response:
            try:
                await tools.parts.write(
                    lambda uow: change(uow, member.caller.name, subscription_id)
                )
            except Problem as fault:
                return await refused(member, subscription_id, fault)
            tools.parts.wake_sender()
            tools.parts.wake_replay()  # a pause stopped it too
            return go(f"/subscriptions/{subscription_id}", said=DONE[name])

    for each, change in SIMPLE.items():
        add_simple(each, change)

    @routes.get("/disable")
    async def ask_disable(member: Writer, subscription_id: PathId) -> Response:
        """Ask whether it is to be disabled."""
        return await ask(member, subscription_id, "disable")

    @routes.post("/rotate")
    async def rotate(member: Writer, subscription_id: PathId) -> Response:
        """Give a new secret, and show it this once."""
        revoke_old = member.form.get("leaked") == "yes"

        def act(uow: UnitOfWork) -> dict[str, str]:
            row, secret = rotate_secret(uow, member.caller.name, subscription_id, revoke_old)
            return {"subscription_id": row.id, "secret": secret}

        route = f"POST /subscriptions/{subscription_id}/rotate"
        try:
            return await show_secret(tools, member, route, act)
        except Problem as fault:
            return await refused(member, subscription_id, fault)

    @routes.get("/replay")
    async def ask_replay(member: Writer, subscription_id: PathId, since: str = "") -> Response:
        """Ask from when on events are to be sent again, and say how many that may be."""
        begins = _local(since, member)
        count = await tools.parts.read(lambda uow: _kept_since(uow, begins)) if begins else 0
        return await ask(
            member,
            subscription_id,
            "replay",
            "subscription_replay.html",
            status=422 if since and begins is None else 200,
            since=since,
            moment=begins,
            count=count,
        )

    @routes.post("/replay")
    async def replay(member: Writer, subscription_id: PathId) -> Response:
        """Send past events again."""
        begins = _local(member.form.get("since", ""), member)
        if begins is None:
            return await ask_replay(member, subscription_id, member.form.get("since") or "-")

        def act(uow: UnitOfWork) -> None:
            after = uow.feed.position_before(begins)
            start_replay(uow, member.caller.name, subscription_id, after, None)

        return await _again(member, subscription_id, act, "replayed")

    @routes.get("/redeliver")
    async def ask_redeliver(member: Writer, subscription_id: PathId) -> Response:
        """Ask whether everything that failed is to be sent again."""
        return await ask(member, subscription_id, "redeliver")

    @routes.post("/redeliver")
    async def redeliver(member: Writer, subscription_id: PathId) -> Response:
        """Send everything again that failed."""

        def act(uow: UnitOfWork) -> None:
            start_redelivery(uow, member.caller.name, subscription_id)

        return await _again(member, subscription_id, act, "redelivered")

    async def _again(
        member: Member, subscription_id: str, act: Callable[[UnitOfWork], None], said: str
    ) -> Response:
        # Each form has a token of its own: what comes again byte by byte is a double click.
        sent = sha256(await member.request.body()).hexdigest()
        route = f"POST {member.request.url.path}"
        request = Repeatable(member.person_id, route, key=sent, request_hash=sent)

        def only_once(uow: UnitOfWork) -> None:
            def answer() -> Answer:
                act(uow)
                return Answer(b"")

            once(uow.conn, idempotent_answer, request, uow.now, answer)

        try:
            await tools.parts.write(only_once)
        except Problem as fault:
            return await refused(member, subscription_id, fault)
        tools.parts.wake_replay()
        return go(f"/subscriptions/{subscription_id}", said=said)

    @routes.get("/progress")
    async def progress(member: Reader, subscription_id: PathId) -> Response:
        """Show how far sending again is, for the page that shows it."""
        row, failed = await tools.parts.read(
            lambda uow: (_found(uow, subscription_id), uow.deliveries.parked_of(subscription_id))
        )
        return tools.console.pages.show(
            member, "subscription_progress.html", row=row, running=running(row), failed=failed
        )

    @routes.get("/remove")
    async def ask_remove(member: Writer, subscription_id: PathId) -> Response:
        """Ask whether it is to be deleted."""
        return await ask(member, subscription_id, "remove")

    @routes.post("/remove")
    async def remove(member: Writer, subscription_id: PathId) -> Response:
        """Delete it with its deliveries."""
        if member.form.get("sure") != "yes":
            return await ask(member, subscription_id, "remove", status=422, is_wrong=True)
        await tools.parts.write(
            lambda uow: remove_subscription(uow, member.caller.name, subscription_id)
        )
        return go("/subscriptions", said="removed")

    return routes


def _found(uow: UnitOfWork, subscription_id: str) -> Row[Any]:
    row = readmodels.show_subscription(uow.conn, subscription_id)
    if row is None:
        raise not_found("subscription")
    return row


def _local(text: str, member: Member) -> datetime | None:
    """Return a moment of the reader's zone that has passed; None for anything else."""
    found = moment(text, member.zone)
    return found if found is not None and found <= member.now else None


def _kept_since(uow: UnitOfWork, moment: datetime) -> int:
    """Return how many events are kept since then at most: erased ones are among them."""
    oldest = uow.feed.oldest()
    if oldest is None:
        return 0
    return uow.feed.end() - max(uow.feed.position_before(moment), oldest - 1)
