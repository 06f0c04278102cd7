"""What the pages say, in both languages. A lead's own text is only ever a value put in."""

from collections.abc import Mapping

from services.handoff.domain.policy import Language
from services.handoff.domain.questions import Titles

WORDS: Mapping[str, Titles] = {
    # every page
    "languages": Titles("Idioma", "Language"),
    "for": Titles("Para {person}", "For {person}"),
    # the question
    "accept.title": Titles("¿Te quedas con {lead}?", "Do you take {lead}?"),
    "reject.title": Titles("¿Devuelves a {lead}?", "Do you send {lead} back?"),
    "nothing_yet": Titles(
        "Abrir esta página no ha cambiado nada: solo responde el botón.",
        "Opening this page has changed nothing: only the button answers.",
    ),
    "due": Titles("Tu plazo", "By when"),
    "due.ahead": Titles("Responde antes del {moment}", "Answer by {moment}"),
    "due.passed": Titles("Vencía el {moment}", "It was due {moment}"),
    "why_now": Titles("Por qué ahora", "Why now"),
    "seen": Titles("Qué ha hecho, de más a menos reciente", "What they did, newest first"),
    "more": Titles("y {count} más", "and {count} more"),
    "override": Titles("Lo ha entregado {by}: {reason}", "{by} handed it over: {reason}"),
    "accept.button": Titles("Sí, acepto este lead", "Yes, I accept this lead"),
    "reject.button": Titles("Devolver este lead", "Send this lead back"),
    "accept.other": Titles(
        "¿No es para ti? El mensaje tiene otro enlace para rechazarlo.",
        "Not one for you? The message has another link to reject it.",
    ),
    "reject.other": Titles(
        "¿Prefieres aceptarlo? El mensaje tiene otro enlace para eso.",
        "Would you rather accept it? The message has another link for that.",
    ),
    "trial": Titles(
        "La política está a prueba: marketing y ventas aún no la han firmado los dos.",
        "The policy is on trial: marketing and sales have not both signed it yet.",
    ),
    # a rejection
    "reason": Titles("Motivo", "Reason"),
    "reason.attempts": Titles(
        "hacen falta {needed} intentos comunicados; hay {reported}",
        "needs {needed} reported attempts; there are {reported}",
    ),
    "reason.text": Titles("explícalo abajo", "explain it below"),
    "text": Titles("Explicación", "Explanation"),
    "text.hint": Titles(
        "Necesaria con «{reason}»; marketing la lee.",
        "Needed with “{reason}”; marketing reads it.",
    ),
    "text.hint.optional": Titles(
        "Si quieres; marketing la lee.", "If you like; marketing reads it."
    ),
    "errors": Titles("Falta algo para poder devolverlo", "Something is missing"),
    "error.unknown_reason": Titles(
        "Elige un motivo de la lista.", "Choose a reason from the list."
    ),
    "error.text_required": Titles(
        "Escribe una explicación: ese motivo la necesita.",
        "Write an explanation: that reason needs one.",
    ),
    "error.text_too_long": Titles(
        "La explicación tiene {length} caracteres y caben {most}.",
        "The explanation has {length} characters; {most} are the most.",
    ),
    "error.attempts_required": Titles(
        "Ese motivo pide más intentos de los que se han comunicado. Elige otro.",
        "That reason asks for more attempts than were reported. Choose another one.",
    ),
    "error.no_answer": Titles(
        "No se ha recibido ninguna respuesta. Pulsa el botón para darla.",
        "No answer arrived. Press the button to give it.",
    ),
    # taken just now, or by this link before
    "accept.done": Titles("Te has quedado con {lead}", "{lead} is yours"),
    "accept.done.said": Titles("Lo has aceptado el {moment}.", "You accepted it {moment}."),
    "reject.done": Titles("Has devuelto a {lead}", "You sent {lead} back"),
    "reject.done.said": Titles(
        "Lo has rechazado el {moment}: {reason}.", "You rejected it {moment}: {reason}."
    ),
    "used": Titles("Ya has respondido", "You have answered already"),
    "used.said": Titles(
        "Este enlace sirve una vez, y se usó el {moment}. Ahora está: {stage}.",
        "This link works once, and was used {moment}. It stands at: {stage}.",
    ),
    "next": Titles("Qué pasa ahora", "What happens next"),
    "accept.next": Titles(
        "Contacta con el lead y comunica el intento en tu CRM o en Relevo.",
        "Contact the lead, and report the attempt in your CRM or in Relevo.",
    ),
    "accept.next.by": Titles("Primer intento antes del {moment}.", "First attempt by {moment}."),
    "reject.next": Titles("Marketing recibe tu motivo.", "Marketing is told your reason."),
    "reject.next.effect": Titles("Según el acuerdo: {effect}.", "By the agreement: {effect}."),
    "reject.next.returns": Titles("No vuelve antes del {moment}.", "Not back before {moment}."),
    "undo": Titles("¿Has cambiado de idea?", "Changed your mind?"),
    "accept.undo": Titles(
        "Puedes devolverlo con un motivo, o darlo a otra persona, en tu CRM o en Relevo.",
        "You can hand it back with a reason, or give it to a colleague, in your CRM or in Relevo.",
    ),
    "reject.undo": Titles(
        "Un rechazo cierra la entrega y no se reabre. Si fue un error, pide a tu responsable que "
        "entregue el lead otra vez.",
        "A rejection ends the hand-off, and it is not opened again. If it was a mistake, ask your "
        "manager to hand the lead over again.",
    ),
    "close": Titles("Puedes cerrar esta página.", "You can close this page."),
    # too late, or no good
    "taken": Titles("{person} ya tiene a {lead}", "{person} has {lead} already"),
    "taken.said": Titles(
        "{person} lo aceptó el {moment}. Tu respuesta no se ha guardado y no hace falta nada más.",
        "{person} accepted it {moment}. Nothing was changed, and nothing more is needed.",
    ),
    "taken.own": Titles("Ya tienes a {lead}", "You have {lead} already"),
    "taken.own.said": Titles("Lo aceptaste el {moment}.", "You accepted it {moment}."),
    "moved": Titles("{lead} está ahora con {person}", "{lead} is with {person} now"),
    "moved.said": Titles(
        "Pasó a {person} el {moment}, y los enlaces de antes ya no valen.",
        "It went to {person} {moment}, and the links from before are no longer valid.",
    ),
    "moved.own": Titles("Hay un mensaje más nuevo", "There is a newer message"),
    "moved.own.said": Titles(
        "{lead} volvió a ti el {moment}. Responde con los enlaces del último mensaje.",
        "{lead} came back to you {moment}. Answer by the links in the latest message.",
    ),
    "closed": Titles("{lead}: la entrega ya terminó", "{lead}: the hand-off is over"),
    "closed.said": Titles(
        "Terminó el {moment}: {stage}. Una respuesta tardía no la reabre.",
        "It ended {moment}: {stage}. A late answer does not open it again.",
    ),
    "closed.by": Titles(
        "La cerró {person} el {moment}: {stage}. Una respuesta tardía no la reabre.",
        "{person} ended it {moment}: {stage}. A late answer does not open it again.",
    ),
    "expired": Titles("Este enlace ha caducado", "This link has expired"),
    "expired.said": Titles(
        "Los enlaces de los mensajes valen {days} días. Responde en tu CRM o en Relevo.",
        "The links in messages are good for {days} days. Answer in your CRM or in Relevo.",
    ),
    "revoked": Titles("Este enlace ya no vale", "This link is no longer valid"),
    "revoked.said": Titles(
        "Se retiró a quien iba dirigido. Si es un error, habla con quien administra Relevo.",
        "It was withdrawn from whom it was for. If that is a mistake, ask whoever runs Relevo.",
    ),
    "unknown": Titles("Este enlace no existe", "There is no such link"),
    "unknown.said": Titles(
        "Puede que se haya copiado a medias. Ábrelo de nuevo desde el mensaje, entero.",
        "It may have been copied in part. Open it again from the message, whole.",
    ),
    "elsewhere": Titles("Eso no ha llegado de esta página", "That did not come from this page"),
    "elsewhere.said": Titles(
        "Abre el enlace del mensaje y responde con su botón. No ha cambiado nada.",
        "Open the link in the message and answer with its button. Nothing was changed.",
    ),
    "away": Titles("Ahora mismo no se puede responder", "Answering is not possible right now"),
    "away.said": Titles(
        "No ha cambiado nada. Vuelve a intentarlo en un minuto, con el mismo enlace.",
        "Nothing was changed. Try again in a minute, with the same link.",
    ),
}


def say(key: str, language: Language, **values: object) -> str:
    """Return what ``key`` says, with ``values`` put in."""
    titles = WORDS[key]
    return (titles.es if language == "es" else titles.en).format(**values)
