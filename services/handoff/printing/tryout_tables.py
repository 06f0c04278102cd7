"""A try-out's result as tables: what a page shows beside each chart, and what CSV holds.

Made of the result that is stored, and of nothing else. Names of columns are those of the
CSV and the same in every language; titles are what people read.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from services.handoff.domain.intervals import share_interval
from services.handoff.printing.report import Report
from services.handoff.printing.scoreboard_tables import Cell, Column, Kind, Table

SHARES = (
    *(("precision_accepted", ("precision", "accepted")), ("precision_won", ("precision", "won"))),
    ("won_at_least", ("won_at_least",)),
    *(("recall_accepted", ("recall", "accepted")), ("recall_won", ("recall", "won"))),
)
"""What is shown as a share: its text, and where it is in a version of a result."""
STEPS = ("judged", "leads", "taken", "known_won")
Named = tuple[str, str, Kind]


def table(report: Report, name: str) -> Table:
    """Return one of ``TABLES``. Raises ``KeyError``."""
    return TABLES[name](report)


def _table(report: Report, name: str, columns: Iterable[Named], rows: Iterable[Any]) -> Table:
    heads = tuple(Column(key, title, kind) for key, title, kind in columns)
    return Table(name, report.say(f"table_{name}"), heads, tuple(tuple(row) for row in rows))


def _per_version(report: Report, key: str, text: str, kind: Kind = "count") -> list[Named]:
    """Return a column for each version: ``candidate_leads``, ``against_leads``."""
    more = f", {report.say(text)}" if text else ""
    return [
        (f"{side}_{key}", f"{name}{more}", kind)
        for side, (name, _) in zip(("candidate", "against"), report.versions, strict=False)
    ]


def _versions(report: Report) -> list[Mapping[str, Any]]:
    return [version for _, version in report.versions]


def weeks(report: Report) -> Table:
    """Hand-offs of each week, and how many that is for each rep."""
    versions = _versions(report)
    rows = [
        [week["monday"]]
        + [version["weeks"][place]["handoffs"] for version in versions]
        + [version["weeks"][place]["per_rep"] for version in versions]
        for place, week in enumerate(versions[0]["weeks"])
    ]
    columns: list[Named] = [("week", report.say("week"), "text")]
    columns += _per_version(report, "handoffs", "")
    columns += _per_version(report, "per_rep", "per_rep", "number")
    return _table(report, "weeks", columns, rows)


def funnel(report: Report) -> Table:
    """From leads that did something to deals, as far as is known."""
    versions, judged = _versions(report), report.result["history"]["leads"]
    counts = [
        (judged, one["leads"], one["precision"]["accepted"]["good"], one["outcomes"]["won"])
        for one in versions
    ]
    rows = [
        (report.say(f"step_{step}"), *(count[place] for count in counts))
        for place, step in enumerate(STEPS)
    ]
    columns = [("step", report.say("step"), "text"), *_per_version(report, "count", "")]
    return _table(report, "funnel", columns, rows)


def tiers(report: Report) -> Table:
    """Hand-offs by tier."""
    names = dict.fromkeys(gate["tier"] for one in _versions(report) for gate in one["gates"])
    rows = [
        [tier]
        + [
            sum(gate["handoffs"] for gate in one["gates"] if gate["tier"] == tier)
            for one in _versions(report)
        ]
        for tier in names
    ]
    columns = [("tier", report.say("tier"), "text"), *_per_version(report, "handoffs", "")]
    return _table(report, "tiers", columns, rows)


def gates(report: Report) -> Table:
    """Hand-offs by gate, and what became of those of either version."""
    sides = list(zip(("candidate", "against"), _versions(report), strict=False))
    titles: dict[str, str] = {}
    tier_of: dict[str, str] = {}
    for side, version in sides:
        for gate in version["gates"]:
            titles.setdefault(gate["gate"], report.title(side, "gates", gate["gate"]))
            tier_of.setdefault(gate["gate"], gate["tier"])
    rows = []
    for name, title in titles.items():
        found = [
            next((gate for gate in version["gates"] if gate["gate"] == name), None)
            for _, version in sides
        ]
        cells: list[Cell] = [title, tier_of[name]]
        cells += [gate["handoffs"] if gate else 0 for gate in found]
        for outcome in ("won", "sent_back", "unknown"):
            cells += [gate["outcomes"][outcome] if gate else 0 for gate in found]
        rows.append(cells)
    columns: list[Named] = [
        ("gate", report.say("gate"), "text"),
        ("tier", report.say("tier"), "text"),
    ]
    columns += _per_version(report, "handoffs", "")
    columns += _per_version(report, "won", "won")
    columns += _per_version(report, "sent_back", "sent_back")
    columns += _per_version(report, "unknown", "unknown_outcome")
    return _table(report, "gates", columns, rows)


def sources(report: Report) -> Table:
    """Leads by where their first touch came from, the most first."""
    counted = [
        {one["source"]: one["leads"] for one in version.get("sources", ())}
        for version in _versions(report)
    ]
    names = dict.fromkeys(name for one in counted for name in one)
    ordered = sorted(names, key=lambda name: -max(one.get(name, 0) for one in counted))
    rows = [
        (report.say("no_source") if name is None else name, *(one.get(name, 0) for one in counted))
        for name in ordered
    ]
    columns = [("source", report.say("source"), "text"), *_per_version(report, "leads", "")]
    return _table(report, "sources", columns, rows)


def load(report: Report) -> Table:
    """What each team may expect, dealt as the real hand-offs of the time were.

    Hand-offs a week on average, for the team and for each rep of it, and for each rep in
    the busiest week. Without a real hand-off the teams share by their number of reps.
    """
    teams: Sequence[Mapping[str, Any]] = report.result.get("teams", ())
    by = "handoffs" if any(team["handoffs"] for team in teams) else "reps"
    total = sum(team[by] for team in teams)
    weekly = [[week["handoffs"] for week in one["weeks"]] for one in _versions(report)]
    rows = []
    for team in teams:
        share = team[by] / total if total else 0.0
        a_week = [share * sum(one) / len(one) if one else 0.0 for one in weekly]
        busiest = [share * max(one, default=0) for one in weekly]
        cells: list[Cell] = [team["team"], team["reps"], round(share, 4)]
        cells += [round(one, 1) for one in a_week]
        cells += [round(one / team["reps"], 2) for one in a_week]
        cells += [round(one / team["reps"], 2) for one in busiest]
        rows.append(cells)
    columns: list[Named] = [
        ("team", report.say("team"), "text"),
        ("reps", report.say("reps"), "count"),
        ("share", report.say("share_of_leads"), "share"),
    ]
    columns += _per_version(report, "a_week", "a_week", "number")
    columns += _per_version(report, "per_rep", "per_rep", "number")
    columns += _per_version(report, "busiest_per_rep", "busiest_per_rep", "number")
    return _table(report, "load", columns, rows)


def shares(report: Report) -> Table:
    """Each share with what it is made of and what chance alone may have moved it to (95 %)."""
    rows = []
    for text, path in SHARES:
        for name, version in report.versions:
            one: Any = version
            for step in path:
                one = one[step]
            low, high = share_interval(one["good"], one["cases"])
            is_known = one["share"] is not None
            ends = (round(low, 4), round(high, 4)) if is_known else (None, None)
            rows.append((report.say(text), name, one["good"], one["cases"], one["share"], *ends))
    columns: list[Named] = [
        ("what", report.say("what"), "text"),
        ("version", report.say("version"), "text"),
        ("good", report.say("good"), "count"),
        ("cases", report.say("cases"), "count"),
        ("share", report.say("share"), "share"),
        ("low", report.say("at_least"), "share"),
        ("high", report.say("at_most"), "share"),
    ]
    return _table(report, "shares", columns, rows)


def _leads(report: Report, name: str, by: str, other: str) -> Table:
    rows = [
        (
            report.lead(lead),
            lead["lead_id"],
            lead["at"],
            report.title(by, "gates", lead["gate"]),
            report.because(by, lead),
            lead["engagement"],
            lead["fit"],
            report.why_not(other, lead["why_not"]),
            report.outcome(lead["outcome"]),
        )
        for lead in report.result[name]["leads"]
    ]
    columns: list[Named] = [
        ("lead", report.say("lead"), "text"),
        ("lead_id", "id", "text"),
        ("at", report.say("when"), "text"),
        ("gate", report.say("gate"), "text"),
        ("because", report.say("because"), "text"),
        ("engagement", report.say("engagement"), "number"),
        ("fit", report.say("fit"), "number"),
        ("why_not", report.say("why_not"), "text"),
        ("outcome", report.say("outcome"), "text"),
    ]
    return _table(report, name, columns, rows)


def gained(report: Report) -> Table:
    """Whom only the candidate hands over."""
    return _leads(report, "gained", "candidate", "against")


def lost(report: Report) -> Table:
    """Whom only the other version hands over; deals that were won first."""
    return _leads(report, "lost", "against", "candidate")


TABLES: Mapping[str, Callable[[Report], Table]] = {
    "weeks": weeks,
    "funnel": funnel,
    "tiers": tiers,
    "gates": gates,
    "sources": sources,
    "load": load,
    "shares": shares,
    "gained": gained,
    "lost": lost,
}
LISTS = ("gained", "lost")
"""Those that name leads."""
