"""People review a batch: they tick leads, let them be handed over, or stop it.

Nothing here hands anybody over: what was ticked waits for its turn (``hand_over_batch``).
"""

from typing import Any

from sqlalchemy import Row

from services.handoff.handlers.policies import find_version
from services.handoff.store import batches
from services.handoff.store.batches import ItemFilter
from services.handoff.store.handoffs import add_audit
from services.handoff.unit_of_work import UnitOfWork
from shared.problem import Problem, not_found

HANDS_OVER = ("in_force", "scheduled")
"""States of a version whose batch can be handed over: at once, or when it comes into force."""


def find_current(uow: UnitOfWork, policy: str, number: int) -> tuple[Row[Any], Row[Any]]:
    """Return a version's row with its batch's. Raises ``Problem`` (404)."""
    version = find_version(uow, policy, number)
    batch = batches.current_batch(uow.conn, version.version_id)
    if batch is None:
        raise not_found("batch: none has been made of this version")
    return version, batch


def lock_current(uow: UnitOfWork, policy: str, number: int) -> tuple[Row[Any], Row[Any]]:
    """Return the same, the batch locked until the commit. Raises ``Problem`` (404)."""
    version, batch = find_current(uow, policy, number)
    return version, batches.lock_batch(uow.conn, batch.batch_id)


def tick_leads(
    uow: UnitOfWork, who: str, policy: str, number: int, wanted: ItemFilter, *, ticked: bool
) -> int:
    """Choose leads of a batch, or take the choice back; return how many changed.

    Raises ``Problem`` (404).
    """
    _, batch = lock_current(uow, policy, number)
    if ticked:
        changed = batches.tick(uow.conn, batch.batch_id, wanted, who, uow.now)
    else:
        changed = batches.untick(uow.conn, batch.batch_id, wanted)
    if changed:
        what = "batch.ticked" if ticked else "batch.unticked"
        add_audit(uow.conn, uow.now, who, what, batch.batch_id, detail={"leads": changed})
    return changed


def ask_for_hand_over(
    uow: UnitOfWork, who: str, policy: str, number: int, per_hour: int | None, per_day: int | None
) -> Row[Any]:
    """Let the ticked leads of a batch be handed over; return its row.

    A pace that is not given stays as it was; repeating adds what was ticked since.
    Raises ``Problem``: 404; 409 while the batch is being made, and unless its version is in
    force or will be.
    """
    version, batch = lock_current(uow, policy, number)
    if version.state not in HANDS_OVER:
        message = f"version {number} is not in force: nobody is handed over by it"
        raise Problem(409, "not_in_force", message)
    if batch.state == batches.MAKING:
        raise Problem(409, "batch_being_made", "the batch is still being made: wait, or stop it")
    added = batches.move_items(uow.conn, batch.batch_id, batches.LISTED, batches.WAITING)
    if not added and batch.state != batches.HANDING_OVER:
        return batch
    batches.change_batch(
        uow.conn,
        batch.batch_id,
        state=batches.HANDING_OVER,
        per_hour=per_hour or batch.per_hour,
        per_day=per_day or batch.per_day,
        handed_over_by=who,
        handed_over_at=uow.now,
    )
    detail = {"leads": added, "per_hour": per_hour, "per_day": per_day}
    add_audit(uow.conn, uow.now, who, "batch.handed_over", batch.batch_id, detail=detail)
    return batches.lock_batch(uow.conn, batch.batch_id)


def stop_batch(uow: UnitOfWork, who: str, policy: str, number: int) -> Row[Any]:
    """Stop the making of a batch or its hand-over; return its row. Repeating changes nothing.

    What is listed stays, and who was handed over is. Raises ``Problem`` (404).
    """
    _, batch = lock_current(uow, policy, number)
    if batch.state not in (batches.MAKING, batches.HANDING_OVER):
        return batch
    batches.move_items(uow.conn, batch.batch_id, batches.WAITING, batches.LISTED)
    batches.change_batch(
        uow.conn,
        batch.batch_id,
        state=batches.STOPPED,
        rate=None,
        finished_at=batch.finished_at or uow.now,
    )
    add_audit(uow.conn, uow.now, who, "batch.stopped", batch.batch_id)
    return batches.lock_batch(uow.conn, batch.batch_id)
