"""The scoreboard as one page to print: the figures, each chart and its table.

Made of the data the API gives, and of nothing else.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from services.handoff.domain.policy import Language
from services.handoff.printing.charts import as_html, styles
from services.handoff.printing.scoreboard_charts import CHARTS, chart
from services.handoff.printing.scoreboard_tables import Cell, Data, Kind, Table, table
from services.handoff.printing.scoreboard_words import WORDS, say
from services.handoff.printing.telling import count, percent, wait

PARTS = (
    *("funnel", "acceptance", "reasons", "first_attempt", "sla_over_time", "sla"),
    *("targets", "content", "campaigns", "checks", "periods"),
)
"""What the page shows, in its order; those of ``CHARTS`` with their chart."""
HIDDEN = {"content": ("name",), "campaigns": ("name",)}
"""Columns only the CSV has."""

_TEMPLATES = Environment(
    loader=PackageLoader("services.handoff.printing", ""),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def scoreboard_page(data: Data, language: Language, company: str) -> str:
    """Return the page of a scoreboard as the API shows it."""
    page = Page(data, language)
    return _TEMPLATES.get_template("scoreboard.html").render(
        page=page, data=data, say=page.say, company=company, chart_styles=styles()
    )


class Page:
    """What the template asks: words, numbers, charts and tables."""

    def __init__(self, data: Data, language: Language) -> None:
        """Read ``data`` to somebody who speaks ``language``."""
        self.data = data
        self.language: Language = language

    def say(self, key: str, **values: object) -> str:
        """Return a text in the page's language."""
        return say(key, self.language, **values)

    def parts(self) -> Sequence[tuple[Table, str, Markup | None, bool]]:
        """Return each part: its table, what it is about, its picture, whether one is missing."""
        found = []
        for name in PARTS:
            picture = chart(self.data, name, self.language) if name in CHARTS else None
            about = self.say(f"about_{name}") if f"about_{name}" in WORDS else ""
            shown = _without(table(self.data, name, self.language), HIDDEN.get(name, ()))
            drawn = None if picture is None else as_html(picture)
            found.append((shown, about, drawn, name in CHARTS and picture is None))
        return found

    def tiles(self) -> list[tuple[str, str, list[str]]]:
        """Return the figures at the top: the number, what it is, and what to know about it."""
        now, before = self.data["totals"], self.data["before"]
        first, missed = now["first_attempt"], self.data["misses"]
        p90 = first["p90_s"]
        p90_told = (
            self.say("tile_p90", wait=wait(p90, self.language))
            if p90 is not None
            else self.say("tile_p90_never")
        )
        tiles = [
            (
                count(now["sales_ready"], self.language),
                self.say("tile_sales_ready"),
                [
                    self.say("tile_people", count=count(now["people"], self.language)),
                    self._before(count(before["sales_ready"], self.language)),
                ],
            ),
            self._share("accepted", "tile_accepted"),
            self._share("attempted_in_time", "tile_attempted"),
            (
                self._wait(first["median_s"], first["cases"]),
                self.say("tile_median"),
                [
                    p90_told if first["cases"] else "",
                    self._before(
                        self._wait(
                            before["first_attempt"]["median_s"], before["first_attempt"]["cases"]
                        )
                    ),
                ],
            ),
            (
                count(now["won"], self.language),
                self.say("tile_won"),
                [self._amounts(), self._before(count(before["won"], self.language))],
            ),
        ]
        if missed["leads"] is not None:
            told = self._before(count(missed["before"], self.language))
            tiles.append((count(missed["leads"], self.language), self.say("tile_misses"), [told]))
        return tiles

    def _share(self, name: str, title: str) -> tuple[str, str, list[str]]:
        one, before = self.data["totals"]["shares"][name], self.data["before"]["shares"][name]
        if not one["cases"]:
            return "–", self.say(title), [self.say("no_case")]
        good, cases = (count(one[key], self.language) for key in ("good", "cases"))
        low, high = (percent(one[key], self.language) for key in ("low", "high"))
        seen = self.say("of", good=good, cases=cases)
        told = [f"{seen}, {self.say('tile_range', low=low, high=high)}"]
        if before["cases"]:
            changed = self.say(f"change_{self.data['change'][name]}")
            told.append(f"{self._before(percent(before['share'], self.language))} ({changed})")
        return percent(one["share"], self.language), self.say(title), told

    def _before(self, value: str) -> str:
        return self.say("tile_before", value=value) if value else ""

    def _wait(self, seconds: int | None, cases: int) -> str:
        if not cases:
            return "–"
        return self.say("never") if seconds is None else wait(seconds, self.language)

    def _amounts(self) -> str:
        amounts = self.data["totals"]["amounts"]
        return ", ".join(
            f"{count(amount, self.language)} {currency}".strip()
            for currency, amount in amounts.items()
        )

    def only(self) -> list[str]:
        """Return what the view is narrowed to, in words."""
        only = self.data["only"]
        told = [
            self.say(f"only_{name}", name=only[name])
            for name in ("policy", "version", "source", "content", "campaign")
            if only[name] is not None
        ]
        if only["teams"] is not None:
            told.append(self.say("only_teams", name=", ".join(only["teams"])))
        return told

    def day(self, value: Any) -> str:
        """Return a day in words."""
        day = date.fromisoformat(value) if isinstance(value, str) else value
        return str(format_date(day, "long", self.language))

    def moment(self, value: Any) -> str:
        """Return a moment to the minute, in the company's zone."""
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        zone = ZoneInfo(self.data["zone"])
        return str(format_datetime(at, "short", zone, self.language))

    def cell(self, value: Cell, kind: Kind) -> str:
        """Return a cell as people read it."""
        return cell(value, kind, self.language)


def cell(value: Cell, kind: Kind, language: Language) -> str:
    """Return a cell of a table as people read it."""
    if value is None or isinstance(value, str):
        return value or ""
    if kind == "share":
        return percent(value, language)
    return wait(value, language) if kind == "wait" else count(value, language)


def _without(one: Table, names: Sequence[str]) -> Table:
    kept = [number for number, column in enumerate(one.columns) if column.name not in names]
    return Table(
        one.name,
        one.title,
        tuple(one.columns[number] for number in kept),
        tuple(tuple(row[number] for number in kept) for row in one.rows),
    )
