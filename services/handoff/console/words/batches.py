"""Texts of the page on which a batch of leads is looked through and released."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "batch_title": Titles("Tanda por revisar", "Batch to look through"),
    "batch_about": Titles(
        "Leads de antes que esta versión dejaría listos de golpe. No se entrega a nadie que no se "
        "elija aquí, y a cada uno se le juzga otra vez al entregarlo.",
        "Earlier leads this version would make ready all at once. Nobody is handed over who is not "
        "chosen here, and each is judged again at that moment.",
    ),
    "batch_all": Titles("Tandas por revisar", "Batches to look through"),
    "batch_none": Titles(
        "No hay ninguna tanda de esta versión", "There is no batch of this version"
    ),
    "batch_none_about": Titles(
        "Cuando una versión nueva dejaría listos a leads de antes, se repasan antes de entregarlos. "
        "No hay ninguna tanda.",
        "When a new version would make earlier leads ready, they are looked through before they "
        "are handed over. There is no batch.",
    ),
    "batch_make": Titles("Hacer la tanda", "Make the batch"),
    "batch_make_about": Titles(
        "Se busca a quién dejaría listo esta versión hoy. Nadie se entera.",
        "Looks for whom this version would make ready today. Nobody is told.",
    ),
    "batch_make_again": Titles(
        "Empezar otra sustituye a esta, con lo elegido en ella.",
        "Another one takes the place of this, and of what was chosen in it.",
    ),
    "batch_state": Titles("Estado", "State"),
    "batch_state_making": Titles("se está haciendo", "being made"),
    "batch_state_made": Titles("por revisar", "to look through"),
    "batch_state_stopped": Titles("parada", "stopped"),
    "batch_state_handing_over": Titles("entregándose", "being handed over"),
    "batch_state_handed_over": Titles("entregada", "handed over"),
    "batch_item_listed": Titles("sin elegir", "not chosen"),
    "batch_item_waiting": Titles("espera su turno", "waits for its turn"),
    "batch_item_handed_over": Titles("entregado", "handed over"),
    "batch_item_skipped": Titles("no se pudo", "could not be"),
    "batch_ticked": Titles("Elegidos", "Chosen"),
    "batch_ticked_yes": Titles("sí", "yes"),
    "batch_ticked_no": Titles("no", "no"),
    "batch_min_engagement": Titles("Interés desde", "Engagement from"),
    "batch_min_fit": Titles("Encaje desde", "Fit from"),
    "batch_tick_all": Titles("Elegir todos los de la búsqueda", "Choose all that match"),
    "batch_untick_all": Titles("No elegir ninguno de ellos", "Choose none of them"),
    "batch_tick": Titles("Elegir los marcados", "Choose those marked"),
    "batch_untick": Titles("Dejar fuera los marcados", "Leave out those marked"),
    "batch_mark": Titles("Marcar a {name}", "Mark {name}"),
    "batch_chosen": Titles("elegido", "chosen"),
    "batch_gone": Titles("ya no existe", "is gone"),
    "batch_why_now": Titles("Por qué ahora", "Why now"),
    "batch_why_not": Titles("Por qué antes no", "Why not before"),
    "batch_was_excluded": Titles("Estaba excluido: {why}.", "It was excluded: {why}."),
    "batch_was_nothing_new": Titles(
        "Ya estaba listo, y desde entonces no llegó nada nuevo.",
        "It was ready already, and nothing new came in since.",
    ),
    "batch_was_no_version": Titles(
        "Antes no había ninguna versión.", "There was no version before."
    ),
    "batch_was_near_miss": Titles("No llegaba a ninguna puerta.", "It passed no gate."),
    "batch_was_short": Titles("No llegaba a «{gate}».", "It did not pass “{gate}”."),
    "batch_lacked_signal": Titles("Le faltaba una señal.", "A signal was missing."),
    "batch_see_handoff": Titles("ver la entrega", "see the hand-off"),
    "batch_looked_at": Titles(
        "{done} de {total} leads mirados", "{done} of {total} leads looked at"
    ),
    "batch_listed": Titles(
        "{count} en la lista; elegidos: {ticked}", "{count} listed, {ticked} chosen"
    ),
    "batch_waiting": Titles(
        "{count} espera su turno: {per_hour} por hora y {per_day} al día como mucho|"
        "{count} esperan su turno: {per_hour} por hora y {per_day} al día como mucho",
        "{count} waits for its turn: {per_hour} an hour and {per_day} a day at most|"
        "{count} wait for their turn: {per_hour} an hour and {per_day} a day at most",
    ),
    "batch_handed_over": Titles(
        "{count} entregado|{count} entregados", "{count} handed over|{count} handed over"
    ),
    "batch_skipped": Titles(
        "{count} ya no se pudo entregar|{count} ya no se pudieron entregar",
        "{count} could not be handed over any more|{count} could not be handed over any more",
    ),
    "batch_release": Titles("Entregar los elegidos", "Hand the chosen over"),
    "batch_release_about": Titles(
        "Poco a poco, para no desbordar a nadie. Se puede parar.",
        "Little by little, so that nobody is flooded. It can be stopped.",
    ),
    "batch_per_hour": Titles("Por hora, como mucho", "An hour, at most"),
    "batch_per_day": Titles("Al día, como mucho", "A day, at most"),
    "batch_hand_over": Titles(
        "Entregar {count} lead|Entregar {count} leads",
        "Hand over {count} lead|Hand over {count} leads",
    ),
    "batch_wrong_pace": Titles("Un número entero desde 1.", "A whole number from 1 on."),
    "batch_nobody": Titles("Nadie así en la tanda", "Nobody like that in the batch"),
    "batch_nobody_about": Titles(
        "Cambia lo que buscas, o mira otra vez en un momento si se está haciendo.",
        "Ask for something else, or look again in a moment while it is being made.",
    ),
    "batch_succeeded": Titles(
        "Una versión sustituida no entrega a nadie.",
        "A version that was succeeded hands nobody over.",
    ),
    "batch_busy": Titles(
        "Se están entregando leads de esta tanda: párala primero.",
        "Leads of this batch are being handed over: stop that first.",
    ),
    "batch_not_in_force": Titles(
        "La versión no está en vigor ni programada: aún no puede entregar a nadie.",
        "The version is neither in force nor scheduled: it can hand nobody over yet.",
    ),
    "batch_being_made": Titles(
        "La tanda aún se está haciendo: espera o párala.",
        "The batch is still being made: wait, or stop it.",
    ),
    "batch_said_made": Titles("La tanda se está haciendo.", "The batch is being made."),
    "batch_said_chosen": Titles("Elección guardada.", "Choice kept."),
    "batch_said_asked": Titles(
        "Se entregan poco a poco.", "They are handed over little by little."
    ),
    "batch_said_stopped": Titles("Parada.", "Stopped."),
    "batch_reason_open_handoff": Titles("ya está con ventas", "is with sales already"),
    "batch_reason_cool_down": Titles("está en su pausa", "is cooling down"),
    "batch_reason_no_new_evidence": Titles("nada nuevo", "nothing new"),
    "batch_reason_override": Titles("una persona lo retiene", "a person holds it back"),
    "batch_reason_suppressed": Titles("ventas lo descartó", "sales ruled it out"),
    "batch_reason_no_consent": Titles(
        "no quiere que le contacten", "does not want to be contacted"
    ),
    "batch_reason_awaits_marketing": Titles(
        "marketing debe algo antes", "marketing owes something first"
    ),
    "batch_reason_not_ready": Titles("ya no está listo", "is not ready any more"),
    "batch_reason_excluded": Titles("quedó excluido", "is excluded now"),
    "batch_reason_not_meant": Titles("la política no es para él", "the policy is not for it"),
    "batch_reason_open_group": Titles(
        "otros de su empresa están con ventas", "others of its company are with sales"
    ),
    "batch_reason_unknown_person": Titles("no se sabe quién es", "nobody knows who it is"),
    "batch_reason_merged": Titles("se unió con otro", "was merged with another"),
    "batch_reason_lead_gone": Titles("ya no existe", "is gone"),
    "batch_reason_version_succeeded": Titles(
        "otra versión la sustituyó", "another version succeeded"
    ),
}
