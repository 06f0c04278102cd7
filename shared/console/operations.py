"""The pages of who runs the installation, the same for each service: its health, and its audit.

Handoff answers below ``/operations`` and ``/audit``, the others below ``/operations/ingest`` and so
on; tabs lead from one to the other.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection, Table

from shared.audit import RELEVO, Asked, page_of_audit
from shared.console.audit_lines import Place, lines
from shared.console.console import Console
from shared.console.days import is_day, midnight
from shared.console.formats import Formats
from shared.console.health import Health
from shared.console.pages import go
from shared.console.visitor import Member
from shared.db import Database
from shared.operations import (
    AuditShown,
    ParkedId,
    ParkedShown,
    behind_parked,
    find_parked,
    page_of_parked,
    retry_parked,
)
from shared.pages import Cursor, Page

TABS = (("handoff", ""), ("ingest", "/ingest"), ("notify", "/notify"))
SHOWN = 25
FIRST = "handoff"  # has the paths without a name
SAID = ("retried",)
Text = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class Operations:
    """What the pages of one service need to know of it.

    ``look`` gives its health, ``names`` who people and keys are, by what the audit calls them.
    ``places`` say where what was changed is seen, as ``audit_lines.lines`` takes them.
    ``template`` extends ``operations.html`` where the service shows more than all do.
    """

    service: str
    db: Database
    parked: Table
    audit: Table
    look: Callable[[], Awaitable[Health]]
    names: Callable[[Connection], Mapping[str, str]]
    kinds: tuple[str, ...]
    places: Mapping[str, Place | None]
    template: str = "operations.html"

    @property
    def suffix(self) -> str:
        return "" if self.service == FIRST else f"/{self.service}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen in the form of the audit, as it was typed."""

    who: str
    what: str
    since: str
    until: str

    def asked(self, zone: str) -> Asked:
        """Return it as the audit is asked; both days count, as the reader's days."""
        return Asked(
            what=self.what or None,
            who=self.who or None,
            since=midnight(self.since, zone),
            until=midnight(self.until, zone, days_later=1),
        )

    def query(self) -> str:
        """Return it as the query of an address, without what is empty."""
        given = {"who": self.who, "what": self.what, "since": self.since, "until": self.until}
        return urlencode({name: value for name, value in given.items() if value})


def router(console: Console, of: Operations) -> APIRouter:
    """Return the routes of both pages."""
    routes = APIRouter(include_in_schema=False)
    Reader = Annotated[Member, Depends(console.signed_in("operations:read"))]
    Writer = Annotated[Member, Depends(console.signed_in("operations:write"))]
    base, audit_base = f"/operations{of.suffix}", f"/audit{of.suffix}"

    @routes.get(base)
    async def health(member: Reader, cursor: Cursor = None, said: str = "") -> Response:
        """Say how the service is doing, and what to do where it is not well."""
        found = await of.look()
        parked = await of.db.read(lambda conn: page_of_parked(conn, of.parked, cursor, SHOWN))
        return console.pages.show(
            member,
            of.template,
            health=found,
            wrong=found.wrong(),
            parked=parked,
            said=f"health_{said}" if said in SAID else "",
            base=base,
            tabs=_tabs("/operations"),
            service=of.service,
            **found.more,
        )

    @routes.get(base + "/parked/{parked_id}")
    async def show_parked(member: Reader, parked_id: ParkedId) -> Response:
        """Show a parked event, and say what a retry does before anybody asks for one."""

        def work(conn: Connection) -> tuple[ParkedShown, int]:
            one = find_parked(conn, of.parked, parked_id)
            return one, behind_parked(conn, of.parked, one)

        one, behind = await of.db.read(work)
        return console.pages.show(member, "parked.html", one=one, behind=behind, base=base)

    @routes.post(base + "/parked/{parked_id}/retry")
    async def retry(member: Writer, parked_id: ParkedId) -> Response:
        """Have it tried again at once, and what waits before and behind it."""
        who = member.caller.name
        await of.db.write(
            lambda conn: retry_parked(conn, of.parked, of.audit, of.db.now(conn), who, parked_id)
        )
        return go(base, said="retried")

    @routes.get(base + "/mark")
    async def mark(member: Reader) -> Response:
        """Say in a mark whether something is wrong here, for the tabs of the other services."""
        return console.pages.show(member, "operations_mark.html", wrong=(await of.look()).wrong())

    @routes.get(audit_base)
    async def audit(
        member: Reader,
        who: Text = "",
        what: Text = "",
        since: Text = "",
        until: Text = "",
        cursor: Cursor = None,
    ) -> Response:
        """Show who did what, the newest first."""
        given = Chosen(*(text.replace("\x00", "") for text in (who, what, since, until)))
        asked = given.asked(member.zone)

        def work(conn: Connection) -> tuple[Page[AuditShown], Mapping[str, str]]:
            rows, following = page_of_audit(conn, of.audit, asked, cursor, SHOWN)
            shown = [AuditShown.model_validate(row) for row in rows]
            return Page(items=shown, next_cursor=following), of.names(conn)

        page, names = await of.db.read(work)
        return console.pages.show(
            member,
            "audit.html",
            lines=lines(page.items, of.places, member),
            next_cursor=page.next_cursor,
            names=dict(names),
            relevo=RELEVO,
            kinds=_in_words(console.formats(member), of.kinds),
            chosen=given,
            query=given.query(),
            is_first=cursor is None,
            wrong=[name for name in ("since", "until") if not is_day(getattr(given, name))],
            base=audit_base,
            tabs=_tabs("/audit"),
            service=of.service,
        )

    return routes


def _tabs(base: str) -> list[tuple[str, str]]:
    return [(service, base + suffix) for service, suffix in TABS]


def _in_words(words: Formats, kinds: tuple[str, ...]) -> dict[str, str]:
    """Return what each kind of change is called, in the order of what is read."""
    said = {kind: words.say(f"audit.{kind}") for kind in kinds}
    return dict(sorted(said.items(), key=lambda one: one[1]))


def kinds_of(texts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the kinds of change a catalogue has words for."""
    return tuple(key.removeprefix("audit.") for key in texts if key.startswith("audit."))
