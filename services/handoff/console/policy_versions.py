"""The versions of a policy as forms offer them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from services.handoff.store import policies
from services.handoff.store.agreement import standing_of
from shared.problem import not_found

MOST_OFFERED = 100


@dataclass(frozen=True, slots=True)
class Offered:
    """A version somebody can choose."""

    number: int
    version_id: str
    state: str
    step: str
    is_tried: bool
    tryout_id: str | None
    text: str
    row: Row[Any]


def versions_of(conn: Connection, policy: str) -> list[Offered]:
    """Return the latest versions of a policy, the newest first. Raises ``Problem`` (404)."""
    rows, _ = policies.page_of_versions(conn, policy, None, MOST_OFFERED)
    if not rows:
        raise not_found("policy")
    return [
        Offered(
            row.number,
            row.version_id,
            row.state,
            standing.step,
            standing.is_tried,
            row.tryout_id,
            row.text,
            row,
        )
        for row in rows
        for standing in (standing_of(row),)
    ]


def in_force(offered: list[Offered]) -> Offered | None:
    """Return the one that decides now."""
    return next((one for one in offered if one.state == "in_force"), None)


def chosen(offered: list[Offered], number: int | None) -> Offered | None:
    """Return the one with a number."""
    return next((one for one in offered if one.number == number), None)
