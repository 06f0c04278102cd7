"""What the pages of receipts say."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "receipts": Titles("Recibos", "Receipts"),
    "receipts_about": Titles(
        "Cada petición como llegó, y qué fue de ella. Lo que no se pudo leer se repara aquí.",
        "Every request as it arrived, and what became of it. What could not be read is repaired "
        "here.",
    ),
    "imports_link": Titles("Importar un archivo", "Import a file"),
    "receipts_source": Titles("Fuente", "Source"),
    "receipts_any_source": Titles("Todas las fuentes", "All sources"),
    "receipts_state": Titles("Estado", "State"),
    "receipts_any_state": Titles("Cualquier estado", "Any state"),
    "receipts_since": Titles("Desde", "From"),
    "receipts_until": Titles("Hasta", "Until"),
    "receipts_id": Titles("Id de un recibo", "A receipt's id"),
    "receipts_show": Titles("Ver", "Show"),
    "receipts_no_such_id": Titles("Ningún recibo tiene ese id.", "No receipt has that id."),
    "receipts_none": Titles("No hay recibos así", "No such receipts"),
    "receipts_none_about": Titles(
        "Prueba con otras fechas o quita los filtros.", "Try other days, or clear the filters."
    ),
    "receipts_none_yet": Titles(
        "Cuando una herramienta envíe algo, aparecerá aquí tal como llegó.",
        "When a tool sends something, it appears here as it arrived.",
    ),
    "receipts_connect": Titles("Conectar una herramienta", "Connect a tool"),
    "receipts_clear": Titles("Quitar filtros", "Clear filters"),
    "receipts_next": Titles("Siguientes", "Next"),
    "receipts_first": Titles("Volver al principio", "Back to the first"),
    "receipt_received": Titles("Llegó", "Received"),
    "receipts_events": Titles("Eventos", "Events"),
    "receipt_events": Titles("{count} evento|{count} eventos", "{count} event|{count} events"),
    "state_pending": Titles("por leer", "to be read"),
    "state_held": Titles("en espera", "held"),
    "state_read": Titles("leído", "read"),
    "state_parked": Titles("apartado", "parked"),
    "state_discarded": Titles("descartado", "discarded"),
    # --- what is parked ---
    "parked": Titles("Apartado: no se pudo leer", "Parked: it could not be read"),
    "parked_alike": Titles("{count} iguales", "{count} alike"),
    "parked_span": Titles(
        "de {source}, entre {oldest} y {newest}", "from {source}, {oldest} to {newest}"
    ),
    "parked_once": Titles("de {source}, {newest}", "from {source}, {newest}"),
    "parked_none": Titles("Nada apartado", "Nothing is parked"),
    "parked_none_about": Titles(
        "Todo lo que llegó se pudo leer.", "Everything that came could be read."
    ),
    "group_example": Titles("Ver el último", "See the latest"),
    "group_retry": Titles("Volver a leerlos", "Read them again"),
    "group_discard": Titles("No los queremos", "We do not want them"),
    "group_discard_about": Titles(
        "Se descartan todos los de este grupo. Se conservan, y cada uno se puede volver a leer.",
        "All of this group are discarded. They are kept, and each can be read again.",
    ),
    "group_discard_do": Titles("Descartar {count}", "Discard {count}"),
    # --- a retry ---
    "retry_title": Titles("Volver a leer", "Reading again"),
    "discard_title": Titles("Descartar", "Discarding"),
    "retry_of": Titles("Fuente {source}: {fault}", "Source {source}: {fault}"),
    "retry_running": Titles(
        "{done} de {total}. Sigue aunque te vayas.", "{done} of {total}. It goes on if you leave."
    ),
    "retry_done": Titles(
        "{count} recibo se vuelve a leer.|{count} recibos se vuelven a leer.",
        "{count} receipt is read again.|{count} receipts are read again.",
    ),
    "discard_done": Titles(
        "{count} recibo descartado.|{count} recibos descartados.",
        "{count} receipt is discarded.|{count} receipts are discarded.",
    ),
    "retry_left": Titles(
        "De este grupo queda {count} apartado.|De este grupo quedan {count} apartados.",
        "Of this group {count} is parked.|Of this group {count} are parked.",
    ),
    "retry_nothing_left": Titles(
        "De este grupo ya no queda nada apartado.", "Of this group nothing is parked any more."
    ),
    "retry_again": Titles(
        "Lo que sigue apartado tiene aún lo mismo: repara uno, o cambia los ajustes de la fuente.",
        "What is still parked has the same fault: repair one, or change the source's settings.",
    ),
    "back_to_receipts": Titles("Volver a los recibos", "Back to the receipts"),
    "look_again": Titles("Mirar otra vez", "Look again"),
    # --- one receipt ---
    "receipt": Titles("Recibo", "Receipt"),
    "receipt_from": Titles("Recibo de {source}", "Receipt from {source}"),
    "receipt_counts": Titles(
        "publicados: {published}, repetidos: {duplicates}, apartados: {parked}",
        "published: {published}, repeated: {duplicates}, parked: {parked}",
    ),
    "receipt_why": Titles("Por qué está apartado", "Why it is parked"),
    "receipt_notes": Titles("Qué se anotó al leerlo", "What was noted while reading"),
    "receipt_place": Titles("en {place}", "at {place}"),
    "receipt_event_number": Titles("evento {number}", "event {number}"),
    "receipt_do": Titles("Qué puedes hacer", "What you can do"),
    "receipt_repair": Titles("Reparar", "Repair"),
    "receipt_retry": Titles("Volver a leer", "Read again"),
    "receipt_discard": Titles("No lo queremos", "We do not want it"),
    "receipt_discard_about": Titles(
        "Se descarta: no cuenta como apartado. Se conserva, y se puede volver a leer.",
        "It is discarded: it no longer counts as parked. It is kept, and can be read again.",
    ),
    "receipt_discarded": Titles("Descartado", "Discarded"),
    "receipt_discard_why": Titles("Por qué", "Why"),
    "receipt_discard_do": Titles("Descartar", "Discard"),
    "receipt_not_no_reason": Titles(
        "Di por qué se descarta: se lo preguntará quien lo encuentre.",
        "Say why it is discarded: whoever finds it will ask.",
    ),
    "receipt_why_text": Titles("Motivo (opcional)", "Reason (optional)"),
    "receipt_settings": Titles("Ajustes de la fuente", "Settings of the source"),
    "receipt_alike": Titles(
        "Hay {count} más igual.|Hay {count} más iguales.",
        "There is {count} more alike.|There are {count} more alike.",
    ),
    "receipt_group": Titles("Ver el grupo", "See the group"),
    "receipt_said_retried": Titles("Se está leyendo otra vez.", "It is being read again."),
    "receipt_said_discarded": Titles(
        "Descartado. Si cambias de idea, vuelve a leerlo.",
        "Discarded. If you change your mind, read it again.",
    ),
    "receipt_said_repaired": Titles(
        "Reparado: se lee otra vez con el cuerpo nuevo. El original se conserva.",
        "Repaired: it is read again with the new body. The original is kept.",
    ),
    "receipt_not_not_parked": Titles(
        "Ya no está apartado: alguien se adelantó.", "It is parked no more: somebody was faster."
    ),
    "receipt_pending": Titles("Se está leyendo…", "It is being read…"),
    "receipt_held_about": Titles(
        "La fuente está en pausa; se leerá al reanudarla.",
        "The source is paused; it is read once that is resumed.",
    ),
    "receipt_told": Titles("Qué dice", "What it tells"),
    "receipt_told_nothing": Titles(
        "No dice nada de un lead, como las pruebas.", "It tells nothing of a lead, as tests do."
    ),
    "receipt_erased": Titles(
        "Su contenido se borró porque nombraba a alguien que pidió ser olvidado.",
        "Its content was erased because it named somebody who asked to be forgotten.",
    ),
    "receipt_body": Titles("El cuerpo, como llegó", "The body, as it arrived"),
    "receipt_body_repaired": Titles("El cuerpo, reparado", "The body, repaired"),
    "receipt_body_original": Titles("El original", "The original"),
    "receipt_body_cut": Titles("Aquí se ve el principio.", "The beginning is shown here."),
    "receipt_body_binary": Titles("El cuerpo no es texto.", "The body is no text."),
    "receipt_body_empty": Titles("El cuerpo está vacío.", "The body is empty."),
    "receipt_wrong_line": Titles("aquí está lo que falla", "here is what is wrong"),
    "receipt_download": Titles("Descargar ({size} bytes)", "Download ({size} bytes)"),
    "receipt_headers": Titles("La petición", "The request"),
    "receipt_headers_about": Titles("Las credenciales no se guardan.", "Credentials are not kept."),
    "receipt_repairs": Titles("Reparaciones", "Repairs"),
    "receipt_repaired_by": Titles("por {who}, {when}", "by {who}, {when}"),
    # --- the repair ---
    "repair_title": Titles("Reparar el recibo", "Repair the receipt"),
    "repair_about": Titles(
        "Escribe el cuerpo como debió llegar. El original se conserva, y queda escrito quién lo "
        "cambió.",
        "Write the body as it should have come. The original is kept, and who changed it is "
        "written down.",
    ),
    "repair_body": Titles("El cuerpo corregido", "The corrected body"),
    "repair_original": Titles("Como está ahora", "As it is now"),
    "repair_check": Titles("Comprobar", "Check"),
    "repair_do": Titles("Guardar y leer", "Save and read"),
    "repair_good": Titles(
        "Así se puede leer. Diría esto:", "So it can be read. It would tell this:"
    ),
    "repair_partly": Titles("Esto sigue sin poder leerse:", "This can still not be read:"),
    "repair_still_unreadable": Titles("Así tampoco se puede leer:", "So it cannot be read either:"),
    "repair_moved": Titles(
        "Parte de este recibo ya se publicó. Esos eventos deben quedar como están y en su lugar:",
        "Part of this receipt was published already. Those events must stay as they are, in their "
        "place:",
    ),
    "repair_unchanged": Titles(
        "El cuerpo está igual. Cámbialo, o vuelve a leerlo tal cual.",
        "The body is as it was. Change it, or read it again as it is.",
    ),
    "repair_else": Titles("No se pudo guardar:", "It could not be saved:"),
    "repair_not_here": Titles(
        "Este cuerpo no se puede corregir en una página: no es texto, o es demasiado largo. "
        "Descárgalo y usa relevo receipts repair.",
        "This body cannot be corrected on a page: it is no text, or too long. Download it and use "
        "relevo receipts repair.",
    ),
}
