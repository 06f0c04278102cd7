"""What people, keys and Relevo did in ingest, and what may wait there."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "audit.import.finished": Titles("terminó una importación", "finished an import"),
    "audit.import.started": Titles("empezó una importación", "started an import"),
    "audit.receipt.discarded": Titles("descartó un recibo", "discarded a receipt"),
    "audit.receipt.repaired": Titles("reparó un recibo", "repaired a receipt"),
    "audit.receipts.discarded": Titles("descartó recibos apartados", "discarded parked receipts"),
    "audit.receipt.retried": Titles("releyó un recibo", "read a receipt again"),
    "audit.receipts.erased": Titles("vació recibos de una persona", "emptied a person's receipts"),
    "audit.receipts.retried": Titles("releyó recibos apartados", "read parked receipts again"),
    "audit.source.added": Titles("añadió una fuente", "added a source"),
    "audit.source.archived": Titles("archivó una fuente", "archived a source"),
    "audit.source.changed": Titles("cambió una fuente", "changed a source"),
    "audit.source.credential_revoked": Titles(
        "revocó la credencial de una fuente", "revoked a source's credential"
    ),
    "audit.source.rotated": Titles(
        "cambió la credencial de una fuente", "rotated a source's credential"
    ),
    "audit.touches.rejudged": Titles(
        "volvió a juzgar quién hizo las interacciones", "judged again who made touches"
    ),
    "waits_receipts": Titles("Recibos por leer", "Receipts to be read"),
    "waits_receipts_late": Titles(
        "Hay recibos que esperan demasiado a que se lean. Si el bus funciona, mira el registro de ingest.",
        "Receipts wait too long to be read. If the bus runs, look at ingest's log.",
    ),
    "waits_parked_receipts": Titles("Recibos apartados", "Parked receipts"),
    "waits_parked_receipts_wrong": Titles(
        "Un recibo no se pudo leer y está apartado. Repáralo, vuelve a leerlo o descártalo.|{count} recibos no se pudieron leer y están apartados. Repáralos, vuelve a leerlos o descártalos.",
        "A receipt could not be read and is parked. Repair it, read it again or discard it.|{count} receipts could not be read and are parked. Repair them, read them again or discard them.",
    ),
}
