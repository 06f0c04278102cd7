"""What the pages of health and of the audit say, the same for each service."""

from collections.abc import Mapping

from shared.console.words import Titles

OPERATIONS: Mapping[str, Titles] = {
    "health": Titles("Estado", "Health"),
    "health_services": Titles("Partes de Relevo", "Parts of Relevo"),
    "service_handoff": Titles("Decidir y entregar", "Deciding and handing over"),
    "service_ingest": Titles("Recoger", "Taking in"),
    "service_notify": Titles("Avisar", "Telling"),
    "health_elsewhere": Titles("hay algo que atender", "something needs you"),
    "health_well": Titles("Todo funciona", "Everything runs"),
    "health_well_about": Titles(
        "Nada espera más de lo debido. No tienes que hacer nada.",
        "Nothing waits for longer than it should. There is nothing to do.",
    ),
    "health_wrong": Titles(
        "Hay {count} cosa que atender|Hay {count} cosas que atender",
        "{count} thing needs you|{count} things need you",
    ),
    "health_look": Titles("Verlo", "See it"),
    "health_measured": Titles("Medido {when}.", "Measured {when}."),
    "health_again": Titles("Medir otra vez", "Measure again"),
    # --- what is wrong, and what to do ---
    "health_parked_wrong": Titles(
        "Un evento no se pudo tratar y espera aparte. Mira el motivo, arréglalo y reinténtalo.|{count} eventos esperan aparte porque alguno no se pudo tratar. Mira el motivo, arréglalo y reinténtalo.",
        "An event could not be handled and waits aside. Look at the reason, mend it and retry.|{count} events wait aside because some could not be handled. Look at the reason, mend it and retry.",
    ),
    "health_outbox_late": Titles(
        "Los eventos no salen: el bus no los acepta. Mira si Kafka funciona; nada se pierde, saldrán en su orden.",
        "Events do not leave: the bus does not take them. See whether Kafka runs; nothing is lost, they leave in their order.",
    ),
    "health_timers_wrong": Titles(
        "Hay plazos vencidos que nadie dispara. Mira si el servicio handoff está en marcha y qué dice su registro.",
        "Deadlines are over that nobody fires. See whether the service handoff runs, and what its log says.",
    ),
    "health_bus_away": Titles(
        "El bus de eventos no contesta. Lo que llega se guarda y sale cuando vuelva; si no vuelve solo, mira Kafka.",
        "The event bus does not answer. What comes in is kept and leaves when it is back; if it stays away, look at Kafka.",
    ),
    "health_lag_wrong": Titles(
        "Quedan {count} eventos por leer. Si la cifra no baja en unos minutos, mira el registro del servicio o añade réplicas.",
        "{count} events are still to be read. If the number does not fall within minutes, look at the service's log or add replicas.",
    ),
    # --- the numbers ---
    "health_numbers": Titles("Lo que espera", "What waits"),
    "health_what": Titles("Qué", "What"),
    "health_count": Titles("Cuántos", "How many"),
    "health_oldest": Titles("El más antiguo", "The oldest"),
    "health_outbox": Titles("Eventos por salir", "Events to leave"),
    "health_lag": Titles("Lo que falta por leer del bus", "Still to be read from the bus"),
    "health_reader": Titles("Quién lee, y de dónde", "Reader and topic"),
    "health_lag_unknown": Titles(
        "No se sabe: el bus no contesta.", "Not known: the bus does not answer."
    ),
    "health_timers": Titles("Plazos", "Deadlines"),
    "health_timers_armed": Titles("En marcha", "Running"),
    "health_timers_next": Titles("El próximo", "The next"),
    "health_timers_overdue": Titles("Vencidos sin disparar", "Over and not fired"),
    "health_none": Titles("ninguno", "none"),
    # --- parked events ---
    "health_parked": Titles("Eventos apartados", "Parked events"),
    "health_parked_none": Titles(
        "Ninguno. Lo que no se puede tratar se aparta aquí con su motivo, y lo que viene detrás del mismo lead espera con él.",
        "None. What cannot be handled is set aside here with its reason, and what follows for the same lead waits with it.",
    ),
    "health_event": Titles("Evento", "Event"),
    "health_reason": Titles("Motivo", "Reason"),
    "health_since": Titles("Apartado", "Parked"),
    "health_next_try": Titles("Siguiente intento", "Next try"),
    "health_waits_turn": Titles("espera su turno", "waits its turn"),
    "health_waits_you": Titles("te espera a ti", "waits for you"),
    "health_more": Titles("Más antiguos", "Older"),
    "health_retried": Titles(
        "Se reintenta ahora. Si vuelve a fallar, seguirá aquí con el motivo nuevo.",
        "It is tried again now. If it fails once more it stays here with the new reason.",
    ),
    "parked_title": Titles("Evento apartado", "Parked event"),
    "parked_of": Titles("De quién es", "Whose it is"),
    "parked_failures": Titles("Intentos fallidos", "Failed tries"),
    "parked_reader": Titles("Quién lee", "Reader"),
    "parked_place": Titles("Lugar en el bus", "Place on the bus"),
    "parked_id": Titles("Id del evento", "Id of the event"),
    "parked_retry": Titles("Reintentar", "Retry"),
    "parked_retry_about": Titles(
        "En un par de segundos se vuelve a tratar este evento y, si sale bien, lo que espera por lo mismo, en su orden. Nada se trata dos veces. Si falla, se queda aquí.",
        "Within a couple of seconds this event is handled again and, if that works, what waits for the same, in order. Nothing is handled twice. If it fails, it stays here.",
    ),
    "parked_behind": Titles(
        "Con él espera {count} evento más.|Con él esperan {count} eventos más.",
        "{count} more event waits with it.|{count} more events wait with it.",
    ),
    "parked_may_not": Titles(
        "Reintentarlo le toca a quien administra Relevo.",
        "To retry it is up to whoever runs Relevo.",
    ),
    # --- the audit ---
    "audit_title": Titles("Registro", "Audit"),
    "audit_about": Titles(
        "Quién hizo qué y cuándo. Se guarda sin datos personales y nadie lo cambia.",
        "Who did what, and when. Kept without personal data; nobody changes it.",
    ),
    "audit_who": Titles("Quién", "Who"),
    "audit_anybody": Titles("cualquiera", "anybody"),
    "audit_relevo": Titles("Relevo, por sí solo", "Relevo, by itself"),
    "audit_somebody": Titles("Persona {id}", "Person {id}"),
    "audit_what": Titles("Qué", "What"),
    "audit_anything": Titles("cualquier cosa", "anything"),
    "audit_since": Titles("Desde", "From"),
    "audit_until": Titles("Hasta", "To"),
    "audit_no_day": Titles("No es una fecha: AAAA-MM-DD.", "Not a date: YYYY-MM-DD."),
    "audit_show": Titles("Ver", "Show"),
    "audit_clear": Titles("Quitar filtros", "Clear filters"),
    "audit_when": Titles("Cuándo", "When"),
    "audit_details": Titles("Detalles", "Details"),
    "audit_why": Titles("Por qué", "Why"),
    "audit_subject": Titles("Sobre", "About"),
    "audit_newest": Titles("Lo más reciente", "Newest"),
    "audit_older": Titles("Más antiguo", "Older"),
    "audit.parked.retried": Titles("reintentó un evento apartado", "retried a parked event"),
    "audit_none": Titles("No hay nada así", "There is nothing like that"),
    "audit_none_about": Titles(
        "Prueba con otras fechas, u otra persona.", "Try other dates, or somebody else."
    ),
    "audit_none_yet": Titles(
        "Aquí aparecerá cada cambio que alguien haga.",
        "Each change somebody makes will appear here.",
    ),
}
