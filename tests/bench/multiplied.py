"""What a company has in its tables, made from the little the demonstration left in them.

A copy of a row is the row with other ids, at another company, some days earlier; whatever
names people, teams, policies and sources stays, but for the owner, who is another rep in
each copy. Rows that such a change leaves as they are exist once.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.parked import RETRIES
from tests.bench.company import Company, State, Table

COPIES = 300  # of about 330 leads, 830 touches and 34 hand-offs each
OPEN_SHARE = 1 / 3
OPEN_WITHIN, YEAR, TOLD_AGAIN = 7, 365, 120  # days
MUCH = 4_000  # touches of one lead
KEPT_DAYS = {"ingest": 90, "notify": 90, "outbox": 1, "inbox": 7}
"""How long a service, or a table, keeps what it has."""
STAFF = {
    *("person", "team", "calendar", "territory", "policy_version", "named_list", "api_key"),
    *("source", "credential", "subscription", "trial", "tryout", "batch", "import_file"),
}
"""Tables whose ids mean the same in all copies."""
NOT_LOADED = {
    *("consumer_position", "lease", "console_session", "idempotent_answer", "password_link"),
    *("session", "ledger", "scoreboard_touches", "feed_end"),
}
"""Left empty, as by a start on a new bus, or made anew from all copies."""
STRIDE = 10_000  # more than the numbers of one copy
SEQUENCES = {
    *(("outbox", "id"), ("parked_event", "id"), ("feed_event", "position")),
    *(("delivery", "position"), ("handoff", "ready_position")),
}
ABOUT = {"timer": "subject"}  # what is about staff exists once, whatever its own id
NAMED = {("item", "key")}  # texts that name one thing, though no id is in them
LATER = {"due_at", "try_at", "next_attempt_at"}
PIECES = re.compile(
    r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"|(?P<day>\d{4}-\d\d-\d\d)(?=[T ]\d\d:)"
    r"|(?P<domain>\.example)|(?P<visitor>visitor-\d{4})"
)
TAG, DOMAIN = 0, 1
Piece = Any  # a text, TAG, DOMAIN, a ``date``, or ("rep", place)


class Copy(dict[Any, str]):
    """One copy: what takes the place of each piece that is no text."""

    def __init__(self, number: int, days: int, reps: list[str], is_open: bool):
        super().__init__({TAG: f"{number:05x}", DOMAIN: f"-{number}.example"})
        self.number, self.days, self.is_open = number, days, is_open
        self._reps = reps

    def __missing__(self, piece: Any) -> str:
        if isinstance(piece, date):
            found = (piece - timedelta(days=self.days)).isoformat()
        else:
            found = self._reps[(piece[1] + self.number) % len(self._reps)]
        self[piece] = found
        return found

    def keeps(self, service: str, table: str) -> bool:
        """Return whether what this copy has there would not have been deleted by now."""
        return self.days <= min(KEPT_DAYS.get(service, YEAR), KEPT_DAYS.get(table, YEAR))


@dataclass
class Mould:
    """A row, and what a copy changes of it."""

    row: list[Any]
    texts: list[tuple[int, list[Piece], bool]] = field(default_factory=list)
    numbers: list[tuple[int, Callable[[int, Copy], int]]] = field(default_factory=list)

    def cast(self, copy: Copy) -> list[Any]:
        """Return the row of a copy."""
        row = self.row.copy()
        for place, pieces, is_bytes in self.texts:
            text = "".join([one if one.__class__ is str else copy[one] for one in pieces])
            row[place] = text.encode() if is_bytes else text
        for place, change in self.numbers:
            row[place] = change(row[place], copy)
        return row


def copies(company: Company, count: int) -> list[Copy]:
    """Return the copies of a year: the open ones of the last days, and those before."""
    chance = random.Random(1)
    for_open = round(count * OPEN_SHARE)
    reps = company.reps[: max(1, round(len(company.reps) * count / COPIES))]
    return [
        Copy(
            number,
            chance.randrange(OPEN_WITHIN) if number <= for_open else chance.randrange(2, YEAR),
            reps,
            number <= for_open,
        )
        for number in range(1, count + 1)
    ]


def rows_of(
    company: Company, all_copies: list[Copy], service: str, table: str
) -> Iterator[list[Any]]:
    """Yield the rows of a table."""
    if table in NOT_LOADED:
        return
    moulds = {
        is_open: _moulds(company, state, service, table)
        for is_open, state in ((True, company.open), (False, company.answered))
    }
    yield from moulds[False][1]
    finish = FINISHES[table](company.open[service][table]) if table in FINISHES else None
    for copy in all_copies:
        if copy.keeps(service, table):
            for one in moulds[copy.is_open][0]:
                row = one.cast(copy)
                yield row if finish is None else finish(row)
    if table == "touch":
        yield from _much(company.open["handoff"]["touch"], moulds[True][0][0], all_copies[0])


def _fired(timers: Table) -> Callable[[list[Any]], list[Any]]:
    """Return what settles a timer that would have fired by now."""
    state, due_at, settled_at = map(timers.columns.index, ("state", "due_at", "settled_at"))
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")

    def finish(row: list[Any]) -> list[Any]:
        if row[state] == "armed" and row[due_at] < now:
            row[state], row[settled_at] = "fired", row[due_at]
        return row

    return finish


def _given_up(parked: Table) -> Callable[[list[Any]], list[Any]]:
    """Return what has every try of a parked event behind it, so that it waits for a person."""
    failures, retry_at = map(parked.columns.index, ("failures", "retry_at"))

    def finish(row: list[Any]) -> list[Any]:
        row[failures], row[retry_at] = len(RETRIES) + 1, None
        return row

    return finish


FINISHES = {"timer": _fired, "parked_event": _given_up}
"""What time has done to the rows of a table, whatever they were when they were played."""


def _much(touches: Table, mould: Mould, copy: Copy) -> Iterator[list[Any]]:
    """Yield what a lead did over and over: it has a history nobody else has."""
    place = touches.columns.index("touch_id")
    for number in range(MUCH):
        row = mould.cast(copy)
        row[place] = f"{number:08x}{row[place][8:]}"
        yield row


def _moulds(
    company: Company, state: State, service: str, table: str
) -> tuple[list[Mould], list[list[Any]]]:
    """Return the moulds of rows that are copied, and the rows that exist once."""
    shared = {
        row[place]
        for name, one in state[service].items()
        if name in STAFF
        for row in one.rows
        for place in one.keys
    }
    found = state[service][table]
    if table in STAFF:
        return [], [list(row) for row in found.rows]
    moulds = [_mould(company, shared, table, found, row) for row in found.rows]
    if table == "touch":
        moulds += [_told_before(found, one) for one in moulds]
    keys = (found.columns.index(ABOUT[table]),) if table in ABOUT else found.keys
    once = [one.row for one in moulds if not _is_copied(keys, one)]
    return [one for one in moulds if _is_copied(keys, one)], once


def _is_copied(keys: tuple[int, ...], mould: Mould) -> bool:
    """Return whether a copy has another key; another owner alone makes none."""
    marked = [place for place, pieces, _ in mould.texts if TAG in pieces or DOMAIN in pieces]
    return any(place in keys for place in (*marked, *(place for place, _ in mould.numbers)))


def _mould(
    company: Company, shared: set[Any], name: str, table: Table, row: tuple[Any, ...]
) -> Mould:
    mould = Mould(list(row))
    for place, (column, value) in enumerate(zip(table.columns, row, strict=True)):
        if value is None:
            continue
        if isinstance(value, int):
            if change := _number(name, column):
                mould.numbers.append((place, change))
            continue
        text = _text(value)
        if text is None:
            continue
        pieces = _pieces(text, company.reps, shared, column in LATER)
        if (name, column) in NAMED:
            pieces.append(TAG)
        if any(one.__class__ is not str for one in pieces):
            mould.texts.append((place, pieces, isinstance(value, bytes)))
    return mould


def _number(table: str, column: str) -> Callable[[int, Copy], int] | None:
    if (table, column) in SEQUENCES:
        return lambda value, copy: value + copy.number * STRIDE
    if column == "day":
        return lambda value, copy: value - copy.days
    if column == "occurred_us":
        return lambda value, copy: value - copy.days * 86_400_000_000
    return None


def _text(value: Any) -> str | None:
    """Return a text, or bytes that are one."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes) and value[:1] in (b"{", b"[", b"P"):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return None
    return None


def _pieces(text: str, reps: list[str], shared: set[Any], is_later: bool) -> list[Piece]:
    pieces: list[Piece] = []
    end = 0
    for found in PIECES.finditer(text):
        pieces.append(text[end : found.start()])
        end, what = found.end(), found[0]
        match found.lastgroup:
            case "id" if what in reps:
                pieces.append(("rep", reps.index(what)))
            case "id" if what in shared:
                pieces.append(what)
            case "id":
                pieces += [what[:24], TAG, what[29:]]
            case "day":
                day = date.fromisoformat(what)
                pieces.append(day + timedelta(days=OPEN_WITHIN + 1) if is_later else day)
            case "domain":
                pieces.append(DOMAIN)
            case _:
                pieces += [what, TAG]
    return [*pieces, text[end:]]


def _told_before(table: Table, mould: Mould) -> Mould:
    """Return the mould of a touch like this one, months before."""
    id_place = table.columns.index("touch_id")
    texts: list[tuple[int, list[Piece], bool]] = []
    for place, pieces, is_bytes in mould.texts:
        if place == id_place:
            first = next(n for n, one in enumerate(pieces) if one)
            marked = f"{int(pieces[first][0], 16) ^ 8:x}{pieces[first][1:]}"
            pieces = [*pieces[:first], marked, *pieces[first + 1 :]]
        earlier = [
            one - timedelta(days=TOLD_AGAIN) if isinstance(one, date) else one for one in pieces
        ]
        texts.append((place, earlier, is_bytes))
    return Mould(mould.row, texts, mould.numbers)


def counted(company: Company, all_copies: list[Copy]) -> dict[str, list[list[Any]]]:
    """Return the rows of handoff's, ingest's and notify's tables that add up what happened."""
    touches: Counter[tuple[Any, ...]] = Counter()
    for copy in all_copies:
        state = company.open if copy.is_open else company.answered
        for generation, asset, day, source, *counts in state["handoff"]["scoreboard_touches"].rows:
            for before in (0, TOLD_AGAIN):
                key = (generation, asset, day - copy.days - before, source)
                for place, count in enumerate(counts):
                    touches[(*key, place)] += count
    keys = dict.fromkeys(key[:4] for key in touches)
    times = sum(copy.keeps("ingest", "receipt") for copy in all_copies)
    ledger = company.answered["ingest"]["ledger"]
    last = company.answered["notify"]["feed_end"].rows[0][1]
    return {
        "scoreboard_touches": [
            [*key, *(touches[(*key, place)] for place in range(6))] for key in keys
        ],
        "ledger": [
            [value * times if isinstance(value, int) else value for value in row]
            for row in ledger.rows
        ],
        "feed_end": [[1, last + (len(all_copies) + 1) * STRIDE]],
    }
