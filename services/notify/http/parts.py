"""What the routes of notify are made of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from services.notify.domain.attempts import Reply
from services.notify.domain.deliveries import Delivery
from services.notify.unit_of_work import UnitOfWork
from shared.access import KeyRing
from shared.db import Database
from shared.egress import Egress

T = TypeVar("T")


@dataclass(frozen=True)
class Parts:
    """Database and keys, and the ways into the rest of the service."""

    db: Database
    keys: KeyRing
    egress: Egress
    unit: Callable[..., UnitOfWork]
    send: Callable[[Delivery], Awaitable[Reply]]
    wake_sender: Callable[[], None]
    wake_replay: Callable[[], None]

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run ``work`` in one transaction."""
        return await self.db.write(lambda conn: work(self.unit(conn)))
