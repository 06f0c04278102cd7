"""What pages say where there is nothing yet, and what to do next."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "next_start": Titles("Seguir con la puesta en marcha", "Go on getting started"),
    "next_source": Titles("Conectar una fuente", "Connect a source"),
    "next_leads": Titles("Mirar los leads", "Look at the leads"),
    "next_today": Titles("Ver mi día", "See my day"),
    "next_agreement": Titles("Leer el acuerdo", "Read the agreement"),
    "no_leads_at_all": Titles("Todavía no hay leads", "No leads yet"),
    "leads_wait_for_source": Titles(
        "Cuando llegue el primer evento de una fuente, su lead aparecerá aquí. Las fuentes las conecta marketing.",
        "When a source sends its first event, its lead appears here. Marketing connects the sources.",
    ),
    "board_nothing": Titles("Todavía no hay nada que contar", "Nothing to count yet"),
    "board_nothing_about": Titles(
        "Aquí se cuentan las entregas desde la primera. Hasta entonces, lo que falta es que lleguen leads y que el acuerdo los vea listos.",
        "Hand-offs are counted here from the first one on. Until then leads have to arrive, and the agreement has to find them ready.",
    ),
    "board_nothing_here": Titles("En este corte no hay entregas", "No hand-offs in this cut"),
    "board_nothing_here_about": Titles(
        "Amplía el periodo o quita los filtros.", "Widen the period, or clear the filters."
    ),
    "board_widen": Titles("Ver los 12 meses enteros", "See all twelve months"),
    "promises_none": Titles(
        "Todavía no se le ha prometido nada.", "Nothing has been promised to them yet."
    ),
    "told_deliveries": Titles("Ver los envíos", "See the deliveries"),
    "steps_none": Titles(
        "Nada desde que se entregó. Lo siguiente es llamar o escribir, y apuntarlo.",
        "Nothing since it was handed over. Next is to call or to write, and to note it.",
    ),
    "handoffs_none_why": Titles(
        "Ninguna todavía. Lo que le falta está en esta página.",
        "None yet. What is missing is on this page.",
    ),
    "facts_none": Titles(
        "De esta persona solo se sabe lo de abajo. Cuando rellene un formulario se verá aquí.",
        "Of this person only what is below is known. When they fill in a form it shows here.",
    ),
}
