"""A try-out as its pages show it: how far it is, its numbers, charts and leads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlalchemy import Connection, Row

from services.handoff.console.people_names import names_of
from services.handoff.console.policy_versions import Offered, versions_of
from services.handoff.domain.policy import Language
from services.handoff.handlers.tryouts import find
from services.handoff.printing.report import Report
from services.handoff.printing.scoreboard_page import cell
from services.handoff.printing.scoreboard_tables import Cell, Kind, Table
from services.handoff.printing.tryout_charts import CHARTS, about, chart
from services.handoff.printing.tryout_tables import LISTS, TABLES, table
from services.handoff.readmodels import lead_names
from services.handoff.store import tryouts
from services.handoff.store.policies import find_version_by_id
from services.handoff.unit_of_work import UnitOfWork
from shared.pages import MOST
from shared.problem import Problem, not_found

PAGE = 25
SHORT = 5
"""Leads of a list that the result itself shows."""
COMPARED = 100
"""Earlier try-outs that can be chosen to be compared."""
OTHER = {"gained": ("candidate", "against"), "lost": ("against", "candidate")}
"""By list: who hands its leads over, and who does not."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A try-out: its row, its report once done, who asked for it, what it is compared with."""

    row: Row[Any]
    report: Report | None
    asked_by: str
    against: int | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.row.state not in tryouts.UNFINISHED

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1."""
        total = self.row.leads_total
        return min(1.0, self.row.leads_done / total) if total else 0.0

    def parts(self) -> Sequence[tuple[Table, str, Markup | None]]:
        """Return each chart with its table, and what it is about; one without rows is left out."""
        report, found = self.report, []
        assert report is not None, "it is done"
        for name in CHARTS:
            shown = table(report, name)
            if shown.rows:
                found.append((shown, about(report, name), chart(report, name)))
        return found

    def cell(self, value: Cell, kind: Kind) -> str:
        """Return a cell as people read it."""
        assert self.report is not None, "it is done"
        if kind == "number" and value is None:
            return "–"
        return cell(value, kind, self.report.language)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A page of earlier try-outs, and what a new one can be of."""

    rows: Sequence[Row[Any]]
    next_cursor: str | None
    names: Mapping[str, str]
    versions: list[Offered]
    numbers: Mapping[str, int]
    done: Sequence[Row[Any]]

    @property
    def untried(self) -> list[Offered]:
        """Drafts that nobody can sign before they were tried."""
        return [one for one in self.versions if one.state == "draft" and not one.is_tried]


def earlier(conn: Connection, policy: str, cursor: str | None) -> Earlier:
    """Return the try-outs of a policy. Raises ``Problem`` (404)."""
    versions = versions_of(conn, policy)
    rows, following = tryouts.page_of_tryouts(conn, policy, cursor, PAGE)
    latest, _ = tryouts.page_of_tryouts(conn, policy, None, COMPARED)
    return Earlier(
        rows,
        following,
        names_of(conn, [row.created_by for row in rows]),
        versions,
        {one.version_id: one.number for one in versions},
        [row for row in latest if row.state == "done"],
    )


def days_of(row: Row[Any], zone: ZoneInfo) -> tuple[date, date]:
    """Return the first and the last day a try-out looks at: the company's, as they were chosen."""
    last = row.to_at - timedelta(microseconds=1)
    return row.from_at.astimezone(zone).date(), last.astimezone(zone).date()


def tried(uow: UnitOfWork, policy: str, tryout_id: str, language: Language, zone: str) -> Tried:
    """Return a try-out of a policy. Raises ``Problem`` (404)."""
    row = find(uow, tryout_id)
    if row.policy != policy:
        raise not_found("try-out")
    against = None if row.against_id is None else find_version_by_id(uow.conn, row.against_id)
    report = None
    if row.result is not None:
        for lead in _listed(row.result):
            lead.setdefault("name", None)
        report = Report(row.result, language, zone)
    return Tried(
        row,
        report,
        names_of(uow.conn, [row.created_by]).get(row.created_by, row.created_by),
        None if against is None else against.number,
    )


def _listed(result: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    return (lead for name in LISTS for lead in result[name]["leads"])


def with_names(conn: Connection, leads: Iterable[dict[str, Any]], may_see: bool) -> None:
    """Give leads of a result their names, for who may see them."""
    shown = list(leads)
    names: dict[str, str] = {}
    if may_see:
        for start in range(0, len(shown), MOST):
            names |= lead_names(conn, {one["lead_id"] for one in shown[start : start + MOST]})
    for lead in shown:
        lead["name"] = names.get(lead["lead_id"])


def report_of(found: Tried) -> Report:
    """Return the report of a try-out. Raises ``Problem`` (409) while there is none."""
    if found.report is None:
        raise Problem(409, "tryout_not_done", "it has a result once it is done")
    return found.report


def table_of(report: Report, name: str) -> Table:
    """Return a table by its name. Raises ``Problem`` (404)."""
    if name not in TABLES:
        raise not_found("table")
    return table(report, name)


def side_by_side(found: Sequence[Tried]) -> list[tuple[str, list[str]]]:
    """Return the rows that compare the candidates of several try-outs."""
    columns: list[dict[str, str]] = []
    for one in found:
        report = report_of(one)
        columns.append({what: values[0] for what, values in report.side_by_side()})
        for name in LISTS:
            count = report.number(report.result[name]["count"])
            columns[-1][report.say(f"table_{name}")] = count
    return [(what, [column.get(what, "–") for column in columns]) for what in columns[0]]
