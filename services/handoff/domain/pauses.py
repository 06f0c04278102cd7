"""Why a clock may be paused, and for how long."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, get_args

from services.handoff.domain.questions import Titles

PauseReason = Literal["call_at_a_date", "right_person", "data_fix", "lead_away"]

REASON_TITLES: Mapping[PauseReason, Titles] = {
    "call_at_a_date": Titles(
        "el lead ha pedido que le llamen en una fecha", "the lead asked to be called at a date"
    ),
    "right_person": Titles(
        "se espera a la persona adecuada", "waiting for the right person at the company"
    ),
    "data_fix": Titles(
        "se espera a que se corrijan los datos", "waiting for wrong data to be mended"
    ),
    "lead_away": Titles("el lead está fuera", "the lead is away"),
}
PAUSE_REASONS: tuple[PauseReason, ...] = get_args(PauseReason)
LONGEST_PAUSE = timedelta(days=60)
MOST_PAUSES = 5
"""Pauses a hand-off may have: a clock that is paused again and again promises nothing."""
