"""What the hand-offs of a version teach, as pages show it: counted once a minute at most.

Every hand-off of the version is looked at, with all its lead had, so it takes as long as there
are of them; a page says when it was counted.
"""

import asyncio
from collections.abc import Mapping
from time import monotonic
from typing import Any

from services.handoff.handlers.policy_goals import Experience, read_experience
from services.handoff.unit_of_work import Parts, unit_of_work

KEPT_S = 60.0
MOST_KEPT = 50

Advice = Mapping[str, Any]


class AdviceDesk:
    """Counts, and remembers for a moment; one for the process."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._kept: dict[tuple[str, int | None], tuple[float, Advice]] = {}
        self._turn = asyncio.Lock()
        """Who comes while it is counted waits for that, and counts nothing again."""

    async def advice(self, policy: str, number: int | None = None) -> Advice:
        """Return what a version teaches, the one in force without a ``number``.

        Raises ``Problem`` (404) where there is none.
        """
        key = policy, number
        async with self._turn:
            counted_at, found = self._kept.get(key, (float("-inf"), {}))
            if monotonic() - counted_at < KEPT_S:
                return found

            def read(conn: Any) -> Experience:
                uow = unit_of_work(self._parts, conn)
                return read_experience(uow, policy, number, None, None)

            experience = await self._parts.db.read(read)
            found = await asyncio.to_thread(experience.as_data)
            while len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = monotonic(), found
            return found
