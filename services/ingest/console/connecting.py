"""Connecting a tool: choose it, name the source, paste what belongs where, see what comes."""

import re
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from services.ingest.console.news_view import (
    kind_of_credential,
    steps_of,
    way_of,
    what_came,
)
from services.ingest.console.receipt_view import telling
from services.ingest.console.tools import Tools
from services.ingest.domain.touch_kinds import fold_name
from services.ingest.handlers import sources as handlers
from services.ingest.handlers.source_settings import SOURCE_NAME, SourceSettings
from services.ingest.handlers.sources import Issued, existing
from services.ingest.store.sources import Source, all_sources
from services.ingest.vendors import VENDORS
from services.ingest.vendors.connecting import Way, guide_to
from services.ingest.vendors.port import Vendor
from shared.console.formats import Formats
from shared.console.pages import go, is_partial
from shared.console.visitor import Member
from shared.problem import Problem, not_found

NOT_LONGER = timedelta(0)
"""The credential of ours does not go on beside the secret the tool made."""
Text = Annotated[str, Query(max_length=100)]


def router(tools: Tools) -> APIRouter:
    """Return the routes that connect a tool."""
    routes = APIRouter(prefix="/sources")
    Reader = Annotated[Member, Depends(tools.console.signed_in("sources:read"))]
    Writer = Annotated[Member, Depends(tools.console.signed_in("sources:write"))]

    @routes.get("/new")
    async def choose(member: Writer, q: Text = "") -> Response:
        """Let somebody choose the tool."""
        template = "vendor_list.html" if is_partial(member) else "vendors.html"
        found = found_vendors(q, tools.formats(member))
        return tools.pages.show(member, template, vendors=found, q=q)

    @routes.get("/new/{vendor}")
    async def ask(member: Writer, vendor: str, way: Text = "") -> Response:
        """Ask what the source is called, and how it is connected."""
        name = await tools.read(lambda conn: free_name(conn, vendor))
        return _ask(tools, member, vendor, way, name)

    @routes.post("/new/{vendor}")
    async def make(member: Writer, vendor: str) -> Response:
        """Make the source, and show its credential this once."""
        chosen = _way(vendor, member.form.get("way", ""))
        name = member.form.get("name", "").strip()
        if not re.fullmatch(SOURCE_NAME, name):
            return _ask(tools, member, vendor, chosen.id, name, "name_wrong")
        settings = SourceSettings(options=chosen.options).model_dump()

        def work(conn: Connection) -> tuple[Source, Issued]:
            now = tools.db.now(conn)
            who = member.person_id
            return handlers.create_source(conn, now, who, name, vendor, settings, None)

        try:
            source, issued = await tools.change_sources(work)
        except Problem as fault:
            if fault.status not in (409, 422):
                raise
            why = "name_in_use" if fault.code == "name_in_use" else "name_reserved"
            return _ask(tools, member, vendor, chosen.id, name, why)
        return await _connect(tools, member, source, issued)

    @routes.get("/{name}/connect")
    async def connect(member: Reader, name: str, said: Text = "") -> Response:
        """Show again how a source is connected, and what came."""
        source = await tools.read(lambda conn: existing(conn, name))
        return await _connect(tools, member, source, None, said == "secret")

    @routes.post("/{name}/connect/secret")
    async def take_secret(member: Writer, name: str) -> Response:
        """Keep the secret the tool has made, instead of the one of ours."""
        secret = member.form.get("secret", "").strip()
        source = await tools.read(lambda conn: existing(conn, name))
        if not secret:
            return await _connect(tools, member, source, None, fault="secret_empty")

        def work(conn: Connection) -> None:
            now = tools.db.now(conn)
            handlers.rotate(conn, now, member.person_id, name, NOT_LONGER, secret)

        try:
            await tools.change_sources(work)
        except Problem as fault:
            if fault.status not in (409, 422):
                raise
            why = "secret_in_use" if fault.code == "secret_in_use" else "secret_wrong"
            return await _connect(tools, member, source, None, fault=why)
        return go(f"/sources/{name}/connect", said="secret")

    @routes.get("/{name}/news")
    async def news(member: Reader, name: str, seen: Text = "") -> Response:
        """Show what came, for a page that keeps itself up to date; nothing new: nothing."""
        came = await tools.read(lambda conn: what_came(conn, name, member.now))
        if came.mark == seen:
            return Response(status_code=204, headers={"Cache-Control": "no-store"})
        return tools.pages.show(member, "news.html", **_news(tools, member, came))

    return routes


def found_vendors(wanted: str, words: Formats) -> list[Any]:
    """Return the tools whose name has all the words in ``wanted``, by title."""
    parts = fold_name(wanted).split()

    def title(vendor: Vendor) -> str:
        key = f"vendor.{vendor.name}"
        return words.say(key) if words.has(key) else vendor.title

    found = [
        vendor
        for vendor in VENDORS.values()
        if all(part in fold_name(f"{title(vendor)} {vendor.title} {vendor.name}") for part in parts)
    ]
    return sorted(found, key=lambda vendor: title(vendor).casefold())


def free_name(conn: Connection, vendor: str) -> str:
    """Return a name for a source that no source has: ``hubspot``, ``hubspot-2``."""
    taken = {source.name for source in all_sources(conn)}
    names = (vendor if number == 1 else f"{vendor}-{number}" for number in range(1, len(taken) + 3))
    return next(name for name in names if name not in taken)


def _way(vendor: str, wanted: str) -> Way:
    """Return the way called so, else the recommended one. Raises ``Problem`` (404)."""
    if vendor not in VENDORS:
        raise not_found("tool")
    ways = guide_to(vendor).ways
    return next((way for way in ways if way.id == wanted), ways[0])


def _ask(
    tools: Tools, member: Member, vendor: str, way: str, name: str, fault: str = ""
) -> Response:
    chosen = _way(vendor, way)
    return tools.pages.show(
        member,
        "source_new.html",
        422 if fault else 200,
        vendor=VENDORS[vendor],
        guide=guide_to(vendor).ways,
        chosen=chosen,
        name=name,
        fault=fault,
    )


async def _connect(
    tools: Tools,
    member: Member,
    source: Source,
    issued: Issued | None,
    is_taken: bool = False,
    fault: str = "",
) -> Response:
    """Show how a source is connected; ``issued`` is shown, and never again."""
    came = await tools.read(lambda conn: what_came(conn, source.name, member.now))
    way = way_of(source)
    kind = kind_of_credential(source)
    url = f"{tools.base_url}/hooks/{source.name}"
    waits_for_secret = way.secret == "tool" and kind == "secret"  # noqa: S105 - who makes it
    value = None if issued is None or waits_for_secret else issued.value
    return tools.pages.show(
        member,
        "connect.html",
        422 if fault else 200,
        source=source,
        vendor=VENDORS[source.vendor],
        way=way,
        kind=kind,
        value=value,
        is_new=issued is not None,
        steps=steps_of(way, member.language, url, value, kind),
        waits_for_secret=waits_for_secret,
        is_taken=is_taken,
        fault=fault,
        is_only_here=tools.is_only_here,
        **_news(tools, member, came),
    )


def _news(tools: Tools, member: Member, came: Any) -> dict[str, Any]:
    source: Source = came.source
    way = way_of(source)
    return {
        "came": came,
        "title": VENDORS[source.vendor].title,
        "url": f"{tools.base_url}/hooks/{source.name}",
        "makes_secret": way.secret == "tool",  # noqa: S105 - who makes it
        "may_see_receipts": member.may("receipts:read"),
        "telling": telling,
    }
