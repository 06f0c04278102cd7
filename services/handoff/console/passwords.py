"""Passwords: hashed by argon2id, in a thread, few at a time.

A hash takes a tenth of a second and 64 MiB on purpose. So no more than two run at once, and
beyond a short queue callers are asked to come back: signing in cannot starve the rest of the
process.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.problem import Problem

T = TypeVar("T")

AT_ONCE = 2
MOST_WAITING = 20
SHORTEST, LONGEST = 12, 256
LEAST_DIFFERENT = 5
HASHER = PasswordHasher()
"""With the library's parameters: those of RFC 9106 for a server with little memory to spare."""


class Passwords:
    """Hashes and compares; one for the process."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._nobodys: str | None = None

    async def hashed(self, password: str) -> str:
        """Return what is stored of ``password``. Raises ``Problem`` (503) when too many wait."""
        return await self._in_turn(HASHER.hash, password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Return whether ``password`` is the one of ``stored``.

        Takes as long without one: nobody learns from the time whether an account exists.
        Raises ``Problem`` (503) when too many wait.
        """
        if self._nobodys is None:
            self._nobodys = await self.hashed("nobody has this password")
        return await self._in_turn(self._compare, stored or self._nobodys, password) and (
            stored is not None
        )

    def _compare(self, stored: str, password: str) -> bool:
        try:
            return bool(HASHER.verify(stored, password))
        except (VerificationError, InvalidHashError):
            return False

    async def _in_turn(self, work: Callable[..., T], *given: str) -> T:
        if self._waiting >= MOST_WAITING:
            headers = {"Retry-After": "2"}
            raise Problem(503, "busy", "too many are signing in: try again", headers=headers)
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work, *given)
        finally:
            self._waiting -= 1


def weakness(password: str, email: str) -> str | None:
    """Return the key of what is wrong with a new password; None when it will do."""
    if len(password) < SHORTEST:
        return "password_short"
    if len(password) > LONGEST:
        return "password_long"
    name = email.partition("@")[0].lower()
    if len(set(password)) < LEAST_DIFFERENT or (len(name) > 3 and name in password.lower()):
        return "password_guessable"
    return None
