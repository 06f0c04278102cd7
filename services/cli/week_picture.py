"""A week to look at: one line a day, half an hour a character."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

SLOTS, SLOT_S = 48, 1800
FULL, PART, FREE = "█", "▄", "·"
INDENT = " " * 12


def picture(week: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a week as the API shows one."""
    yield INDENT + "".join(f"{hour:<6}" for hour in range(0, 24, 3)) + "24"
    for one in week["days"]:
        day = date.fromisoformat(one["day"])
        told = [f"{each['from']}–{each['until']}" for each in one["hours"]]
        said = one["special"]["en"].partition(" is ")[2] if one["special"] else ""
        words = "  ".join(filter(None, (" ".join(told), said)))
        yield f"{day:%a %d %b}  {_line(one['hours'])}  {words}".rstrip()


def _line(hours: list[Mapping[str, str]]) -> str:
    worked = [0] * SLOTS
    for each in hours:
        start, end = _seconds(each["from"]), _seconds(each["until"])
        for slot in range(SLOTS):
            first = slot * SLOT_S
            worked[slot] += max(0, min(end, first + SLOT_S) - max(start, first))
    return "".join(FULL if each >= SLOT_S else PART if each else FREE for each in worked)


def _seconds(wall: str) -> int:
    hours, minutes = wall.split(":")
    return int(hours) * 3600 + int(minutes) * 60
