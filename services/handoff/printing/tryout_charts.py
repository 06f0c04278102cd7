"""A try-out's charts, each of the same numbers as a table of ``tryout_tables``."""

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from services.handoff.printing.bars import Bar, bars_across
from services.handoff.printing.charts import as_html
from services.handoff.printing.report import FILLS, Report
from services.handoff.printing.scoreboard_tables import Cell, Table
from services.handoff.printing.telling import percent
from services.handoff.printing.tryout_tables import SHARES, table

MOST_NAMES = 10


def chart(report: Report, name: str) -> Markup | None:
    """Return one of ``CHARTS`` as HTML; None where there is nothing to draw."""
    return CHARTS[name](report, name)


def about(report: Report, name: str) -> str:
    """Return what one of ``CHARTS`` shows."""
    if name == "weeks":
        return report.say("per_week_about", reps=report.number(report.result["reps"]))
    return report.say(f"about_{name}")


def _weeks(report: Report, _name: str) -> Markup | None:
    found = report.weeks()
    return as_html(found) if found.rects else None


def _compared(columns: slice) -> Callable[[Report, str], Markup | None]:
    """Return what draws a table: of each row its ``columns``, which hold one number a version."""

    def draw(report: Report, name: str) -> Markup | None:
        found = table(report, name)
        rows = found.rows[:MOST_NAMES]
        return _pairs(report, found, [(str(row[0]), row[columns]) for row in rows])

    return draw


def _pairs(
    report: Report, found: Table, rows: Sequence[tuple[str, Sequence[Cell]]]
) -> Markup | None:
    top = max((float(value or 0) for _, values in rows for value in values), default=0.0)
    if not top:
        return None
    bars = []
    for title, values in rows:
        for place, value in enumerate(values):
            number = float(value or 0)
            told = report.number(number)
            name = report.versions[place][0]
            bars.append(Bar(name, (number,), (FILLS[place],), top, told, group=title))
    return _drawn(report, found, bars)


def _shares(report: Report, name: str) -> Markup | None:
    found, bars = table(report, name), []
    versions = [version for version, _ in report.versions]
    keys = (key for key, _ in SHARES for _ in report.versions)
    for key, row in zip(keys, found.rows, strict=True):
        _, version, good, cases, share, low, high = row
        place = versions.index(str(version))
        title = report.say(f"bar_{key}")
        told = report.say("of", good=good, cases=cases)
        if share is None:
            bars.append(Bar(str(version), (0,), (FILLS[place],), 1.0, "–", told, group=title))
            continue
        ends = (
            percent(float(low or 0), report.language),
            percent(float(high or 0), report.language),
        )
        beside = f"{told}, {report.say('range', low=ends[0], high=ends[1])}"
        value = percent(float(share), report.language)
        bar = Bar(str(version), (float(share),), (FILLS[place],), 1.0, value, beside, group=title)
        bars.append(bar)
    return _drawn(report, found, bars)


def _drawn(report: Report, found: Table, bars: Sequence[Bar]) -> Markup:
    told = about(report, found.name)
    return as_html(bars_across(f"chart-{found.name}", found.title, told, bars))


CHARTS: Mapping[str, Callable[[Report, str], Markup | None]] = {
    "weeks": _weeks,
    "funnel": _compared(slice(1, None)),
    "tiers": _compared(slice(1, None)),
    "gates": _compared(slice(2, 4)),
    "sources": _compared(slice(1, None)),
    "load": _compared(slice(5, 7)),
    "shares": _shares,
}
