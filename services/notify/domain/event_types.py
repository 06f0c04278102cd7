"""Which events a subscription wants: type names, or patterns that end in ``*``."""

from collections.abc import Callable, Iterable
from functools import lru_cache

EVERYTHING = ("*",)


def is_pattern(text: str, known: Iterable[str]) -> bool:
    """Return whether ``text`` matches at least one of the ``known`` types."""
    wanted = matcher((text,))
    return any(wanted(kind) for kind in known)


@lru_cache(maxsize=1024)
def matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Return the test for ``patterns``: ``handoff.*`` takes every type that starts so."""
    exact = frozenset(pattern for pattern in patterns if not pattern.endswith("*"))
    prefixes = tuple(pattern[:-1] for pattern in patterns if pattern.endswith("*"))

    @lru_cache(maxsize=1024)
    def wanted(kind: str) -> bool:
        return kind in exact or kind.startswith(prefixes)

    return wanted
