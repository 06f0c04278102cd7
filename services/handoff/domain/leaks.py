"""What must never be: leads that fall between two stools. Each kind says what to do about it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, get_args

from services.handoff.domain.questions import Titles

LeakKind = Literal[
    "qualified_without_handoff",
    "handoff_without_owner",
    "owner_gone",
    "clock_not_running",
    "nobody_told",
    "overdue_without_escalation",
]
LEAK_KINDS: tuple[LeakKind, ...] = get_args(LeakKind)

TOLD_WITHIN = timedelta(minutes=15)
"""By then an owner must have been told over one of their channels."""
GRACE = timedelta(minutes=5)
"""What is due may be late by this much: a process was restarted."""
SHOWN = 20
"""Examples of each kind that are told."""

TITLES: Mapping[LeakKind, Titles] = {
    "qualified_without_handoff": Titles(
        "Leads cualificados sin entrega", "Qualified leads without a hand-off"
    ),
    "handoff_without_owner": Titles("Entregas sin responsable", "Hand-offs without an owner"),
    "owner_gone": Titles("Entregas cuyo responsable se ha ido", "Hand-offs whose owner has left"),
    "clock_not_running": Titles(
        "Entregas cuyo reloj no corre", "Hand-offs whose clock stands still"
    ),
    "nobody_told": Titles(
        "Entregas de las que su responsable no ha sabido por ningún canal",
        "Hand-offs whose owner was not reached over any channel",
    ),
    "overdue_without_escalation": Titles(
        "Respuestas vencidas de las que nadie ha sabido", "Overdue answers nobody was told of"
    ),
}

REMEDIES: Mapping[LeakKind, Titles] = {
    "qualified_without_handoff": Titles(
        "Mira el lead con `relevo leads show`, y entrégalo con `relevo leads override --ready`; "
        "busca en el registro `timer_failed` o eventos apartados.",
        "Look at the lead with `relevo leads show`, hand it over with `relevo leads override "
        "--ready`; look for `timer_failed` in the log and for parked events.",
    ),
    "handoff_without_owner": Titles(
        "Dale responsable con `relevo handoffs assign`.",
        "Give it an owner with `relevo handoffs assign`.",
    ),
    "owner_gone": Titles(
        "Dale otro responsable con `relevo handoffs assign`.",
        "Give it another owner with `relevo handoffs assign`.",
    ),
    "clock_not_running": Titles(
        "Asígnala de nuevo con `relevo handoffs assign`: eso pone en marcha un reloj.",
        "Assign it anew with `relevo handoffs assign`: that starts a clock.",
    ),
    "nobody_told": Titles(
        "Avisa en persona, y mira los canales con `relevo people list` y los envíos en "
        "`/v1/deliveries`.",
        "Tell them in person, and look at their channels with `relevo people list` and at "
        "`/v1/deliveries`.",
    ),
    "overdue_without_escalation": Titles(
        "Mira si los temporizadores corren: `relevo_timers_overdue` y `timer_failed` en el "
        "registro.",
        "See whether timers run: `relevo_timers_overdue`, and `timer_failed` in the log.",
    ),
}
