"""The scoreboard as tables: what CSV, the printable page and the command line all show.

Made of the data the API gives, and of nothing else. A cell is a number, a text or nothing;
how people read it is told by its column's kind.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.handoff.domain.policy import Language
from services.handoff.printing.scoreboard_words import say

Data = Mapping[str, Any]
Cell = str | int | float | None
Kind = Literal["text", "count", "share", "wait", "number"]

FUNNEL = ("sales_ready", "accepted", "sql", "opportunity", "won")
SHARES = ("accepted", "answered_in_time", "attempted_in_time", "won")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``name`` heads the CSV, ``title`` what people read."""

    name: str
    title: str
    kind: Kind = "count"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its title; rows have a cell a column."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def table(data: Data, name: str, language: Language) -> Table:
    """Return one of ``TABLES``. Raises ``KeyError``."""
    return TABLES[name](data, language)


def _table(
    name: str, language: Language, columns: Sequence[tuple[str, Kind]], rows: Sequence[Any]
) -> Table:
    headed = tuple(Column(one, say(f"column_{one}", language), kind) for one, kind in columns)
    return Table(name, say(f"title_{name}", language), headed, tuple(map(tuple, rows)))


def funnel(data: Data, language: Language) -> Table:
    """From touches to won: each step, the period before, and the share of the step above."""
    now, before = data["totals"], data["before"]
    rows: list[tuple[Cell, ...]] = []
    above: int | None = None
    names = ["touches", *(("engaged_leads",) if now["engaged_leads"] is not None else ()), *FUNNEL]
    for name in names:
        counts = [
            one["touches"]["human"] if name == "touches" else one[name] for one in (now, before)
        ]
        # Touches, leads and hand-offs are different things: one is no share of the other.
        share = round(counts[0] / above, 4) if above else None
        rows.append((say(f"step_{name}", language), *counts, share))
        above = counts[0] if name in FUNNEL else None
    columns: list[tuple[str, Kind]] = [("step", "text"), ("count", "count")]
    columns += [("count_before", "count"), ("of_step_above", "share")]
    return _table("funnel", language, columns, rows)


def periods(data: Data, language: Language) -> Table:
    """Every period with its main figures."""
    rows = [
        (
            *(str(one["from"]), str(one["to"]), _yes(one["is_whole"], language)),
            *(one["touches"][name] for name in ("human", "machine", "unsure")),
            one["engaged_leads"],
            *(one[name] for name in FUNNEL),
            *(one[name] for name in ("lost", "rejected", "handed_back")),
            *(one["shares"][name]["share"] for name in SHARES),
            one["first_attempt"]["median_s"],
            one["first_attempt"]["p90_s"],
            one["first_attempt"]["unanswered"],
            one["misses"],
        )
        for one in data["series"]
    ]
    columns: list[tuple[str, Kind]] = [("from", "text"), ("to", "text"), ("is_whole", "text")]
    columns += [(f"touches_{name}", "count") for name in ("human", "machine", "unsure")]
    columns += [(name, "count") for name in ("engaged_leads", *FUNNEL)]
    columns += [(name, "count") for name in ("lost", "rejected", "handed_back")]
    columns += [(f"share_{name}", "share") for name in SHARES]
    columns += [("median_s", "wait"), ("p90_s", "wait"), ("unanswered", "count")]
    return _table("periods", language, [*columns, ("misses", "count")], rows)


def acceptance(data: Data, language: Language) -> Table:
    """What sales said of the hand-offs of each period."""
    return _shares_over_time("acceptance", "accepted", data, language)


def sla(data: Data, language: Language) -> Table:
    """What each side promised, and how much of it was kept."""
    rows = []
    wanted = data["wanted"]["shares"] if data["wanted"] else {}
    for name in SHARES:
        one, before = data["totals"]["shares"][name], data["before"]["shares"][name]
        rows.append(
            (
                *(say(f"share_{name}", language), one["good"], one["cases"] - one["good"]),
                *(one["not_yet_known"], one["share"], one["low"], one["high"]),
                *(
                    wanted.get(name),
                    before["share"],
                    say(f"change_{data['change'][name]}", language),
                ),
            )
        )
    columns: list[tuple[str, Kind]] = [("promise", "text"), ("kept", "count"), ("broken", "count")]
    columns += [("open", "count"), ("share", "share"), ("low", "share"), ("high", "share")]
    columns += [("wanted", "share"), ("share_before", "share"), ("change", "text")]
    return _table("sla", language, columns, rows)


def sla_over_time(data: Data, language: Language) -> Table:
    """First attempts in time, by period."""
    return _shares_over_time("sla_over_time", "attempted_in_time", data, language)


