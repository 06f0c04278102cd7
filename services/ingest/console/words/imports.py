"""What the pages of imports say."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "imports": Titles("Importar actividad", "Import activity"),
    "imports_about": Titles(
        "Un archivo que exportó una herramienta: para empezar con una historia, o llenar un hueco.",
        "A file a tool exported: to begin with a history, or to fill a gap.",
    ),
    "import_give": Titles("Elige el archivo", "Choose the file"),
    "import_file": Titles("Archivo CSV o NDJSON", "CSV or NDJSON file"),
    "import_file_hint": Titles(
        "Hasta {mib} MiB; uno mayor, con relevo import. Primero ves qué se tomaría; nada se importa "
        "todavía.",
        "Up to {mib} MiB; a larger one by relevo import. First you see what would be taken; nothing "
        "is imported yet.",
    ),
    "import_source": Titles("De qué fuente es", "Which source it is of"),
    "import_look": Titles("Ver qué tiene", "See what it holds"),
    "import_no_file": Titles(
        "Elige un archivo que no esté vacío.", "Choose a file that is not empty."
    ),
    "import_too_large": Titles(
        "Es demasiado grande para una página. Usa relevo import.",
        "It is too large for a page. Use relevo import.",
    ),
    "import_no_source": Titles(
        "Elige la fuente de quien es esta actividad.", "Choose the source whose activity it is."
    ),
    "import_disk_full": Titles(
        "El disco está casi lleno: no se puede guardar nada más. Avisa a quien administra Relevo.",
        "The disk is nearly full: nothing more can be kept. Tell whoever runs Relevo.",
    ),
    "import_needs_source": Titles(
        "Una importación pertenece a una fuente. Conecta primero la herramienta.",
        "An import belongs to a source. Connect the tool first.",
    ),
    "imports_past": Titles("Lo importado", "What was imported"),
    "imports_none": Titles("Todavía no se ha importado nada.", "Nothing has been imported yet."),
    "import_rows": Titles("{position} de {total} filas", "{position} of {total} rows"),
    "import_new": Titles("{count} nuevo|{count} nuevos", "{count} new|{count} new"),
    "import_known": Titles(
        "{count} ya conocido|{count} ya conocidos", "{count} known already|{count} known already"
    ),
    "import_open": Titles("en marcha", "under way"),
    "import_done": Titles("terminada", "done"),
    "import_started": Titles("Empezó {when}", "Began {when}"),
    # --- looking at a file ---
    "file_title": Titles("Qué tiene {name}", "What {name} holds"),
    "file_about": Titles(
        "Para {source}. Nada se ha importado todavía.", "For {source}. Nothing is imported yet."
    ),
    "file_unreadable": Titles("Así no se puede leer", "It cannot be read so"),
    "file_empty": Titles("El archivo está vacío.", "The file is empty."),
    "file_packed": Titles(
        "Es un archivo comprimido o un libro de Excel. Descomprímelo o guárdalo como CSV.",
        "It is packed, or an Excel workbook. Unpack it, or save it as CSV.",
    ),
    "file_not_encoded": Titles(
        "Tiene letras en otra codificación. Prueba con latin-1, como guarda Excel.",
        "It has letters in another encoding. Try latin-1, as Excel saves.",
    ),
    "file_one_list": Titles(
        "Es una sola lista JSON. Hace falta un objeto en cada línea (NDJSON).",
        "It is one JSON list. An object in each line is needed (NDJSON).",
    ),
    "file_headings": Titles("Los encabezados no se pueden leer.", "The headings cannot be read."),
    "file_never_closed": Titles(
        "Unas comillas se abren y no se cierran nunca.", "A quote opens and is never closed."
    ),
    "file_no_event_column": Titles(
        "Ninguna columna dice qué pasó. Elígela, o di qué pasó en todas las filas.",
        "No column says what happened. Choose it, or say what happened in all rows.",
    ),
    "file_no_time_column": Titles(
        "Ninguna columna dice cuándo pasó. Elígela.", "No column says when it happened. Choose it."
    ),
    "file_no_person_column": Titles(
        "Ninguna columna dice quién fue. Elige la del correo o la del id.",
        "No column says who it was. Choose that of the e-mail or of the id.",
    ),
    "file_counts": Titles(
        "{taken} de {total} filas se pueden tomar: {events} eventos.",
        "{taken} of {total} rows can be taken: {events} events.",
    ),
    "file_span": Titles("Pasó entre {first} y {last}.", "It happened between {first} and {last}."),
    "file_kinds": Titles("Qué cuentan", "What they tell"),
    "file_identified": Titles("solo quién es alguien", "only who somebody is"),
    "file_unknown": Titles("Nombres que nadie conoce", "Names nobody knows"),
    "file_unknown_about": Titles(
        "Se importan y no cuentan hasta que digas qué son en la página de la fuente.",
        "They are imported and do not count until you say what they are on the source's page.",
    ),
    "file_faults": Titles(
        "{count} fila no se puede tomar|{count} filas no se pueden tomar",
        "{count} row cannot be taken|{count} rows cannot be taken",
    ),
    "file_line": Titles("Línea", "Line"),
    "file_column": Titles("Columna", "Column"),
    "file_fault": Titles("Qué falla", "What is wrong"),
    "file_more_faults": Titles("Se muestran las primeras {count}.", "The first {count} are shown."),
    "file_touches": Titles(
        "Las primeras filas, como se leerían", "The first rows, as they would be read"
    ),
    "file_how": Titles("Cómo se lee", "How it is read"),
    "file_column_event": Titles("Columna de qué pasó", "Column of what happened"),
    "file_column_time": Titles("Columna de cuándo", "Column of when"),
    "file_column_email": Titles("Columna del correo", "Column of the e-mail"),
    "file_column_user_id": Titles("Columna del id de la persona", "Column of the person's id"),
    "file_guessed": Titles("que la adivine Relevo", "let Relevo guess"),
    "file_event": Titles("O lo mismo en todas las filas", "Or the same in all rows"),
    "file_event_hint": Titles("Por ejemplo: email.opened", "For example: email.opened"),
    "file_zone": Titles("Zona horaria de las fechas", "Time zone of the dates"),
    "file_dates": Titles("04/03/2024 es", "04/03/2024 is"),
    "file_dates_none": Titles("un error: no se sabe", "an error: nobody knows"),
    "file_dates_dmy": Titles("4 de marzo", "4 March"),
    "file_dates_mdy": Titles("3 de abril", "April 3"),
    "file_encoding": Titles("Codificación", "Encoding"),
    "file_encoding_none": Titles("la del archivo", "by the file"),
    "file_check": Titles("Comprobar otra vez", "Check again"),
    "file_start": Titles(
        "Importar {count} fila|Importar {count} filas", "Import {count} row|Import {count} rows"
    ),
    "file_nothing": Titles("No hay nada que tomar.", "There is nothing to take."),
    "file_forget": Titles("Olvidar el archivo", "Forget the file"),
    # --- an import ---
    "import_title": Titles("Importación de {name}", "Import of {name}"),
    "import_running": Titles(
        "{position} de {total} filas. Sigue aunque te vayas, a un ritmo que deja sitio a lo de hoy.",
        "{position} of {total} rows. It goes on if you leave, at a pace that leaves room for today.",
    ),
    "import_elsewhere": Titles(
        "La envía relevo import desde otro sitio.",
        "It is being sent by relevo import from elsewhere.",
    ),
    "import_reading": Titles(
        "Todas las filas están dentro; queda {count} evento por leer.|Todas las filas están dentro; quedan {count} eventos por leer.",
        "All rows are in; {count} event is still to be read.|All rows are in; {count} events are still to be read.",
    ),
    "import_finished": Titles("Terminada.", "Done."),
    "import_rejected": Titles(
        "{count} fila no se pudo tomar|{count} filas no se pudieron tomar",
        "{count} row could not be taken|{count} rows could not be taken",
    ),
    "import_parked": Titles("{count} apartado|{count} apartados", "{count} parked|{count} parked"),
    "import_days": Titles("Por día en que pasó", "By the day it happened"),
    "import_days_about": Titles(
        "Un día con mucho nuevo es un día de un hueco.",
        "A day with much that was new is a day of a gap.",
    ),
    "import_day": Titles("Día (UTC)", "Day (UTC)"),
    "import_day_new": Titles("Nuevos", "New"),
    "import_day_known": Titles("Ya conocidos", "Known already"),
}
