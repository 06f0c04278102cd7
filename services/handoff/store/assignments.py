"""Assignments: who owned a hand-off from when on, and why."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from services.handoff.domain.questions import Titles
from services.handoff.domain.routing import Choice
from services.handoff.store.tables import ASSIGNMENT
from shared.db import chunks
from shared.ids import new_id


def assignment_row(
    handoff_id: str, choice: Choice, now: datetime, by: str = "relevo"
) -> dict[str, Any]:
    """Return the row of ``assignment`` that keeps a choice, with everybody it looked at."""
    return {
        "assignment_id": new_id(),
        "handoff_id": handoff_id,
        "person_id": choice.person.person_id,
        "team_id": choice.team_id,
        "team": choice.team,
        "code": choice.code,
        "reason": choice.words.en,
        "words": said(choice.words),
        "considered": considered(choice),
        "steps": steps(choice),
        "parts": dict(choice.parts) or None,
        "assigned_at": now,
        "assigned_by": by,
    }


def considered(choice: Choice) -> list[dict[str, Any]]:
    """Return everybody a choice looked at, as it is stored and told."""
    return [
        {
            "person_id": one.person_id,
            "name": one.name,
            "chosen": one.chosen,
            "reason": one.words.en,
            "code": one.code,
            "words": said(one.words),
            "numbers": dict(one.numbers),
        }
        for one in choice.considered
    ]


def steps(choice: Choice) -> list[dict[str, Any]]:
    """Return what each question of the routing was answered, as it is stored and told."""
    return [{"step": one.step, "code": one.code, "words": said(one.words)} for one in choice.steps]


def said(text: Titles) -> dict[str, str]:
    """Return a text by language."""
    return {"es": text.es, "en": text.en}


def latest(conn: Connection, handoff_id: str) -> Row[Any] | None:
    """Return how the present owner got a hand-off."""
    rows = select(ASSIGNMENT).where(ASSIGNMENT.c.handoff_id == handoff_id)
    newest = rows.order_by(ASSIGNMENT.c.assigned_at.desc(), ASSIGNMENT.c.assignment_id.desc())
    return conn.execute(newest.limit(1)).first()


def forget_words(conn: Connection, handoff_ids: Sequence[str]) -> None:
    """Take out of these hand-offs' assignments what tells of the lead; who got it stays."""
    for some in chunks(list(handoff_ids)):
        rows = conn.execute(select(ASSIGNMENT).where(ASSIGNMENT.c.handoff_id.in_(some)))
        for row in rows.all():
            kept = without_words(dict(row._mapping))
            one = update(ASSIGNMENT).where(ASSIGNMENT.c.assignment_id == row.assignment_id)
            conn.execute(one.values(**kept))


def without_words(assignment: Mapping[str, Any]) -> dict[str, Any]:
    """Return reason, considered people and steps of an assignment with codes and numbers alone.

    Their words say where the lead lives, what it speaks and whose its company is.
    """
    return {
        "reason": assignment["code"],
        "words": None,
        "considered": [
            {**one, "reason": one.get("code") or "", "words": None}
            for one in assignment["considered"]
        ],
        "steps": [{**one, "words": {}} for one in assignment.get("steps") or ()],
    }
