"""What was signed, compared with what a file says now, line by line.

The server says which versions say the same; whether a version is signed is decided by what
it has stored. A proof beside a file is for people and pipelines, and only ever compared.
"""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.cli.client import Api

MOST_LINES = 20


def find(api: Api, file: str, text: str) -> dict[str, Any]:
    """Return policy and digest of a text, and the stored versions that say the same."""
    found: dict[str, Any] = api.post("/v1/policies/find", {"text": text, "file": Path(file).name})
    return found


def proof_of(version: dict[str, Any]) -> dict[str, Any]:
    """Return what is written down of a signed version: which it is, and who signed it."""
    kept = ("policy", "number", "version_id", "digest", "signatures")
    return {name: version[name] for name in kept}


def is_signed(version: dict[str, Any]) -> bool:
    """Return whether both teams have signed a version."""
    return len(version["signatures"]) == 2


def unsigned_by(version: dict[str, Any]) -> str:
    """Return the teams that have not signed a version, for a sentence."""
    return " and ".join(
        role for role in ("marketing", "sales") if role not in version["signatures"]
    )


def differences(signed: str, given: str, file: str) -> list[str]:
    """Return where a file says something else than what was signed, a line each."""
    found = list(_differences(signed.splitlines(), given.splitlines(), file))
    if not found:
        return [f"{file}: the same text, read differently by this release"]
    more = len(found) - MOST_LINES
    return found[:MOST_LINES] + ([f"and {more} more"] if more > 0 else [])


def _differences(signed: list[str], given: list[str], file: str) -> Iterator[str]:
    matcher = difflib.SequenceMatcher(None, signed, given, autojunk=False)
    for tag, from_line, from_end, line, end in matcher.get_opcodes():
        if tag == "equal":
            continue
        for place in range(max(from_end - from_line, end - line)):
            was = signed[from_line + place].strip() if from_line + place < from_end else None
            now = given[line + place].strip() if line + place < end else None
            yield f"{file}:{min(line + place, end) + (now is not None)}: {_told(was, now)}"


def _told(was: str | None, now: str | None) -> str:
    if was is None:
        return f"`{now}` was not signed"
    if now is None:
        return f"`{was}` was signed and is missing"
    return f"`{was}` was signed, not `{now}`"
