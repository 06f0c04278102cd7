"""What every page of ingest is made with; one set for the process."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from sqlalchemy import Connection

from shared.console.console import Console
from shared.console.formats import Formats
from shared.console.pages import Pages
from shared.console.visitor import Visitor
from shared.db import Database, after_commit
from shared.wakeup import Wakeup

T = TypeVar("T")
HERE = frozenset({"127.0.0.1", "::1", "localhost", "0.0.0.0"})  # noqa: S104 - not bound to


@dataclass(frozen=True, slots=True)
class Tools:
    """See the module's text.

    ``refresh`` lets the doors know of changed sources, ``stored`` wakes the reading loop,
    ``retry_asked`` the one of whole groups, at ``per_s`` events a second.
    ``is_disk_full`` says that nothing more can be kept.
    """

    console: Console
    db: Database
    refresh: Callable[[], Awaitable[None]]
    stored: Wakeup
    retry_asked: Wakeup
    import_asked: Wakeup
    per_s: int
    public_url: str
    is_disk_full: Callable[[], bool]

    @property
    def pages(self) -> Pages:
        return self.console.pages

    def formats(self, visitor: Visitor) -> Formats:
        """Return how this visitor reads moments, numbers and texts."""
        return self.console.formats(visitor)

    @property
    def base_url(self) -> str:
        """Where the world reaches the doors."""
        return self.public_url.rstrip("/")

    @property
    def is_only_here(self) -> bool:
        """Whether that is an address nobody else can reach."""
        return urlsplit(self.public_url).hostname in HERE

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on a snapshot."""
        return await self.db.read(work)

    async def change_sources(self, work: Callable[[Connection], T]) -> T:
        """Run ``work``, which changes sources, and let the doors know at once."""
        result = await self.db.write(work)
        await self.refresh()
        return result

    async def put_back(self, work: Callable[[Connection], T]) -> T:
        """Run ``work``, which puts receipts back, and wake whoever reads them."""

        def woken(conn: Connection) -> T:
            after_commit(conn, self.stored.set)
            after_commit(conn, self.retry_asked.set)
            return work(conn)

        return await self.db.write(woken)
