"""Leads over HTTP: searching, saved views, a lead, its export, its erasure."""

from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from services.handoff import readmodels
from services.handoff.console.lead_view import LeadView, view_of
from services.handoff.console.tools import Tools
from services.handoff.handlers import timelines
from services.handoff.handlers.erase_leads import erase_lead
from services.handoff.handlers.merge_leads import unmerge_lead
from services.handoff.readmodels import lead_summary, read_leads
from services.handoff.store import lead_search, promises
from services.handoff.store.lead_reading import identifiers_of
from services.handoff.unit_of_work import UnitOfWork, unit_of_work
from shared.console.pages import go, is_partial
from shared.console.visitor import Member, SignedIn
from shared.ids import new_id
from shared.pages import MOST, PathId
from shared.problem import Problem, not_found

PAGE = 25
SINCE = {"7": 7, "30": 30, "90": 90}
FILTERS = ("all", "open", "before", "never")
LONGEST_NAME = 60
LONGEST_WHY = 500
Text = Annotated[str, Query(max_length=lead_search.LONGEST_QUERY)]
Choice = Annotated[str, Query(max_length=20)]


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/leads``."""
    routes = APIRouter(prefix="/leads")
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "leads:read"))]
    Writer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "leads:write"))]
    Eraser = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "leads:erase"))]

    @routes.get("")
    async def search(
        member: Reader,
        q: Text = "",
        sales: Choice = "all",
        since: Choice = "",
        cursor: Text = "",
        refused: str = "",
    ) -> Response:
        """List leads."""
        asked = _asked(q, sales, since)
        wrong = "not_too_many_views" if refused == "too_many_views" else ""
        return await _list(tools, member, asked, cursor or None, wrong)

    @routes.post("/views")
    async def save(member: Reader) -> Response:
        """Keep what is asked for now under a name."""
        form, name = member.form, " ".join(member.form.get("name", "").split())[:LONGEST_NAME]
        typed = form.get("q", "")[: lead_search.LONGEST_QUERY]
        query = _query(_asked(typed, form.get("sales", ""), form.get("since", "")))
        where = f"/leads?{query}" if query else "/leads"

        def work(uow: UnitOfWork) -> None:
            if len(lead_search.views_of(uow.conn, member.person_id)) >= lead_search.MOST_VIEWS:
                raise Problem(409, "too_many_views", f"{lead_search.MOST_VIEWS} at most")
            values = {"view_id": new_id(), "person_id": member.person_id, "name": name}
            lead_search.save_view(uow.conn, values | {"query": query, "made_at": uow.now})

        try:
            if name:
                await tools.take(member, work)
        except Problem as fault:
            if fault.code != "too_many_views":
                raise
            return go(where, refused="too_many_views")
        return go(where)

    @routes.post("/views/{view_id}/forget")
    async def forget(member: Reader, view_id: PathId) -> Response:
        """Forget one of one's own views."""
        await tools.write(lambda uow: lead_search.forget_view(uow.conn, member.person_id, view_id))
        return go("/leads")

    @routes.get("/{lead_id}")
    async def show(
        member: Reader, lead_id: PathId, cursor: Text = "", said: str = "", refused: str = ""
    ) -> Response:
        """Show a lead; a merged one shows the lead it is part of."""
        known = "merge_said_undone" if said == "unmerged" else ""
        wrong = "not_not_merged" if refused == "not_merged" else ""
        return await _show(tools, member, lead_id, cursor or None, known, wrong)

    @routes.get("/{lead_id}/export")
    async def export(member: Reader, lead_id: PathId) -> Response:
        """Give everything known about a lead as a file."""
        body = await tools.read(lambda conn: _export(unit_of_work(tools.parts, conn), lead_id))
        headers = {
            "Content-Disposition": f'attachment; filename="lead-{lead_id}.json"',
            "Cache-Control": "no-store",
        }
        return Response(body, 200, headers, "application/json")

    @routes.post("/{lead_id}/unmerge")
    async def unmerge(member: Writer, lead_id: PathId) -> Response:
        """Undo the merge that made this lead part of another."""

        def work(uow: UnitOfWork) -> None:
            unmerge_lead(uow, lead_id, member.person_id)

        try:
            await tools.take(member, work)
        except Problem as fault:
            if fault.code != "not_merged":
                raise
            return go(f"/leads/{lead_id}", refused="not_merged")
        return go(f"/leads/{lead_id}", said="unmerged")

    @routes.get("/{lead_id}/erase")
    async def ask(member: Eraser, lead_id: PathId) -> Response:
        """Ask whether a person is to be erased."""
        return await _ask_erase(tools, member, lead_id)

    @routes.post("/{lead_id}/erase")
    async def erase(member: Eraser, lead_id: PathId) -> Response:
        """Erase a person everywhere, for good."""
        if member.form.get("sure") != "yes" or not member.form.get("why", "").strip():
            return await _ask_erase(tools, member, lead_id, 422)
        why = member.form["why"].strip()[:LONGEST_WHY]

        def work(uow: UnitOfWork) -> None:
            erase_lead(uow, lead_id, member.person_id, why)

        await tools.take(member, work)
        return tools.pages.show(member, "erased.html")

    return routes