def _shares_over_time(name: str, share: str, data: Data, language: Language) -> Table:
    rows = []
    for one in data["series"]:
        found = one["shares"][share]
        rows.append(
            (
                *(str(one["from"]), found["good"], found["cases"] - found["good"]),
                *(found["not_yet_known"], found["share"], found["low"], found["high"]),
                "" if found["enough"] else say("too_few", language),
            )
        )
    columns: list[tuple[str, Kind]] = [("period", "text"), ("good", "count"), ("bad", "count")]
    columns += [("open", "count"), ("share", "share"), ("low", "share"), ("high", "share")]
    return _table(name, language, [*columns, ("note", "text")], rows)


def reasons(data: Data, language: Language) -> Table:
    """Why hand-offs were sent back."""
    rows = [
        (
            *(one["title"][language], one["rejected"], one["handed_back"]),
            *(one["share"], one["before"]),
        )
        for one in data["reasons"]
    ]
    columns: list[tuple[str, Kind]] = [("reason", "text"), ("rejected", "count")]
    columns += [("handed_back", "count"), ("share", "share"), ("count_before", "count")]
    return _table("reasons", language, columns, rows)


def waits(data: Data, language: Language) -> Table:
    """How long leads waited for the first attempt, those nobody tried included."""
    found = data["waits"]
    total = sum(one["handoffs"] for one in found["within"]) + found["unanswered"]
    counts = [(wait_name(one["up_to_s"], language), one["handoffs"]) for one in found["within"]]
    counts.append((say("nobody_tried", language), found["unanswered"]))
    rows, so_far = [], 0
    for number, (name, count) in enumerate(counts, start=1):
        so_far += count
        tried = number < len(counts)
        rows.append((name, count, so_far / total if total and tried else None))
    columns: list[tuple[str, Kind]] = [("waited", "text"), ("handoffs", "count")]
    return _table("first_attempt", language, [*columns, ("so_far", "share")], rows)


def wait_name(seconds: int | None, language: Language) -> str:
    """Return an edge of the distribution of waits in words."""
    if seconds is None:
        return say("longer", language)
    if seconds < 3_600:
        return say("up_to_minutes", language, count=seconds // 60)
    if seconds < 86_400:
        return say("up_to_hours", language, count=seconds // 3_600)
    return say("up_to_days", language, count=seconds // 86_400)


def targets(data: Data, language: Language) -> Table:
    """Sales-ready leads of each month beside what the policy of then wanted."""
    rows = [
        (
            *(one["month"], one["policy"], one["version"], one["sales_ready"], one["wanted"]),
            "" if one["is_whole"] else say("not_whole", language),
        )
        for one in data["months"]
    ]
    columns: list[tuple[str, Kind]] = [("month", "text"), ("policy", "text"), ("version", "count")]
    columns += [("sales_ready", "count"), ("wanted", "number"), ("note", "text")]
    return _table("targets", language, columns, rows)


def content(data: Data, language: Language) -> Table:
    """Content that leads had met before they were handed over, and what became of them."""
    return _assets("content", data["content"], language)


def campaigns(data: Data, language: Language) -> Table:
    """The same of campaigns."""
    return _assets("campaigns", data["campaigns"], language)


def _assets(name: str, found: Sequence[Data], language: Language) -> Table:
    rows = [
        (
            *(
                one["name"],
                one["title"] or one["name"],
                one["handoffs"],
                one["accepted"],
                one["won"],
            ),
            *(one["won_share"]["share"], one["won_share"]["low"], one["won_share"]["high"]),
            "" if one["won_share"]["enough"] else say("too_few", language),
        )
        for one in found
    ]
    columns: list[tuple[str, Kind]] = [("name", "text"), ("title", "text"), ("handoffs", "count")]
    columns += [("accepted", "count"), ("won", "count"), ("share", "share")]
    columns += [("low", "share"), ("high", "share"), ("note", "text")]
    return _table(name, language, columns, rows)


def checks(data: Data, language: Language) -> Table:
    """What should be nothing: misses and leaks."""
    missed, totals = data["misses"], data["totals"]
    rows: list[tuple[Cell, ...]] = [
        (say("missed_crm", language), missed["told_by_crm"]),
        (say("missed_sales", language), missed["told_by_sales"]),
        (say("leaks", language), data["leaks"]),
        (say("by_hand", language), totals["by_hand"]),
        (say("superseded", language), totals["superseded"]),
    ]
    return _table("checks", language, [("what", "text"), ("count", "count")], rows)


def _yes(is_so: bool, language: Language) -> str:
    return say("yes" if is_so else "no", language)


TABLES: Mapping[str, Callable[[Data, Language], Table]] = {
    "funnel": funnel,
    "periods": periods,
    "acceptance": acceptance,
    "sla": sla,
    "sla_over_time": sla_over_time,
    "reasons": reasons,
    "first_attempt": waits,
    "targets": targets,
    "content": content,
    "campaigns": campaigns,
    "checks": checks,
}
