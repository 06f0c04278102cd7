"""What handoff's page of health says besides what all say."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "leaks": Titles("Lo que nunca debe pasar", "What must never be"),
    "leaks_none": Titles(
        "Ningún lead se ha quedado sin entrega, sin responsable, sin plazo o sin aviso.",
        "No lead is left without a hand-off, an owner, a deadline or somebody told.",
    ),
    "leaks_wrong": Titles(
        "Hay {count} lead que se ha quedado entre dos sillas.|Hay {count} leads que se han quedado entre dos sillas.",
        "{count} lead has fallen between two stools.|{count} leads have fallen between two stools.",
    ),
    "leaks_see_handoff": Titles("Ver la entrega", "See the hand-off"),
    "leaks_see_lead": Titles("Ver el lead", "See the lead"),
    "leaks_since": Titles("desde {when}", "since {when}"),
    "leaks_more": Titles("y {count} más", "and {count} more"),
}
