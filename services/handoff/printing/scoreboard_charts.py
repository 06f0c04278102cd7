"""The scoreboard's charts, each of the same numbers as a table of ``scoreboard_tables``."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date, format_skeleton

from services.handoff.domain.policy import Language
from services.handoff.printing.bars import Bar, bars_across
from services.handoff.printing.charts import (
    CROSSED,
    DASHED,
    DOTTED,
    EMPTY,
    HATCHED,
    SOLID,
    Chart,
    Series,
)
from services.handoff.printing.columns import Limit, columns
from services.handoff.printing.scoreboard_tables import FUNNEL, Data, wait_name
from services.handoff.printing.scoreboard_words import say
from services.handoff.printing.telling import count, percent, wait

MOST_BARS = 10
HUNDRED = ((0.0, "0"), (0.25, "25"), (0.5, "50"), (0.75, "75"), (1.0, "100 %"))
"""A scale of shares."""


def chart(data: Data, name: str, language: Language) -> Chart | None:
    """Return one of ``CHARTS``; None where there is nothing to draw. Raises ``KeyError``."""
    return CHARTS[name](data, language)


def _named(name: str, language: Language) -> tuple[str, str, str]:
    """Return what a chart is called, its title and what it shows."""
    return f"chart-{name}", say(f"title_{name}", language), say(f"about_{name}", language)


def funnel(data: Data, language: Language) -> Chart | None:
    """From touches to won."""
    now, before = data["totals"], data["before"]
    touches = now["touches"]["human"]
    bars = []
    top = float(max(touches, now["engaged_leads"] or 0))
    counts = [("touches", touches, before["touches"]["human"])]
    if now["engaged_leads"] is not None:
        counts.append(("engaged_leads", now["engaged_leads"], before["engaged_leads"]))
    for name, value, earlier in counts:
        told = say("tile_before", language, value=count(earlier, language))
        title = say(f"step_{name}", language)
        bars.append(Bar(title, (value,), (HATCHED,), top, count(value, language), told))
    above = None
    for name in FUNNEL:
        value = now[name]
        told = say("tile_before", language, value=count(before[name], language))
        share = f" · {percent(value / above, language)}" if above else ""
        number = count(value, language) + share
        title = say(f"step_{name}", language)
        bars.append(Bar(title, (value,), (SOLID,), float(now[FUNNEL[0]]), number, told))
        above = value
    return bars_across(*_named("funnel", language), bars)


def acceptance(data: Data, language: Language) -> Chart | None:
    """Accepted, not accepted and not yet known, with the share above each column."""
    shares = [one["shares"]["accepted"] for one in data["series"]]
    if not any(one["cases"] + one["not_yet_known"] for one in shares):
        return None
    parts = (
        ("good", SOLID, [one["good"] for one in shares]),
        ("bad", HATCHED, [one["cases"] - one["good"] for one in shares]),
        ("open", EMPTY, [one["not_yet_known"] for one in shares]),
    )
    return columns(
        *_named("acceptance", language),
        period_names(data, language),
        [Series(say(f"series_{name}", language), values) for name, _, values in parts],
        fills=[[fill] * len(shares) for _, fill, _ in parts],
        values=[_told(one, language) for one in shares],
        key=[(fill, say(f"series_{name}", language)) for name, fill, _ in parts],
    )


def _told(share: Data, language: Language) -> str:
    """Return a share; of few cases what it is made of, which claims less."""
    if share["enough"]:
        return percent(share["share"], language)
    return f"{share['good']}/{share['cases']}" if share["cases"] else ""


def reasons(data: Data, language: Language) -> Chart | None:
    """Reject reasons, the most frequent first."""
    found = [one for one in data["reasons"] if one["share"]][:MOST_BARS]
    if not found:
        return None
    top = float(max(one["rejected"] + one["handed_back"] for one in found))
    bars = [
        Bar(
            one["title"][language],
            (one["rejected"], one["handed_back"]),
            (SOLID, HATCHED),
            top,
            count(one["rejected"] + one["handed_back"], language),
            percent(one["share"], language),
        )
        for one in found
    ]
    key = [
        (SOLID, say("series_rejected", language)),
        (HATCHED, say("series_handed_back", language)),
    ]
    return bars_across(*_named("reasons", language), bars, key)


def first_attempt(data: Data, language: Language) -> Chart | None:
    """The distribution of waits, with the policy's promises."""
    found = data["waits"]
    counts = [one["handoffs"] for one in found["within"]] + [found["unanswered"]]
    total = sum(counts)
    if not total:
        return None
    edges = [one["up_to_s"] for one in found["within"]]
    names = [wait_name(edge, language) for edge in edges] + [say("nobody_tried", language)]
    promises: dict[int, list[str]] = {}
    for tier, seconds in (data["wanted"] or {}).get("first_attempt_in_s", {}).items():
        promises.setdefault(seconds, []).append(tier)
    told: dict[int, list[str]] = {}
    for seconds, tiers in sorted(promises.items()):
        text = say("promise_line", language, tier=", ".join(tiers), wait=wait(seconds, language))
        told.setdefault(_place(seconds, edges), []).append(text)
    top = float(max(counts))
    bars = [
        Bar(
            name,
            (number,),
            (SOLID if place < len(edges) else CROSSED,),
            top,
            f"{count(number, language)} · {percent(number / total, language)}" if number else "0",
            note="; ".join(told.get(place, ())),
        )
        for place, (name, number) in enumerate(zip(names, counts, strict=True))
    ]
    return bars_across(*_named("first_attempt", language), bars)


