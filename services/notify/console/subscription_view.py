"""A subscription as its pages show it: how it does in words, what it gets, how its week went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from services.notify import readmodels
from services.notify.console.charts import Bar, bars
from services.notify.console.reasons import in_words
from services.notify.domain.failing import standing
from services.notify.domain.performance import Performance, total
from shared.console.formats import Formats, clip

Week = Sequence[tuple[str, Performance]]
HEALTHY = ("quiet", "working")


@dataclass(frozen=True, slots=True)
class Card:
    """What lists show of a subscription; ``about`` and ``events`` are sentences."""

    row: Row[Any]
    standing: str
    about: str
    events: str
    week: Week
    bars: Sequence[Bar]
    share: str
    speed: str
    chart: str

    @property
    def is_healthy(self) -> bool:
        return self.standing in HEALTHY


def cards(conn: Connection, rows: Sequence[Row[Any]], words: Formats, zone: str) -> list[Card]:
    """Return the rows as cards, with their last seven days as the reader counts them."""
    clock = ZoneInfo(zone)
    weeks = readmodels.week_of(conn, [row.id for row in rows], words.now, clock)
    return [
        card(row, [(words.day(_noon(day, clock)), one) for day, one in weeks[row.id]], words)
        for row in rows
    ]


def _noon(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=zone)


def card(row: Row[Any], week: Week, words: Formats) -> Card:
    """Return one subscription as a card."""
    how = standing(row.state, row.last_success_at, row.failing_since, words.now)
    sums = total(one for _, one in week)
    return Card(
        row=row,
        standing=how,
        about=words.say(f"standing_{how}_about", **_told(row, how, words)),
        events=events_of(row.event_types, words),
        week=week,
        bars=bars([one for _, one in week]),
        share=_share(sums, words),
        speed=_speed(sums, words),
        chart=words.say("week_chart", good=sums.succeeded, bad=sums.failed),
    )


def _told(row: Row[Any], how: str, words: Formats) -> dict[str, str]:
    if how == "working":
        return {"at": words.ago(row.last_success_at)}
    if how in ("retrying", "failing"):
        why = in_words(words, row.last_failure) or words.say("why_unknown")
        return {"at": words.moment(row.failing_since), "why": why}
    if how == "disabled":
        since: datetime = row.disabled_at or row.updated_at
        return {"at": words.moment(since), "why": in_words(words, row.reason)}
    return {}


def event_name(kind: str, words: Formats) -> str:
    """Return what an event, or a pattern of events, means; its type where that is not known."""
    if kind == "*":
        return words.say("events_all")
    group = f"group_all_{kind.removesuffix('.*')}"
    if kind.endswith(".*") and words.has(group):
        return words.say(group)
    key = f"event_{kind}"
    return words.say(key) if words.has(key) else clip(kind, 100)


def events_of(kinds: Sequence[str], words: Formats) -> str:
    """Return what a subscription gets, in one line."""
    first = event_name(kinds[0], words)
    if "*" in kinds:
        return words.say("events_all")
    return words.say("events_more", first=first, count=len(kinds) - 1) if kinds[1:] else first


def _share(sums: Performance, words: Formats) -> str:
    if sums.share is None:
        return words.say("week_none")
    # Never 100 % while something failed.
    share = words.percent(int(sums.share * 1000) / 1000 if sums.share < 1 else 1)
    return words.say("week_share", share=share, count=words.number(sums.attempts))


def _speed(sums: Performance, words: Formats) -> str:
    if sums.average_ms is None:
        return ""
    average, slowest = (took(one, words) for one in (sums.average_ms, sums.slowest_ms))
    return words.say("week_speed", average=average, slowest=slowest)


def took(milliseconds: int, words: Formats) -> str:
    """Return how long something took: ``84 ms``, ``1.2 s``."""
    if milliseconds < 1000:
        return words.say("milliseconds", count=milliseconds)
    return words.say("seconds", count=words.number(round(milliseconds / 1000, 1)))
