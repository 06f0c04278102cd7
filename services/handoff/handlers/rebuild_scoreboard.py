"""Counting the scoreboard again, a page a transaction, while traffic goes on.

For an installation that is older than its scoreboard, for another time zone, and for whoever
doubts a figure. Killed anywhere, the next process goes on behind the last page. Counts of
erased people stay: what they did cannot be counted any more.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from services.handoff.handlers.policies import UnusablePolicy
from services.handoff.store import scoreboard, scoreboard_leads
from services.handoff.store import scoreboard_rebuild as store
from services.handoff.store.handoffs import add_audit
from services.handoff.store.leads import lock_roots
from services.handoff.unit_of_work import UnitOfWork
from shared.db import RunAgain


def ask_for_rebuild(uow: UnitOfWork, who: str) -> Row[Any]:
    """Let everything be counted again; where that is under way already, it goes on."""
    row = scoreboard.hold_tallies(uow.conn, alone=True)
    if row.state in (store.DONE, store.SWEEPING):
        store.change_state(
            uow.conn,
            state=store.ASKED,
            asked_by=who,
            asked_at=uow.now,
            done=0,
            total=0,
            started_at=None,
            finished_at=None,
        )
        add_audit(uow.conn, uow.now, who, "scoreboard.rebuild", "scoreboard")
    return store.state_of(uow.conn)


def ask_for_other_zone(uow: UnitOfWork) -> None:
    """Count again where days begin at another moment than they were counted by."""
    row = store.state_of(uow.conn)
    if row.state == store.DONE and row.zone != uow.zone.key:
        ask_for_rebuild(uow, "relevo")


def is_waiting(uow: UnitOfWork) -> bool:
    """Return whether there is something to count."""
    return bool(store.state_of(uow.conn).state != store.DONE)


def rebuild_some(uow: UnitOfWork, size: int) -> int:
    """Do the next piece; return how many hand-offs or leads that were."""
    row = store.state_of(uow.conn)
    if row.state == store.ASKED:
        store.begin(uow.conn, uow.now)
    elif row.state == store.SWEEPING:
        store.sweep(uow.conn)
    elif row.state == store.RUNNING:
        return (_handoffs if row.phase == "handoffs" else _leads)(uow, row, size)
    return 0


def _handoffs(uow: UnitOfWork, row: Row[Any], size: int) -> int:
    page = store.handoffs_behind(uow.conn, row.cursor, size)
    if not page:
        store.change_state(uow.conn, phase="leads", cursor=None)
        return 0
    lock_roots(uow.conn, {lead_id for _, lead_id in page})
    ids = [handoff_id for handoff_id, _ in page]
    scoreboard.keep_handoffs(uow.conn, ids, _promised(uow), uow.zone, again=True)
    store.change_state(uow.conn, cursor=ids[-1], done=row.done + len(ids))
    return len(ids)


def _promised(uow: UnitOfWork) -> scoreboard.Promised:
    def promised(version_id: str) -> Mapping[str, timedelta]:
        try:
            response = uow.parts.shelf.by_id(uow.conn, version_id).response
        except UnusablePolicy:  # too old to be read: what it promised is not known
            return {}
        return {tier: one.first_attempt_in for tier, one in response.items()}

    return promised


def _leads(uow: UnitOfWork, row: Row[Any], size: int) -> int:
    conn, zone = uow.conn, uow.zone
    page = store.leads_behind(conn, row.cursor, size)
    lock_roots(conn, page)
    members, erased = store.together_with(conn, page)
    touches = scoreboard_leads.touches_of(conn, page)
    scoreboard_leads.settle_leads(
        conn, members, scoreboard_leads.firsts_of(touches), zone, anew=set(page) - erased
    )
    scoreboard.add_deals(conn, touches, zone)
    state = scoreboard.hold_tallies(conn, alone=True)
    last = page[-1] if page else None
    if store.leads_behind(conn, row.cursor, until=last) != page:
        raise RunAgain("a lead came in while its neighbours were counted")
    if last is None:
        store.finish(conn, state.generation + 1, zone.key, uow.now)
        return 0
    sums = scoreboard.sums_of(touches, state.generation + 1, zone)
    scoreboard.save_tallies(conn, sums)
    store.change_state(conn, cursor=last, done=row.done + len(page))
    return len(page)
