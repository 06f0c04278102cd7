"""Texts of the agreement's editor, and of what its forms refuse, with the remedy."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "agr_edit": Titles("Editar", "Edit"),
    "agr_new": Titles("Una política nueva", "A new policy"),
    "agr_new_about": Titles(
        "Empieza con un acuerdo ya escrito. Cambia su nombre en la línea «policy:» y lo que no sea cierto en vuestro caso.",
        "It begins with an agreement that is written already. Change its name in the line “policy:”, and what "
        "is not true of you.",
    ),
    "agr_start_from": Titles("Texto de partida: {name}", "Begun from: {name}"),
    "agr_from_in_force": Titles(
        "la versión en vigor ({number})", "the version in force ({number})"
    ),
    "agr_from_newest": Titles("el último borrador ({number})", "the newest draft ({number})"),
    "agr_from_version": Titles("la versión {number}", "version {number}"),
    "agr_from_starter": Titles("el acuerdo de ejemplo", "the starter"),
    "agr_from_form": Titles("lo que has escrito", "what you have written"),
    "agr_from_file": Titles("el archivo que has abierto", "the file you have opened"),
    "agr_from_older": Titles("una más antigua…", "an older one…"),
    "agr_upload": Titles("Un archivo tuyo", "A file of yours"),
    "agr_upload_open": Titles("Abrir el archivo", "Open the file"),
    "agr_upload_about": Titles(
        "Ocupa el lugar del texto; no se guarda nada todavía.",
        "It takes the place of the text; nothing is saved yet.",
    ),
    "agr_file_none": Titles("Elige un archivo.", "Choose a file."),
    "agr_file_not_text": Titles(
        "No es un archivo de texto en UTF-8.", "That is no text file in UTF-8."
    ),
    "agr_file_long": Titles(
        "Es demasiado grande para una política: 64 kB como mucho.",
        "That is too large for a policy: 64 kB at most.",
    ),
    "agr_why_draft": Titles(
        "Por qué se cambia, para la historia", "Why it changes, for the history"
    ),
    "agr_save": Titles("Guardar borrador", "Save draft"),
    "agr_save_over": Titles("Guardar el mío como el siguiente", "Save mine as the next one"),
    "agr_save_other": Titles("Guardar como otra política", "Save as another policy"),
    "agr_save_about": Titles(
        "Se guarda como versión nueva. No decide nada hasta que se pruebe, se firme y entre en vigor.",
        "It is saved as a new version. It decides nothing until it is tried, signed and put in force.",
    ),
    "agr_check": Titles("Comprobar", "Check"),
    "agr_check_region": Titles("Errores, cambios y palabras", "Errors, changes and words"),
    "agr_check_empty": Titles("Aquí no hay nada escrito.", "Nothing is written here."),
    "agr_check_failed": Titles(
        "Ahora no se puede comprobar. Tu texto sigue aquí, y este navegador lo guarda: recarga la página antes de seguir.",
        "It cannot be checked just now. Your text is still here, and this browser keeps it: load the page again before you go on.",
    ),
    "agr_errors": Titles("{count} error|{count} errores", "{count} error|{count} errors"),
    "agr_warnings": Titles("{count} aviso|{count} avisos", "{count} warning|{count} warnings"),
    "agr_no_errors": Titles("Sin errores", "No errors"),
    "agr_error": Titles("error", "error"),
    "agr_warning": Titles("aviso", "warning"),
    "agr_place": Titles("Línea {line}, columna {column}", "Line {line}, column {column}"),
    "agr_changes_none_yet": Titles("Qué cambia", "What it changes"),
    "agr_changes_nothing_in_force": Titles(
        "Aún no hay nada en vigor con que compararlo.",
        "Nothing is in force yet to compare it with.",
    ),
    "agr_preview_later": Titles(
        "En cuanto no haya errores, aquí se lee con palabras qué dice y qué cambia.",
        "As soon as there is no error, this tells in words what it says and what it changes.",
    ),
    "agr_kept": Titles(
        "Este navegador guarda un texto tuyo que no llegó a guardarse.",
        "This browser holds a text of yours that was not saved.",
    ),
    "agr_kept_take": Titles("Recuperarlo", "Take it back"),
    "agr_kept_drop": Titles("Olvidarlo", "Forget it"),
    "agr_meanwhile": Titles(
        "{who} guardó la versión {number} ({at}) mientras escribías",
        "{who} saved version {number} ({at}) while you were writing",
    ),
    "agr_meanwhile_about": Titles(
        "No se ha perdido nada: tu texto sigue abajo, sin guardar. Lleva a él lo que quieras conservar de la versión {number}; al guardar, el tuyo será la siguiente.",
        "Nothing is lost: your text is below, not saved yet. Bring into it what you want to keep of version {number}; "
        "when you save, yours is the next one.",
    ),
    "agr_meanwhile_open": Titles("Ver la versión {number}", "See version {number}"),
    "agr_meanwhile_difference": Titles(
        "Qué cambiaría tu texto en la versión {number}",
        "What your text would change in version {number}",
    ),
    # --- what was refused, and what helps ---
    "agr_not_other": Titles("No se ha podido: {message}", "It was not possible: {message}"),
    "agr_not_invalid": Titles(
        "Falta algo en el formulario: revísalo y envíalo otra vez.",
        "Something is missing in the form: look at it and send it again.",
    ),
    "agr_not_not_read": Titles(
        "Marca que la has leído: eso es lo que se firma.",
        "Tick that you have read it: that is what is signed.",
    ),
    "agr_not_not_sure": Titles(
        "Marca que estás seguro: deja de decidir en el acto.",
        "Tick that you are sure: it stops deciding at once.",
    ),
    "agr_not_why_missing": Titles(
        "Di por qué, en 500 caracteres como mucho.", "Say why, in 500 characters at most."
    ),
    "agr_not_comment_long": Titles(
        "El comentario es demasiado largo: 2000 caracteres como mucho.",
        "The comment is too long: 2000 characters at most.",
    ),
    "agr_not_no_date": Titles(
        "Escribe la fecha y la hora, o elige «Ahora».", "Give date and time, or choose “Now”."
    ),
    "agr_not_wrong_date": Titles(
        "La fecha tiene que estar por venir, a dos años como mucho. Para empezar ya, elige «Ahora».",
        "The date has to be to come, two years away at most. To start at once choose “Now”.",
    ),
    "agr_not_no_person": Titles(
        "Firman las personas, no los programas.", "People sign, programs do not."
    ),
    "agr_not_lacks_role": Titles(
        "Para firmar por un equipo hace falta su función. Pídela a quien administra Relevo.",
        "To sign for a team you need its role. Ask whoever runs Relevo for it.",
    ),
    "agr_not_not_tried": Titles(
        "Nadie la ha probado con el histórico. Pruébala y después fírmala.",
        "Nobody has tried it on history yet. Try it, then sign it.",
    ),
    "agr_not_already_signed": Titles(
        "Otra persona la ha firmado ya por ese equipo. No hace falta nada más de él.",
        "Somebody else has signed it for that team already. Nothing more is needed from it.",
    ),
    "agr_not_same_person": Titles(
        "Un acuerdo es de dos personas, y tú ya has firmado por el otro equipo. Pide la firma a alguien de este.",
        "An agreement takes two people, and you have signed for the other team. Ask somebody of this one to sign.",
    ),
    "agr_not_digest_differs": Titles(
        "Lo que leíste no es lo que dice esta versión. Léela otra vez, arriba, y firma eso.",
        "What you have read is not what this version says. Read it again, above, and sign that.",
    ),
    "agr_not_signatures_settled": Titles(
        "Sus firmas ya no cambian: ha decidido con ellas, o tiene fecha. Si tiene fecha, retírala antes.",
        "Its signatures do not change any more: it has decided with them, or has a date. If it has one, take it back first.",
    ),
    "agr_not_reads_differently": Titles(
        "Esta versión de Relevo lee el texto de otra manera que cuando se guardó. Guárdalo como versión nueva y fírmala.",
        "This release of Relevo reads the text otherwise than when it was saved. Save it as a new version and sign that.",
    ),
    "agr_not_policy_has_errors": Titles(
        "El texto tiene errores que hoy no se admiten: mira las comprobaciones, corrígelo y guárdalo como versión nueva.",
        "The text has errors that are not accepted today: look at the checks, mend it and save it as a new version.",
    ),
    "agr_not_version_succeeded": Titles(
        "Ya decidió y otra la siguió. Recupera su texto como versión nueva, y firmadla.",
        "It has decided and another followed. Bring its text back as a new version, and sign that.",
    ),
    "agr_not_already_scheduled": Titles(
        "Ya tiene una fecha. Retírala y pon la otra.",
        "It has a date already. Take it back, then set the other.",
    ),
    "agr_not_another_scheduled": Titles(
        "Otra versión espera su fecha. Retira antes esa fecha.",
        "Another version waits for its date. Take that date back first.",
    ),
    "agr_not_already_in_force": Titles(
        "Ya decide, a prueba. Ponla en vigor ahora, sin fecha.",
        "It decides already, on trial. Put it in force now, without a date.",
    ),
    "agr_not_not_signed": Titles(
        "Faltan firmas: entra en vigor cuando hayan firmado los dos equipos.",
        "Signatures are missing: it comes into force once both teams have signed.",
    ),
    "agr_not_already_started": Titles(
        "Ya ha empezado a decidir. Para cambiarla, pon otra en vigor.",
        "It has begun to decide. To change that put another one in force.",
    ),
    "agr_not_not_in_force": Titles(
        "Ninguna versión está en vigor: no hay nada que retirar.",
        "No version is in force: there is nothing to retire.",
    ),
    "agr_not_version_scheduled": Titles(
        "Una versión espera su fecha. Retira esa fecha y después la política.",
        "A version waits for its date. Take that date back, then retire the policy.",
    ),
    "agr_not_changed_meanwhile": Titles(
        "Alguien ha guardado otra versión mientras tanto. Mírala aquí y repite si aún hace falta.",
        "Somebody has saved another version meanwhile. See it here, and repeat if it is still needed.",
    ),
    "agr_not_if_match_required": Titles(
        "Ya hay una política con ese nombre. Cambia la línea «policy:», o edita la que hay.",
        "There is a policy of that name already. Change the line “policy:”, or edit the one there is.",
    ),
    "agr_not_other_policy": Titles(
        "El archivo dice «policy: {other}», y aquí se edita «{policy}». Corrige esa línea, o guárdalo como otra política.",
        "The file says “policy: {other}”, and this edits “{policy}”. Mend that line, or save it as another policy.",
    ),
}
