"""What the pages of deliveries say."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "deliveries": Titles("Envíos", "Deliveries"),
    "deliveries_about": Titles(
        "Qué se ha enviado a sistemas y personas, y qué no llegó.",
        "What was sent to systems and people, and what did not arrive.",
    ),
    "how_people_hear": Titles("Cómo se avisa a las personas", "How people are told"),
    "state": Titles("Estado", "State"),
    "state_any": Titles("Cualquiera", "Any"),
    "state_parked": Titles("Fallido", "Failed"),
    "state_open": Titles("En camino", "On its way"),
    "state_delivered": Titles("Recibido", "Taken"),
    "state_not_needed": Titles("Ya no hacía falta", "Not needed any more"),
    "state_retrying": Titles("Reintentando", "Retrying"),
    "state_waiting": Titles("Espera su turno", "Waits its turn"),
    "state_waiting_about": Titles(
        "Va detrás de otro evento del mismo lead que aún no ha llegado.",
        "It is behind an earlier event of the same lead, which has not arrived yet.",
    ),
    "next_attempt": Titles("Próximo intento {at}", "Next attempt {at}"),
    "receiver": Titles("A quién", "To whom"),
    "receiver_any": Titles("A cualquiera", "Anybody"),
    "people": Titles("Personas", "People"),
    "removed_receiver": Titles("alguien que ya no está", "somebody who is not here any more"),
    "from_day": Titles("Desde", "From"),
    "to_day": Titles("Hasta", "To"),
    "about_whom": Titles("Lead o entrega", "Lead or hand-off"),
    "about_whom_hint": Titles("Su enlace o su identificador", "Its link or its id"),
    "filter": Titles("Filtrar", "Filter"),
    "clear": Titles("Quitar filtros", "Clear filters"),
    "wrong_about": Titles(
        "Ahí no hay ningún identificador: pega el enlace de un lead o de una entrega.",
        "There is no id in that: paste the link of a lead or of a hand-off.",
    ),
    "wrong_day": Titles("Eso no es un día.", "That is no day."),
    "failed_first": Titles("Fallidos", "Failed"),
    "failed_see": Titles("Ver todos los fallidos", "See all that failed"),
    "everything": Titles("Todos", "All"),
    "older": Titles("Siguientes", "Next"),
    "newest": Titles("Volver al principio", "Back to the first"),
    "deliveries_none": Titles("Todavía no se ha enviado nada", "Nothing has been sent yet"),
    "deliveries_none_about": Titles(
        "Cuando un lead pase a ventas, aquí verás a quién se avisó.",
        "When a lead goes to sales, you see here who was told.",
    ),
    "deliveries_no_such": Titles("No hay envíos así", "No such deliveries"),
    "deliveries_no_such_about": Titles("Prueba con otros filtros.", "Try other filters."),
    # --- a delivery ---
    "attempts": Titles("Intentos", "Attempts"),
    "attempts_none": Titles("Aún no se ha intentado.", "Not tried yet."),
    "attempt_ok": Titles("Recibido", "Taken"),
    "attempt_sent": Titles("Respondió que no", "It answered no"),
    "attempt_not_sent": Titles("No se llegó a enviar", "It was not reached"),
    "attempt_unknown": Titles(
        "Enviado, sin respuesta: puede que llegara", "Sent, no answer: it may have arrived"
    ),
    "attempt_status": Titles("respuesta {status}", "answer {status}"),
    "attempts_latest": Titles("Se guardan los 50 últimos.", "The latest 50 are kept."),
    "facts": Titles("Datos", "Facts"),
    "event_type": Titles("Tipo", "Type"),
    "event_id": Titles("Identificador (webhook-id)", "Id (webhook-id)"),
    "place_in_feed": Titles("Lugar en el feed", "Place in the feed"),
    "began": Titles("Empezó", "Began"),
    "settled": Titles("Terminó", "Ended"),
    "lead": Titles("Lead", "Lead"),
    "open_lead": Titles("Ver el lead", "See the lead"),
    "handoff": Titles("Entrega", "Hand-off"),
    "open_handoff": Titles("Ver la entrega", "See the hand-off"),
    "payload": Titles("Lo que se envía", "What is sent"),
    "payload_gone": Titles("Ya no se guarda.", "It is not kept any more."),
    "payload_cut": Titles("Aquí está el principio.", "This is its beginning."),
    "payload_whole": Titles("Descargarlo entero", "Download all of it"),
    "payload_hidden": Titles(
        "Tus funciones no incluyen leer los eventos.", "Your roles do not include reading events."
    ),
    "redeliver": Titles("Enviarlo otra vez", "Send it again"),
    "redeliver_sure": Titles("¿Enviarlo otra vez?", "Send it again?"),
    "redeliver_about": Titles(
        "El receptor lo verá con el mismo identificador y los mismos datos.",
        "The receiver sees it under the same id, with the same data.",
    ),
    "redeliver_do": Titles("Sí, enviarlo", "Yes, send it"),
    "on_its_way": Titles("En camino…", "On its way…"),
    "in_inbox": Titles(
        "Un aviso a una persona no se repite: lo tiene en sus avisos.",
        "A message for a person is not sent again: they have it in their inbox.",
    ),
}
