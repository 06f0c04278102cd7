"""Values as sources write them, made into facts people and policies can use."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

LONGEST_TEXT = 4096
MOST_KEYS = 100
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN = re.compile(r"[\s\-]+")
_COUNT = re.compile(r"\d{1,3}(?:[.,' ]\d{3})+|\d{1,9}", re.ASCII)


@lru_cache(maxsize=8192)
def snake(name: str) -> str:
    """Return a key as we write it: ``jobTitle`` and ``Job Title`` are ``job_title``."""
    return _BETWEEN.sub("_", _HUMP.sub("_", name.strip())).lower()


def text_of(value: Any) -> str | None:
    """Return a text or a number as text without blanks around it; None when there is none."""
    if isinstance(value, str):
        return value.strip()[:LONGEST_TEXT] or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


def first_text(values: Mapping[str, Any], *names: str) -> str | None:
    """Return the first of ``names`` that is a text or a number, as text."""
    for name in names:
        value = values.get(name)  # nearly always nothing, which is told without a call
        if value is not None and (text := text_of(value)) is not None:
            return text
    return None


def mapping(value: Any) -> Mapping[str, Any]:
    """Return ``value`` when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def count_of(value: Any) -> int | None:
    """Return a number of people: ``250``, ``"1,000+"`` is 1000, ``"51-200"`` is 51."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value) if 0 <= value < 1e9 else None
    if isinstance(value, str) and (match := _COUNT.search(value[:40])):
        return int(re.sub(r"\D", "", match[0]))
    return None
