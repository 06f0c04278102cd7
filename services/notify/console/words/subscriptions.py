"""What the pages of subscriptions say."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "subscriptions": Titles("Suscripciones", "Subscriptions"),
    "subscriptions_about": Titles(
        "Los sistemas y los canales de equipo que se enteran de lo que pasa con los leads.",
        "The systems and team channels that hear of what happens with leads.",
    ),
    "subscription_add": Titles("Añadir una suscripción", "Add a subscription"),
    "subscriptions_none": Titles("Todavía no se avisa a ningún sistema", "No system is told yet"),
    "subscriptions_none_about": Titles(
        "Conecta tu CRM, o un canal de Slack o Teams, y sabrá de cada lead que pase a ventas.",
        "Connect your CRM, or a channel in Slack or Teams, and it hears of every lead that goes to sales.",
    ),
    "subscriptions_none_ask": Titles(
        "Quien administra Relevo puede conectar aquí vuestro CRM.",
        "Whoever runs Relevo can connect your CRM here.",
    ),
    "channel_webhook": Titles("Webhook", "Webhook"),
    "channel_slack": Titles("Slack", "Slack"),
    "channel_teams": Titles("Teams", "Teams"),
    "channel_email": Titles("Correo", "E-mail"),
    "channel_inbox": Titles("Avisos de Relevo", "Relevo's inbox"),
    # --- how it does ---
    "standing_quiet": Titles("Lista", "Ready"),
    "standing_working": Titles("Funciona", "Working"),
    "standing_retrying": Titles("Reintentando", "Retrying"),
    "standing_failing": Titles("Falla", "Failing"),
    "standing_paused": Titles("En pausa", "Paused"),
    "standing_disabled": Titles("Desactivada", "Disabled"),
    "standing_quiet_about": Titles(
        "Aún no ha habido nada que enviar.", "There was nothing to send yet."
    ),
    "standing_working_about": Titles("Lo último llegó {at}.", "The latest arrived {at}."),
    "standing_retrying_about": Titles(
        "Nada llega desde {at}: {why}. Se reintenta sin perder nada.",
        "Nothing gets through since {at}: {why}. It is tried again, and nothing is lost.",
    ),
    "standing_failing_about": Titles(
        "Nada llega desde {at}: {why}. Si sigue así cinco días, se desactiva.",
        "Nothing gets through since {at}: {why}. After five days like this it is disabled.",
    ),
    "standing_paused_about": Titles(
        "No se envía nada. Lo nuevo espera su turno.", "Nothing is sent. What is new waits."
    ),
    "standing_disabled_about": Titles(
        "Desde {at} no se envía ni se guarda nada para ella: {why}.",
        "Since {at} nothing is sent, nor kept for it: {why}.",
    ),
    "why_unknown": Titles("sin respuesta", "no answer"),
    "last_success_never": Titles("Nunca ha llegado nada", "Nothing has arrived yet"),
    "last_success": Titles("Último envío recibido {at}", "Last delivery taken {at}"),
    "week": Titles("Últimos 7 días", "Last 7 days"),
    "week_none": Titles("Sin envíos en 7 días", "No deliveries in 7 days"),
    "week_share": Titles("{share} de {count} intentos", "{share} of {count} attempts"),
    "week_speed": Titles(
        "{average} de media, {slowest} máx.", "{average} on average, {slowest} max."
    ),
    "week_chart": Titles(
        "Intentos por día: {good} bien, {bad} mal", "Attempts by day: {good} good, {bad} bad"
    ),
    "day_column": Titles("Día", "Day"),
    "good": Titles("Bien", "Good"),
    "bad": Titles("Mal", "Bad"),
    "average": Titles("Media", "Average"),
    "slowest": Titles("El más lento", "Slowest"),
    "milliseconds": Titles("{count} ms", "{count} ms"),
    "seconds": Titles("{count} s", "{count} s"),
    "week_table": Titles("Ver los números", "See the numbers"),
    # --- its page ---
    "what_it_gets": Titles("Qué recibe", "What it gets"),
    "address": Titles("Dirección", "Address"),
    "policies": Titles("Políticas", "Policies"),
    "policies_all": Titles("Todas", "All"),
    "headers": Titles("Cabeceras propias", "Headers of its own"),
    "contact": Titles("A quién se avisa si falla", "Who is told when it fails"),
    "contact_none": Titles("A administración, en sus avisos", "The admins, in their inbox"),
    "speaks": Titles("Idioma y zona", "Language and zone"),
    "secrets": Titles("Secretos en uso", "Secrets in use"),
    "secret_ending": Titles("termina en {ending}", "ends in {ending}"),
    "secret_until": Titles("hasta {at}", "until {at}"),
    "since_when": Titles("Creada", "Made"),
    "test": Titles("Enviar una prueba", "Send a test"),
    "test_taken": Titles("El receptor la aceptó ({status}).", "The receiver took it ({status})."),
    "test_refused": Titles("No la aceptó: {why}.", "It was not taken: {why}."),
    "answer_beginning": Titles("Así empieza su respuesta", "Its answer begins like this"),
    "pause": Titles("Pausar", "Pause"),
    "resume": Titles("Reanudar", "Resume"),
    "enable": Titles("Activar otra vez", "Enable again"),
    "change": Titles("Cambiar", "Change"),
    "rotate": Titles("Cambiar el secreto", "Change the secret"),
    "rotate_about": Titles(
        "Durante 24 horas se firma con los dos, para que puedas cambiarlo sin perder nada.",
        "For 24 hours both sign, so you can change over without losing anything.",
    ),
    "rotate_leaked": Titles(
        "El anterior se ha filtrado: que deje de valer ya", "The old one leaked: end it at once"
    ),
    "rotate_do": Titles("Dar un secreto nuevo", "Give a new secret"),
    "secret_new": Titles("El secreto de esta suscripción", "This subscription's secret"),
    "secret_once": Titles(
        "Cópialo ahora: no se vuelve a mostrar.", "Copy it now: it is not shown again."
    ),
    "secret_gone": Titles(
        "Esto ya se había hecho, y el secreto solo se muestra una vez. Si no lo copiaste, pide otro.",
        "This was done already, and the secret is shown once only. If you did not copy it, give a new one.",
    ),
    "secret_verify": Titles("Cómo comprobar la firma", "How to verify the signature"),
    "secret_verify_about": Titles(
        "Cada petición va firmada según Standard Webhooks. Comprueba la firma sobre el cuerpo tal como llega, por ejemplo en Python:",
        "Each request is signed as Standard Webhooks says. Check it on the body as it comes, in Python for example:",
    ),
    "secret_on": Titles("Ver la suscripción", "See the subscription"),
    "again_title": Titles("Volver a enviar", "Send again"),
    "again_about": Titles(
        "Todo lo que pasó desde una fecha, en orden y con los mismos identificadores, a la vez que lo nuevo.",
        "Everything since a date, in order and with the same ids, beside what is new.",
    ),
    "again_since": Titles("Desde", "Since"),
    "again_look": Titles("Ver qué se enviaría", "See what would be sent"),
    "again_confirm": Titles("Volver a enviar desde {at}", "Send again since {at}"),
    "again_count": Titles(
        "Desde entonces hay un evento guardado: se envía si esta suscripción lo pide.|Desde entonces hay hasta {count} eventos guardados: se envían los que esta suscripción pide.",
        "One event is kept since then: it is sent if this subscription asks for it.|Up to {count} events are kept since then: those that this subscription asks for are sent.",
    ),
    "again_repeats": Titles(
        "El receptor verá otra vez lo que ya recibió, con el mismo identificador: si lo recuerda, no pasa nada.",
        "The receiver sees again what it took before, under the same id: if it remembers ids, no harm is done.",
    ),
    "again_nothing": Titles(
        "Desde entonces no hay nada guardado que enviar.",
        "Nothing is kept since then that could be sent.",
    ),
    "again_do": Titles("Enviarlo", "Send it"),
    "again_running": Titles("Volviendo a enviar", "Sending again"),
    "again_failed_running": Titles("Reenviando lo fallido", "Sending again what failed"),
    "again_progress": Titles("{done} de {total}", "{done} of {total}"),
    "failed_some": Titles(
        "{count} envío fallido|{count} envíos fallidos",
        "{count} failed delivery|{count} failed deliveries",
    ),
    "failed_again": Titles("Reenviar lo fallido", "Send again what failed"),
    "failed_confirm": Titles("Reenviar lo fallido a {name}", "Send again what failed to {name}"),
    "failed_confirm_count": Titles(
        "{count} envío se dio por perdido. Se intentará otra vez, con el mismo identificador.|{count} envíos se dieron por perdidos. Se intentarán otra vez, en orden y con los mismos identificadores.",
        "{count} delivery was given up. It is tried again, under the same id.|{count} deliveries were given up. They are tried again, in order and under the same ids.",
    ),
    "latest": Titles("Últimos envíos", "Latest deliveries"),
    "latest_all": Titles("Ver todos los envíos", "See all deliveries"),
    "latest_none": Titles("Todavía no se ha enviado nada.", "Nothing has been sent yet."),
    "stop_title": Titles("Dejar de enviar", "Stop sending"),
    "stop_about": Titles(
        "Desactivada, no recibe ni guarda nada, y puede volver. Borrada, se va con sus envíos.",
        "Disabled, it gets and keeps nothing, and can come back. Deleted, it goes with its deliveries.",
    ),
    "disable": Titles("Desactivar", "Disable"),
    "disable_title": Titles("Desactivar {name}", "Disable {name}"),
    "disable_confirm": Titles(
        "Lo que aún no ha recibido queda como fallido, y lo nuevo no le llegará. Podrás activarla otra vez y volver a enviar lo que falte.",
        "What it has not got yet counts as failed, and what is new does not reach it. You can enable it again and send what it missed.",
    ),
    "remove": Titles("Borrar", "Delete"),
    "remove_title": Titles("Borrar {name}", "Delete {name}"),
    "remove_confirm": Titles(
        "Se va con sus envíos y su secreto, y no se puede deshacer. Para volver a conectarla habrá que crear otra.",
        "It goes with its deliveries and its secret, for good. To connect again you would make another.",
    ),
    "remove_tick": Titles("Sí, borrarla para siempre", "Yes, delete it for good"),
    "remove_untick": Titles("Marca la casilla para borrarla.", "Tick the box to delete it."),
    # --- what was done, said after it ---
    "said_changed": Titles("Guardado.", "Saved."),
    "said_paused": Titles("En pausa: lo nuevo espera.", "Paused: what is new waits."),
    "said_enabled": Titles("Enviando otra vez.", "Sending again."),
    "said_disabled": Titles("Desactivada.", "Disabled."),
    "said_removed": Titles("Suscripción borrada.", "Subscription deleted."),
    "said_replayed": Titles("Empieza a enviarse otra vez.", "It is being sent again."),
    "said_redelivered": Titles("Se está enviando otra vez.", "It is being sent again."),
    # --- why it could not be done ---
    "not_disabled": Titles(
        "La suscripción está desactivada: actívala primero.",
        "The subscription is disabled: enable it first.",
    ),
    "not_nothing_parked": Titles(
        "No hay nada fallido que reenviar.", "Nothing failed that could be sent again."
    ),
    "not_too_many_secrets": Titles(
        "Ya hay diez secretos en uso: espera a que caduque alguno.",
        "Ten secrets are in use already: wait until one ends.",
    ),
    "not_changed_meanwhile": Titles(
        "Alguien la cambió mientras escribías. Revisa lo tuyo y vuelve a guardar.",
        "Somebody changed it while you wrote. Look at yours and save again.",
    ),
    "not_not_settled": Titles(
        "Ese envío aún está en camino.", "That delivery is still on its way."
    ),
    "not_event_gone": Titles(
        "El evento ya no se guarda: no se puede enviar otra vez.",
        "The event is not kept any more: it cannot be sent again.",
    ),
    "not_not_redeliverable": Titles(
        "Un aviso a una persona no se repite: lo tiene en sus avisos.",
        "A message for a person is not sent again: they have it in their inbox.",
    ),
    "not_other": Titles("No se ha podido hacer.", "It could not be done."),
}
