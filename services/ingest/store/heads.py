"""The head of a stored request: method and URL, then a line for each header.

Lines, not JSON, because they are written for every event and read for few.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Head:
    """What a receipt keeps of a request beside its body."""

    method: str
    url: str
    headers: Mapping[str, str]


def read_head(stored: bytes) -> Head:
    """Return the head out of its lines."""
    first, *lines = stored.decode("latin-1").split("\n")
    method, _, url = first.partition(" ")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        headers[name] = value
    return Head(method, url, headers)
