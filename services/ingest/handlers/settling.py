"""What becomes of each event of a batch of receipts: published, repeated, or parked.

``Settlement`` collects it while the batch is read and published, and writes it at the end
in one transaction: receipts, items, faults and ledger agree or nothing is written.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from services.ingest.domain.incoming import Unreadable
from services.ingest.handlers.recognising import Candidate
from services.ingest.store import ledger
from services.ingest.store.imports import count_days, imports_of_receipts
from services.ingest.store.items import (
    Content,
    Item,
    StoredMark,
    add_contents,
    add_items,
    count_unmapped_names,
)
from services.ingest.store.receipts import Fault, Read, Waiting, mark_read, replace_faults
from services.ingest.store.sightings import count_marks
from services.ingest.vendors import imported

VARIANT = "variant"
LONGEST_MESSAGE = 500


@dataclass
class Tally:
    """One receipt of the batch and what was found in it."""

    waiting: Waiting
    published: int = 0
    duplicates: int = 0
    variants: int = 0
    parked: int = 0
    items: list[Item] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unmapped: Counter[str] = field(default_factory=Counter)
    days: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """Of an import: how many events of a day (UTC) were published, or came before (False)."""

    @property
    def is_import(self) -> bool:
        """Whether an import stored the receipt."""
        return self.waiting.vendor == imported.NAME

    def park(self, position: int, fault: Unreadable) -> None:
        """Set one event aside."""
        self.parked += 1
        self._note(position, fault.code, fault.message, fault.place)

    def repeat(self, candidate: Candidate, *, differs: bool) -> None:
        """Count an event that came before; keep where one with its id says something else."""
        self.duplicates += 1
        if not self.waiting.was_read:  # else the first reading may have counted it
            self._count_day(candidate, published=False)
        if differs:
            self.variants += 1
            self._note(
                candidate.item.position,
                VARIANT,
                "the id came before with another content; that one counts",
                candidate.touch.place,
            )

    def publish(
        self,
        candidate: Candidate,
        mark: StoredMark | None,
        learnt: list[Content],
        unmapped: str | None,
    ) -> None:
        """Remember a new event as published, with its mark and what else recognises it."""
        self.published += 1
        self.items.append(replace(candidate.item, mark=mark))
        self._count_day(candidate, published=True)
        self.contents += learnt
        if unmapped is not None:
            self.unmapped[unmapped] += 1

    def result(self) -> Read:
        """Return the numbers of all readings of the receipt together."""
        reason = next((fault.code for fault in self.faults if fault.code != VARIANT), None)
        return Read(
            receipt_id=self.waiting.id,
            events=self.published + self.duplicates + self.parked,
            published=self.published,
            duplicates=self.duplicates,
            parked=self.parked,
            reason=reason or (VARIANT if self.variants else None),
        )

    def changes(self) -> Counter[str]:
        """Return what this reading adds to the ledger."""
        before, now = self.waiting, self.result()
        first = not before.was_read
        return Counter(
            received=now.events - (0 if first else before.events),
            published=now.published - before.published,
            duplicates=now.duplicates - before.duplicates,
            variants=self.variants if first else 0,
            parked=now.parked,
        )

    def _count_day(self, candidate: Candidate, *, published: bool) -> None:
        if self.is_import:
            self.days[str(candidate.touch.occurred_at)[:10], published] += 1

    def _note(self, position: int, code: str, message: str, place: str) -> None:
        self.faults.append(
            Fault(
                self.waiting.id, position, code, message[:LONGEST_MESSAGE], place[:LONGEST_MESSAGE]
            )
        )


def settle(conn: Connection, tallies: Iterable[Tally], now: datetime) -> None:
    """Write what became of the receipts."""
    done = list(tallies)
    if not done:
        return
    mark_read(conn, [tally.result() for tally in done], now)
    add_items(conn, [item for tally in done for item in tally.items])
    add_contents(conn, [content for tally in done for content in tally.contents])
    replace_faults(
        conn,
        [tally.waiting.id for tally in done if tally.waiting.was_read],
        [fault for tally in done for fault in tally.faults],
    )
    changes: dict[tuple[str, str], Counter[str]] = {}
    last: dict[str, datetime] = {}
    unmapped: dict[tuple[str, str], tuple[int, str]] = {}
    for tally in done:
        receipt = tally.waiting
        day = ledger.day_of(receipt.received_at)
        changes.setdefault((receipt.source_id, day), Counter()).update(tally.changes())
        last[receipt.source_id] = max(
            receipt.received_at, last.get(receipt.source_id, receipt.received_at)
        )
        for name, count in tally.unmapped.items():
            before, _ = unmapped.get((receipt.source_id, name), (0, ""))
            unmapped[receipt.source_id, name] = (before + count, receipt.id)
    count_unmapped_names(conn, unmapped, now)
    _count_imported(conn, [tally for tally in done if tally.is_import])
    count_marks(
        conn,
        Counter(
            (item.source_id, item.mark)
            for tally in done
            for item in tally.items
            if item.mark is not None
        ),
    )
    ledger.move(conn, changes, last)


def _count_imported(conn: Connection, tallies: Sequence[Tally]) -> None:
    """Write what the imports among the receipts brought, by day."""
    if not tallies:
        return
    imports = imports_of_receipts(conn, [tally.waiting.id for tally in tallies])
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for tally in tallies:
        for (day, published), count in tally.days.items():
            key = (imports[tally.waiting.id], day)
            before = counts.get(key, (0, 0))
            counts[key] = (before[0] + count * published, before[1] + count * (not published))
    count_days(conn, counts)
