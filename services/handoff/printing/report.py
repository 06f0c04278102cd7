"""The report of a try-out as one page to print: every number, with what is not known.

Made of the result that is stored, and of nothing else.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, PackageLoader, StrictUndefined

from services.handoff.domain.policy import Language
from services.handoff.printing.bars import Bar, Bars, bars_across
from services.handoff.printing.charts import HATCHED, SOLID, Series, as_html, styles
from services.handoff.printing.columns import Columns, columns
from services.handoff.printing.words import WORDS, say

Result = Mapping[str, Any]

_TEMPLATES = Environment(
    loader=PackageLoader("services.handoff.printing", ""),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
OUTCOMES = {
    "won": "won",
    "lost": "lost_deal",
    "sent_back": "sent_back",
    "accepted": "accepted",
    "waiting": "waiting",
    "unknown": "unknown_outcome",
}
FILLS = (SOLID, HATCHED)
"""Of the candidate, and of what it is compared with."""
MOST_LISTED = 200  # leads of each kind on paper
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


def report_page(tryout: Mapping[str, Any], language: Language, zone: str, company: str) -> str:
    """Return the page of a finished try-out, as the API shows it, in ``language``.

    ``zone`` is the IANA zone moments are told in.
    """
    report = Report(tryout["result"], language, zone)
    return _TEMPLATES.get_template("report.html").render(
        tryout=tryout,
        result=tryout["result"],
        report=report,
        say=report.say,
        company=company,
        draw=as_html,
        chart_styles=styles(),
    )


class Report:
    """What the template asks: the words, numbers and charts of one result."""

    most_listed = MOST_LISTED

    def __init__(self, result: Result, language: Language, zone: str) -> None:
        """Read ``result`` to somebody who speaks ``language``."""
        self.result = result
        self.language: Language = language
        self._zone = ZoneInfo(zone)
        self.versions = [
            (self._version_name(side), result[side])
            for side in ("candidate", "against")
            if result[side] is not None
        ]

    def say(self, key: str, **values: object) -> str:
        """Return a text in the report's language."""
        return say(key, self.language, **values)

    def _version_name(self, side: str) -> str:
        number = self.result[side]["number"]
        if side == "against":
            return self.say("against", number=number)
        return self.say("candidate")

    # --- numbers and moments --------------------------------------------------------------

    def number(self, value: float) -> str:
        """Return a number as people read it."""
        return str(format_decimal(value, locale=self.language))

    def share(self, one: Mapping[str, Any]) -> str:
        """Return a share with what it is made of: ``70 % (14 of 20)``."""
        if one["share"] is None and one["cases"]:
            return self.say("only_good", good=self.number(one["good"]))
        if one["share"] is None:
            return self.say("no_case")
        percent = format_percent(one["share"], locale=self.language)
        good, cases = self.number(one["good"]), self.number(one["cases"])
        return f"{percent} ({self.say('of', good=good, cases=cases)})"

    def duration(self, seconds: int | None) -> str:
        """Return a duration in one unit, rounded."""
        if seconds is None:
            return self.say("not_at_all")
        size = abs(seconds)
        if size < 2 * HOUR_S:
            return self.say("minutes", count=round(seconds / MINUTE_S))
        if size < 2 * DAY_S:
            return self.say("hours", count=round(seconds / HOUR_S))
        return self.say("days", count=round(seconds / DAY_S))

    def moment(self, text: str) -> str:
        """Return a moment to the minute, in the installation's zone."""
        moment = datetime.fromisoformat(text)
        return str(format_datetime(moment, "short", self._zone, self.language))

    def day(self, text: str) -> str:
        """Return a day."""
        moment = datetime.fromisoformat(text).astimezone(self._zone)
        return str(format_date(moment, "long", self.language))

    # --- names ----------------------------------------------------------------------------

    def title(self, side: str, kind: str, name: str) -> str:
        """Return what people call a signal, gate or exclusion of a version."""
        title = self.result[side]["titles"][kind].get(name)
        return name if title is None else str(title[self.language])

    def lead(self, lead: Mapping[str, Any]) -> str:
        """Return a lead's name; its id for who may not see names."""
        return lead["name"] or self.say("unnamed", lead_id=lead["lead_id"][:8])

    def because(self, side: str, lead: Mapping[str, Any]) -> str:
        """Return the signals that made a lead ready."""
        return ", ".join(
            self.title(side, "signals", name) + (f" ×{times}" if times > 1 else "")
            for name, times in lead["because"].items()
        )

    def outcome(self, outcome: str) -> str:
        """Return what became of a lead in sales."""
        return self.say(OUTCOMES[outcome])

    def outcomes(self, counted: Mapping[str, int]) -> list[tuple[str, int]]:
        """Return each outcome that occurs with its number."""
        return [(self.outcome(name), counted[name]) for name in OUTCOMES if counted[name]]

    def why_not(self, side: str, why: Mapping[str, Any]) -> str:
        """Return why the version ``side`` does not hand a lead over."""
        code = why["code"]
        if code == "excluded":
            return self.say("why_excluded", name=self.title(side, "exclude", why["name"]))
        if code != "not_ready":
            return self.say(f"why_{code}")
        wanted = self.number(why["wanted"])
        if "actual" in why:
            reached = self.say("reached", actual=self.number(why["actual"]), wanted=wanted)
        else:
            reached = self.say("asked", wanted=wanted)
        key = f"why_{why['kind']}"
        name = self.title(side, "gates", why["name"])
        key = key if key in WORDS else "why_other"
        return self.say(key, name=name, kind=why["kind"], reached=reached)

    def unknown(self, one: Mapping[str, Any]) -> str:
        """Return a sentence about something that cannot be known."""
        open_for = self.duration(self.result["open_for_s"])
        count = self.number(one["count"])
        return self.say(f"unknown_{one['code']}", count=count, open_for=open_for)

    # --- tables and charts ----------------------------------------------------------------

    def side_by_side(self) -> list[tuple[str, list[str]]]:
        """Return the rows of the first table: what it is, and each version's number."""
        rows: list[tuple[str, list[str]]] = []

        def row(key: str, values: Sequence[str]) -> None:
            rows.append((self.say(key), list(values)))

        versions = [version for _, version in self.versions]
        row("leads", [self.number(one["leads"]) for one in versions])
        row("handoffs", [self.number(one["handoffs"]) for one in versions])
        for key in ("precision", "recall"):
            for what in ("accepted", "won"):
                row(f"{key}_{what}", [self.share(one[key][what]) for one in versions])
        row("won_at_least", [self.share(one["won_at_least"]) for one in versions])
        row("misses", [self.number(one["misses"]["count"]) for one in versions])
        waits = [one["first_touch_to_ready"] for one in versions]
        row("median_wait", [self.duration(one["median_s"]) for one in waits])
        row("most_wait", [self.duration(one["most_s"]) for one in waits])
        row("busiest_week", [self._busiest(one["weeks"]) for one in versions])
        return rows

    def _busiest(self, weeks: Sequence[Mapping[str, Any]]) -> str:
        most = [week["per_rep"] for week in weeks if week["per_rep"] is not None]
        return self.number(max(most)) if most else self.say("not_at_all")

    def week(self, monday: str) -> str:
        """Return a week by its Monday."""
        return str(format_date(date.fromisoformat(monday), "d MMM", self.language))

    def weeks(self) -> Columns:
        """Return the hand-offs per week."""
        labels = [self.week(week["monday"]) for week in self.versions[0][1]["weeks"]]
        series = [
            Series(name, [week["handoffs"] for week in version["weeks"]])
            for name, version in self.versions
        ]
        key = [(fill, name) for fill, (name, _) in zip(FILLS, self.versions, strict=False)]
        about = self.say("per_week_about", reps=self.number(self.result["reps"]))
        return columns(
            "weeks", self.say("per_week"), about, labels, series, key=key, are_beside=True
        )

    def gates(self) -> Bars:
        """Return the hand-offs by gate; a gate of one version only has none of the other."""
        names: dict[str, str] = {}
        for side, (_, version) in zip(("candidate", "against"), self.versions, strict=False):
            for gate in version["gates"]:
                names.setdefault(gate["gate"], self.title(side, "gates", gate["gate"]))
        counts = [
            {gate["gate"]: gate["handoffs"] for gate in version["gates"]}
            for _, version in self.versions
        ]
        top = max((number for one in counts for number in one.values()), default=0)
        bars = [
            Bar(
                version,
                (counts[place].get(gate, 0),),
                (FILLS[place],),
                float(top),
                self.number(counts[place].get(gate, 0)),
                group=title,
            )
            for gate, title in names.items()
            for place, (version, _) in enumerate(self.versions)
        ]
        return bars_across("gates", self.say("per_gate"), self.say("per_gate_about"), bars)

    def scores(self, which: str, number: int) -> Columns:
        """Return the distribution of a score under one of the versions."""
        name, version = self.versions[number]
        bins = version["scores"][which]
        labels = [f"{bin_['from']:g}" for bin_ in bins]
        told = [self.say(key) for key in ("ready", "not_ready")]
        series = [
            Series(text, [bin_[key] for bin_ in bins])
            for text, key in zip(told, ("ready", "not_ready"), strict=True)
        ]
        lowest = bins[0]["from"] if bins else 0
        return columns(
            f"{which}-{number}",
            f"{self.say(which)}, {name}",
            self.say("scores_about"),
            labels,
            series,
            edges=[(asked - lowest) / 10 for asked in version["asked"][which]],
            key=list(zip(FILLS, told, strict=True)),
        )
