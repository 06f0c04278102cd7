"""The scoreboard's arithmetic: periods, what a touch counts for, waits, and figures.

What each number means is written down in ``docs/scoreboard.md``, which both teams read; a
change here is a change there. Shares are those of ``results``, so the scoreboard and the
goals of a policy can never differ.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import ceil
from typing import Any, Literal, NamedTuple

from services.handoff.domain.goals import FEWEST_CASES, ShareMeasured
from services.handoff.domain.intervals import ratio_interval
from services.handoff.domain.results import Tally

By = Literal["day", "week", "month"]
BYS: tuple[By, ...] = ("day", "week", "month")

MOST_DAYS = 1_096
"""Three years: longer than any agreement lives unchanged."""
MOST_BUCKETS = 400

REACHED = ("sales_ready", "accepted", "sql", "opportunity", "won")
"""How far a hand-off came. A later stage implies those before it: a CRM may skip some."""

DEALS = ("deal.won", "deal.lost")
"""Touches that tell about a lead and that the lead did not do."""

ASSET_LENGTH = 200
"""Longest name of content or a campaign that is told apart, in characters."""

WAITS_S = (300, 900, 3_600, 14_400, 86_400, 259_200, 604_800)
"""Upper edges of the distribution of waits: 5 and 15 minutes, 1 and 4 hours, 1, 3 and 7 days."""


# --- periods ----------------------------------------------------------------------------------


class Days(NamedTuple):
    """Calendar days in the company's zone, both ends included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        """How many days there are."""
        return (self.last - self.first).days + 1

    @property
    def ordinals(self) -> range:
        """The days as ordinals."""
        return range(self.first.toordinal(), self.last.toordinal() + 1)

    def has(self, day: int) -> bool:
        """Return whether a day, as an ordinal, is one of them."""
        return day in self.ordinals


def day_of(moment: datetime, zone: tzinfo) -> int:
    """Return the ordinal of the day a moment belongs to."""
    return moment.astimezone(zone).toordinal()


def last_year(today: date) -> Days:
    """Return the twelve calendar months that end with the present one, until today."""
    year, month = (today.year - 1, today.month + 1) if today.month < 12 else (today.year, 1)
    return Days(date(year, month, 1), today)


def cut(days: Days, by: By) -> list[Days]:
    """Return the days, weeks (from Monday) or months of a period, the edges cut to fit."""
    pieces, first = [], days.first
    while first <= days.last:
        following = _following(first, by)
        pieces.append(Days(first, min(following - timedelta(days=1), days.last)))
        first = following
    return pieces


def _following(day: date, by: By) -> date:
    """Return the first day of the next piece."""
    if by == "day":
        return day + timedelta(days=1)
    if by == "week":
        return day + timedelta(days=7 - day.weekday())
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def is_whole(piece: Days, by: By, today: date) -> bool:
    """Return whether a piece is a whole day, week or month, and over."""
    return (
        piece.last < today
        and piece.last + timedelta(days=1) == _following(piece.last, by)
        and (piece.first == _start(piece.first, by))
    )


def _start(day: date, by: By) -> date:
    if by == "day":
        return day
    return day - timedelta(days=day.weekday()) if by == "week" else day.replace(day=1)


