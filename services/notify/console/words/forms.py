"""What the form of a subscription says, and what is wrong with what was put in."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "new_title": Titles("Nueva suscripción", "New subscription"),
    "change_title": Titles("Cambiar {name}", "Change {name}"),
    "name": Titles("Nombre", "Name"),
    "name_about": Titles(
        "Como la llamáis aquí: «CRM», «Canal de ventas».",
        "What you call it here: “CRM”, “Sales channel”.",
    ),
    "channel": Titles("Qué es", "What it is"),
    "channel_about_webhook": Titles(
        "Un sistema: recibe el evento firmado", "A system: gets the signed event"
    ),
    "channel_about_slack": Titles(
        "Un canal de Slack: recibe un mensaje", "A channel in Slack: gets a message"
    ),
    "channel_about_teams": Titles(
        "Un canal de Teams: recibe un mensaje", "A channel in Teams: gets a message"
    ),
    "url_about": Titles(
        "Empieza por https:// y lleva a internet. Una dirección interna necesita RELEVO_EGRESS_ALLOW.",
        "Begins with https:// and leads to the internet. An internal address needs RELEVO_EGRESS_ALLOW.",
    ),
    "which": Titles("De qué se entera", "What it hears of"),
    "which_all": Titles(
        "De todo, también de lo que se añada", "Everything, what is added later too"
    ),
    "which_some": Titles("Solo de lo que elija", "Only what I choose"),
    "patterns": Titles("Otros tipos o patrones", "Other types or patterns"),
    "patterns_about": Titles(
        "Separados por comas; un patrón termina en *: handoff.re*",
        "With commas between; a pattern ends in *: handoff.re*",
    ),
    "more_options": Titles("Más opciones", "More options"),
    "policies_about": Titles(
        "Nombres separados por comas; vacío, de todas.",
        "Names with commas between; empty: all of them.",
    ),
    "headers_about": Titles(
        "Una por línea, «Nombre: valor». Van en cada petición.",
        "One a line, “Name: value”. Sent with every request.",
    ),
    "contact_about": Titles(
        "Un correo. Avisamos a las 24 horas sin que llegue nada, y antes de desactivarla.",
        "An e-mail address. We write after 24 hours in which nothing gets through, and before it is disabled.",
    ),
    "language_zone_about": Titles(
        "Para los mensajes de Slack y Teams, y para avisar del fallo.",
        "For messages in Slack and Teams, and to tell of failures.",
    ),
    "zone": Titles("Zona horaria", "Time zone"),
    "create": Titles("Crear y ver el secreto", "Make it and see the secret"),
    "save": Titles("Guardar", "Save"),
    "wrong": Titles("No se ha guardado: mira lo marcado.", "It was not saved: see what is marked."),
    # --- what is wrong, by field ---
    "wrong_name": Titles(
        "Ponle un nombre de hasta 200 caracteres.", "Give it a name of at most 200 characters."
    ),
    "wrong_channel": Titles("Elige una de las tres cosas.", "Choose one of the three."),
    "wrong_url": Titles(
        "No es una dirección: ha de empezar por https:// y nombrar un servidor.",
        "Not an address: it begins with https:// and names a server.",
    ),
    "wrong_url_address": Titles(
        "Lleva a una red interna. Si es a propósito, RELEVO_EGRESS_ALLOW la permite.",
        "It leads inside a network. If that is meant, RELEVO_EGRESS_ALLOW allows it.",
    ),
    "wrong_url_port": Titles(
        "Solo se llama a los puertos 80, 443, 8080 y 8443.",
        "Only the ports 80, 443, 8080 and 8443 are called.",
    ),
    "wrong_url_password": Titles(
        "No pongas usuario ni contraseña en la dirección: usa una cabecera.",
        "Put no user name or password into the address: use a header.",
    ),
    "wrong_event_types": Titles(
        "Elige al menos una cosa, y tipos que existan.",
        "Choose at least one thing, and types that exist.",
    ),
    "wrong_policies": Titles(
        "Hasta 50 nombres de hasta 200 caracteres.", "At most 50 names of at most 200 characters."
    ),
    "wrong_headers": Titles(
        "Cada línea es «Nombre: valor», sin acentos. Las que pone Relevo (Host, Content-Type, webhook-…) no se cambian.",
        "Each line is “Name: value”, in ASCII. Those Relevo sets (Host, Content-Type, webhook-…) cannot be changed.",
    ),
    "wrong_contact_email": Titles("No es un correo.", "Not an e-mail address."),
    "wrong_language": Titles("Elige español o inglés.", "Choose Spanish or English."),
    "wrong_zone": Titles(
        "No es una zona horaria; un ejemplo es Europe/Madrid.",
        "Not a time zone; an example is Europe/Madrid.",
    ),
    "wrong_since": Titles("Pon una fecha que ya haya pasado.", "Give a date that has passed."),
}
