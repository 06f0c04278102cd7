"""What the list of leads and the page of a lead say."""

from shared.console.words import Titles

WORDS: dict[str, Titles] = {
    "leads": Titles("Leads", "Leads"),
    "leads_about": Titles(
        "Todas las personas que conocemos, las últimas primero.",
        "Everybody we know, the latest first.",
    ),
    "search": Titles("Buscar", "Search"),
    "search_about": Titles("Nombre, correo o empresa", "Name, e-mail or company"),
    "filter": Titles("Con ventas", "With sales"),
    "filter_all": Titles("Todos", "All"),
    "filter_open": Titles("En manos de ventas", "With sales now"),
    "filter_before": Titles("Entregados antes", "Handed over before"),
    "filter_never": Titles("Nunca entregados", "Never handed over"),
    "filter_since": Titles("Desde", "Since"),
    "since_any": Titles("Siempre", "Any time"),
    "since_7": Titles("7 días", "7 days"),
    "since_30": Titles("30 días", "30 days"),
    "since_90": Titles("90 días", "90 days"),
    "clear": Titles("Quitar filtros", "Clear filters"),
    "lead": Titles("Lead", "Lead"),
    "anonymous": Titles("Visita anónima", "Anonymous visitor"),
    "company": Titles("Empresa", "Company"),
    "where_now": Titles("Dónde está", "Where they stand"),
    "first_seen": Titles("Visto por primera vez", "First seen"),
    "not_with_sales": Titles("con marketing", "with marketing"),
    "no_leads": Titles("No hay leads así", "No such leads"),
    "no_leads_about": Titles(
        "Prueba con menos letras o quita los filtros.", "Try fewer letters, or clear the filters."
    ),
    "no_leads_yet": Titles(
        "Cuando llegue el primer evento de una fuente, su lead aparecerá aquí.",
        "When a source sends its first event, its lead appears here.",
    ),
    "older": Titles("Siguientes", "Next"),
    "newest": Titles("Volver al principio", "Back to the first"),
    "views": Titles("Tus vistas", "Your views"),
    "view_name": Titles("Nombre de la vista", "Name of the view"),
    "view_save": Titles("Guardar esta vista", "Save this view"),
    "not_too_many_views": Titles(
        "Tienes veinte vistas, que es el máximo: olvida una y vuelve a guardar.",
        "You have twenty views, which is the most: forget one and save again.",
    ),
    "view_forget": Titles("Olvidar la vista {name}", "Forget the view {name}"),
    # --- a lead ---
    "timeline": Titles("Su historia", "Their story"),
    "timeline_none": Titles("Todavía nada.", "Nothing yet."),
    "facts": Titles("Qué se sabe", "What is known"),
    "fact.account.domain": Titles("Dominio de la empresa", "Company domain"),
    "fact.company": Titles("Empresa", "Company"),
    "fact.country": Titles("País", "Country"),
    "fact.email": Titles("Correo", "E-mail"),
    "fact.email_domain": Titles("Dominio del correo", "E-mail domain"),
    "fact.first_name": Titles("Nombre", "First name"),
    "fact.free_mail": Titles("Correo gratuito", "Free mail"),
    "fact.language": Titles("Idioma", "Language"),
    "fact.last_name": Titles("Apellidos", "Last name"),
    "fact.name": Titles("Nombre completo", "Full name"),
    "fact.phone": Titles("Teléfono", "Phone"),
    "fact.title": Titles("Cargo", "Job title"),
    "fact_from": Titles("según {source}, {when}", "says {source}, {when}"),
    "scores_now": Titles("Cómo está ahora", "Where they are now"),
    "scores_over_time": Titles("Las dos notas en el tiempo", "Both scores over time"),
    "scores_chart": Titles(
        "Interés y encaje en los últimos {days} días",
        "Engagement and fit over the last {days} days",
    ),
    "scores_table": Titles("Ver como tabla", "See as a table"),
    "scores_about": Titles(
        "Calculadas con lo que se sabe hoy y la versión en vigor de {policy}.",
        "Computed with what is known today and the version of {policy} in force.",
    ),
    "scores_too_many": Titles(
        "Lo que ha hecho en estas semanas es demasiado para dibujarlo. La nota de ahora está arriba.",
        "They did too much in these weeks to draw it. The scores of now are above.",
    ),
    "day": Titles("Día", "Day"),
    "is_ready": Titles("Listo para ventas: {gate}", "Ready for sales: {gate}"),
    "not_ready": Titles("Todavía no está listo", "Not ready yet"),
    "is_excluded": Titles("Nunca se entrega: {why}", "Never handed over: {why}"),
    "held_open_handoff": Titles("Ya está en manos de ventas.", "Is with sales already."),
    "held_open_group": Titles(
        "Otra persona de su empresa está con ventas.", "Somebody of their company is with sales."
    ),
    "held_cool_down": Titles("Descansa tras la última entrega.", "Rests after the last hand-off."),
    "held_no_new_evidence": Titles(
        "Hace falta algo nuevo desde la última entrega.",
        "Something new since the last hand-off is needed.",
    ),
    "held_override": Titles("Una persona lo retiene.", "A person holds them back."),
    "near_miss": Titles("Qué le falta", "What is missing"),
    "near_gate": Titles(
        "Para «{gate}» bastaría:|Para «{gate}» bastaría una de estas:",
        "For “{gate}” this would be enough:|For “{gate}” one of these would be enough:",
    ),
    "near_touch": Titles(
        "«{title}»|«{title}», {count} veces", "“{title}”|“{title}”, {count} times"
    ),
    "near_again": Titles(
        "«{title}» una vez más|«{title}» {count} veces más",
        "“{title}” once more|“{title}” {count} times more",
    ),
    "near_criterion": Titles("saber que se cumple «{title}»", "knowing that “{title}” is so"),
    "near_both": Titles("{first} y además {last}", "{first} and also {last}"),
    "near_people": Titles(
        "otra persona de la empresa|{count} personas más de la empresa",
        "another person of the company|{count} more people of the company",
    ),
    "near_far": Titles(
        "Para «{gate}» está lejos: ningún cambio pequeño bastaría.",
        "Far from “{gate}”: no small change would be enough.",
    ),
    "near_points": Titles(
        "Le faltan {short} puntos de {kind} ({actual} de {wanted}).",
        "{short} points of {kind} short ({actual} of {wanted}).",
    ),
    "handoffs_of_lead": Titles("Sus entregas a ventas", "Their hand-offs to sales"),
    "handoffs_none": Titles("Ninguna todavía.", "None yet."),
    "merges": Titles("Uniones", "Merges"),
    "merge_told": Titles("Se unió con otro lead: {why}", "Was merged with another lead: {why}"),
    "merge_undone": Titles("deshecha {when}", "undone {when}"),
    "merge_undo": Titles("Deshacer", "Undo"),
    "merge_said_undone": Titles("Unión deshecha.", "Merge undone."),
    "not_not_merged": Titles("Esa unión ya se deshizo.", "That merge was undone already."),
    "consent": Titles("Permisos", "Consent"),
    "consent_granted": Titles("sí", "yes"),
    "consent_refused": Titles("no", "no"),
    "data": Titles("Sus datos", "Their data"),
    "export": Titles("Descargar todo (JSON)", "Download everything (JSON)"),
    "erase": Titles("Borrar a esta persona", "Erase this person"),
    "erase_title": Titles("¿Borrar a {lead}?", "Erase {lead}?"),
    "erase_about": Titles(
        "Se borra todo lo que hizo y todo lo que la nombra, aquí y en los sistemas suscritos. No "
        "se puede deshacer. Quedan las cuentas, sin nombres.",
        "Everything they did and everything that names them goes, here and at subscribers. It "
        "cannot be undone. Counts stay, without names.",
    ),
    "erase_why": Titles("Por qué (sin nombrar a nadie)", "Why (naming nobody)"),
    "erase_sure": Titles("Sí, borrar para siempre", "Yes, erase for good"),
    "erase_tick": Titles(
        "Entiendo que no se puede deshacer", "I understand that it cannot be undone"
    ),
    "erase_no_why": Titles("Escribe por qué se borra.", "Say why they are erased."),
    "erase_untick": Titles("Marca la casilla para borrar.", "Tick the box to erase."),
    "erased": Titles("Borrado", "Erased"),
    "erased_about": Titles(
        "De esta persona ya no se sabe nada. Los demás sistemas lo sabrán en un momento.",
        "Nothing is known of this person any more. Other systems will hear in a moment.",
    ),
}
