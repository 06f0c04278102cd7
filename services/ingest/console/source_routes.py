"""The sources: how each is doing, one of them with all its parts, and changing it."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import ValidationError
from sqlalchemy import Connection

from services.ingest.console.news_view import kind_of_credential, way_of
from services.ingest.console.source_view import MOST_NAMES, source_page, standings
from services.ingest.console.tools import Tools
from services.ingest.domain.touch_kinds import KINDS, UNKNOWN
from services.ingest.handlers import sources as handlers
from services.ingest.handlers.source_settings import MOST_KINDS, SourceSettings
from services.ingest.handlers.sources import existing
from services.ingest.store.sources import Source
from shared.body import read_json
from shared.console.forms import revision_of
from shared.console.pages import go
from shared.console.visitor import Member, SignedIn
from shared.pages import PathId
from shared.problem import Problem

OVERLAPS = ("24", "1", "168", "0")
"""Hours the earlier credentials go on; the first is proposed."""
SAID = frozenset({"paused", "active", "archived", "revoked", "settings", "kinds"})
REFUSED = frozenset({"changed_meanwhile", "too_many_credentials", "not_found"})
KINDS_TO_CHOOSE = tuple(kind for kind in sorted(KINDS) if kind != UNKNOWN)


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/sources``."""
    routes = APIRouter(prefix="/sources")
    Reader = Annotated[Member, Depends(tools.console.signed_in("sources:read"))]
    Writer = Annotated[Member, Depends(tools.console.signed_in("sources:write"))]
    # Each name comes with its kind: those that have one, and those nobody knows.
    many = SignedIn(
        tools.console.doorkeeper, "sources:write", most=2 * (MOST_KINDS + MOST_NAMES) + 4
    )
    KindsWriter = Annotated[Member, Depends(many)]

    @routes.get("")
    async def show_all(member: Reader, archived: str = "") -> Response:
        """Show every source and how it is doing."""
        with_archived = archived == "yes"
        found = await tools.read(lambda conn: standings(conn, member.now, archived=with_archived))
        may_change = member.may("sources:write")
        return tools.pages.show(
            member, "sources.html", found=found, may_change=may_change, archived=with_archived
        )

    @routes.get("/{name}")
    async def show(member: Reader, name: str, said: str = "", refused: str = "") -> Response:
        """Show one source."""
        return await _show(
            tools,
            member,
            name,
            said=f"source_said_{said}" if said in SAID else "",
            refused=f"source_not_{refused}" if refused in REFUSED else "",
        )

    @routes.post("/{name}/state")
    async def set_state(member: Writer, name: str) -> Response:
        """Pause or resume a source."""
        state = "paused" if member.form.get("state") == "paused" else "active"
        return await _changed(tools, member, name, state, state=state)

    @routes.post("/{name}/archive")
    async def archive(member: Writer, name: str) -> Response:
        """Archive a source, once somebody is sure."""
        if member.form.get("sure") != "yes":
            return await _show(tools, member, name, 422, unsure=True)
        await tools.change_sources(
            lambda conn: handlers.archive_source(conn, tools.db.now(conn), member.person_id, name)
        )
        return go(f"/sources/{name}", said="archived")

    @routes.post("/{name}/rotate")
    async def rotate(member: Writer, name: str) -> Response:
        """Issue a new credential and show it this once."""
        hours = member.form.get("overlap", "")
        overlap = timedelta(hours=int(hours if hours in OVERLAPS else OVERLAPS[0]))
        secret = member.form.get("secret", "").strip() or None

        def work(conn: Connection) -> tuple[Source, handlers.Issued]:
            now = tools.db.now(conn)
            issued = handlers.rotate(conn, now, member.person_id, name, overlap, secret)
            return existing(conn, name), issued

        try:
            source, issued = await tools.change_sources(work)
        except Problem as fault:
            if fault.code == "too_many_credentials":
                return go(f"/sources/{name}", refused=fault.code)
            if fault.status not in (409, 422):
                raise
            return await _show(tools, member, name, 422, secret_fault=_why_not(fault))
        return tools.pages.show(
            member,
            "credential.html",
            source=source,
            issued=issued,
            is_own=secret is None,
            overlap_h=int(overlap.total_seconds() // 3600),
            url=f"{tools.base_url}/hooks/{name}",
        )

    @routes.post("/{name}/credentials/{credential_id}/revoke")
    async def revoke(member: Writer, name: str, credential_id: PathId) -> Response:
        """End a credential at once."""

        def work(conn: Connection) -> None:
            handlers.revoke(conn, tools.db.now(conn), member.person_id, name, credential_id)

        try:
            await tools.change_sources(work)
        except Problem as fault:
            if fault.status != 404:
                raise
            return go(f"/sources/{name}", refused=fault.code)  # ended already
        return go(f"/sources/{name}", said="revoked")

    @routes.post("/{name}/kinds")
    async def set_kinds(member: KindsWriter, name: str) -> Response:
        """Say which touch kind the names of this source mean."""
        wanted: dict[str, str] = {}
        for number in range(len(member.form)):
            event = member.form.get(f"name_{number}", "").strip()
            if event:
                wanted[event[:200]] = member.form.get(f"kind_{number}", "")
        before = await tools.read(lambda conn: existing(conn, name))
        kinds: dict[str, str] = dict(before.settings.get("touch_kinds", {})) | wanted
        kinds = {event: kind for event, kind in kinds.items() if kind in KINDS_TO_CHOOSE}
        settings = dict(before.settings) | {"touch_kinds": kinds}
        return await _changed(tools, member, name, "kinds", settings=settings)

    @routes.post("/{name}/settings")
    async def set_settings(member: Writer, name: str) -> Response:
        """Change how a source is read."""
        before = await tools.read(lambda conn: existing(conn, name))
        try:
            settings = read_settings(before, member.form)
            await _change(tools, member, name, settings=settings)
        except Problem as fault:
            if fault.status not in (412, 422):
                raise
            faults = {_field_of(str(one.get("pointer", ""))): one for one in fault.errors}
            refused = "source_not_changed_meanwhile" if fault.status == 412 else ""
            return await _show(
                tools, member, name, fault.status, refused=refused, settings_faults=faults
            )
        return go(f"/sources/{name}", said="settings")

    return routes


async def _change(
    tools: Tools,
    member: Member,
    name: str,
    *,
    state: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Change a source as its form showed it. Raises ``Problem`` (412) when it changed meanwhile."""
    expected = revision_of(member.form)

    def work(conn: Connection) -> None:
        now = tools.db.now(conn)
        who = member.person_id
        handlers.change_source(conn, now, who, name, expected, state, settings)

    await tools.change_sources(work)


async def _changed(tools: Tools, member: Member, name: str, said: str, **change: Any) -> Response:
    """Change a source by a form that is quickly filled in again, and lead back to its page."""
    try:
        await _change(tools, member, name, **change)
    except Problem as fault:
        if fault.status != 412:
            raise
        return go(f"/sources/{name}", refused="changed_meanwhile")
    return go(f"/sources/{name}", said=said)


def read_settings(source: Source, form: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings a form describes. Raises ``Problem`` (422) with every place."""
    given = dict(source.settings)
    errors: list[dict[str, str]] = []
    for name in ("options", "columns"):
        text = form.get(name, "").strip() or "{}"
        try:
            given[name] = read_json(text.encode())
        except Problem as fault:
            errors.append({"pointer": f"/{name}", "message": fault.message})
    settle = form.get("settle_s", "").strip()
    is_count = settle.isascii() and settle.isdigit() and len(settle) < 10
    links = [line.strip() for line in form.get("hidden_links", "").splitlines() if line.strip()]
    given["machines"] = {"hidden_links": links, "settle_s": int(settle) if is_count else -1}
    given["removed_is_erased"] = form.get("removed_is_erased") == "yes"
    settings = SourceSettings()
    try:
        settings = SourceSettings.model_validate(given)
    except ValidationError as error:
        errors += [
            {"pointer": "/" + "/".join(str(step) for step in one["loc"]), "message": one["msg"]}
            for one in error.errors(include_url=False, include_context=False, include_input=False)
        ]
    if errors:
        raise Problem(422, "invalid", errors[0]["message"], errors)
    return settings.model_dump()


def _field_of(pointer: str) -> str:
    """Return the field of the form that a place belongs to."""
    steps = pointer.removeprefix("/settings").strip("/").split("/")
    return steps[1] if steps[0] == "machines" and len(steps) > 1 else steps[0]


def _why_not(fault: Problem) -> str:
    """Return the key of the text that says why a secret was not taken."""
    return "secret_in_use" if fault.code == "secret_in_use" else "secret_wrong"


async def _show(
    tools: Tools,
    member: Member,
    name: str,
    status: int = 200,
    *,
    said: str = "",
    refused: str = "",
    secret_fault: str = "",
    settings_faults: Mapping[str, Any] | None = None,
    unsure: bool = False,
) -> Response:
    page = await tools.read(lambda conn: source_page(conn, name, member.now))
    settings = page.source.settings
    written = {
        "options": _laid_out(settings.get("options", {})),
        "columns": _laid_out(settings.get("columns", {})),
        "hidden_links": "\n".join(settings.get("machines", {}).get("hidden_links", ())),
        "settle_s": str(settings.get("machines", {}).get("settle_s", 60)),
        "removed_is_erased": "yes" if settings.get("removed_is_erased") else "",
    }
    if settings_faults is not None:  # as somebody typed it
        written |= {field: member.form.get(field, "") for field in written}
    return tools.pages.show(
        member,
        "source.html",
        status,
        page=page,
        one=page.standing,
        source=page.source,
        way=way_of(page.source),
        kind=kind_of_credential(page.source),
        url=f"{tools.base_url}/hooks/{page.source.name}",
        kinds=KINDS_TO_CHOOSE,
        overlaps=OVERLAPS,
        written=written,
        may_change=member.may("sources:write"),
        may_see_receipts=member.may("receipts:read"),
        said=said,
        refused=refused,
        secret_fault=secret_fault,
        settings_faults=settings_faults or {},
        unsure=unsure,
    )


def _laid_out(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) if value else ""
