"""Waking everybody who waits for the feed to grow."""

import asyncio


class Broadcast:
    """A signal to any number of waiters; unlike ``Wakeup`` it belongs to none of them."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Wake everybody who waits now."""
        self._event.set()
        self._event = asyncio.Event()

    def listen(self) -> asyncio.Event:
        """Return what the next ``set`` sets. Take it before looking, so that nothing is missed."""
        return self._event
