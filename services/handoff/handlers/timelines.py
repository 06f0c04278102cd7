"""A lead's timeline: what it did, what people decided about it, what sales did with it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.pauses import REASON_TITLES
from services.handoff.domain.questions import Titles
from services.handoff.domain.timeline_words import PEOPLE, line_kind, words
from services.handoff.readmodels import timeline_rows
from services.handoff.store import handoff_lines
from services.handoff.unit_of_work import UnitOfWork


def timeline(
    uow: UnitOfWork, lead_id: str, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None] | None:
    """Return one page of a lead's timeline, newest first; None when there is no such lead."""
    found = timeline_rows(uow.conn, lead_id, cursor, limit)
    if found is None:
        return None
    rows, following = found
    of_sales = [row for row in rows if "handoff_id" in row._mapping]
    told = _told(uow, of_sales)
    return [told.get(row.touch_id) or _line(row) for row in rows], following


def _line(row: Row[Any]) -> dict[str, Any]:
    """Return a touch, or a person's word, as a line of the timeline."""
    line = dict(row._mapping)
    if "properties" not in line:
        said = {"properties": {"policy": line.pop("policy")}}
        line |= said | {"made_by_version": None, "judged_at": None}
    return line


def _told(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> dict[str, dict[str, Any]]:
    """Return what happened to hand-offs, in words, by the line's id."""
    if not rows:
        return {}
    details = handoff_lines.said_of(uow.conn, rows)
    named = [each.get(one) for each in details.values() for one in PEOPLE]
    names = handoff_lines.names_of(uow.conn, [*named, *(row.by for row in rows)])
    lines = {}
    for row in rows:
        detail = details.get(row.touch_id, {})
        who = names.get(row.by, row.by)
        title = _title_of(uow, row.version_id, detail.get("reason") or "")
        said = words(row.kind, who, detail, names, title)
        lines[row.touch_id] = {
            "touch_id": row.touch_id,
            "lead_id": row.lead_id,
            "kind": line_kind(row.kind),
            "name": said["en"],
            "words": said,
            "source": "relevo",
            "vendor": "relevo",
            "occurred_at": row.occurred_at,
            "received_at": row.occurred_at,
            "made_by": "machine" if row.by == "relevo" or row.kind == "sales_ready" else "human",
            "made_by_reason": "relevo" if row.kind == "sales_ready" else who,
            "made_by_version": None,
            "judged_at": None,
            "properties": {"handoff_id": row.handoff_id, "policy": row.policy, **detail},
        }
    return lines


def _title_of(uow: UnitOfWork, version_id: str, reason: str) -> Titles | None:
    """Return what a reason is called: one of the policy to send back, or one to pause for."""
    known = uow.parts.shelf.by_id(uow.conn, version_id).reasons_by_name.get(reason)
    if known is not None:
        return known.title
    return next((title for name, title in REASON_TITLES.items() if name == reason), None)
