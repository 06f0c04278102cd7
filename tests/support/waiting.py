"""Waiting for what another process does: ask again until it is so, or the time is over."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

LOOK_AGAIN_S = 0.05


async def eventually(ask: Callable[[], Awaitable[T]], within_s: float, what: str = "") -> T:
    """Return the first answer of ``ask`` that is not empty or false.

    Raises ``TimeoutError`` with the last answer when there was none within ``within_s``.
    """
    until = monotonic() + within_s
    while True:
        answer = await ask()
        if answer:
            return answer
        if monotonic() > until:
            raise TimeoutError(f"not within {within_s} s: {what or ask.__name__}")
        await asyncio.sleep(LOOK_AGAIN_S)


async def until_none(ask: Callable[[], Awaitable[T]], within_s: float) -> float:
    """Return after how many seconds ``ask`` had nothing left to name.

    Raises ``TimeoutError`` with what was left when the time is over.
    """
    started = monotonic()
    while left := await ask():
        if monotonic() > started + within_s:
            raise TimeoutError(f"left after {within_s} s: {left}")
        await asyncio.sleep(LOOK_AGAIN_S)
    return monotonic() - started
