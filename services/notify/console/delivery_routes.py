"""Deliveries as pages: what was sent to whom, what failed, and sending it again."""

import re
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Row

from services.notify import readmodels
from services.notify.channels.email import as_text
from services.notify.console.delivery_view import Line, attempts_of, line, lines, readable
from services.notify.console.tools import Tools
from services.notify.handlers.notices import notices
from services.notify.handlers.replay_events import redeliver
from services.notify.unit_of_work import UnitOfWork
from shared.console.days import is_day, midnight
from shared.console.formats import Formats
from shared.console.pages import go, is_partial
from shared.console.visitor import Member
from shared.fields import canonical_id
from shared.pages import PathId
from shared.problem import Problem, not_found

PAGE = 25
FAILED_FIRST = 5
MOST_RECEIVERS = 300
STATES = ("parked", "open", "delivered", "not_needed")
ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
Text = Annotated[str, Query(max_length=300)]


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters, as text. ``to`` is ``s:`` or ``p:`` and the id of a system or a person."""

    state: str = ""
    to: str = ""
    since: str = ""
    until: str = ""
    about: str = ""

    @property
    def query(self) -> dict[str, str]:
        """What stands in the page's address."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name))}


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/deliveries``."""
    routes = APIRouter(prefix="/deliveries")
    Reader = Annotated[Member, Depends(tools.console.signed_in("subscriptions:read"))]
    Writer = Annotated[Member, Depends(tools.console.signed_in("subscriptions:write"))]
    EventReader = Annotated[Member, Depends(tools.console.signed_in("feed:read"))]

    @routes.get("")
    async def show_all(
        member: Reader,
        state: Text = "",
        to: Text = "",
        since: Text = "",
        until: Text = "",
        about: Text = "",
        cursor: Text = "",
    ) -> Response:
        """Show deliveries: what failed first, then all, newest first."""
        known = state if state in STATES else ""
        asked = Asked(known, to, since, until, about.strip().replace("\x00", ""))
        return await _list(tools, member, asked, cursor or None)

    @routes.get("/{delivery_id}")
    async def show(member: Reader, delivery_id: PathId, said: str = "") -> Response:
        """Show one delivery."""
        told = "said_redelivered" if said == "redelivered" else ""
        return await _show(tools, member, delivery_id, told)

    @routes.get("/{delivery_id}/payload")
    async def payload(member: EventReader, delivery_id: PathId) -> Response:
        """Give the event as a file."""
        body = await tools.parts.read(lambda uow: _payload(uow, _found(uow, delivery_id)))
        if body is None:
            raise not_found("event")
        headers = {
            "Content-Disposition": f'attachment; filename="event-{delivery_id}.json"',
            "Cache-Control": "no-store",
        }
        return Response(body, 200, headers, "application/json")

    @routes.post("/{delivery_id}/redeliver")
    async def again(member: Writer, delivery_id: PathId) -> Response:
        """Send a delivery again."""
        try:
            await tools.parts.write(lambda uow: redeliver(uow, member.caller.name, delivery_id))
        except Problem as fault:
            if fault.status != 409:
                raise
            key = f"not_{fault.code}"
            told = key if tools.console.formats(member).has(key) else "not_other"
            return await _show(tools, member, delivery_id, "", told, fault.status)
        tools.parts.wake_sender()
        return go(f"/deliveries/{delivery_id}", said="redelivered")

    return routes


async def _list(tools: Tools, member: Member, asked: Asked, cursor: str | None) -> Response:
    words = tools.console.formats(member)
    wrong: dict[str, str] = {}

    def work(uow: UnitOfWork) -> dict[str, Any]:
        wanted = _wanted(uow, asked, member, words, wrong)
        systems, people = readmodels.receivers(uow.conn, MOST_RECEIVERS)
        if wrong:
            empty: list[Line] = []
            shown = {"lines": empty, "failed": empty, "counts": [], "next_cursor": None}
            return shown | {"systems": systems, "people": people}
        rows, following = readmodels.list_deliveries(uow.conn, cursor, PAGE, wanted)
        failed: list[Any] = []
        counts: list[Row[Any]] = []
        if not asked.state and cursor is None:
            parked = replace(wanted, state="parked")
            failed, _ = readmodels.list_deliveries(uow.conn, None, FAILED_FIRST, parked)
            if failed and asked.query.keys() <= {"to"} and wanted.person_id is None:
                counts = readmodels.failed_counts(uow.conn, wanted.subscription_id)
        may_see = member.may("leads:read")
        return {
            "lines": lines(uow.conn, rows, words, with_leads=may_see),
            "failed": lines(uow.conn, failed, words, with_leads=may_see),
            "counts": counts,
            "next_cursor": following,
            "systems": systems,
            "people": people,
        }

    found = await tools.parts.read(work)
    return tools.console.pages.show(
        member,
        "deliveries_list.html" if is_partial(member) else "deliveries.html",
        422 if wrong else 200,
        asked=asked,
        query=urlencode(asked.query),
        failed_query=urlencode(asked.query | {"state": "parked"}),
        states=STATES,
        wrong=wrong,
        is_first=cursor is None,
        may_write=member.may("subscriptions:write"),
        **found,
    )


def _wanted(
    uow: UnitOfWork, asked: Asked, member: Member, words: Formats, wrong: dict[str, str]
) -> readmodels.Wanted:
    """Return what is asked for; what cannot be meant goes into ``wrong``, by field, in words."""
    wanted: dict[str, Any] = {"state": asked.state or None}
    kind, _, receiver = asked.to.partition(":")
    if kind in ("s", "p") and ID.fullmatch(receiver):
        wanted["subscription_id" if kind == "s" else "person_id"] = canonical_id(receiver)
    for name, text, later in (("since", asked.since, 0), ("until", asked.until, 1)):
        wanted[name] = midnight(text, member.zone, later)
        if not is_day(text):
            wrong[name] = words.say("wrong_day")
    if asked.about:
        found = ID.search(asked.about)
        if found is None:
            wrong["about"] = words.say("wrong_about")
        else:
            known = canonical_id(found[0])
            is_handoff = readmodels.is_handoff(uow.conn, known)
            wanted["handoff_id" if is_handoff else "lead_id"] = known
    return readmodels.Wanted(**wanted)


async def _show(
    tools: Tools,
    member: Member,
    delivery_id: str,
    said: str = "",
    refused: str = "",
    status: int = 200,
) -> Response:
    words = tools.console.formats(member)
    may_read = member.may("feed:read")

    def work(uow: UnitOfWork) -> tuple[Row[Any], Line, str, bool]:
        row = _found(uow, delivery_id)
        names = readmodels.names(uow.conn, [row])
        leads = readmodels.lead_names(uow.conn, [row]) if member.may("leads:read") else {}
        text, is_cut = _told(uow, row, tools) if may_read else ("", False)
        return row, line(row, names, leads.get(row.id, ""), words), text, is_cut

    row, shown, text, is_cut = await tools.parts.read(work)
    return tools.console.pages.show(
        member,
        "delivery_body.html" if is_partial(member) else "delivery.html",
        status,
        row=row,
        line=shown,
        attempts=attempts_of(row, words),
        text=text,
        is_cut=is_cut,
        may_read=may_read,
        may_write=member.may("subscriptions:write"),
        said=said,
        refused=refused,
    )


def _found(uow: UnitOfWork, delivery_id: str) -> Row[Any]:
    row = readmodels.show_delivery(uow.conn, delivery_id)
    if row is None:
        raise not_found("delivery")
    return row


def _payload(uow: UnitOfWork, row: Row[Any]) -> bytes | None:
    return uow.feed.payloads([row.position]).get(row.position) if row.position else None


def _told(uow: UnitOfWork, row: Row[Any], tools: Tools) -> tuple[str, bool]:
    """Return what a delivery sends, as text; without the links that somebody answers by."""
    if row.notification_id is None:
        payload = _payload(uow, row)
        return readable(payload) if payload else ("", False)
    notification = uow.notifications.find([row.notification_id]).get(row.notification_id)
    found = notices(uow, [notification])[0] if notification else {}
    notice = found.get(row.notification_id)
    return (as_text(tools.compose(replace(notice, asked=None))), False) if notice else ("", False)
