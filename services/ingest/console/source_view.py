"""What the pages of sources show, read in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row

from services.ingest.console.charts import Picture, first_day, month_picture
from services.ingest.handlers.sources import existing
from services.ingest.store import ledger
from services.ingest.store import sources as store
from services.ingest.store.ledger import Line
from services.ingest.store.receipts import list_receipts
from services.ingest.store.refusals import refusals_of
from services.ingest.store.sources import Credential, Source
from services.ingest.vendors import VENDORS

SILENT_AFTER = timedelta(days=3)
MOST_NAMES = 100
LATEST = 8

Mood = Literal["waiting", "silent", "fine", "gap", "parked", "paused", "archived"]


@dataclass(frozen=True, slots=True)
class Standing:
    """One source and how it is doing."""

    source: Source
    title: str
    line: Line
    picture: Picture
    mood: Mood

    @property
    def shares(self) -> tuple[tuple[str, float], ...]:
        """Who made its touches, as shares of 1; empty while there are none."""
        total = sum(self.line.made_by.values())
        if not total:
            return ()
        return tuple((who, count / total) for who, count in self.line.made_by.items())


def mood_of(source: Source, line: Line, now: datetime) -> Mood:
    """Return what matters most about a source now."""
    if line.gap:
        return "gap"
    if source.state != "active":
        return "archived" if source.state == "archived" else "paused"
    if line.last_received_at is None:
        return "waiting"
    if line.parked:
        return "parked"
    return "silent" if now - line.last_received_at > SILENT_AFTER else "fine"


def standings(conn: Connection, now: datetime, *, archived: bool = False) -> list[Standing]:
    """Return every source by name, those with a gap first."""
    lines = {line.source_id: line for line in ledger.lines(conn)}
    days = ledger.days(conn, first_day(now.date()).isoformat())
    found = [
        _standing(
            source, lines[source.id], [day for day in days if day.source_id == source.id], now
        )
        for source in store.all_sources(conn)
        if archived or source.state != "archived"
    ]
    return sorted(found, key=lambda one: (one.mood != "gap", one.source.name))


def _standing(source: Source, line: Line, days: Sequence[Row[Any]], now: datetime) -> Standing:
    counts = {row.day: (row.received, row.parked) for row in days}
    picture = month_picture(counts, now.date())
    title = VENDORS[source.vendor].title
    return Standing(source, title, line, picture, mood_of(source, line, now))


@dataclass(frozen=True, slots=True)
class SourcePage:
    """One source with everything an operator may look for."""

    standing: Standing
    days: Sequence[Row[Any]]
    """The ledger of the days something came, the latest first."""
    credentials: Sequence[Credential]
    refusals: Sequence[Row[Any]]
    unmapped: Sequence[Row[Any]]
    latest: Sequence[Row[Any]]

    @property
    def source(self) -> Source:
        return self.standing.source


def source_page(conn: Connection, name: str, now: datetime) -> SourcePage:
    """Return one source. Raises ``Problem`` (404)."""
    source = existing(conn, name)
    line = next(line for line in ledger.lines(conn) if line.source_id == source.id)
    days = ledger.days(conn, first_day(now.date()).isoformat(), source.id)
    return SourcePage(
        standing=_standing(source, line, days, now),
        days=days[::-1],
        credentials=store.live_credentials(conn, now, [source.id]),
        refusals=refusals_of(conn, source.id),
        unmapped=store.unmapped_names(conn, source.id, MOST_NAMES),
        latest=list_receipts(conn, None, LATEST, source.id, None, None),
    )
