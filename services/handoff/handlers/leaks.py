"""Leaks: leads that nobody follows up although somebody should. There must be none."""

from services.handoff.store import leaks
from services.handoff.store.scoreboard_reading import Only
from services.handoff.unit_of_work import UnitOfWork


def count_leaks(uow: UnitOfWork, only: Only) -> int | None:
    """Return how much leaks now, of all kinds; None in a view of a part: nobody splits them."""
    if only != Only():
        return None
    return sum(leaks.counts(uow.conn, uow.now).values())
