"""Deliveries as lists and their page show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Row

from services.notify import readmodels
from services.notify.console.reasons import in_words
from services.notify.console.subscription_view import event_name, took
from shared.console.formats import Formats

MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """One delivery in a list. ``to`` is a name; ``stage`` says how it stands."""

    row: Any
    event: str
    to: str
    lead: str
    stage: str
    why: str


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt in words."""

    at: str
    how: str
    status: int | None
    took: str
    why: str
    snippet: str
    ok: bool


def lines(conn: Connection, rows: Sequence[Any], words: Formats, *, with_leads: bool) -> list[Line]:
    """Return deliveries for a list; leads by name only for who may see leads."""
    names = readmodels.names(conn, rows)
    leads = readmodels.lead_names(conn, rows) if with_leads else {}
    return [line(row, names, leads.get(row.id, ""), words) for row in rows]


def line(row: Any, names: Any, lead: str, words: Formats) -> Line:
    """Return one delivery for a list."""
    stage = stage_of(row)
    return Line(
        row=row,
        event=event_name(row.event_type, words),
        to=names.get(row.subscription_id or row.person_id) or words.say("removed_receiver"),
        lead=lead,
        stage=stage,
        why="" if stage == "delivered" else in_words(words, row.reason),
    )


def stage_of(row: Any) -> str:
    """Return how a delivery stands: its state, or ``retrying`` once an attempt has failed."""
    if row.state == "pending":
        return "retrying" if row.failures else "open"
    return str(row.state)


def attempts_of(row: Row[Any], words: Formats) -> list[Try]:
    """Return a delivery's attempts, the latest first."""
    return [
        Try(
            at=one["at"],
            how=words.say("attempt_ok" if one["ok"] else f"attempt_{one['outcome']}"),
            status=one["status"],
            took=took(one["duration_ms"], words),
            why=in_words(words, one.get("reason")),
            snippet=one.get("snippet", ""),
            ok=one["ok"],
        )
        for one in reversed(row.attempts)
    ]


def readable(payload: bytes) -> tuple[str, bool]:
    """Return an event as text people can read, and whether that is only its beginning."""
    text = orjson.dumps(orjson.loads(payload), option=orjson.OPT_INDENT_2).decode()
    return text[:MOST_CHARACTERS], len(text) > MOST_CHARACTERS
