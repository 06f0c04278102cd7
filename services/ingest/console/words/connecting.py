"""What connecting a tool says, and what it says of that which comes meanwhile."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "vendors_about": Titles(
        "¿Qué herramienta cuenta lo que hacen tus leads?", "Which tool tells what your leads do?"
    ),
    "vendors_search": Titles("Buscar una herramienta", "Search a tool"),
    "vendors_none": Titles("Ninguna se llama así", "None is called that"),
    "vendors_none_about": Titles(
        "Lo que no esté en la lista se conecta como JSON o formulario cualquiera.",
        "What is not on the list is connected as any JSON or form.",
    ),
    "vendors_generic": Titles("Conectar otra cosa", "Connect something else"),
    "new_about": Titles(
        "Un nombre corto: aparece en los motivos de cada lead.",
        "A short name: it appears in the reasons of each lead.",
    ),
    "new_name": Titles("Nombre de la fuente", "Name of the source"),
    "new_name_hint": Titles(
        "Minúsculas, cifras y guiones. No se puede cambiar después.",
        "Lower-case letters, digits and hyphens. It cannot be changed later.",
    ),
    "new_way": Titles("Cómo se conecta", "How it is connected"),
    "new_make": Titles("Crear y ver los pasos", "Make it and see the steps"),
    "name_wrong": Titles(
        "Usa minúsculas, cifras y guiones, y empieza y acaba con letra o cifra: web-tienda.",
        "Use lower-case letters, digits and hyphens, and begin and end with a letter or digit: "
        "web-shop.",
    ),
    "name_in_use": Titles(
        "Ya hay una fuente con ese nombre, quizá archivada. Elige otro.",
        "There is a source with that name, perhaps an archived one. Choose another.",
    ),
    "name_reserved": Titles("Ese nombre no se puede usar.", "That name cannot be used."),
    # what tools are called where that is no name
    "vendor.relevo": Titles(
        "Programas propios, con el JSON de Relevo", "Own programs, by Relevo's own JSON"
    ),
    "vendor.generic": Titles(
        "Cualquier herramienta que envíe JSON o formularios", "Any tool that posts JSON or forms"
    ),
    "vendor.segment": Titles("Segment y sus bibliotecas", "Segment and its libraries"),
    "vendor.rudderstack": Titles("RudderStack y sus bibliotecas", "RudderStack and its libraries"),
    # --- the steps ---
    "connect_title": Titles("Conectar {title}", "Connect {title}"),
    "connect_made": Titles(
        "La fuente {name} está creada. Falta decírselo a {title}.",
        "The source {name} is made. Now {title} has to know.",
    ),
    "connect_again": Titles("La fuente {name}, paso a paso.", "The source {name}, step by step."),
    "connect_address": Titles("Dirección", "Address"),
    "connect_address_token": Titles(
        "Dirección con el token, si solo admite una dirección",
        "Address with the token, where it takes nothing else",
    ),
    "connect_steps": Titles("Haz esto en {title}", "Do this in {title}"),
    "connect_only_here": Titles(
        "Esta dirección solo la alcanza esta máquina. Quien administra Relevo pone en "
        "RELEVO_PUBLIC_URL la que ve el mundo.",
        "Only this machine can reach that address. Whoever runs Relevo sets RELEVO_PUBLIC_URL to "
        "the one the world sees.",
    ),
    "connect_hidden": Titles(
        "El valor no se muestra otra vez. Si lo perdiste, cámbialo en la página de la fuente.",
        "The value is not shown again. If you lost it, rotate it on the source's page.",
    ),
    "connect_secret": Titles("Y pega aquí {ask}", "And paste here {ask}"),
    "connect_secret_save": Titles("Guardar el secreto", "Keep the secret"),
    "connect_secret_until": Titles(
        "Hasta entonces se rechaza lo que envíe.", "Until then what it sends is refused."
    ),
    "connect_secret_taken": Titles("El secreto está guardado.", "The secret is kept."),
    "secret_empty": Titles("Pega el secreto antes de guardar.", "Paste the secret before saving."),
    "connect_done": Titles("A la fuente", "To the source"),
    "copy": Titles("Copiar", "Copy"),
    "copied": Titles("Copiado", "Copied"),
    # --- what came ---
    "news": Titles("Lo que llega", "What comes"),
    "news_waiting": Titles("Esperando el primer evento…", "Waiting for the first event…"),
    "news_waiting_about": Titles(
        "Esta página se actualiza sola. Puedes irte: la fuente se queda.",
        "This page keeps itself up to date. You can leave: the source stays.",
    ),
    "news_connected": Titles("Conectada: el evento está aquí", "Connected: the event is here"),
    "news_look": Titles("Mirar otra vez", "Look again"),
    "news_ping": Titles(
        "Llegó y se aceptó una petición; no dice nada de un lead, como las pruebas.",
        "A request arrived and was accepted; it tells nothing of a lead, as tests do.",
    ),
    "news_read": Titles("Llegó y se leyó.", "It arrived and was read."),
    "news_repeated": Titles(
        "Llegó una petición cuyos eventos ya habían llegado.",
        "A request arrived whose events came before.",
    ),
    "news_held": Titles(
        "Llegó y se guarda sin leer: la fuente está en pausa.",
        "It arrived and is kept unread: the source is paused.",
    ),
    "news_pending": Titles("Llegó; se está leyendo.", "It arrived and is being read."),
    "news_discarded": Titles("Llegó, y alguien la descartó.", "It arrived, and was discarded."),
    "news_parked": Titles(
        "Llegó y se guarda, pero no se puede leer como {title}: {fault}",
        "It arrived and is kept, but cannot be read as {title}: {fault}",
    ),
    "news_open": Titles("ver el recibo", "see the receipt"),
    "told_event": Titles("Evento", "Event"),
    "told_kind": Titles("Qué es", "What it is"),
    "told_who": Titles("Quién", "Who"),
    "told_when": Titles("Cuándo", "When"),
    "told_made_by": Titles("Hecho por", "Made by"),
    "told_identity": Titles("solo quién es el lead", "only who the lead is"),
    "told_unknown": Titles(
        "Nadie conoce este nombre todavía, así que no cuenta. Di qué es en la página de la fuente.",
        "Nobody knows this name yet, so it does not count. Say what it is on the source's page.",
    ),
    # --- what was refused ---
    "refused_times": Titles(
        "Rechazada {count} vez: |Rechazada {count} veces: ",
        "Refused once: |Refused {count} times: ",
    ),
    "refused_no_token": Titles(
        "no mostraba ningún token. La herramienta necesita la dirección entera, con ?token=…, o la "
        "cabecera.",
        "no token was shown. The tool needs the whole address, with ?token=…, or the header.",
    ),
    "refused_wrong_token": Titles(
        "el token no es el de esta fuente. ¿Está cortado, o se cambió después?",
        "the token is not this source's. Was it cut off, or replaced since?",
    ),
    "refused_no_signature": Titles(
        "no estaba firmada. Pon el secreto en la herramienta y guarda.",
        "it was not signed. Set the secret in the tool and save.",
    ),
    "refused_wrong_secret": Titles(
        "estaba firmada con otro secreto que el de esta fuente. Pégalo otra vez, donde falte.",
        "it was signed with another secret than this source has. Paste it again, where it lacks.",
    ),
    "refused_stale": Titles(
        "el secreto es correcto, pero se firmó a {seconds} s de nuestro reloj: es una petición "
        "antigua, o uno de los relojes va mal.",
        "the secret is right, but it was signed {seconds} s off our clock: it is an old request, or "
        "one of the clocks is wrong.",
    ),
    "refused_other_tool": Titles(
        "está firmada como lo hace {vendors}, y esta fuente es para {title}.",
        "it is signed as {vendors} signs, and this source is for {title}.",
    ),
    "refused_signature_not_token": Titles(
        "está firmada, y esta fuente espera un token. Ponlo en la dirección.",
        "it is signed, and this source waits for a token. Put it into the address.",
    ),
    "refused_token_not_signature": Titles(
        "muestra un token, y esta fuente espera una firma. Pon el secreto en la herramienta.",
        "it shows a token, and this source waits for a signature. Set the secret in the tool.",
    ),
    "refused_method_not_allowed": Titles(
        "el método era {method}; los eventos se envían por POST.",
        "the method was {method}; events are posted.",
    ),
    "refused_body_too_large": Titles(
        "el cuerpo es mayor de lo que se admite.", "the body is larger than what is taken."
    ),
    "refused_body_too_slow": Titles(
        "el cuerpo tardó demasiado en llegar.", "the body took too long to arrive."
    ),
    "refused_unknown_source": Titles(
        "llegó a {path}, donde no hay ninguna fuente. Esta está en {url}",
        "it came to {path}, where there is no source. This one is at {url}",
    ),
    "refused_unknown_token": Titles(
        "llegó a {path} con un token que ninguna fuente tiene.",
        "it came to {path} with a token that no source has.",
    ),
    "refused_else": Titles("por {reason}.", "because of {reason}."),
    "refused_elsewhere": Titles("Hace poco, en otras puertas", "Of late, at other doors"),
}
