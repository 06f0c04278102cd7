"""Waking a loop that waits for work, without a polling interval in the path."""

import asyncio


class Wakeup:
    """A signal that a loop waits for; raised on the event loop, by ``after_commit`` for instance.

    Signals given while nobody waits are kept: the next ``wait`` returns at once. Many
    signals wake once. The time-out is the fallback for work other processes made.
    """

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        self._event.set()

    async def wait(self, timeout_s: float) -> bool:
        """Wait for a signal, at most ``timeout_s``; return whether one came."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True
