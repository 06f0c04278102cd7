"""The rep's day: what waits for them, the hottest first, and what they promised."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Row

from services.handoff.console.telling import did
from services.handoff.domain.policy import PolicyVersion, RejectReason
from services.handoff.store import agenda, deadlines, promises
from services.handoff.store.policies import PolicyShelf
from shared.console.formats import Formats

FAR = timedelta(days=10_000)
MOST_SHOWN = 50
AHEAD = timedelta(days=8)
"""How far one looks at what was promised: over a weekend and the days around it."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock that runs now; ``kind`` is ``accept`` or ``first_attempt``."""

    kind: str
    due_at: datetime
    is_late: bool
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A hand-off as the day shows it."""

    handoff_id: str
    lead_id: str
    name: str
    title: str | None
    company: str | None
    email: str | None
    phone: str | None
    tier: str
    stage: str
    why: str
    why_at: datetime | None
    clock: Clock | None
    attempts: int
    reasons: Sequence[RejectReason]


@dataclass(slots=True)
class Day:
    """Everything the page shows."""

    answer: list[Card] = field(default_factory=list)
    contact: list[Card] = field(default_factory=list)
    going: list[Card] = field(default_factory=list)
    waiting: int = 0
    late: int = 0
    more: int = 0
    due_tomorrow: list[Card] = field(default_factory=list)
    owed: list[Row[Any]] = field(default_factory=list)
    owed_today: list[Row[Any]] = field(default_factory=list)
    owed_tomorrow: list[Row[Any]] = field(default_factory=list)
    owed_later: list[Row[Any]] = field(default_factory=list)


def day_of(conn: Connection, shelf: PolicyShelf, person_id: str, words: Formats) -> Day:
    """Return the day of somebody: the hottest first, of those whoever waits longest over time.

    What is under way comes last: however much there is of it, it hides nobody who waits.
    """
    rows = agenda.open_of(conn, person_id)
    clocks = agenda.deadlines_of(conn, [row.handoff_id for row in rows])
    pauses = deadlines.pauses(conn, clocks)
    paused = {
        handoff_id
        for handoff_id, those in pauses.items()
        if any(one.began_at <= words.now < one.until for one in those)
    }
    waiting = [_waiting(conn, shelf, row, words, clocks, paused) for row in rows]
    waiting.sort(key=lambda one: (one.is_going, one.rank, _due(one.clock, words), one.row.due_at))
    shown = waiting[:MOST_SHOWN]
    contexts = agenda.contexts_of(conn, [one.row.handoff_id for one in shown])
    day = Day(more=len(waiting) - len(shown))
    day.waiting = sum(one.row.stage == "assigned" for one in waiting)
    day.late = sum(one.clock is not None and one.clock.is_late for one in waiting)
    tomorrow = words.today + timedelta(days=1)
    for one in shown:
        card = _card(one, orjson.loads(contexts[one.row.handoff_id]), words)
        if card.stage == "assigned":
            day.answer.append(card)
        elif one.is_going:
            day.going.append(card)
        else:
            day.contact.append(card)
        if card.clock is not None and words.local(card.clock.due_at).date() == tomorrow:
            day.due_tomorrow.append(card)
    _put_promises(conn, person_id, words, day)
    return day


def _put_promises(conn: Connection, person_id: str, words: Formats, day: Day) -> None:
    lists = (day.owed, day.owed_today, day.owed_tomorrow, day.owed_later)
    for row in promises.open_of_owner(conn, person_id, words.now + AHEAD):
        apart = (words.local(row.due_at).date() - words.today).days
        lists[min(max(-1, apart), 2) + 1].append(row)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An open hand-off before its context is read."""

    row: Row[Any]
    version: PolicyVersion
    rank: int
    clock: Clock | None

    @property
    def is_going(self) -> bool:
        """Whether somebody was in touch already."""
        row = self.row
        return row.stage != "assigned" and (row.stage != "accepted" or bool(row.attempts))


def _waiting(
    conn: Connection,
    shelf: PolicyShelf,
    row: Row[Any],
    words: Formats,
    clocks: Mapping[str, Sequence[Any]],
    paused: Collection[str],
) -> _Waiting:
    version = shelf.by_id(conn, row.version_id)
    tiers = list(version.response)
    rank = tiers.index(row.tier) if row.tier in tiers else len(tiers)
    clock = _running_clock(row, clocks.get(row.handoff_id, ()), words.now)
    if clock is not None and row.handoff_id in paused:
        clock = replace(clock, is_paused=True)
    return _Waiting(row, version, rank, clock)


def _due(clock: Clock | None, words: Formats) -> datetime:
    return words.now + FAR if clock is None else clock.due_at


def _card(one: _Waiting, frozen: Mapping[str, Any], words: Formats) -> Card:
    row, lead, account = one.row, frozen["lead"], frozen["account"]
    why, why_at = _why_line(frozen, words)
    return Card(
        row.handoff_id,
        row.lead_id,
        row.lead_name,
        lead["title"],
        account and (account["name"] or account["domain"]),
        lead["email"],
        lead["phone"],
        row.tier,
        row.stage,
        why,
        why_at,
        one.clock,
        row.attempts,
        one.version.reject_reasons,
    )


def _running_clock(row: Row[Any], clocks: Sequence[Any], now: datetime) -> Clock | None:
    """Return the clock that runs on an open hand-off: the present owner's, where it has a share."""
    if row.stage == "assigned":
        kind = "accept"
    elif row.first_attempt_at is None and row.stage == "accepted":
        kind = "first_attempt"
    else:
        return None
    due = [one.due_at for one in clocks if one.kind == kind]
    if not due:  # opened before calendars were counted
        return Clock(kind, row.due_at, now > row.due_at) if kind == "accept" else None
    return Clock(kind, due[-1], now > due[-1])


def _why_line(frozen: Mapping[str, Any], words: Formats) -> tuple[str, datetime | None]:
    """Return one line of why, and when the latest of what decided happened."""
    touches = frozen["why_now"]
    if not touches:
        return words.say("why_nothing"), None
    said = list(dict.fromkeys(did(words, touch) for touch in touches))
    return " · ".join(said[:2]), datetime.fromisoformat(touches[0]["occurred_at"])


def tomorrow_at_ten(words: Formats) -> str:
    """Return what a promise is for unless somebody says otherwise, as HTML's field has it."""
    at = words.local(words.now) + timedelta(days=1)
    return at.replace(hour=10, minute=0).strftime("%Y-%m-%dT%H:%M")
