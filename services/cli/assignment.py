"""Printing why somebody got a lead: the questions of the routing, and everybody considered."""

from typing import Any

from services.cli.output import Columns

Rows = list[dict[str, Any]]
NUMBERS = ("active", "cap", "dealt", "share")
MARK = "→"


def considered_table(considered: Rows, language: str = "en") -> tuple[Rows, Columns]:
    """Return everybody who was looked at, in that order, and the columns to print."""
    columns: Columns = {
        "": lambda one: MARK if one["chosen"] else "",
        "person": "name",
        "why": lambda one: (one.get("words") or {}).get(language) or one["reason"],
    }
    for name in NUMBERS:
        if any(name in one.get("numbers", {}) for one in considered):
            columns[name] = _number(name)
    return considered, columns


def steps_in_words(steps: Rows, language: str = "en") -> dict[str, str]:
    """Return each question of the routing with its answer."""
    return {one["step"]: one["words"][language] for one in steps}


def _number(name: str) -> Any:
    def say(one: dict[str, Any]) -> str:
        value = one.get("numbers", {}).get(name)
        return "" if value is None else f"{value:.3g}"

    return say
