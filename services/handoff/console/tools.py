"""What every page of the console is made with; one set for the process."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from services.handoff.console.changes import Changes
from services.handoff.console.pages import Pages
from services.handoff.console.passwords import Passwords
from services.handoff.console.visitor import Doorkeeper
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tools:
    """See the module's text."""

    parts: Parts
    doorkeeper: Doorkeeper
    pages: Pages
    passwords: Passwords
    changes: Changes

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on a snapshot."""
        return await self.parts.db.read(work)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run ``work`` in one transaction."""
        return await self.parts.db.write(lambda conn: work(unit_of_work(self.parts, conn)))
