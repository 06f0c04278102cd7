"""Texts of the pages of lists."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "lists": Titles("Listas", "Lists"),
    "lists_about": Titles(
        "Competidores, clientes, gente de casa: valores que las políticas nombran y que cambian a "
        "diario, sin firmar nada.",
        "Competitors, customers, own people: values that policies name and that change daily, "
        "without a signature.",
    ),
    "list_agreement": Titles("Acuerdo", "Agreement"),
    "list_name": Titles("Nombre", "Name"),
    "list_size": Titles("Tamaño", "Size"),
    "list_used_by": Titles("La usan", "Used by"),
    "list_used_by_long": Titles("la usan {names}", "used by {names}"),
    "list_unused": Titles("nadie la usa", "nobody uses it"),
    "list_territory": Titles("territorio {name}", "territory {name}"),
    "list_changed_at": Titles("Último cambio", "Last change"),
    "list_values": Titles("{count} valor|{count} valores", "{count} value|{count} values"),
    "list_first": Titles("Al principio", "To the beginning"),
    "lists_none": Titles("Aún no hay listas", "No lists yet"),
    "lists_none_about": Titles(
        "Haz una y nómbrala en una política con in_list.",
        "Make one, and name it in a policy with in_list.",
    ),
    "list_new": Titles("Lista nueva", "New list"),
    "list_name_about": Titles(
        "Como la llamarán las políticas: minúsculas sin acentos, cifras, _ y -.",
        "What policies will call it: small plain letters, digits, _ and -.",
    ),
    "list_first_values": Titles(
        "Valores, uno por línea (opcional)", "Values, one a line (optional)"
    ),
    "list_why": Titles("Por qué (opcional)", "Why (optional)"),
    "list_make": Titles("Crear", "Make it"),
    "list_wrong_name": Titles(
        "Empieza por una letra; solo minúsculas sin acentos, cifras, _ y -; 63 como mucho.",
        "Begins with a letter; small plain letters, digits, _ and - only; 63 at most.",
    ),
    "list_taken": Titles("Ya hay una lista con ese nombre.", "There is a list of this name."),
    "list_too_many": Titles("Ya hay 200 listas, y es el máximo.", "There are 200 lists, the most."),
    "list_too_long": Titles(
        "En una lista caben 100.000 valores.", "A list holds 100,000 values at most."
    ),
    "list_in_use": Titles(
        "La usan {policies}. Quítala antes de ahí.",
        "{policies} use it. Take it out of there first.",
    ),
    "list_changed": Titles(
        "Alguien cambió la lista mientras tanto. Vuelve a mirar el archivo.",
        "Somebody changed the list meanwhile. Look into the file again.",
    ),
    "list_no_value": Titles(
        "Escribe un valor por línea, con alguna letra, cifra o signo; 200 caracteres como mucho.",
        "Write one value a line, with a letter, a digit or a sign; 200 characters at most.",
    ),
    "list_said_made": Titles("Lista creada.", "List made."),
    "list_said_changed": Titles(
        "Hecho. Cuenta desde la próxima evaluación.", "Done. It counts from the next evaluation on."
    ),
    "list_said_deleted": Titles("Lista borrada.", "List deleted."),
    "list_search": Titles("Buscar en la lista", "Search the list"),
    "list_remove": Titles("quitar", "remove"),
    "list_remove_of": Titles("Quitar {value}", "Remove {value}"),
    "list_not_found": Titles("No está en la lista", "It is not on the list"),
    "list_not_found_about": Titles(
        "Nada en la lista contiene eso.", "Nothing on the list holds that."
    ),
    "list_empty": Titles("La lista está vacía", "The list is empty"),
    "list_empty_about": Titles("Añade valores o sube un archivo.", "Add values, or upload a file."),
    "list_download": Titles("Descargar la lista", "Download the list"),
    "list_history": Titles("Quién la cambió", "Who changed it"),
    "list_changes": Titles(
        "{added} entraron, {removed} salieron, quedaron {size}",
        "{added} came, {removed} went, {size} left",
    ),
    "list_add": Titles("Añadir", "Add"),
    "list_one_a_line": Titles("Valores, uno por línea", "Values, one a line"),
    "list_upload": Titles("Subir un archivo", "Upload a file"),
    "list_upload_about": Titles(
        "Un valor por línea, o un CSV diciendo la columna. Primero verás qué cambiaría.",
        "One value a line, or a CSV and its column. You see first what would change.",
    ),
    "list_file": Titles("Archivo", "File"),
    "list_paste": Titles("… o pega aquí los valores", "… or paste the values here"),
    "list_column": Titles("Columna del CSV (opcional)", "Column of the CSV (optional)"),
    "list_mode": Titles("Qué hacer con ellos", "What to do with them"),
    "list_mode_add": Titles("añadirlos", "add them"),
    "list_mode_replace": Titles("que sean la lista", "let them be the list"),
    "list_mode_remove": Titles("quitarlos", "take them off"),
    "list_look": Titles("Ver qué cambiaría", "See what would change"),
    "list_not_utf8": Titles(
        "El archivo no está en UTF-8. Guárdalo como «CSV UTF-8» o texto UTF-8.",
        "The file is not UTF-8. Save it as “CSV UTF-8” or UTF-8 text.",
    ),
    "list_no_column": Titles(
        "La primera línea no nombra esa columna.", "The first line names no such column."
    ),
    "list_unreadable": Titles("El archivo no se puede leer.", "The file cannot be read."),
    "list_empty_file": Titles("No hay ningún valor.", "There is no value in it."),
    "list_delete": Titles("Borrar la lista", "Delete the list"),
    "list_delete_about": Titles(
        "Solo si nadie la usa. Las decisiones pasadas siguen diciendo qué contenía.",
        "Only while nobody uses it. Past decisions still say what was on it.",
    ),
    "list_delete_sure": Titles("Sí, borrar {name}", "Yes, delete {name}"),
    "list_would": Titles("Esto cambiaría", "This would change"),
    "list_would_about": Titles("Todavía no se ha cambiado nada.", "Nothing was changed yet."),
    "list_faults": Titles(
        "{count} línea no vale|{count} líneas no valen",
        "{count} line is no good|{count} lines are no good",
    ),
    "list_faults_about": Titles(
        "Se dejarían fuera. Corrige el archivo si hacen falta.",
        "They would be left out. Mend the file if you need them.",
    ),
    "list_line": Titles("Línea {line}", "Line {line}"),
    "list_fault_too_long": Titles("más de 200 caracteres", "more than 200 characters"),
    "list_fault_nothing_to_compare": Titles(
        "ninguna letra, cifra ni signo", "no letter, digit or sign"
    ),
    "list_would_add": Titles(
        "Entraría {count}|Entrarían {count}", "{count} would come|{count} would come"
    ),
    "list_would_go": Titles(
        "Saldría {count}|Saldrían {count}", "{count} would go|{count} would go"
    ),
    "list_and_more": Titles("… y {count} más", "… and {count} more"),
    "list_same": Titles(
        "{count} no cambiaría nada.|{count} no cambiarían nada.",
        "{count} would change nothing.|{count} would change nothing.",
    ),
    "list_do": Titles("Cambiar la lista", "Change the list"),
    "list_leave": Titles("Dejarlo", "Leave it"),
}
