"""What the scoreboard says, in both languages."""

from services.handoff.domain.policy import Language
from services.handoff.domain.questions import Titles

WORDS: dict[str, Titles] = {
    "title": Titles("Marcador común", "Scoreboard"),
    "subtitle": Titles("Del {first} al {last}", "From {first} to {last}"),
    "compared": Titles(
        "comparado con el periodo del {first} al {last}",
        "compared with the period from {first} to {last}",
    ),
    "zone": Titles(
        "Los días empiezan a medianoche en {zone}. Medido el {at}.",
        "Days begin at midnight in {zone}. Measured {at}.",
    ),
    "only": Titles("Solo {what}", "Only {what}"),
    "only_policy": Titles("la política {name}", "policy {name}"),
    "only_version": Titles("versión {name}", "version {name}"),
    "only_source": Titles("la fuente {name}", "source {name}"),
    "only_content": Titles("el contenido {name}", "content {name}"),
    "only_campaign": Titles("la campaña {name}", "campaign {name}"),
    "only_teams": Titles("el equipo {name}", "team {name}"),
    "rebuilding": Titles(
        "Se está contando de nuevo ({done} de {total}): las cifras aún no están completas.",
        "It is being counted again ({done} of {total}): the figures are not complete yet.",
    ),
    "in_short": Titles("En resumen", "In short"),
    "tile_sales_ready": Titles("listos para ventas", "sales-ready"),
    "tile_people": Titles("{count} personas distintas", "{count} different people"),
    "tile_accepted": Titles("aceptados", "accepted"),
    "tile_attempted": Titles("primer intento a tiempo", "first attempt in time"),
    "tile_median": Titles("espera mediana", "median wait"),
    "tile_p90": Titles("9 de cada 10 en {wait}", "9 of 10 within {wait}"),
    "tile_p90_never": Titles(
        "más de 1 de cada 10 no se intentó", "more than 1 in 10 were never tried"
    ),
    "tile_won": Titles("ganados", "won"),
    "tile_misses": Titles("ganados sin haber estado listos", "won, never called ready"),
    "tile_before": Titles("antes {value}", "before {value}"),
    "tile_range": Titles("entre {low} y {high}", "{low} to {high}"),
    "of": Titles("{good} de {cases}", "{good} of {cases}"),
    "nobody": Titles("ninguno", "none"),
    "never": Titles("nunca", "never"),
    "not_known": Titles("sin medir", "not measured"),
    "no_case": Titles("sin casos", "no cases"),
    "too_few": Titles("pocos casos", "too few cases"),
    "not_whole": Titles("periodo incompleto", "not a whole month"),
    "yes": Titles("sí", "yes"),
    "no": Titles("no", "no"),
    "minutes": Titles("{count} min", "{count} min"),
    "hours": Titles("{count} h", "{count} h"),
    "days": Titles("{count} días", "{count} days"),
    "up_to_minutes": Titles("≤ {count} min", "≤ {count} min"),
    "up_to_hours": Titles("≤ {count} h", "≤ {count} h"),
    "up_to_days": Titles("≤ {count} d", "≤ {count} d"),
    "longer": Titles("> 7 d", "> 7 d"),
    "nobody_tried": Titles("sin intento", "never tried"),
    "wanted_line": Titles("objetivo {value}", "wanted {value}"),
    "promise_line": Titles("plazo de {tier}: {wait}", "promise for {tier}: {wait}"),
    "missing_chart": Titles("Nada que dibujar en este periodo.", "Nothing to draw in this period."),
    # steps of the funnel
    "step_touches": Titles("Interacciones de personas", "Touches by humans"),
    "step_engaged_leads": Titles("Leads activos por primera vez", "Newly engaged leads"),
    "step_sales_ready": Titles("Listos para ventas (entregas)", "Sales-ready (hand-offs)"),
    "step_accepted": Titles("Aceptados (SAL)", "Accepted (SAL)"),
    "step_sql": Titles("Cualificados por ventas (SQL)", "Qualified by sales (SQL)"),
    "step_opportunity": Titles("Oportunidades", "Opportunities"),
    "step_won": Titles("Ganados", "Won"),
    # shares
    "share_accepted": Titles("Aceptados por ventas", "Accepted by sales"),
    "share_answered_in_time": Titles("Respuesta a tiempo", "Answered in time"),
    "share_attempted_in_time": Titles("Primer intento a tiempo", "First attempt in time"),
    "share_won": Titles("Ganados", "Won"),
    "change_more": Titles("sube", "up"),
    "change_less": Titles("baja", "down"),
    "change_unclear": Titles("puede ser casualidad", "may be chance"),
    "change_too_few": Titles("pocos casos", "too few cases"),
    # checks
    "missed_crm": Titles(
        "Ganados sin haber estado listos, según el CRM", "Won, never called ready, told by a CRM"
    ),
    "missed_sales": Titles(
        "Ganados que alguien entregó a mano", "Won after being handed over by hand"
    ),
    "leaks": Titles("Fugas: leads que nadie sigue", "Leaks: leads nobody follows up"),
    "by_hand": Titles("Entregas hechas a mano, no contadas", "Hand-offs by hand, not counted"),
    "superseded": Titles(
        "Entregas sustituidas o borradas, no contadas", "Superseded or erased, not counted"
    ),
    # titles of tables and charts
    "title_funnel": Titles("Embudo", "Funnel"),
    "title_periods": Titles("Periodo a periodo", "Period by period"),
    "title_acceptance": Titles("Aceptación", "Acceptance"),
    "title_sla": Titles("Lo prometido y lo cumplido", "Promised and kept"),
    "title_sla_over_time": Titles(
        "Primer intento a tiempo, por periodo", "First attempt in time, by period"
    ),
    "title_reasons": Titles("Motivos de rechazo", "Reject reasons"),
    "title_first_attempt": Titles("Tiempo hasta el primer intento", "Time to the first attempt"),
    "title_targets": Titles(
        "Listos para ventas y objetivo del mes", "Sales-ready against the month's target"
    ),
    "title_content": Titles("Contenidos que acaban en ventas", "Content that ends in won deals"),
    "title_campaigns": Titles("Campañas que acaban en ventas", "Campaigns that end in won deals"),
    "title_checks": Titles("Lo que debería ser cero", "What should be nothing"),
    # what the charts are about
    "about_funnel": Titles(
        "Interacciones y leads del periodo, y hasta dónde llegaron las entregas decididas en él. "
        "Cada barra es parte de la anterior desde «listos para ventas»; las de arriba tienen "
        "su propia escala.",
        "Touches and leads of the period, and how far the hand-offs decided in it came. From "
        "“sales-ready” on each bar is a part of the one above; those before have a scale of "
        "their own.",
    ),
    "about_acceptance": Titles(
        "Entregas decididas en cada periodo. Sin respuesta tras el plazo cuenta como no aceptada.",
        "Hand-offs decided in each period. No answer by the deadline counts as not accepted.",
    ),
    "about_reasons": Titles(
        "Por qué ventas devolvió entregas: sin trabajarlas, o después de aceptarlas.",
        "Why sales sent hand-offs back: unworked, or after accepting them.",
    ),
    "about_first_attempt": Titles(
        "Desde la decisión hasta el primer intento de contacto. Quien no se intentó cuenta como "
        "la espera más larga. Los plazos de la política están en la espera en la que acaban.",
        "From the decision to the first attempt to reach the lead. Whoever nobody tried counts "
        "as the longest wait. The policy's promises stand at the wait they end in.",
    ),
    "about_sla_over_time": Titles(
        "Parte de las entregas con un primer intento dentro del plazo; las no intentadas cuentan "
        "como fuera de plazo.",
        "Share of hand-offs with a first attempt within the promise; those never tried count as "
        "late.",
    ),
    "about_targets": Titles(
        "Entregas de cada mes. La línea es lo que pide el acuerdo vigente ese mes.",
        "Hand-offs of each month. The line is what the agreement of that month wants.",
    ),
    "about_content": Titles(
        "De los leads que lo habían visto antes de la entrega: cuántas entregas, y cuántas se "
        "ganaron. No dice que lo causara.",
        "Of the leads that had seen it before the hand-off: how many hand-offs, and how many were "
        "won. It does not say that it was the cause.",
    ),
    "about_checks": Titles(
        "Un lead ganado que ningún acuerdo consideró listo es una pregunta para los dos equipos.",
        "A lead won that no agreement called ready is a question for both teams.",
    ),
    "series_good": Titles("aceptados", "accepted"),
    "series_bad": Titles("no aceptados", "not accepted"),
    "series_open": Titles("aún sin saber", "not known yet"),
    "series_in_time": Titles("a tiempo", "in time"),
    "series_late": Titles("fuera de plazo", "late"),
    "series_rejected": Titles("sin trabajar", "unworked"),
    "series_handed_back": Titles("tras aceptar", "after acceptance"),
    "series_handoffs": Titles("entregas", "hand-offs"),
    "series_won": Titles("ganadas", "won"),
    "series_sales_ready": Titles("listos para ventas", "sales-ready"),
    # columns
    "column_step": Titles("Paso", "Step"),
    "column_count": Titles("Número", "Number"),
    "column_count_before": Titles("Periodo anterior", "Period before"),
    "column_of_step_above": Titles("Del paso anterior", "Of the step above"),
    "column_from": Titles("Desde", "From"),
    "column_to": Titles("Hasta", "To"),
    "column_is_whole": Titles("Completo", "Whole"),
    "column_period": Titles("Desde", "From"),
    "column_touches_human": Titles("Interacciones", "Touches"),
    "column_touches_machine": Titles("De máquinas", "By machines"),
    "column_touches_unsure": Titles("Dudosas", "Unsure"),
    "column_engaged_leads": Titles("Leads nuevos activos", "Newly engaged"),
    "column_sales_ready": Titles("Listos", "Sales-ready"),
    "column_accepted": Titles("Aceptados", "Accepted"),
    "column_sql": Titles("SQL", "SQL"),
    "column_opportunity": Titles("Oportunidades", "Opportunities"),
    "column_won": Titles("Ganados", "Won"),
    "column_lost": Titles("Perdidos", "Lost"),
    "column_rejected": Titles("Rechazados", "Rejected"),
    "column_handed_back": Titles("Devueltos tras aceptar", "Handed back"),
    "column_share_accepted": Titles("Aceptación", "Acceptance"),
    "column_share_answered_in_time": Titles("Respuesta a tiempo", "Answered in time"),
    "column_share_attempted_in_time": Titles("Intento a tiempo", "Tried in time"),
    "column_share_won": Titles("Parte ganada", "Share won"),
    "column_median_s": Titles("Espera mediana", "Median wait"),
    "column_p90_s": Titles("9 de cada 10 en", "9 of 10 within"),
    "column_unanswered": Titles("Sin intento", "Never tried"),
    "column_misses": Titles("Ganados sin estar listos", "Misses"),
    "column_promise": Titles("Qué", "What"),
    "column_kept": Titles("Sí", "Yes"),
    "column_broken": Titles("No", "No"),
    "column_good": Titles("Sí", "Yes"),
    "column_bad": Titles("No", "No"),
    "column_open": Titles("Aún sin saber", "Not known yet"),
    "column_share": Titles("Parte", "Share"),
    "column_low": Titles("Puede ser de", "May be from"),
    "column_high": Titles("… a", "… to"),
    "column_wanted": Titles("Objetivo", "Wanted"),
    "column_share_before": Titles("Antes", "Before"),
    "column_change": Titles("Cambio", "Change"),
    "column_note": Titles("Nota", "Note"),
    "column_reason": Titles("Motivo", "Reason"),
    "column_waited": Titles("Espera", "Wait"),
    "column_handoffs": Titles("Entregas", "Hand-offs"),
    "column_so_far": Titles("Hasta aquí", "So far"),
    "column_month": Titles("Mes", "Month"),
    "column_policy": Titles("Política", "Policy"),
    "column_version": Titles("Versión", "Version"),
    "column_name": Titles("Nombre", "Name"),
    "column_title": Titles("Título", "Title"),
    "column_what": Titles("Qué", "What"),
}


def say(key: str, language: Language, **values: object) -> str:
    """Return a text in ``language`` with ``values`` put in."""
    title = WORDS[key]
    text = title.es if language == "es" else title.en
    return text.format(**values) if values else text
