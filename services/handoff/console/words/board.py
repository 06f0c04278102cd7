"""Texts of the scoreboard's page; those of its charts and tables come with them."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "scoreboard": Titles("El marcador", "The scoreboard"),
    "board_period": Titles("Periodo", "Period"),
    "board_period_30": Titles("30 días", "30 days"),
    "board_period_90": Titles("90 días", "90 days"),
    "board_period_year": Titles("12 meses", "12 months"),
    "board_by": Titles("En partes de", "Cut into"),
    "board_by_day": Titles("un día", "days"),
    "board_by_week": Titles("una semana", "weeks"),
    "board_by_month": Titles("un mes", "months"),
    "board_policy": Titles("Política", "Policy"),
    "board_team": Titles("Equipo", "Team"),
    "board_source": Titles("Fuente", "Source"),
    "board_every": Titles("todo", "everything"),
    "board_show": Titles("Ver", "Show"),
    "board_table": Titles("La tabla", "The table"),
    "board_csv": Titles("Descargar como CSV", "Download as CSV"),
}
