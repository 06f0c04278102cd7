"""The shared goals as their page shows them: wanted, reached, and the reviews of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from services.handoff.console import fields
from services.handoff.console.policy_versions import Offered, chosen, in_force, versions_of
from services.handoff.domain.advice import OUTCOMES
from services.handoff.domain.policy import Targets
from services.handoff.handlers.policy_goals import Experience, Goals, read_experience, read_goals
from services.handoff.handlers.policy_reviews import Standing, standing
from services.handoff.store import reviews
from services.handoff.unit_of_work import UnitOfWork

PAGE = 10
WIDTH = 100.0
PERCENTS = ("acceptance", "first_attempt_in_time", "won")
PER_MONTH = "sales_ready_per_month"
NAMES = (*PERCENTS, PER_MONTH)
MOST_A_MONTH = 1_000_000
STANDINGS = ("more", "less", "unclear", "too_few", "nothing_to_compare")
"""Of a comparison, what says most first."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A goal drawn: places from 0 to ``WIDTH``; None: there is no such mark."""

    measured: float | None
    low: float | None
    high: float | None
    wanted: float | None


@dataclass(frozen=True, slots=True)
class Page:
    """What the template asks."""

    versions: list[Offered]
    version: Offered | None
    newest: Offered
    goals: Goals | None
    wanted: Targets
    standing: Standing | None
    held: Sequence[Row[Any]]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the hand-offs of a version teach, and the versions there are."""

    versions: list[Offered]
    version: Offered | None
    experience: Experience | None


def learnt(uow: UnitOfWork, policy: str, number: int | None) -> Learnt:
    """Return what a version teaches, as ``page_of`` chooses it. Raises ``Problem`` (404)."""
    versions = versions_of(uow.conn, policy)
    version = _version(versions, number)
    experience = None
    if version is not None:
        experience = read_experience(uow, policy, version.number, None, None)
    return Learnt(versions, version, experience)


def in_order(compared: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return what was compared, what stands out first; else in the policy's order."""
    return sorted(
        compared, key=lambda one: min(STANDINGS.index(one[name]["standing"]) for name in OUTCOMES)
    )


def _version(versions: list[Offered], number: int | None) -> Offered | None:
    return chosen(versions, number) or in_force(versions)


def page_of(uow: UnitOfWork, policy: str, number: int | None, cursor: str | None) -> Page:
    """Return the goals of a version, of the one in force unless another one is asked for.

    Raises ``Problem`` (404).
    """
    versions = versions_of(uow.conn, policy)
    version = _version(versions, number)
    goals = None if version is None else read_goals(uow, policy, version.number, None, None)
    rows, following = reviews.page_of_reviews(uow.conn, policy, cursor, PAGE)
    newest = uow.parts.shelf.version(versions[0].row)
    return Page(
        versions,
        version,
        versions[0],
        goals,
        newest.targets,
        standing(uow, policy),
        rows,
        following,
    )


def bar_of(target: Mapping[str, Any]) -> Bar:
    """Return a measured goal as it is drawn."""
    names = ("measured", "low", "high", "wanted")
    values = [target[name] for name in names]
    top = WIDTH
    if target["unit"] != "percent":
        top = max([1.0, *(value for value in values if value is not None)]) * 1.1
    drawn = [None if value is None else min(WIDTH, WIDTH * value / top) for value in values]
    return Bar(*drawn)


def read(form: Mapping[str, str]) -> tuple[Targets | None, dict[str, str]]:
    """Return the goals somebody wrote, and by field what is wrong; an empty one is none."""
    wrong: dict[str, str] = {}
    shares: dict[str, float] = {}
    for name in PERCENTS:
        text = form.get(name, "").strip().removesuffix("%").strip()
        if not text:
            continue
        share = fields.decimal(text, 0, 100)
        if share is None:
            wrong[name] = "goal_wrong_percent"
        else:
            shares[name] = round(share, 1)
    a_month = None
    if text := form.get(PER_MONTH, "").strip():
        a_month = fields.whole(text, 1, MOST_A_MONTH)
        if a_month is None:
            wrong[PER_MONTH] = "goal_wrong_leads"
    if wrong:
        return None, wrong
    return Targets(**shares, sales_ready_per_month=a_month), wrong


def written(targets: Targets) -> dict[str, str]:
    """Return goals as the form shows them."""
    values = {name: getattr(targets, name) for name in NAMES}
    return {name: "" if value is None else f"{value:g}" for name, value in values.items()}
