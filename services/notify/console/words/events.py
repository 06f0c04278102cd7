"""What each event means, as people choose them, and how a delivery of it is named."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "event_handoff.sales_ready.v1": Titles(
        "Un lead está listo para ventas", "A lead is ready for sales"
    ),
    "event_handoff.assigned.v1": Titles(
        "La entrega ya tiene responsable", "The hand-off has an owner"
    ),
    "event_handoff.fell_back.v1": Titles(
        "Nadie del equipo podía tomarla y la tiene otra persona",
        "Nobody of the team could take it, and somebody else has it",
    ),
    "event_handoff.updated.v1": Titles(
        "El lead ha vuelto a mostrar interés", "The lead shows strong interest again"
    ),
    "event_handoff.rejudged.v1": Titles(
        "Cambia quién hizo algo en lo que se basó", "Somebody else did what it rests on"
    ),
    "event_handoff.accepted.v1": Titles("Ventas la acepta", "Sales accepts it"),
    "event_handoff.rejected.v1": Titles(
        "Ventas la rechaza, con el motivo", "Sales rejects it, with the reason"
    ),
    "event_handoff.attempted.v1": Titles(
        "Alguien intenta contactar", "Somebody tries to reach the lead"
    ),
    "event_handoff.progressed.v1": Titles(
        "Avanza: cualificado, oportunidad", "It moves on: qualified, opportunity"
    ),
    "event_handoff.reminded.v1": Titles("Se recuerda a su responsable", "Its owner is reminded"),
    "event_handoff.escalated.v1": Titles("Nadie respondió a tiempo", "Nobody answered in time"),
    "event_handoff.rescheduled.v1": Titles(
        "Un plazo vence a otra hora", "A deadline is due at another time"
    ),
    "event_handoff.reassigned.v1": Titles("Cambia de responsable", "It has another owner"),
    "event_handoff.closed.v1": Titles("La entrega termina, y cómo", "The hand-off ends, and how"),
    "event_handoff.consent_changed.v1": Titles(
        "Cambia por dónde se puede contactar", "How the lead may be contacted changes"
    ),
    "event_handoff.informed.v1": Titles(
        "Se avisa a quien ya atiende la cuenta", "Who looks after the account is told"
    ),
    "event_handoff.answer_refused.v1": Titles(
        "Una respuesta del CRM no cuenta, y por qué", "An answer of the CRM does not count, and why"
    ),
    "event_lead.recycled.v1": Titles("Un lead vuelve a marketing", "A lead goes back to marketing"),
    "event_lead.request_made.v1": Titles(
        "Ventas pide a marketing un dato o una persona",
        "Sales asks marketing for data or a person",
    ),
    "event_lead.request_settled.v1": Titles(
        "Lo que ventas pidió ya está", "What sales asked for is there"
    ),
    "event_lead.consent_changed.v1": Titles(
        "Cambia el consentimiento de un lead", "A lead's consent changes"
    ),
    "event_lead.merged.v1": Titles("Dos leads resultan ser uno", "Two leads are one person"),
    "event_lead.unmerged.v1": Titles("Dos leads no eran uno", "Two leads are not one after all"),
    "event_lead.erased.v1": Titles(
        "Una persona se borra: hay que borrar la copia",
        "A person is erased: delete your copy",
    ),
    "event_policy.activated.v1": Titles(
        "Otra versión de una política decide", "Another version of a policy decides"
    ),
    "event_policy.review_due.v1": Titles("Toca revisar una política", "A policy is due for review"),
    "event_policy.retired.v1": Titles("Una política deja de decidir", "A policy decides no more"),
    "group_handoff": Titles("Entregas a ventas", "Hand-offs to sales"),
    "group_lead": Titles("Leads", "Leads"),
    "group_policy": Titles("Políticas", "Policies"),
    "group_all_handoff": Titles(
        "Todo lo de las entregas, también lo que se añada",
        "All about hand-offs, what is added later too",
    ),
    "group_all_lead": Titles(
        "Todo lo de los leads, también lo que se añada", "All about leads, what is added later too"
    ),
    "group_all_policy": Titles(
        "Todo lo de las políticas, también lo que se añada",
        "All about policies, what is added later too",
    ),
    "events_all": Titles("Todo lo que pasa", "Everything that happens"),
    "events_more": Titles("{first} y {count} más", "{first} and {count} more"),
    # --- why something did not get through ---
    "reason_http": Titles("respondió {status}", "it answered {status}"),
    "reason_smtp": Titles(
        "el servidor de correo respondió {status}", "the mail server answered {status}"
    ),
    "reason_slow": Titles("no respondió a tiempo", "it did not answer in time"),
    "reason_no_connection": Titles("no se pudo conectar", "no connection was made"),
    "reason_unresolved": Titles(
        "su nombre no lleva a ninguna dirección", "its name leads to no address"
    ),
    "reason_forbidden": Titles(
        "es una dirección a la que no se llama", "it is an address we do not call"
    ),
    "reason_no_http": Titles(
        "lo que respondió no se entiende", "what it answered cannot be understood"
    ),
    "reason_closed": Titles("colgó sin responder", "it hung up without an answer"),
    "reason_mail_server": Titles(
        "el servidor de correo no respondió", "the mail server did not answer"
    ),
    "reason_ours": Titles("falló Relevo al enviarlo", "Relevo failed to send it"),
    "reason_lost": Titles(
        "el proceso que lo enviaba se paró: puede que llegara",
        "the process that sent it stopped: it may have arrived",
    ),
    "reason_disabled": Titles("la suscripción se desactivó", "the subscription was disabled"),
    "reason_overtaken": Titles("la entrega ya había avanzado", "the hand-off had moved on already"),
    "reason_erased": Titles("el lead se borró", "the lead was erased"),
    "reason_let_go": Titles("el evento ya no se guarda", "the event is not kept any more"),
    "reason_by_hand": Titles("lo hizo una persona", "a person did it"),
    "reason_nothing_arrived": Titles(
        "no llegó nada durante cinco días", "nothing got through for five days"
    ),
    "reason_gone": Titles(
        "respondió que ya no existe (410)", "it answered that it is gone for good (410)"
    ),
}
