"""Texts of hours and leave, and of a week one can see."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    # --- hours ---
    "own_hours": Titles("Tu horario y tus ausencias", "Your hours and leave"),
    "own_hours_about": Titles(
        "Tu semana, y los días que no estarás.", "Your week, and the days you will not be there."
    ),
    "own_hours_open": Titles("Ver y apuntar", "See and enter"),
    "hours_of": Titles("Horario de {name}", "Hours of {name}"),
    "hours_own_are": Titles("Un horario propio.", "Hours of their own."),
    "hours_follow": Titles("Sigue el calendario «{name}».", "Follows the calendar “{name}”."),
    "hours_always": Titles(
        "Ningún calendario dice cuándo trabaja: cuenta como de día y de noche.",
        "No calendar says when they work: it counts as day and night.",
    ),
    "leave": Titles("Ausencias", "Leave"),
    "leave_none": Titles("Ninguna por delante.", "None ahead."),
    "leave_add": Titles("Apuntar una ausencia", "Enter leave"),
    "leave_from": Titles("Desde el día", "From the day"),
    "leave_until": Titles("Hasta el día", "Until the day"),
    "at_time_optional": Titles("Hora, si no es el día entero", "Time, if not the whole day"),
    "leave_about": Titles(
        "Los dos días entran. El motivo no se pide ni se guarda.",
        "Both days count. The reason is neither asked nor kept.",
    ),
    "leave_save": Titles("Apuntar", "Enter"),
    "leave_remove": Titles("Quitar", "Remove"),
    "leave_added": Titles(
        "Ausencia apuntada: los leads nuevos van a otros mientras dure.",
        "Leave entered: new leads go to others while it lasts.",
    ),
    "leave_removed": Titles("Ausencia quitada.", "Leave removed."),
    "hours_changed": Titles("Horario guardado.", "Hours saved."),
    "hours_week": Titles("Horario propio", "Own hours"),
    "hours_week_about": Titles(
        "Así: 09:00-14:00, 16:00-19:00. Con los siete días vacíos cuenta el calendario; con alguno escrito, un día vacío es libre.",
        "Like 09:00-14:00, 16:00-19:00. With all seven days empty the calendar counts; once one is written, an empty day is free.",
    ),
    "day_like_calendar": Titles("libre, o como el calendario", "free, or like the calendar"),
    "hours_calendar": Titles("Calendario", "Calendar"),
    "hours_calendar_team": Titles("El de su equipo", "That of the team"),
    "hours_calendar_about": Titles(
        "De él vienen también los festivos.", "Holidays come from it, too."
    ),
    # --- a week ---
    "week": Titles("La semana", "The week"),
    "weeks": Titles("Semanas", "Weeks"),
    "week_title": Titles(
        "{name}: semana desde {first}, {worked} de trabajo",
        "{name}: week from {first}, {worked} of work",
    ),
    "week_zone": Titles("Hora de {zone}", "{zone} time"),
    "week_table": Titles("Como tabla", "As a table"),
    "week_before": Titles("Semana anterior", "Week before"),
    "week_this": Titles("Esta semana", "This week"),
    "week_after": Titles("Semana siguiente", "Week after"),
    "day_holiday": Titles("festivo", "holiday"),
    "hours_free": Titles("libre", "free"),
    "hours_of_day": Titles("Horas", "Hours"),
    "specials": Titles("Días señalados", "Special days"),
    "specials_none": Titles(
        "Ninguno en los próximos cuatro meses.", "None in the next four months."
    ),
    "weekday_mon": Titles("Lunes", "Monday"),
    "weekday_tue": Titles("Martes", "Tuesday"),
    "weekday_wed": Titles("Miércoles", "Wednesday"),
    "weekday_thu": Titles("Jueves", "Thursday"),
    "weekday_fri": Titles("Viernes", "Friday"),
    "weekday_sat": Titles("Sábado", "Saturday"),
    "weekday_sun": Titles("Domingo", "Sunday"),
}
