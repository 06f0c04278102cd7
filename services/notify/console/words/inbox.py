"""What the inbox says, and the page about how people are told."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "inbox": Titles("Tus avisos", "Your inbox"),
    "inbox_unread": Titles("{count} sin leer", "{count} unread"),
    "inbox_all_read": Titles("Estás al día", "You are up to date"),
    "inbox_show_all": Titles("Todos", "All"),
    "inbox_show_unread": Titles("Sin leer", "Unread"),
    "inbox_which": Titles("Qué avisos", "Which messages"),
    "unread": Titles("sin leer", "unread"),
    "mark_read": Titles("Marcar como leído", "Mark as read"),
    "mark_read_of": Titles("Marcar como leído: {title}", "Mark as read: {title}"),
    "mark_all": Titles("Marcar todo como leído", "Mark all as read"),
    "message_more": Titles("Ver el aviso entero", "See the whole message"),
    "message_gone": Titles("Lo que contaba ya no se guarda.", "What it told is not kept any more."),
    "inbox_open_handoff": Titles("Abrir la entrega", "Open the hand-off"),
    "inbox_none": Titles("No tienes avisos", "You have no messages"),
    "inbox_none_about": Titles(
        "Cuando te toque un lead, o alguien te espere, te lo diremos aquí.",
        "When a lead is yours, or somebody waits for you, we say so here.",
    ),
    "inbox_none_unread": Titles("Nada sin leer", "Nothing unread"),
    "inbox_none_unread_about": Titles(
        "Has leído todos tus avisos.", "You have read all your messages."
    ),
    "said_read": Titles("Marcado como leído.", "Marked as read."),
    "said_all_read": Titles("Todo leído.", "All read."),
    # --- how people are told ---
    "ways": Titles("Cómo te avisamos", "How you are told"),
    "ways_about": Titles(
        "Por el primero de tus canales que funcione. Si uno falla, se prueba el siguiente.",
        "By the first of your channels that works. If one fails, the next is tried.",
    ),
    "ways_yours": Titles("Tus canales", "Your channels"),
    "ways_change": Titles(
        "Para cambiarlos, habla con quien administra las personas en Relevo.",
        "To change them, talk to whoever looks after the people in Relevo.",
    ),
    "ways_last": Titles("si nada más funciona", "if nothing else works"),
    "way_unusable": Titles("no se puede usar", "cannot be used"),
    "ways_unknown": Titles(
        "Aún no ha llegado aquí tu ficha. Vuelve en un momento.",
        "Your details have not reached this part yet. Come back in a moment.",
    ),
    "way_inbox": Titles(
        "Además, todo lo que te contamos queda siempre en tus avisos.",
        "Whatever happens, all we tell you is in your inbox too.",
    ),
    "way_test": Titles("Enviarme una prueba", "Send me a test"),
    "way_test_of": Titles("Enviarme una prueba por {channel}", "Send me a test by {channel}"),
    "way_tested": Titles(
        "Prueba enviada por {channel}: mira si ha llegado.",
        "Test sent by {channel}: see whether it arrived.",
    ),
    "way_failed": Titles(
        "La prueba por {channel} no salió: {why}.", "The test by {channel} did not go: {why}."
    ),
    "not_not_usable": Titles(
        "Por ahí no se te puede enviar nada ahora.", "Nothing can be sent to you that way now."
    ),
    "not_too_many_tests": Titles(
        "Ya te hemos enviado varias pruebas. Búscalas, también entre el correo no deseado, y prueba otra vez dentro de diez minutos.",
        "We have sent you several tests. Look for them, in the spam folder too, and try again in ten minutes.",
    ),
    "installation": Titles("Qué puede usar esta instalación", "What this installation can use"),
    "mail_on": Titles("Se envía desde {sender}.", "Sent from {sender}."),
    "mail_off": Titles("Sin servidor de correo: no sale ninguno.", "No mail server: none is sent."),
    "mail_off_do": Titles(
        "Para enviarlo, pon RELEVO_SMTP_URL y RELEVO_MAIL_FROM y reinicia.",
        "To send it, set RELEVO_SMTP_URL and RELEVO_MAIL_FROM, and restart.",
    ),
    "slack_about": Titles(
        "No hay nada que preparar: cada persona o canal tiene su dirección.",
        "Nothing to set up: each person or channel has an address.",
    ),
    "webhook_signed": Titles("Va firmado.", "It is signed."),
    "webhook_unsigned": Titles(
        "Va sin firmar: RELEVO_PERSONAL_WEBHOOK_SECRET lo firmaría.",
        "It is not signed: RELEVO_PERSONAL_WEBHOOK_SECRET would sign it.",
    ),
    "inbox_always": Titles(
        "Siempre: no depende de nadie más.", "Always: it depends on nobody else."
    ),
    "way_people": Titles("{count} persona|{count} personas", "{count} person|{count} people"),
    "way_ready": Titles("Listo", "Ready"),
    "way_off": Titles("Sin preparar", "Not set up"),
}
