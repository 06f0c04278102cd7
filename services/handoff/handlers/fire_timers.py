"""What happens when a clock runs out."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from services.handoff.handlers.climb_ladder import climb
from services.handoff.handlers.clocks import (
    CLOCKS,
    CORRECTED,
    HOLD_ENDS,
    LAST_DAY,
    MOVE,
    RECONSIDER,
    RECOUNT,
    REVIEW,
    START_POLICY,
)
from services.handoff.handlers.leave import last_day_ends
from services.handoff.handlers.move_handoffs import move_handoffs
from services.handoff.handlers.overrides import hold_ends
from services.handoff.handlers.policy_reviews import look_at_policy
from services.handoff.handlers.reconsider_lead import reconsider
from services.handoff.handlers.recount_clocks import recount
from services.handoff.handlers.return_corrected import return_corrected
from services.handoff.handlers.start_policies import start_scheduled
from services.handoff.unit_of_work import Parts, UnitOfWork
from shared.timers import Fire, Timer


def timer_handlers(parts: Parts) -> Mapping[str, Fire]:
    """Return what fires each kind of timer."""

    def climb_ladder(conn: Connection, timer: Timer, now: datetime) -> None:
        climb(UnitOfWork(conn, now, parts), timer)

    def reconsider_lead(conn: Connection, timer: Timer, now: datetime) -> None:
        reconsider(UnitOfWork(conn, now, parts), timer)

    def end_hold(conn: Connection, timer: Timer, now: datetime) -> None:
        hold_ends(UnitOfWork(conn, now, parts), timer)

    def look_at_corrected(conn: Connection, timer: Timer, now: datetime) -> None:
        return_corrected(UnitOfWork(conn, now, parts), timer)

    def start_policy(conn: Connection, timer: Timer, now: datetime) -> None:
        start_scheduled(UnitOfWork(conn, now, parts), timer)

    def review_policy(conn: Connection, timer: Timer, now: datetime) -> None:
        look_at_policy(UnitOfWork(conn, now, parts), timer)

    def recount_deadlines(conn: Connection, timer: Timer, now: datetime) -> None:
        recount(UnitOfWork(conn, now, parts), timer)

    def let_leave(conn: Connection, timer: Timer, now: datetime) -> None:
        last_day_ends(UnitOfWork(conn, now, parts), timer)

    def move(conn: Connection, timer: Timer, now: datetime) -> None:
        move_handoffs(UnitOfWork(conn, now, parts), timer)

    return {
        LAST_DAY: let_leave,
        MOVE: move,
        **dict.fromkeys(CLOCKS, climb_ladder),
        RECOUNT: recount_deadlines,
        RECONSIDER: reconsider_lead,
        HOLD_ENDS: end_hold,
        CORRECTED: look_at_corrected,
        START_POLICY: start_policy,
        REVIEW: review_policy,
    }
