"""What sales did with a lead, as lines of its timeline."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, Text, cast, literal, select, union_all

from services.handoff.store.tables import HANDOFF, PERSON, STEP
from shared import pages
from shared.bulk import is_in
from shared.fields import canonical_id

OPENED = "sales_ready"
_OWNER = cast(HANDOFF.c.owner_id, Text)


def lines_of_handoffs(
    conn: Connection, members: Select[Any], cursor: str | None, limit: int
) -> Sequence[Row[Any]]:
    """Return what happened to the hand-offs of these leads, one page, the newest first.

    One line more than ``limit``. ``kind`` is a step's, or ``sales_ready``. A person's word has
    a line of its own already.
    """
    opened = _lines(HANDOFF.c.handoff_id, literal(OPENED), HANDOFF.c.decided_at, _OWNER)
    steps = _lines(STEP.c.step_id, STEP.c.kind, STEP.c.happened_at, STEP.c.by)
    of_steps = steps.join(STEP, STEP.c.handoff_id == HANDOFF.c.handoff_id)
    both = union_all(
        opened.where(HANDOFF.c.lead_id.in_(members)),
        of_steps.where(HANDOFF.c.lead_id.in_(members), STEP.c.kind != "override"),
    ).subquery()
    query = pages.newest_first(select(both), both.c.occurred_at, both.c.touch_id, cursor, limit)
    return conn.execute(query).all()


def said_of(conn: Connection, rows: Collection[Row[Any]]) -> dict[str, dict[str, Any]]:
    """Return what each of these lines says beside its kind, by the step's id."""
    found = conn.execute(_DETAILS, {"wanted": sorted(row.touch_id for row in rows)})
    return {row.step_id: row.detail for row in found}


def names_of(conn: Connection, people: Iterable[Any]) -> dict[str, str]:
    """Return what the people among these are called; whoever is no id calls itself."""
    ids = sorted({one for one in people if isinstance(one, str) and is_id(one)})
    return {row.person_id: row.name for row in conn.execute(_NAMES, {"wanted": ids})}


def is_id(text: str) -> bool:
    """Return whether a text can be somebody's id."""
    try:
        return canonical_id(text) == text
    except ValueError:
        return False


_DETAILS = select(STEP.c.step_id, STEP.c.detail).where(is_in(STEP.c.step_id))
_NAMES = select(PERSON.c.person_id, PERSON.c.name).where(is_in(PERSON.c.person_id))


def _lines(line_id: Any, kind: Any, at: Any, by: Any) -> Select[Any]:
    return select(
        line_id.label("touch_id"),
        HANDOFF.c.lead_id,
        kind.label("kind"),
        at.label("occurred_at"),
        by.label("by"),
        HANDOFF.c.handoff_id,
        HANDOFF.c.policy,
        HANDOFF.c.version_id,
    )
