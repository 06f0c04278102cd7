"""A batch is made: every lead a version would call ready now is listed for people to review.

Nothing is decided here. The list is made from snapshots, page by page, beside the traffic;
who is handed over is judged again at that moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError

from services.handoff.domain.evaluation import Evaluation
from services.handoff.domain.explain import explained, points
from services.handoff.domain.policy import PolicyVersion
from services.handoff.handlers.ask_now import Asked, ask_now
from services.handoff.handlers.policies import UnusablePolicy
from services.handoff.handlers.refold import version_of
from services.handoff.readmodels import read_leads
from services.handoff.store import batches, folds, policies
from services.handoff.store.handoffs import add_audit
from services.handoff.store.leads import Lead, count_leads
from services.handoff.unit_of_work import UnitOfWork
from shared.ids import new_id
from shared.problem import Problem, not_found

log = structlog.get_logger(__name__)

PER_HOUR, PER_DAY = 20, 100


@dataclass(frozen=True, slots=True)
class BatchPage:
    """Some leads (roots) in the order of their ids, and those of them to be listed."""

    batch_id: str
    cursor: str | None
    lead_ids: list[str]
    items: list[tuple[Any, ...]]


def make_batch(uow: UnitOfWork, who: str, policy: str, number: int) -> Row[Any]:
    """Let a batch of a version be made; return its row. One that is being made goes on.

    One made before is replaced. Raises ``Problem``: 404; 409 for a version that was
    succeeded, and while leads of its batch are handed over; 422 when it cannot be used.
    """
    rows = {row.number: row for row in policies.lock_versions(uow.conn, policy)}
    row = rows.get(number)
    if row is None:
        raise not_found("policy version")
    if row.state == "succeeded":
        raise Problem(409, "version_succeeded", "a version that was succeeded hands nobody over")
    version = version_of(uow, row)
    current = batches.current_batch(uow.conn, row.version_id)
    if current is not None:
        if current.state == batches.MAKING:
            return current
        if current.state == batches.HANDING_OVER:
            message = "leads of its batch are being handed over: stop that first"
            raise Problem(409, "handing_over", message)
        batches.change_batch(uow.conn, current.batch_id, state=batches.REPLACED)
    batch_id = new_id()
    batches.add_batch(
        uow.conn,
        batch_id=batch_id,
        policy=policy,
        version_id=row.version_id,
        compared_id=_version_before(row, rows.values()),
        made_by=who,
        made_at=uow.now,
        per_hour=PER_HOUR,
        per_day=PER_DAY,
    )
    folds.want_fold(uow.conn, version, who, uow.now)
    detail = {"policy": policy, "number": number}
    add_audit(uow.conn, uow.now, who, "batch.made", batch_id, detail=detail)
    return batches.lock_batch(uow.conn, batch_id)


def _version_before(row: Row[Any], versions: Any) -> str | None:
    """Return the version in force, or the one ``row`` succeeded where it decides itself."""
    in_force = [one for one in versions if one.state == "in_force" and one.number != row.number]
    succeeded = [one for one in versions if one.state == "succeeded" and one.succeeded_at]
    last = sorted(succeeded, key=lambda one: (one.succeeded_at, one.number))[-1:]
    return next((one.version_id for one in [*in_force, *last]), None)


def read_page(uow: UnitOfWork, batch: Row[Any], size: int) -> BatchPage:
    """Ask the version about the next leads; writes nothing."""
    version = uow.parts.shelf.by_id(uow.conn, batch.version_id)
    lead_ids = batches.roots_behind(uow.conn, batch.cursor, size)
    leads = {root: lead for root, lead in read_leads(uow.conn, lead_ids).items() if lead.is_known}
    found = {
        root: asked for root, asked in _ask(uow, version, leads).items() if asked.holds_back is None
    }
    compared = _compared(uow, batch)
    before: Mapping[str, Asked] = {}
    if compared is not None:
        before = _ask(uow, compared, {root: asked.lead for root, asked in found.items()})
    items = []
    for root, asked in sorted(found.items()):
        gate, known = asked.evaluation.gate, before.get(root)
        assert gate is not None, "a lead that is ready has a gate"
        items.append(
            (
                batch.batch_id,
                root,
                batches.LISTED,
                gate.name,
                gate.tier,
                points(asked.evaluation.engagement),
                points(asked.evaluation.fit),
                list(dict.fromkeys(touch.touch_id for touch in asked.evaluation.deciding)),
                why_not(None if known is None else known.evaluation),
            )
        )
    return BatchPage(batch.batch_id, batch.cursor, lead_ids, items)


def _ask(uow: UnitOfWork, version: PolicyVersion, leads: Mapping[str, Lead]) -> dict[str, Asked]:
    """Ask about all at once; where that fails one by one, so that one lead stops no batch."""
    try:
        return ask_now(uow, version, leads)
    except DBAPIError:
        raise
    except Exception:
        found: dict[str, Asked] = {}
        for root, lead in leads.items():
            try:
                found |= ask_now(uow, version, {root: lead})
            except DBAPIError:
                raise
            except Exception:
                log.exception("lead_not_asked", lead_id=root, version_id=version.version_id)
        return found


def _compared(uow: UnitOfWork, batch: Row[Any]) -> PolicyVersion | None:
    if batch.compared_id is None:
        return None
    try:
        return uow.parts.shelf.by_id(uow.conn, batch.compared_id)
    except UnusablePolicy:
        return None


def why_not(evaluation: Evaluation | None) -> dict[str, Any]:
    """Return why the version before did not call a lead ready, as data.

    ``code``: ``excluded``; ``near_miss`` with what was missing; ``nothing_new`` for a lead
    ready under both, of whom nothing new came in since; ``no_version`` when there is none.
    """
    if evaluation is None:
        return {"code": "no_version"}
    said = explained(evaluation)
    code = "nothing_new" if said["ready"] else "near_miss"
    return {
        "code": "excluded" if said["excluded_by"] else code,
        "policy_version": said["policy_version"],
        "policy_version_id": said["policy_version_id"],
        "engagement": said["engagement"]["value"],
        "fit": said["fit"]["value"],
        "excluded_by": said["excluded_by"],
        "near_miss": next(iter(said["near_misses"]), None),
    }


def store_page(uow: UnitOfWork, page: BatchPage, rate: float | None) -> None:
    """List the leads of a page and move on behind it. ``rate``: leads a second, of late."""
    row = batches.lock_batch(uow.conn, page.batch_id)
    if row.state != batches.MAKING or row.cursor != page.cursor:
        return  # it was stopped
    batches.add_items(uow.conn, page.items)
    total = count_leads(uow.conn) if row.total is None else row.total
    done = row.done + len(page.lead_ids)
    if page.lead_ids:
        batches.change_batch(
            uow.conn,
            page.batch_id,
            cursor=page.lead_ids[-1],
            done=done,
            total=max(total, done),
            rate=rate,
        )
    else:
        batches.change_batch(
            uow.conn,
            page.batch_id,
            state=batches.MADE,
            total=done,
            rate=None,
            finished_at=uow.now,
        )
