"""What every page of handoff is made with; one set for the process."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from services.handoff.console.changes import Changes
from services.handoff.console.passwords import Passwords
from services.handoff.console.provider import Provider
from services.handoff.store.forms import take_form
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from shared.console.console import Console
from shared.console.formats import Formats
from shared.console.pages import Pages
from shared.console.visitor import Doorkeeper, Member, Visitor

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tools:
    """See the module's text."""

    parts: Parts
    console: Console
    passwords: Passwords
    changes: Changes
    provider: Provider | None = None

    @property
    def pages(self) -> Pages:
        return self.console.pages

    @property
    def doorkeeper(self) -> Doorkeeper:
        return self.console.doorkeeper

    def formats(self, visitor: Visitor) -> Formats:
        """Return how this visitor reads moments, numbers and texts."""
        return self.console.formats(visitor)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on a snapshot."""
        return await self.parts.db.read(work)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run ``work`` in one transaction."""
        return await self.parts.db.write(lambda conn: work(unit_of_work(self.parts, conn)))

    async def take(self, member: Member, work: Callable[[UnitOfWork], T]) -> T | None:
        """Run ``work`` in one transaction, once for each form that a page showed.

        Each form has a token of its own, so what comes again byte by byte is a double click,
        or a page sent again. It changes nothing, gives None and is answered like the first.
        """
        sent = f"{member.request.url.path} ".encode() + await member.request.body()

        def once(uow: UnitOfWork) -> T | None:
            return work(uow) if take_form(uow.conn, sent, uow.now) else None

        return await self.write(once)
