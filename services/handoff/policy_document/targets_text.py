"""Other goals in the text of a policy, everything else as it was written.

Only the lines of ``targets`` are written anew. What comes out is no promise: whoever stores
it compiles it, and makes sure that nothing else of what it says has changed.
"""

import re
from collections.abc import Iterator

from services.handoff.domain.policy import Targets

_BEGINS = re.compile(r"targets[ \t]*:")
_GOES_ON = re.compile(r"[ \t]+\S|[}\]]")


def with_targets(text: str, targets: Targets) -> str:
    """Return ``text`` with these goals in place of its own."""
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    kept: list[str] = []
    place: int | None = None
    is_inside = False
    for line in lines:
        if is_inside and _GOES_ON.match(line):
            continue
        is_inside = bool(_BEGINS.match(line)) and place is None
        if is_inside:
            place = len(kept)
        else:
            kept.append(line)
    written = _written(targets)
    if written:
        kept.insert(len(kept) if place is None else place, written)
    return ending.join(kept) + ending


def _written(targets: Targets) -> str:
    told = ", ".join(_goals(targets))
    return f"targets: {{{told}}}" if told else ""


def _goals(targets: Targets) -> Iterator[str]:
    for name in ("acceptance", "first_attempt_in_time", "won"):
        share = getattr(targets, name)
        if share is not None:
            yield f"{name}: {share:g}%"
    if targets.sales_ready_per_month is not None:
        yield f"sales_ready_per_month: {targets.sales_ready_per_month}"