def days_before(days: Days) -> Days:
    """Return the period to compare with: as many whole months, or as many days, just before."""
    last = days.first - timedelta(days=1)
    begins, ends = days.first.day == 1, (days.last + timedelta(days=1)).day == 1
    if begins and ends:
        months = 12 * (days.last.year - days.first.year) + days.last.month - days.first.month + 1
        month = 12 * days.first.year + days.first.month - 1 - months
        return Days(date(month // 12, month % 12 + 1, 1), last)
    return Days(days.first - timedelta(days=days.length), last)


def begin(day: date, zone: tzinfo) -> datetime:
    """Return the first moment of a day, in UTC."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)


# --- touches ----------------------------------------------------------------------------------


class Did(NamedTuple):
    """A touch as the scoreboard counts it."""

    touch_id: str
    lead_id: str
    kind: str
    source: str
    occurred_at: datetime
    made_by: str
    properties: Mapping[str, Any]


MAKERS = ("human", "machine", "unsure")
TouchKey = tuple[str, int, str]
"""What it was about (empty: all touches), the day, the source."""


def assets_of(properties: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the content and the campaign a touch was about, as ``(kind, name)``."""
    found = []
    for kind, field in _ASSETS:
        about = properties.get(kind)
        if not isinstance(about, dict):
            continue
        name = about.get(field)
        if isinstance(name, str | int) and not isinstance(name, bool) and str(name):
            found.append((kind, str(name)[:ASSET_LENGTH]))
    return found


_ASSETS = (("content", "id"), ("campaign", "name"))


def asset_key(kind: str, name: str) -> str:
    """Return how a tally names content or a campaign."""
    return f"{kind}:{name}"


def touch_tally(touches: Iterable[Did], zone: tzinfo) -> dict[TouchKey, Counter[str]]:
    """Count touches by what they were about, day and source, and by who made them."""
    counted: dict[tuple[str, int, str, str], int] = {}
    for touch in touches:
        if touch.kind in DEALS:
            continue
        day, source, made_by = day_of(touch.occurred_at, zone), touch.source, touch.made_by
        for asset in ("", *(asset_key(*one) for one in assets_of(touch.properties))):
            key = (asset, day, source, made_by)
            counted[key] = counted.get(key, 0) + 1
    tally: dict[TouchKey, Counter[str]] = {}
    for (asset, day, source, made_by), count in counted.items():
        tally.setdefault((asset, day, source), Counter())[made_by] = count
    return tally


class First(NamedTuple):
    """The first thing somebody did. The order of the fields is the order in time."""

    occurred_us: int
    touch_id: str
    source: str


# --- figures ----------------------------------------------------------------------------------


class Waits(NamedTuple):
    """How long leads waited for the first attempt, those nobody tried to reach included."""

    waits_s: Sequence[int]
    """Sorted."""
    unanswered: int
    """Their promise has passed and nobody tried: they wait longer than any other."""

    @property
    def cases(self) -> int:
        """How many there are in all."""
        return len(self.waits_s) + self.unanswered

    def share_waits(self, share: float) -> int | None:
        """Return the seconds within which ``share`` of the leads were tried.

        None: fewer than that were tried at all. The smallest wait that so many do not
        exceed (nearest rank), so it is one that really occurred.
        """
        rank = ceil(share * self.cases)
        return self.waits_s[rank - 1] if 0 < rank <= len(self.waits_s) else None

    def distribution(self) -> list[int]:
        """Return how many waits are within each edge of ``WAITS_S``, and how many are longer."""
        counts = [0] * (len(WAITS_S) + 1)
        for wait_s in self.waits_s:
            counts[next((n for n, most in enumerate(WAITS_S) if wait_s <= most), -1)] += 1
        return counts


SHARES = ("accepted", "answered_in_time", "attempted_in_time", "won")
"""Each counted as good, bad, open or left out: see ``results``."""


def tally_of(counts: Mapping[str, int], share: str) -> Tally:
    """Return one share's tally out of the counts of a period."""
    good, bad, still_open, left = (
        counts.get(f"{share}.{result}", 0) for result in ("good", "bad", "open", "left_out")
    )
    return Tally(good, bad, still_open, left)


def share_figures(tally: Tally) -> dict[str, Any]:
    """Return a share as data, from 0 to 1, with how far chance and what is open may move it."""
    one = ShareMeasured("acceptance", None, tally)
    interval = one.interval if tally.cases else None
    return {
        "share": _rounded(one.measured),
        "good": tally.good,
        "cases": tally.cases,
        "not_yet_known": tally.open,
        "left_out": tally.left_out,
        "low": None if interval is None else _rounded(interval.low),
        "high": None if interval is None else _rounded(interval.high),
        "enough": tally.cases >= FEWEST_CASES,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


Change = Literal["more", "less", "unclear", "too_few"]


def change(now: Tally, before: Tally) -> Change:
    """Return whether a share really moved, or whether chance may be all there is to it."""
    if min(now.cases, before.cases) < FEWEST_CASES:
        return "too_few"
    interval = ratio_interval(now.good, now.cases, before.good, before.cases)
    if interval.low > 1:
        return "more"
    return "less" if interval.high < 1 else "unclear"


def figures(counts: Mapping[str, int], waits: Waits) -> dict[str, Any]:
    """Return the figures of one period from what was counted in it."""
    return {
        "touches": {name: counts.get(f"touches.{name}", 0) for name in MAKERS},
        "engaged_leads": counts.get("engaged_leads", 0),
        **{name: counts.get(f"reached.{name}", 0) for name in REACHED},
        "lost": counts.get("lost", 0),
        "rejected": counts.get("rejected", 0),
        "handed_back": counts.get("handed_back", 0),
        "by_hand": counts.get("by_hand", 0),
        "superseded": counts.get("superseded", 0),
        "misses": counts.get("misses", 0),
        "shares": {name: share_figures(tally_of(counts, name)) for name in SHARES},
        "first_attempt": {
            "median_s": waits.share_waits(0.5),
            "p90_s": waits.share_waits(0.9),
            "cases": waits.cases,
            "unanswered": waits.unanswered,
        },
    }


@dataclass(frozen=True)
class Counted:
    """What was counted a day, so that any piece of the period can be added up."""

    by_day: Mapping[int, Mapping[str, int]]
    waits: Mapping[int, Sequence[int]]
    """Seconds to the first attempt, by the day of the decision."""

    def counts(self, days: Days) -> dict[str, int]:
        """Return the sums over some days."""
        total: dict[str, int] = {}
        for day in days.ordinals:
            for name, count in self.by_day.get(day, _NOTHING).items():
                if count:
                    total[name] = total.get(name, 0) + count
        return total

    def waits_in(self, days: Days, counts: Mapping[str, int] | None = None) -> Waits:
        """Return the waits of hand-offs decided on some days."""
        tried = [wait_s for day in days.ordinals for wait_s in self.waits.get(day, ())]
        counts = self.counts(days) if counts is None else counts
        cases = tally_of(counts, "attempted_in_time").cases
        return Waits(sorted(tried), max(0, cases - len(tried)))

    def figures(self, days: Days) -> dict[str, Any]:
        """Return the figures of some days."""
        counts = self.counts(days)
        return figures(counts, self.waits_in(days, counts))


_NOTHING: Mapping[str, int] = {}
