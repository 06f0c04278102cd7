"""The history of a policy: each version with what changed in one line, and how its reviews went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from services.handoff.console.agreement_view import readable, told_in
from services.handoff.console.people_names import names_of
from services.handoff.domain.agreement import SIGNING_ROLES, SigningRole, Standing
from services.handoff.domain.policy import Language
from services.handoff.store import agreement, policies, reviews
from services.handoff.texts import Text
from services.handoff.unit_of_work import UnitOfWork
from shared.problem import not_found

PAGE = 10
MOST_REVIEWS = 100


@dataclass(frozen=True, slots=True)
class Review:
    """A review that was held, and how the goals stood."""

    held_at: datetime
    name: str
    comment: str
    met: int
    missed: int


@dataclass(frozen=True)
class Line:
    """A version in the history."""

    row: Row[Any]
    standing: Standing
    who: str
    change: str
    """The first thing that changed from the number before; empty where nothing is to be told."""
    more: int
    """How many other things changed."""
    is_first: bool
    is_same: bool
    signed: Sequence[tuple[SigningRole, str, datetime]]
    reviews: Sequence[Review]

    @property
    def restored_from(self) -> int | None:
        """The version whose text it brings back."""
        number: int | None = self.row.restored_from
        return number


@dataclass(frozen=True)
class History:
    """A page of versions, newest first."""

    lines: Sequence[Line]
    newest: int
    next_cursor: str | None


def history(uow: UnitOfWork, policy: str, language: Language, cursor: str | None) -> History:
    """Return a page of versions. Raises ``Problem``: 404, 422 for a cursor that is none."""
    newest = policies.newest_version(uow.conn, policy)
    if newest is None:
        raise not_found("policy")
    rows, following = policies.page_of_versions(uow.conn, policy, cursor, PAGE)
    names = names_of(uow.conn, (row.created_by for row in rows))
    held = _reviews(uow, policy)
    before: dict[int, Row[Any] | None] = {row.number: row for row in rows}
    if rows and (last := rows[-1].number) > 1:
        before[last - 1] = policies.find_version(uow.conn, policy, last - 1)
    lines = [_line(uow, row, before.get(row.number - 1), names, held, language) for row in rows]
    return History(lines, newest.number, following)


def _line(
    uow: UnitOfWork,
    row: Row[Any],
    before: Row[Any] | None,
    names: Mapping[str, str],
    held: Mapping[int, Sequence[Review]],
    language: Language,
) -> Line:
    standing = agreement.standing_of(row)
    changes = None if before is None else _changes(uow, before, row, language)
    told = [] if changes is None else [one for part in changes.sections for one in part.paragraphs]
    return Line(
        row=row,
        standing=standing,
        who=names.get(row.created_by, row.created_by),
        change=" ".join(one.text for one in told[0].sentences[:2]) if told else "",
        more=max(0, len(told) - 1),
        is_first=before is None,
        is_same=changes is not None and not told,
        signed=[
            (role, getattr(row, f"{role}_name"), getattr(row, f"{role}_signed_at"))
            for role in SIGNING_ROLES
            if role in standing.signed_by
        ],
        reviews=held.get(row.number, ()),
    )


def _changes(uow: UnitOfWork, before: Row[Any], row: Row[Any], language: Language) -> Text | None:
    old, new = readable(uow, before), readable(uow, row)
    return None if old is None or new is None else told_in(language, old, new)


def _reviews(uow: UnitOfWork, policy: str) -> dict[int, list[Review]]:
    """Return the latest reviews of a policy by the version that was in force then."""
    found: dict[int, list[Review]] = {}
    rows, _ = reviews.page_of_reviews(uow.conn, policy, None, MOST_REVIEWS)
    for row in rows:
        verdicts = [one["verdict"] for one in row.targets]
        met, missed = (verdicts.count(one) for one in ("met", "missed"))
        one = Review(row.held_at, row.name, row.comment, met, missed)
        found.setdefault(row.number, []).append(one)
    return found