def _place(seconds: float, edges: Sequence[int | None]) -> int:
    """Return which of the waits a promise ends in."""
    return next(place for place, edge in enumerate(edges) if edge is None or seconds <= edge)


def sla_over_time(data: Data, language: Language) -> Chart | None:
    """The share of first attempts in time, with the target."""
    shares = [one["shares"]["attempted_in_time"] for one in data["series"]]
    if not any(one["cases"] for one in shares):
        return None
    wanted = data["wanted"]["shares"]["attempted_in_time"] if data["wanted"] else None
    limits = []
    key = [(SOLID, say("series_in_time", language)), (DOTTED, say("too_few", language))]
    if wanted is not None:
        limits.append(Limit(0, len(shares), wanted))
        key.append((DASHED, say("wanted_line", language, value=percent(wanted, language))))
    return columns(
        *_named("sla_over_time", language),
        period_names(data, language),
        [Series(say("series_in_time", language), [one["share"] or 0 for one in shares])],
        fills=[[SOLID if one["enough"] else DOTTED for one in shares]],
        values=[_told(one, language) for one in shares],
        scale=HUNDRED,
        limits=limits,
        key=key,
    )


def targets(data: Data, language: Language) -> Chart | None:
    """Sales-ready of each month, all policies together, with what they want."""
    months: dict[str, tuple[int, float, bool]] = {}
    for one in data["months"]:
        ready, wanted, _ = months.get(one["month"], (0, 0.0, True))
        ready += one["sales_ready"]
        months[one["month"]] = ready, wanted + (one["wanted"] or 0), one["is_whole"]
    if not any(ready for ready, _, _ in months.values()):
        return None
    whole = [is_whole for _, _, is_whole in months.values()]
    key = [(SOLID, say("series_sales_ready", language))]
    if not all(whole):
        key.append((HATCHED, say("not_whole", language)))
    wanted_ones = [one[1] for one in months.values() if one[1]]
    if wanted_ones:
        ends = (count(one, language) for one in sorted({min(wanted_ones), max(wanted_ones)}))
        key.append((DASHED, say("wanted_line", language, value="–".join(ends))))
    return columns(
        *_named("targets", language),
        [_month_name(date.fromisoformat(f"{one}-01"), language) for one in months],
        [Series(say("series_sales_ready", language), [one[0] for one in months.values()])],
        fills=[[SOLID if one else HATCHED for one in whole]],
        values=[count(one[0], language) for one in months.values()],
        limits=[
            Limit(place, place + 1, wanted)
            for place, (_, wanted, _) in enumerate(months.values())
            if wanted
        ],
        key=key,
    )


def content(data: Data, language: Language) -> Chart | None:
    """Content leads had met: hand-offs, and those that were won."""
    found = data["content"][:MOST_BARS]
    if not found:
        return None
    top = float(max(one["handoffs"] for one in found))
    bars = [
        Bar(
            one["title"] or one["name"],
            (one["won"], one["handoffs"] - one["won"]),
            (SOLID, EMPTY),
            top,
            f"{count(one['won'], language)} / {count(one['handoffs'], language)}",
            percent(one["won_share"]["share"], language)
            if one["won_share"]["enough"]
            else say("too_few", language),
        )
        for one in found
    ]
    key = [(SOLID, say("series_won", language)), (EMPTY, say("series_handoffs", language))]
    return bars_across(*_named("content", language), bars, key)


def period_names(data: Data, language: Language) -> list[str]:
    """Return short names of the periods."""
    if data["by"] == "month":
        return [_month_name(_day(one["from"]), language) for one in data["series"]]
    days = (_day(one["from"]) for one in data["series"])
    return [str(format_skeleton("MMMd", day, locale=language)) for day in days]


def _month_name(day: date, language: Language) -> str:
    return str(format_date(day, "MMM yy", language))


def _day(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


CHARTS: Mapping[str, Callable[[Data, Language], Chart | None]] = {
    "funnel": funnel,
    "acceptance": acceptance,
    "reasons": reasons,
    "first_attempt": first_attempt,
    "sla_over_time": sla_over_time,
    "targets": targets,
    "content": content,
}