def _asked(q: str, sales: str, since: str) -> dict[str, str]:
    """Return what is asked; what is no choice is as usual."""
    return {
        "q": q.strip().replace("\x00", ""),
        "sales": sales if sales in FILTERS else "all",
        "since": since if since in SINCE else "",
    }


async def _list(
    tools: Tools, member: Member, asked: dict[str, str], cursor: str | None, refused: str
) -> Response:
    days = SINCE.get(asked["since"])
    since = None if days is None else member.now - timedelta(days=days)
    with_sales: Any = asked["sales"]

    def work(conn: Connection) -> dict[str, Any]:
        rows, following = lead_search.find(conn, asked["q"], with_sales, since, cursor, PAGE)
        roots = [row.lead_id for row in rows]
        leads = read_leads(conn, roots)
        identifiers = identifiers_of(conn, leads.values())
        companies = lead_search.companies(conn, {one.account_domain for one in leads.values()})
        latest = lead_search.latest_handoffs(conn, roots) if roots else {}
        return {
            "leads": [
                lead_summary(leads[root], identifiers[root])
                | {"facts": leads[root].facts, "handoff": latest.get(root)}
                | {"company": companies.get(leads[root].account_domain or "")}
                | {"is_anonymous": all(one.startswith("anon:") for one in identifiers[root])}
                for root in roots
            ],
            "next_cursor": following,
            "views": lead_search.views_of(conn, member.person_id),
        }

    found = await tools.read(work)
    template = "leads_list.html" if is_partial(member) else "leads.html"
    return tools.pages.show(
        member,
        template,
        asked=asked,
        query=_query(asked),
        refused=refused,
        is_first=cursor is None,
        filters=FILTERS,
        sinces=("", *SINCE),
        **found,
    )


def _query(asked: dict[str, str]) -> str:
    """Return the query of a page's address, without what is as it is anyway."""
    usual = {"sales": "all"}
    return urlencode(
        {name: value for name, value in asked.items() if value and value != usual.get(name)}
    )


async def _show(
    tools: Tools, member: Member, lead_id: str, cursor: str | None, said: str, refused: str
) -> Response:
    words = tools.formats(member)

    def work(conn: Connection) -> LeadView:
        return view_of(unit_of_work(tools.parts, conn), lead_id, cursor, words)

    found = await tools.read(work)
    return tools.pages.show(
        member,
        "lead.html",
        view=found,
        one=found.one,
        said=said,
        refused=refused,
        is_first=cursor is None,
        may_change=member.may("leads:write"),
        may_erase=member.may("leads:erase"),
    )


async def _ask_erase(tools: Tools, member: Member, lead_id: str, status: int = 200) -> Response:
    one = await tools.read(lambda conn: readmodels.show_lead(conn, lead_id))
    if one is None:
        raise not_found("lead")
    why = member.form.get("why", "")
    sure, is_sent = member.form.get("sure", ""), status != 200
    wrong = {"why": is_sent and not why.strip(), "sure": is_sent and sure != "yes"}
    return tools.pages.show(member, "erase.html", status, one=one, why=why, sure=sure, wrong=wrong)


def _export(uow: UnitOfWork, lead_id: str) -> bytes:
    """Return everything known about a lead, as JSON."""
    one = readmodels.show_lead(uow.conn, lead_id)
    if one is None:
        raise not_found("lead")
    timeline: list[Any] = []
    cursor: str | None = None
    while True:
        lines, cursor = timelines.timeline(uow, one["lead_id"], cursor, MOST) or ([], None)
        timeline += lines
        if cursor is None:
            break
    ids = [handoff["handoff_id"] for handoff in one["handoffs"]]
    handoffs = [
        (readmodels.show_handoff(uow.conn, each) or {})
        | {"promises": [dict(row._mapping) for row in promises.of_handoff(uow.conn, each)]}
        for each in ids
    ]
    whole = one | {"timeline": timeline, "handoffs": handoffs}
    # Names of columns are no plain texts.
    options = orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
    return orjson.dumps(whole, option=options)
