"""Leaks: leads that nobody follows up although somebody should. There must be none."""

from services.handoff.store.scoreboard_reading import Only
from services.handoff.unit_of_work import UnitOfWork


def count_leaks(_uow: UnitOfWork, _only: Only) -> int | None:
    """Return how many leads leak now; None as long as nobody looks for them."""
    return None
