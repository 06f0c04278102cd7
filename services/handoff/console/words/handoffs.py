"""What the rep's day and the page of a hand-off say."""

from shared.console.words import Titles

WORDS: dict[str, Titles] = {
    # --- today ---
    "morning": Titles("Buenos días, {name}", "Good morning, {name}"),
    "afternoon": Titles("Buenas tardes, {name}", "Good afternoon, {name}"),
    "evening": Titles("Buenas noches, {name}", "Good evening, {name}"),
    "day_waiting": Titles(
        "{count} lead espera tu respuesta|{count} leads esperan tu respuesta",
        "{count} lead waits for your answer|{count} leads wait for your answer",
    ),
    "day_late": Titles("{count} va tarde|{count} van tarde", "{count} is late|{count} are late"),
    "day_free": Titles("Nadie espera tu respuesta ahora", "Nobody waits for your answer now"),
    "to_answer": Titles("Por responder", "To answer"),
    "to_contact": Titles("Por contactar", "To contact"),
    "under_way": Titles("En marcha", "Under way"),
    "nothing_today": Titles("Todo al día", "All caught up"),
    "nothing_today_about": Titles(
        "Cuando un lead esté listo para ti, aparecerá aquí sin que recargues la página.",
        "When a lead is ready for you, it appears here; no need to reload the page.",
    ),
    "more_today": Titles(
        "Hay {count} más: aparece al avanzar.|Hay {count} más: aparecen al avanzar.",
        "There is {count} more: it appears as you go.|There are {count} more: they appear as you go.",
    ),
    "promised": Titles("Lo prometido", "Promised"),
    "promised_late": Titles("Pendiente de antes", "Still open from before"),
    "promised_today": Titles("Hoy", "Today"),
    "promised_tomorrow": Titles("Mañana", "Tomorrow"),
    "promised_later": Titles("Los días siguientes", "The days after"),
    "promised_nothing": Titles(
        "Nada para mañana. Lo que prometas a un lead se apunta en su página.",
        "Nothing for tomorrow. What you promise a lead is noted on their page.",
    ),
    "due_tomorrow": Titles("Vence mañana", "Due tomorrow"),
    "duty_accept": Titles("aceptar o rechazar", "accept or reject"),
    "duty_first_attempt": Titles("primer intento", "first attempt"),
    "kept": Titles("Hecho", "Done"),
    "kept_of": Titles("Hecho: {text}", "Done: {text}"),
    "to_accept": Titles("para responder", "to answer"),
    "to_first_attempt": Titles("para el primer intento", "for the first attempt"),
    # --- answers ---
    "accept": Titles("Aceptar", "Accept"),
    "reject": Titles("Rechazar", "Reject"),
    "hand_back": Titles("Devolver", "Hand back"),
    "reject_why": Titles("¿Por qué no?", "Why not?"),
    "reject_about": Titles(
        "Elige el motivo y queda rechazado.", "Choose the reason and it is rejected."
    ),
    "reject_text": Titles("Explícalo en una frase", "Say it in a sentence"),
    "needs_attempts": Titles(
        "tras {count} intento|tras {count} intentos",
        "after {count} attempt|after {count} attempts",
    ),
    "talked": Titles("Hemos hablado", "We talked"),
    "report": Titles("Apuntar un intento", "Note an attempt"),
    "channel": Titles("Por dónde", "How"),
    "channel_call": Titles("Llamada", "Call"),
    "channel_email": Titles("Correo", "E-mail"),
    "channel_meeting": Titles("Reunión", "Meeting"),
    "channel_message": Titles("Mensaje", "Message"),
    "reached_no": Titles("No contestó", "No answer"),
    "reached_yes": Titles("Hablamos", "We talked"),
    "note": Titles("Nota", "Note"),
    "optional": Titles("si quieres", "optional"),
    "promise_text": Titles("¿Qué has prometido?", "What did you promise?"),
    "promise_due": Titles("¿Para cuándo?", "By when?"),
    "promise_new": Titles("Apuntar una promesa", "Note a promise"),
    "promise_also": Titles("Y le prometí algo", "And I promised something"),
    "promise_save": Titles("Apuntar", "Note it"),
    "outcome": Titles("En qué ha quedado", "What became of it"),
    "outcome_save": Titles("Guardar", "Save"),
    "outcome_sql": Titles("Cualificado por ventas", "Qualified by sales"),
    "outcome_opportunity": Titles("Oportunidad", "Opportunity"),
    "outcome_won": Titles("Ganado", "Won"),
    "outcome_lost": Titles("Perdido", "Lost"),
    "amount": Titles("Importe", "Amount"),
    "currency": Titles("Moneda", "Currency"),
    "lost_reason": Titles("Por qué se perdió", "Why it was lost"),
    "give": Titles("Dárselo a otra persona", "Give it to somebody else"),
    "give_about": Titles(
        "Tendrá que aceptarlo. El plazo del lead sigue corriendo.",
        "They will have to accept it. The lead’s own clock goes on.",
    ),
    "give_to": Titles("¿A quién?", "To whom?"),
    "give_choose": Titles("Elige a una persona", "Choose somebody"),
    "give_do": Titles("Dárselo", "Give it to them"),
    "pause": Titles("Parar los plazos", "Pause the clocks"),
    "pause_about": Titles(
        "Lo que queda de plazo ahora quedará entonces. No se puede cuando ya es tarde.",
        "What is left of them now is left then. It cannot be done once something is late.",
    ),
    "pause_why": Titles("¿Por qué?", "Why?"),
    "pause_until": Titles("¿Hasta cuándo?", "Until when?"),
    "pause_do": Titles("Parar", "Pause"),
    "pause_now": Titles("Parados hasta el {until}: {why}.", "Paused until {until}: {why}."),
    "resume": Titles("Que vuelvan a correr", "Let them run on now"),
    # --- what was done, said after it ---
    "said_assigned": Titles(
        "Dado a otra persona, que ya lo sabe.", "Given to somebody else, who is told."
    ),
    "said_paused": Titles("Los plazos están parados.", "The clocks are paused."),
    "said_resumed": Titles("Los plazos corren otra vez.", "The clocks run again."),
    "said_accept": Titles("Aceptado: ya es tuyo.", "Accepted: it is yours."),
    "said_reject": Titles(
        "Rechazado. Marketing verá el motivo.", "Rejected. Marketing will see why."
    ),
    "said_attempt": Titles("Intento apuntado.", "Attempt noted."),
    "said_talked": Titles("Conversación apuntada.", "Talk noted."),
    "said_outcome": Titles("Guardado.", "Saved."),
    "said_promise": Titles("Promesa apuntada.", "Promise noted."),
    "said_kept": Titles("Hecho. Una promesa menos.", "Done. One promise less."),
    # --- why it could not be done ---
    "not_handoff_closed": Titles(
        "Ya estaba cerrado: no se ha cambiado nada.", "It was closed already: nothing was changed."
    ),
    "not_already_accepted": Titles(
        "Ya lo había aceptado alguien.", "Somebody had accepted it already."
    ),
    "not_not_allowed_in_stage": Titles(
        "En esta fase no se puede.", "That is not possible at this stage."
    ),
    "not_text_required": Titles(
        "Ese motivo pide una frase que lo explique.",
        "That reason needs a sentence that explains it.",
    ),
    "not_attempts_required": Titles(
        "Ese motivo pide más intentos apuntados.", "That reason needs more noted attempts."
    ),
    "not_unknown_reason": Titles("Elige un motivo de la lista.", "Choose a reason of the list."),
    "not_not_in_future": Titles(
        "La fecha tiene que ser futura.", "The date has to be in the future."
    ),
    "not_pause_end": Titles(
        "Elige un momento futuro, de aquí a 60 días como mucho.",
        "Choose a moment to come, within 60 days.",
    ),
    "not_already_late": Titles(
        "Ya es tarde para parar los plazos.", "It is too late to pause the clocks."
    ),
    "not_already_paused": Titles(
        "Los plazos ya estaban parados.", "The clocks were paused already."
    ),
    "not_not_paused": Titles("Los plazos no estaban parados.", "The clocks were not paused."),
    "not_no_clock_running": Titles("No corre ningún plazo.", "No clock runs."),
    "not_too_many_pauses": Titles(
        "Ya se han parado cinco veces: respóndelo, o dáselo a otra persona.",
        "They were paused five times already: answer it, or give it to somebody else.",
    ),
    "not_invalid": Titles(
        "Hay algo que no se entiende: revisa lo escrito.",
        "Something cannot be understood: check what you wrote.",
    ),
    "wrong_amount": Titles(
        "Escribe un importe como 12.500 o 12.500,50.", "Write an amount, as 12,500 or 12,500.50."
    ),
    "wrong_due": Titles("Elige un día y una hora.", "Choose a day and a time."),
    "wrong_promise": Titles("Como mucho 500 caracteres.", "At most 500 characters."),
    "wrong_to": Titles("Elige a alguien que trabaje aquí.", "Choose somebody who works here."),
    "wrong_until": Titles("Elige un día y una hora.", "Choose a day and a time."),
    "wrong_text": Titles("Como mucho 2000 caracteres.", "At most 2,000 characters."),
    "not_other": Titles("No se ha podido hacer.", "It could not be done."),
    # --- the page of a hand-off ---
    "joined_into": Titles(
        "Resultó ser la misma persona que otro lead: sigue en una sola entrega.",
        "They turned out to be the same person as another lead: it goes on as one hand-off.",
    ),
    "joined_open": Titles("Abrirla", "Open it"),
    "why_now": Titles("Por qué ahora", "Why now"),
    "why_nothing": Titles(
        "Nada nuevo: lo entregó una persona.", "Nothing new: a person handed it over."
    ),
    "why_more": Titles("Y {count} más", "And {count} more"),
    "why_override": Titles("Lo entregó una persona: {reason}", "A person handed it over: {reason}"),
    "gate": Titles("Entró por", "Came in by"),
    "policy_version": Titles("{policy}, versión {version}", "{policy}, version {version}"),
    "agreement_trial": Titles("a prueba, aún sin firmar", "on trial, not signed yet"),
    "agreement_signed": Titles("firmada por marketing y ventas", "signed by marketing and sales"),
    "policy": Titles("El acuerdo", "The agreement"),
    "interests": Titles("Qué le interesa", "What interests them"),
    "interest_touches": Titles("{count} vez|{count} veces", "{count} time|{count} times"),
    "seen": Titles("Todo lo que ha visto", "Everything they saw"),
    "seen_more": Titles("Ver {count} más", "See {count} more"),
    "not_to_say": Titles("Qué no decir", "What not to say"),
    "not_opt_out": Titles("No quiere {channel}.", "Wants no {channel}."),
    "not_unsubscribed": Titles("Se dio de baja del correo.", "Unsubscribed from e-mail."),
    "not_complaint": Titles("Marcó un correo como spam.", "Reported an e-mail as spam."),
    "not_reject_reason": Titles(
        "Ventas ya lo devolvió: {reason}.", "Sales sent them back before: {reason}."
    ),
    "channel_name_email": Titles("correos", "e-mail"),
    "channel_name_phone": Titles("llamadas", "calls"),
    "channel_name_sms": Titles("SMS", "text messages"),
    "what_promised": Titles("Qué se prometió", "What was promised"),
    "asked_for": Titles("Espera respuesta a lo que pidió", "Waits for what they asked for"),
    "we_owe": Titles(
        "El acuerdo promete {duty} en {time}", "The agreement promises: {duty} within {time}"
    ),
    "promise_kept": Titles("cumplida {when}", "kept {when}"),
    "earlier": Titles("Entregas anteriores", "Earlier hand-offs"),
    "earlier_none": Titles("Es la primera vez.", "This is the first time."),
    "scores": Titles("Las dos notas", "The two scores"),
    "engagement": Titles("Interés", "Engagement"),
    "engagement_about": Titles("lo que hizo", "what they did"),
    "fit_about": Titles("quién es", "who they are"),
    "fit": Titles("Encaje", "Fit"),
    "total": Titles("Total", "Total"),
    "weak_signal": Titles("señal débil: nunca decide", "weak signal: never decides"),
    "no_factors": Titles("Nada suma todavía.", "Nothing adds up yet."),
    "owner": Titles("Quién lo lleva", "Who owns it"),
    "considered": Titles("A quién se consideró", "Who was considered"),
    "clock_same": Titles(
        "Quien lo lleva lo tiene desde el principio: su parte es toda la espera.",
        "The owner has had it from the start: their share is the whole wait.",
    ),
    "assigned_fair_rotation": Titles("Le tocaba por turno en {team}.", "Next in turn in {team}."),
    "assigned_fallback": Titles(
        "Nadie más podía: es quien responde cuando nadie puede.",
        "Nobody else could: they stand in when nobody can.",
    ),
    "assigned_last_resort": Titles(
        "Nadie más podía: es el último recurso.", "Nobody else could: they are the last resort."
    ),
    "assigned_by_hand": Titles("Se lo dio {by}.", "{by} gave it to them."),
    "assigned_open_handoff": Titles(
        "Ya trabaja con este lead por otro acuerdo.",
        "Works with this lead already, by another agreement.",
    ),
    "assigned_earlier_owner": Titles("Ya conocía al lead.", "They knew the lead already."),
    "by_inbox": Titles("bandeja de Relevo", "Relevo's inbox"),
    "by_email": Titles("correo", "e-mail"),
    "by_slack": Titles("Slack", "Slack"),
    "by_teams": Titles("Teams", "Teams"),
    "by_webhook": Titles("webhook", "webhook"),
    "clocks": Titles("Los dos relojes", "Both clocks"),
    "clock_accept": Titles("Responder", "Answer"),
    "clock_first_attempt": Titles("Primer intento", "First attempt"),
    "clock_lead": Titles("toda la espera del lead", "the lead's whole wait"),
    "clock_share": Titles("la parte de quien lo lleva ahora", "the present owner's share"),
    "clock_stopped": Titles("hecho en {time}", "done in {time}"),
    "clock_closed": Titles("cerrado antes", "closed before"),
    "clock_paused": Titles("en pausa", "paused"),
    "clock_due": Titles("vence {when}", "due {when}"),
    "told": Titles("A quién se avisó", "Who was told"),
    "told_nobody": Titles("Todavía a nadie.", "Nobody yet."),
    "told_ok": Titles("entregado", "delivered"),
    "told_failed": Titles("no llegó: {reason}", "did not arrive: {reason}"),
    "told_system": Titles("un sistema suscrito", "a subscribed system"),
    "steps": Titles("Qué ha pasado", "What happened"),
    "employees": Titles("{count} empleado|{count} empleados", "{count} employee|{count} employees"),
    "group": Titles("Cuentan juntos, de la misma empresa", "Counted together, of the same company"),
    "write_mail": Titles("Escribir", "Write"),
    "call": Titles("Llamar", "Call"),
    "lead_page": Titles("Toda su historia", "Their whole story"),
    "identifiers": Titles("Cómo se le reconoce", "How they are recognised"),
    "nobody": Titles("nadie", "nobody"),
    "stage_assigned": Titles("Por responder", "To answer"),
    "stage_accepted": Titles("Aceptado", "Accepted"),
    "stage_working": Titles("En curso", "Working"),
    "stage_sql": Titles("Cualificado (SQL)", "Qualified (SQL)"),
    "stage_opportunity": Titles("Oportunidad", "Opportunity"),
    "stage_won": Titles("Ganado", "Won"),
    "stage_lost": Titles("Perdido", "Lost"),
    "stage_rejected": Titles("Rechazado", "Rejected"),
    "stage_recycled": Titles("Devuelto a marketing", "Back to marketing"),
    "stage_superseded": Titles("Unido a otro", "Joined with another"),
}
