"""Texts of the scoreboard's page; those of its charts and tables come with them."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "scoreboard": Titles("El marcador", "The scoreboard"),
    "board_period": Titles("Periodo", "Period"),
    "board_period_30": Titles("30 días", "30 days"),
    "board_period_90": Titles("90 días", "90 days"),
    "board_period_last_month": Titles("el mes pasado", "last month"),
    "board_period_own": Titles("otros días", "other days"),
    "board_period_year": Titles("12 meses", "12 months"),
    "board_by": Titles("En partes de", "Cut into"),
    "board_by_day": Titles("un día", "days"),
    "board_by_week": Titles("una semana", "weeks"),
    "board_by_month": Titles("un mes", "months"),
    "board_policy": Titles("Política", "Policy"),
    "board_team": Titles("Equipo", "Team"),
    "board_source": Titles("Fuente", "Source"),
    "board_asset": Titles("Contenido o campaña", "Content or campaign"),
    "board_asset_content": Titles("Contenidos", "Content"),
    "board_asset_campaign": Titles("Campañas", "Campaigns"),
    "board_wrong_day": Titles(
        "Escribe los dos días, por ejemplo 2026-03-31.", "Write both days, for example 2026-03-31."
    ),
    "board_wrong_order": Titles(
        "El primer día va después del último.", "The first day is after the last."
    ),
    "board_too_long": Titles(
        "Son demasiados días: tres años como mucho; por días, uno.",
        "Those are too many days: three years at most; by days, one.",
    ),
    "board_unknown": Titles(
        "Ya no hay tal política, versión o equipo.", "There is no such policy, version or team."
    ),
    "board_no_team": Titles("Todavía no estás en ningún equipo", "You are in no team yet"),
    "board_no_team_about": Titles(
        "Aquí verás los números de tu equipo. Pide a quien lo dirige que te añada.",
        "Here you will see your team's numbers. Ask whoever manages it to add you.",
    ),
    "board_leaks": Titles(
        "Hay {count} que nadie sigue, y debería haber cero.|"
        "Hay {count} que nadie sigue, y debería haber cero.",
        "{count} is followed by nobody, and there should be none.|"
        "{count} are followed by nobody, and there should be none.",
    ),
    "board_leaks_open": Titles("Ver cuáles", "See which"),
    "board_shown_instead": Titles(
        "Abajo van los últimos 12 meses.", "Below are the last 12 months."
    ),
    "board_every": Titles("todo", "everything"),
    "board_show": Titles("Ver", "Show"),
    "board_table": Titles("La tabla", "The table"),
    "board_csv": Titles("Descargar como CSV", "Download as CSV"),
}
