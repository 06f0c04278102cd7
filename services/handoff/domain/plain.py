"""Domain values as plain data: for digests, for frozen evaluations, for APIs."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any


def plain(value: Any) -> Any:
    """Return ``value`` as JSON-ready data, the same for equal values.

    Durations become seconds, moments ISO text, sets sorted lists. A field that has its
    default is left out: a field added later does not change the digest of what was
    signed before. What does not take part in equality (prepared patterns) is left out too.
    """
    if is_dataclass(value) and not isinstance(value, type):
        kind = getattr(type(value), "kind", None)
        named = {"kind": kind} if isinstance(kind, str) else {}
        return named | {
            each.name: plain(getattr(value, each.name))
            for each in fields(value)
            if each.compare and not _has_default(value, each.name, each.default)
        }
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(map(plain, value))
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def _has_default(value: Any, name: str, default: Any) -> bool:
    return default is not MISSING and bool(getattr(value, name) == default)
