"""What came to a source of late, and what was wrong with it: for whoever connects a tool."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Literal

from sqlalchemy import Connection, Row

from services.ingest.handlers.showing import told_by
from services.ingest.handlers.sources import existing
from services.ingest.store.receipts import faults_of, find_receipt, list_receipts
from services.ingest.store.refusals import NOBODY, refusals_of
from services.ingest.store.sources import Source
from services.ingest.vendors import VENDORS
from services.ingest.vendors.connecting import Guide, Way, guide_to
from shared.contracts.touches import LeadIdentified, TouchRecorded

NEWEST = 5
ELSEWHERE_FOR = timedelta(hours=1)

Outcome = Literal["read", "ping", "repeated", "held", "parked", "discarded", "pending"]


@dataclass(frozen=True, slots=True)
class News:
    """A receipt, with the first thing it tells or the first that is wrong with it."""

    receipt: Row[Any]
    outcome: Outcome
    told: TouchRecorded | LeadIdentified | None
    fault: Row[Any] | None


@dataclass(frozen=True, slots=True)
class Came:
    """What came to a source, the latest first; ``elsewhere`` what knocked at no source's door."""

    source: Source
    news: tuple[News, ...]
    refusals: tuple[Row[Any], ...]
    elsewhere: tuple[Row[Any], ...]

    @property
    def first(self) -> News | None:
        """The latest event that was read; then the tool is connected."""
        return next((one for one in self.news if one.outcome == "read"), None)

    @property
    def mark(self) -> str:
        """What a page that shows this has seen."""
        seen = [f"{one.receipt.id}{one.outcome}" for one in self.news]
        refused = (*self.refusals, *self.elsewhere)
        seen += [f"{row.reason}{row._mapping['count']}" for row in refused]
        return blake2b("|".join(seen).encode(), digest_size=16).hexdigest()


def what_came(conn: Connection, name: str, now: datetime) -> Came:
    """Return what came to a source. Raises ``Problem`` (404)."""
    source = existing(conn, name)
    rows = list_receipts(conn, None, NEWEST, source.id, None, None)
    faults = faults_of(conn, [row.id for row in rows])
    news = tuple(_news(conn, row, source, faults.get(row.id, [])) for row in rows)
    elsewhere = [row for row in refusals_of(conn, NOBODY) if now - row.last_at <= ELSEWHERE_FOR]
    has_begun = any(one.outcome == "read" for one in news)
    return Came(
        source,
        news,
        tuple(refusals_of(conn, source.id)),
        () if has_begun else tuple(elsewhere),
    )


def _news(conn: Connection, row: Row[Any], source: Source, faults: list[Row[Any]]) -> News:
    outcome = outcome_of(row)
    told = None
    if outcome in ("read", "repeated") and (whole := find_receipt(conn, row.id)) is not None:
        told = next(told_by(whole, source), None)
    return News(row, outcome, told, faults[0] if faults else None)


def outcome_of(row: Row[Any]) -> Outcome:
    """Return what became of a receipt, in one word."""
    if row.state in ("held", "pending", "discarded"):
        outcome: Outcome = row.state
        return outcome
    if row.parked:
        return "parked"
    if row.published:
        return "read"
    return "repeated" if row.duplicates else "ping"


def way_like(guide: Guide, options: Mapping[str, Any]) -> Way:
    """Return the way whose options these are, the most particular one."""
    like = [way for way in guide.ways if way.options.items() <= options.items()]
    return max(like or guide.ways[:1], key=lambda way: len(way.options))


def way_of(source: Source) -> Way:
    """Return how a source is connected, by its options."""
    return way_like(guide_to(source.vendor), source.settings.get("options", {}))


def steps_of(way: Way, language: str, url: str, value: str | None, kind: str) -> list[str]:
    """Return what to do in the tool, with the source's own address and credential.

    ``value`` is None when it is not to be shown again.
    """
    is_token = kind == "token"
    shown = value or ("src_…" if is_token else "whsec_…")
    places = {
        "<url>": url,
        "<address>": f"{url}?token={shown}" if is_token else url,
        "<base>": url.partition("/hooks/")[0],
        "<token>": shown,
        "<secret>": shown,
    }
    steps = list(way.steps.es if language == "es" else way.steps.en)
    for place, text in places.items():
        steps = [step.replace(place, text) for step in steps]
    return steps


def kind_of_credential(source: Source) -> str:
    """Return what proves the requests of a source: a token or a secret."""
    vendor = VENDORS[source.vendor]
    options = vendor.options_model.model_validate(source.settings.get("options", {}))
    return vendor.credential(options)
