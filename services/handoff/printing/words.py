"""What the report of a try-out says, in both languages.

A lead's own text is only ever a value put into a sentence, and the template escapes it.
"""

from services.handoff.domain.policy import Language
from services.handoff.domain.questions import Titles

WORDS: dict[str, Titles] = {
    "title": Titles("Prueba de {policy} sobre la historia", "{policy}, tried on history"),
    "subtitle": Titles(
        "Del {first} al {last} ({days} días)", "From {first} to {last} ({days} days)"
    ),
    "candidate": Titles("Candidata", "Candidate"),
    "candidate_version": Titles("Candidata: versión {number}", "Candidate: version {number}"),
    "candidate_text": Titles("Candidata: un texto sin guardar", "Candidate: a text not stored"),
    "against": Titles("Versión {number}", "Version {number}"),
    "against_none": Titles(
        "Ninguna versión decide ahora: no hay con qué comparar.",
        "No version decides now: there is nothing to compare with.",
    ),
    "in_short": Titles("En resumen", "In short"),
    "short_handed_over": Titles(
        "La candidata habría entregado {ours} leads a ventas. {against}: {theirs}.",
        "The candidate would have handed {ours} leads over to sales. {against}: {theirs}.",
    ),
    "short_alone": Titles(
        "La candidata habría entregado {ours} leads a ventas.",
        "The candidate would have handed {ours} leads over to sales.",
    ),
    "short_change": Titles(
        "Entrarían {gained} leads, dejarían de entrar {lost} y {both} son los mismos.",
        "{gained} leads would be gained, {lost} lost, and {both} are the same.",
    ),
    "short_lost": Titles(
        "De los que dejarían de entrar, ventas aceptó o trabaja {accepted} y ganó {won}.",
        "Of those that would be lost, sales accepted or works on {accepted} and won {won}.",
    ),
    "short_shift": Titles(
        "De los que entregan ambas, {earlier} llegarían antes, {later} después y {same} a la vez.",
        "Of those both hand over, {earlier} would come earlier, {later} later, {same} at once.",
    ),
    "side_by_side": Titles("Cara a cara", "Side by side"),
    "leads": Titles("Leads entregados a ventas", "Leads handed over to sales"),
    "handoffs": Titles("Entregas (un lead puede volver)", "Hand-offs (a lead can come back)"),
    "precision_accepted": Titles(
        "Aceptados por ventas, de los que tienen respuesta",
        "Accepted by sales, of those answered",
    ),
    "precision_won": Titles("Ganados, de los que acabaron", "Won, of those that ended"),
    "won_at_least": Titles("Ganados que se sepa, de todos", "Known to be won, of all"),
    "recall_accepted": Titles(
        "Encontrados, de los que ventas aceptó", "Found, of those sales accepted"
    ),
    "recall_won": Titles(
        "Encontrados a tiempo, de los que se ganaron", "Found in time, of those that were won"
    ),
    "misses": Titles("Ganados sin haber estado listos", "Won, never called ready"),
    "median_wait": Titles(
        "Del primer contacto a estar listo, la mitad en menos de",
        "From first touch to ready, half of them within",
    ),
    "most_wait": Titles("… y nueve de cada diez en menos de", "… and nine of ten within"),
    "busiest_week": Titles(
        "Semana con más entregas, por comercial", "Busiest week, hand-offs per rep"
    ),
    "per_week": Titles("Carga por semana", "Load per week"),
    "per_week_about": Titles(
        "Entregas por semana. Hoy reciben leads por turno: {reps}.",
        "Hand-offs per week. Who take leads in turn today: {reps}.",
    ),
    "week": Titles("Semana del", "Week of"),
    "per_rep": Titles("por comercial", "per rep"),
    "per_gate": Titles("Por puerta", "By gate"),
    "per_gate_about": Titles(
        "Entregas de cada puerta y lo que fue de ellas.",
        "Hand-offs by each gate, and what became of them.",
    ),
    "gate": Titles("Puerta", "Gate"),
    "version": Titles("Versión", "Version"),
    "scores": Titles("Las dos puntuaciones", "Both scores"),
    "scores_about": Titles(
        "Leads que hicieron algo que cuenta, según su puntuación al estar listos o, si no "
        "lo estuvieron, en su último contacto. La línea de puntos es lo que pide una puerta.",
        "Leads that did something that counts, by their score when they became ready or, if "
        "they did not, at their latest touch. The dotted line is what a gate asks for.",
    ),
    "engagement": Titles("Interés", "Engagement"),
    "fit": Titles("Encaje", "Fit"),
    "points": Titles("puntos", "points"),
    "from_points": Titles("Desde", "From"),
    "ready": Titles("listos", "ready"),
    "not_ready": Titles("no listos", "not ready"),
    "gained": Titles("Ganados: {count}", "Gained: {count}"),
    "gained_about": Titles(
        "Los entregaría la candidata; {against}, no.",
        "The candidate would hand them over, {against} does not.",
    ),
    "lost": Titles("Perdidos: {count}", "Lost: {count}"),
    "lost_about": Titles(
        "Los entrega {against}; la candidata no lo haría.",
        "{against} hands them over, the candidate would not.",
    ),
    "reasons": Titles("Por qué no lo haría la otra", "Why the other one does not"),
    "misses_of": Titles(
        "Ganados sin haber estado listos con {version}: {count}",
        "Won, never called ready by {version}: {count}",
    ),
    "lead": Titles("Lead", "Lead"),
    "when": Titles("Cuándo", "When"),
    "because": Titles("Por", "Because of"),
    "why_not": Titles("La otra no, por", "Not the other, for"),
    "outcome": Titles("En ventas", "In sales"),
    "count": Titles("Leads", "Leads"),
    "told_by": Titles("Lo dijo", "Told by"),
    "told_by_sales": Titles("ventas", "sales"),
    "told_by_crm": Titles("el CRM", "the CRM"),
    "listed": Titles(
        "Se muestran {shown} de {count}: los que acabaron en venta y los más recientes.",
        "{shown} of {count} are shown: those won, and the latest.",
    ),
    "nobody": Titles("Ninguno.", "None."),
    "unnamed": Titles("lead {lead_id}", "lead {lead_id}"),
    "unknown": Titles("Lo que no se puede saber", "What cannot be known"),
    "how": Titles("Cómo se ha calculado", "How this was computed"),
    "how_replay": Titles(
        "Ambas versiones han vuelto a decidir, con el mismo cálculo que en producción, sobre "
        "{leads} leads y {touches} contactos que alguna puerta puede ver, uno a uno, con lo "
        "que se sabía en cada momento.",
        "Both versions decided again, by the same calculation as in production, over {leads} "
        "leads and {touches} touches that some gate can see, one by one, with what was known "
        "at each moment.",
    ),
    "how_received": Titles(
        "Cada cosa cuenta desde que nos llegó.", "Everything counts from when it reached us."
    ),
    # --- tables and charts of the console ---
    "table_weeks": Titles("Entregas por semana", "Hand-offs per week"),
    "table_funnel": Titles("El embudo", "The funnel"),
    "about_funnel": Titles(
        "De los leads que hicieron algo que cuenta a los ganados, hasta donde se sabe.",
        "From leads that did something that counts to deals won, as far as is known.",
    ),
    "step": Titles("Paso", "Step"),
    "step_judged": Titles("Leads que hicieron algo", "Leads that did something"),
    "step_leads": Titles("Leads entregados", "Leads handed over"),
    "step_taken": Titles("Entregas aceptadas", "Hand-offs accepted"),
    "step_known_won": Titles("Entregas ganadas", "Hand-offs won"),
    "table_tiers": Titles("Por nivel", "By tier"),
    "about_tiers": Titles(
        "Entregas de cada nivel: cuánto corre prisa.",
        "Hand-offs of each tier: how urgent they are.",
    ),
    "tier": Titles("Nivel", "Tier"),
    "table_gates": Titles("Por puerta", "By gate"),
    "about_gates": Titles(
        "Entregas de cada puerta y lo que fue de ellas.",
        "Hand-offs by each gate, and what became of them.",
    ),
    "table_sources": Titles("Por fuente", "By source"),
    "about_sources": Titles(
        "Leads entregados según de dónde vino su primer contacto.",
        "Leads handed over, by where their first touch came from.",
    ),
    "source": Titles("Fuente", "Source"),
    "no_source": Titles("no se sabe", "not known"),
    "table_load": Titles("Carga que cabe esperar", "Load to expect"),
    "about_load": Titles(
        "Entregas por semana y comercial de cada equipo, repartidas como se repartieron las "
        "reales de esos días.",
        "Hand-offs a week for each rep of a team, dealt as the real ones of those days were.",
    ),
    "team": Titles("Equipo", "Team"),
    "reps": Titles("Comerciales", "Reps"),
    "share_of_leads": Titles("Parte de las entregas", "Share of the hand-offs"),
    "a_week": Titles("por semana", "a week"),
    "busiest_per_rep": Titles("por comercial en la peor semana", "per rep in the busiest week"),
    "table_shares": Titles("Aciertos, con su margen", "How right it is, with its margin"),
    "about_shares": Titles(
        "Cada parte con los casos de los que sale y el margen que deja el azar (95 %).",
        "Each share with the cases it is made of and the margin chance leaves (95 %).",
    ),
    "bar_precision_accepted": Titles("Aceptados por ventas", "Accepted by sales"),
    "bar_precision_won": Titles("Ganados", "Won"),
    "bar_won_at_least": Titles("Ganados que se sepa", "Known to be won"),
    "bar_recall_accepted": Titles("Aceptados que encuentra", "Accepted ones it finds"),
    "bar_recall_won": Titles("Ganados que encuentra a tiempo", "Won ones it finds in time"),
    "what": Titles("Qué", "What"),
    "good": Titles("Buenos", "Good"),
    "cases": Titles("Casos", "Cases"),
    "share": Titles("Parte", "Share"),
    "at_least": Titles("Como mínimo", "At least"),
    "at_most": Titles("Como máximo", "At most"),
    "range": Titles("de {low} a {high}", "{low} to {high}"),
    "table_gained": Titles("Se entregarían además", "Handed over too"),
    "table_lost": Titles("Ya no se entregarían", "No longer handed over"),
    "of": Titles("{good} de {cases}", "{good} of {cases}"),
    "no_case": Titles("sin casos", "no case"),
    "only_good": Titles("no se sabe ({good} sí)", "not known ({good} were)"),
    "won": Titles("ganado", "won"),
    "lost_deal": Titles("perdido", "lost"),
    "sent_back": Titles("devuelto", "sent back"),
    "accepted": Titles("aceptado", "accepted"),
    "waiting": Titles("sin respuesta", "no answer"),
    "unknown_outcome": Titles("no se sabe", "not known"),
    "minutes": Titles("{count} min", "{count} min"),
    "hours": Titles("{count} h", "{count} h"),
    "days": Titles("{count} días", "{count} days"),
    "not_at_all": Titles("–", "–"),
    # --- why a version did not hand a lead over ---
    "why_ready": Titles("lo entrega a la vez", "it does, just then"),
    "why_open_handoff": Titles("ya estaba con ventas", "it was with sales already"),
    "why_open_group": Titles(
        "otros de su empresa ya estaban con ventas", "others of its company were with sales"
    ),
    "why_override": Titles("estaba retenido", "it was held back"),
    "why_suppressed": Titles("ventas lo descartó", "sales had ruled it out"),
    "why_no_consent": Titles("no quiere que le contacten", "it does not want to be contacted"),
    "why_awaits_marketing": Titles("marketing debía algo antes", "marketing owed something first"),
    "why_not_meant": Titles("la política no es para él", "the policy is not for it"),
    "why_cool_down": Titles("estaba en su pausa", "it was cooling down"),
    "why_no_new_evidence": Titles(
        "nada nuevo desde la última entrega", "nothing new since its last hand-off"
    ),
    "why_nobody": Titles("no se sabe quién es", "nobody knows who it is"),
    "why_excluded": Titles("excluido: {name}", "excluded: {name}"),
    "why_engagement": Titles("{name}: interés {reached}", "{name}: engagement {reached}"),
    "why_fit": Titles("{name}: encaje {reached}", "{name}: fit {reached}"),
    "why_signal": Titles(
        "{name}: falta una señal ({reached})", "{name}: a signal is missing ({reached})"
    ),
    "why_different_signals": Titles(
        "{name}: señales distintas {reached}", "{name}: different signals {reached}"
    ),
    "why_people": Titles(
        "{name}: personas de su empresa {reached}", "{name}: people of its company {reached}"
    ),
    "why_other": Titles("{name}: {kind} {reached}", "{name}: {kind} {reached}"),
    "reached": Titles("{actual} de {wanted}", "{actual} of {wanted}"),
    "asked": Titles("por debajo de {wanted}", "below {wanted}"),
    # --- what cannot be known ---
    "unknown_gained_without_outcome": Titles(
        "Leads ganados que nunca estuvieron con ventas: {count}. Nadie sabe qué habría sido de "
        "ellos, así que no cuentan ni a favor ni en contra.",
        "Gained leads that were never with sales: {count}. Nobody knows what would have become "
        "of them, so they count neither for the candidate nor against it.",
    ),
    "unknown_not_answered_yet": Titles(
        "Entregas que aún no tienen respuesta de ventas: {count}.",
        "Hand-offs sales has not answered yet: {count}.",
    ),
    "unknown_only_handed_over_could_be_accepted": Titles(
        "Ventas solo pudo aceptar los leads que se le entregaron: la parte encontrada de los "
        "aceptados favorece a la versión que decidía.",
        "Sales could only accept leads it was given: the share found of those accepted favours "
        "the version that decided then.",
    ),
    "unknown_nothing_won": Titles(
        "Nadie ha dicho de ningún negocio ganado en estos días: no se sabe qué se escapa. Que "
        "el CRM envíe `deal.won` lo mostraría.",
        "Nobody told of a deal won in these days, so nobody knows what is missed. `deal.won` "
        "from the CRM would show it.",
    ),
    "unknown_only_won_told": Titles(
        "De los que acabaron solo consta quién se ganó: {count}. Qué parte es no se sabe; que el "
        "CRM envíe también `deal.lost` lo mostraría.",
        "Of those that ended only the won ones are told: {count}. Their share is not known; "
        "`deal.lost` from the CRM would show it.",
    ),
    "unknown_few_accepted": Titles(
        "Respuestas de ventas: solo {count}. La parte aceptada puede ser casualidad.",
        "Answers of sales: only {count}. The accepted share may be chance.",
    ),
    "unknown_few_won": Titles(
        "Entregas que han acabado: solo {count}. La parte ganada puede ser casualidad.",
        "Hand-offs that have ended: only {count}. The won share may be chance.",
    ),
    "unknown_few_found": Titles(
        "Leads que se ganaron: solo {count}. La parte encontrada puede ser casualidad.",
        "Leads that were won: only {count}. The share found in time may be chance.",
    ),
    "unknown_open_for_median": Titles(
        "Entregas que no coinciden con ninguna real: {count}. Se supone que cada una habría "
        "estado abierta {open_for}, lo que duró la mitad de las que se cerraron.",
        "Hand-offs that coincide with no real one: {count}. Each is assumed to have been open "
        "for {open_for}, as half of those that were closed.",
    ),
    "unknown_open_for_given": Titles(
        "Entregas que no coinciden con ninguna real: {count}. Se supone que cada una habría "
        "estado abierta {open_for}, como se pidió.",
        "Hand-offs that coincide with no real one: {count}. Each is assumed to have been open "
        "for {open_for}, as was asked for.",
    ),
    "unknown_open_for_nothing_closed": Titles(
        "Entregas que no coinciden con ninguna real: {count}. Como ninguna real se ha cerrado "
        "aún, se supone que seguirían abiertas: nadie vuelve.",
        "Hand-offs that coincide with no real one: {count}. No real one has been closed yet, so"
        " they are assumed to stay open: nobody comes back.",
    ),
    "unknown_made_by_other_versions": Titles(
        "Entregas reales que hizo una versión anterior: {count}.",
        "Real hand-offs an earlier version made: {count}.",
    ),
    "unknown_facts_guessed": Titles(
        "Leads de los que no se guardó qué se sabía entonces: {count}. Se usa lo que se sabe hoy.",
        "Leads of which it was not kept what was known then: {count}. What is known today is used.",
    ),
    "unknown_as_happened": Titles(
        "Se hace como si todo hubiera llegado cuando ocurrió, y como si cada persona se "
        "hubiera reconocido desde el principio. En realidad llegó después.",
        "Everything is taken as if it had reached us when it happened, and as if everybody had "
        "been recognised from the start. In truth it came later.",
    ),
    "unknown_reps_now": Titles(
        "Quienes reciben leads por turno hoy: {count}. Entre ellos se reparte la carga.",
        "Who take leads in turn today: {count}. The load is shared among them.",
    ),
}


def say(key: str, language: Language, **values: object) -> str:
    """Return a text in ``language`` with ``values`` put in."""
    title = WORDS[key]
    text = title.es if language == "es" else title.en
    return text.format(**values) if values else text
