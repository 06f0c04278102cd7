"""Who made the touches of a mail, judged together: what changes, and how it is told.

The mark a touch is published with depends on its own request alone, so reading it twice
gives the same event. What its neighbours say comes behind it as ``touch.judged``. Reading
again after a crash may say it differently, with more neighbours known; the later moment of
judging counts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from services.ingest.domain.incoming import Mark
from services.ingest.domain.made_by import VERSION
from services.ingest.domain.sightings import Sighting, judge_together
from services.ingest.handlers.reading import SOURCE, Origin
from services.ingest.handlers.seeing import Look
from services.ingest.store.items import Item, StoredMark, mark_items
from services.ingest.store.sightings import (
    Mail,
    Seen,
    add_sightings,
    count_marks,
    end_waiting,
    seen_of,
)
from shared.clock import to_text
from shared.contracts import Envelope
from shared.contracts.touches import TouchJudged, TouchRecorded
from shared.ids import stable_id


@dataclass(frozen=True, slots=True)
class Change:
    """A touch gets another mark."""

    source_id: str
    key: str
    identity: str
    before: StoredMark | None
    after: StoredMark


Key = tuple[str, str]
"""A source, and what names a touch within it."""


@dataclass
class Judgement:
    """What judging some mails came to.

    ``changes`` are the marks to be told, ``ends`` until when touches wait from now on (None:
    no longer), ``seen`` what was judged.
    """

    now: datetime
    changes: list[Change]
    ends: dict[Key, datetime | None]
    seen: dict[Key, Seen]

    def without(self, failed: set[Key]) -> "Judgement":
        """Return it without the touches whose mark could not be told: they are judged again."""
        return Judgement(
            self.now,
            [one for one in self.changes if (one.source_id, one.key) not in failed],
            self.ends | dict.fromkeys(failed, self.now),
            self.seen,
        )


def sighting_of(
    item: Item, look: Look, touch: TouchRecorded, origin: Origin, settles_from: datetime
) -> Seen | None:
    """Return what is remembered of a touch, for its neighbours; None when it has none."""
    if look.mail is None:
        return None
    settles_at = settles_from + origin.traps.settles if look.waits else None
    sighting = Sighting(item.key, touch.touch, touch.occurred_at, look.link, look.own, settles_at)
    return Seen(item.source_id, look.mail, item.receipt_id, touch.identity, sighting, item.mark)


def judge_mails(
    conn: Connection, mails: set[Mail], fresh: Sequence[Seen], now: datetime
) -> Judgement:
    """Judge ``mails`` by what is stored of them, and by ``fresh`` instead of what it repeats."""
    groups: dict[Mail, dict[str, Seen]] = {}
    for mail, stored in seen_of(conn, mails).items():
        groups[mail] = {one.sighting.key: one for one in stored}
    for one in fresh:
        groups.setdefault(one.neighbours, {})[one.sighting.key] = one
    judgement = Judgement(now, [], {}, {})
    for group in groups.values():
        marks = judge_together([one.sighting for one in group.values()], now)
        for key, one in group.items():
            judgement.seen[one.source_id, key] = one
            change = changed(one.source_id, key, one.identity, one.told, marks[key])
            if change is not None:
                judgement.changes.append(change)
            if one.sighting.settles_at is not None and one.sighting.settles_at <= now:
                judgement.ends[one.source_id, key] = None
    return judgement


def changed(
    source_id: str, key: str, identity: str, before: StoredMark | None, mark: Mark
) -> Change | None:
    """Return the change of a touch's mark; None when it stays. A new version alone is none."""
    if before is not None and (before.made_by, before.reason) == (mark.made_by, mark.reason):
        return None
    after = StoredMark(mark.made_by, mark.reason, VERSION)
    return Change(source_id, key, identity, before, after)


def judged_events(
    changes: Iterable[Change], names: Mapping[str, str], now: datetime
) -> list[Envelope]:
    """Return the changes as events; ``names`` are those of the sources by their ids."""
    return [
        Envelope(
            id=stable_id("judged", one.source_id, one.key, *map(str, one.after), to_text(now)),
            source=SOURCE,
            subject=one.identity,
            key=one.identity,
            time=now,
            data=TouchJudged(
                touch_id=stable_id(one.source_id, one.key),
                source=names[one.source_id],
                identity=one.identity,
                made_by=one.after.made_by,
                made_by_reason=one.after.reason,
                made_by_version=one.after.version,
                judged_at=now,
            ),
        )
        for one in changes
    ]


def save_judgement(conn: Connection, judgement: Judgement, fresh: Sequence[Seen] = ()) -> None:
    """Write what was judged and told; ``fresh`` sightings are remembered."""
    add_sightings(conn, fresh)
    mark_items(conn, {(one.source_id, one.key): one.after for one in judgement.changes})
    end_waiting(conn, [(judgement.seen[key], end) for key, end in judgement.ends.items()])
    counts: Counter[tuple[str, StoredMark]] = Counter()
    for one in judgement.changes:
        counts[one.source_id, one.after] += 1
        if one.before is not None:
            counts[one.source_id, one.before] -= 1
    count_marks(conn, counts)
