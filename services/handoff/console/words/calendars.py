"""Texts of the pages of calendars."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "calendars": Titles("Calendarios", "Calendars"),
    "calendars_about": Titles(
        "Cuándo se trabaja: en estas horas corren los plazos y se reparten los leads.",
        "When people work: clocks run in these hours, and leads are dealt by them.",
    ),
    "calendar_add": Titles("Crear un calendario", "Make a calendar"),
    "calendar_edit": Titles("Cambiar horas y festivos", "Change hours and holidays"),
    "calendar_edit_about": Titles(
        "Los plazos que aún no han vencido se vuelven a contar.",
        "Deadlines that are still ahead are counted again.",
    ),
    "calendar_name": Titles("Nombre en las políticas", "Name in policies"),
    "calendar_name_about": Titles(
        "Minúsculas, sin espacios: oficina-madrid. No cambia nunca.",
        "Small letters, no blanks: madrid-office. It never changes.",
    ),
    "calendar_title": Titles("Cómo se llama", "What people call it"),
    "calendar_week_about": Titles(
        "Así: 09:00-14:00, 16:00-19:00. Un turno de noche: 22:00-06:00. Vacío: libre.",
        "Like 09:00-14:00, 16:00-19:00. A night shift: 22:00-06:00. Empty: free.",
    ),
    "calendar_no_team": Titles("ningún equipo", "no team"),
    "calendar_people": Titles(
        "{count} persona lo nombra|{count} personas lo nombran",
        "{count} person names it|{count} people name it",
    ),
    "calendar_policies": Titles("Políticas en vigor", "Policies in force"),
    "calendar_used": Titles("Quién lo sigue", "Who follows it"),
    "calendar_open_until": Titles("Ahora se trabaja, hasta {at}.", "People work now, until {at}."),
    "calendar_closed_until": Titles(
        "Ahora está cerrado, hasta {at}.", "It is closed now, until {at}."
    ),
    "calendar_never": Titles("No tiene horas por delante.", "It has no hours ahead."),
    "calendar_added": Titles("Calendario creado.", "Calendar made."),
    "calendar_changed": Titles(
        "Guardado. Los plazos por delante se están contando otra vez.",
        "Saved. Deadlines ahead are being counted again.",
    ),
    "calendar_day_added": Titles(
        "Apuntado. Los plazos por delante se están contando otra vez.",
        "Entered. Deadlines ahead are being counted again.",
    ),
    "calendar_day_removed": Titles(
        "Ese día vuelve a ser como los demás.", "That day is like the others again."
    ),
    "closings": Titles("Próximos días señalados", "Special days ahead"),
    "own_days": Titles("Festivos y días propios", "Own holidays and days"),
    "own_days_none": Titles(
        "Ninguno. Aquí van el festivo local y la jornada corta.",
        "None. A local holiday or a short day goes here.",
    ),
    "own_day_add": Titles("Añadir un día", "Add a day"),
    "own_day": Titles("Día", "Day"),
    "own_day_title": Titles("Cómo se llama", "What it is called"),
    "own_day_title_about": Titles("Por ejemplo, San José.", "For example San José."),
    "own_day_hours": Titles("Horas ese día", "Hours on that day"),
    "own_day_hours_about": Titles(
        "Vacío: cerrado. Así: 09:00-13:00. Gana a los festivos oficiales.",
        "Empty: closed. Like 09:00-13:00. It comes before public holidays.",
    ),
    "own_day_save": Titles("Añadir", "Add"),
    "day_closed": Titles("cerrado", "closed"),
    "every_year": Titles("cada año", "every year"),
    "holidays": Titles("Festivos oficiales", "Public holidays"),
    "holidays_none": Titles("No cuenta los de ningún país.", "Those of no country count."),
    "holidays_region": Titles("Región", "Region"),
    "holidays_whole": Titles("los de todo el país", "those of the whole country"),
    "holidays_region_later": Titles(
        "La región se elige después de guardar el país, si tiene festivos propios.",
        "The region is chosen once the country is saved, if it has holidays of its own.",
    ),
    "due_tool": Titles("¿Para cuándo sería?", "When would it be due?"),
    "due_within": Titles("Tiempo de trabajo", "Working time"),
    "due_within_about": Titles(
        "Como en las políticas: 2h, 30m, 1d.", "As in policies: 2h, 30m, 1d."
    ),
    "due_from": Titles("Desde (vacío: ahora)", "From (empty: now)"),
    "due_ask": Titles("Calcular", "Tell"),
    "no_working_time": Titles(
        "Este calendario no tiene tantas horas por delante.",
        "This calendar has not that many hours ahead.",
    ),
    "wrong_within": Titles(
        "Escribe una duración como 2h, 30m o 1d.", "Write a duration like 2h, 30m or 1d."
    ),
    "wrong_start": Titles("Ese momento no se entiende.", "That moment cannot be understood."),
    "wrong_day": Titles(
        "Elige un día, y escribe las horas así: 09:00-13:00.",
        "Choose a day, and write hours like 09:00-13:00.",
    ),
    "wrong_week": Titles(
        "Alguien tiene que trabajar en algún momento.", "Somebody must work at some time."
    ),
    "wrong_title": Titles("Escribe cómo se llama.", "Write what it is called."),
    "wrong_country": Titles(
        "No conocemos los festivos de ese país.", "We do not know the holidays of that country."
    ),
}
