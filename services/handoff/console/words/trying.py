"""Texts of the pages on which a version is tried, on history and on a lead."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "try_history": Titles("Probar con la historia", "Try on history"),
    "try_on_lead": Titles("Probar con un lead", "Try on a lead"),
    "try_new": Titles("Probar una versión", "Try a version"),
    "try_new_about": Titles(
        "Se repite lo que hicieron los leads y se ve a quién se habría entregado. No cambia nada ni "
        "avisa a nadie.",
        "What leads did is gone through again, to see who would have been handed over. Nothing "
        "changes and nobody is told.",
    ),
    "try_candidate": Titles("Qué versión", "Which version"),
    "try_against": Titles("Comparada con", "Compared with"),
    "try_in_force": Titles("la que está en vigor", "the one in force"),
    "try_days": Titles("Qué días", "Which days"),
    "try_own_days": Titles("otros", "others"),
    "try_more": Titles("Fechas propias y supuestos", "Your own dates, and assumptions"),
    "try_from": Titles("Desde el", "From"),
    "try_to": Titles("Hasta el", "To"),
    "try_open_days": Titles(
        "Días que una entrega estaría abierta (opcional)",
        "Days a hand-off would be open (optional)",
    ),
    "try_open_about": Titles(
        "Para entregas que nunca existieron. Vacío: lo que duró la mitad de las reales.",
        "For hand-offs that never were. Empty: as long as half of the real ones.",
    ),
    "try_happened": Titles(
        "La historia se importó de una vez: que cuente cuándo ocurrió cada cosa",
        "The history was imported at once: count when things happened",
    ),
    "try_begin": Titles("Probar", "Try it"),
    "try_wrong_number": Titles("Elige una versión de la lista.", "Choose a version of the list."),
    "try_wrong_day": Titles("Escribe una fecha.", "Give a date."),
    "try_wrong_order": Titles(
        "El primer día tiene que ser anterior al último, y no estar en el futuro.",
        "The first day has to be before the last one, and not in the future.",
    ),
    "try_wrong_open_days": Titles(
        "Un número entero de 0 a 366, o nada.", "A whole number from 0 to 366, or nothing."
    ),
    "try_too_many": Titles(
        "Ya hay diez pruebas esperando o en marcha. Deja que acabe alguna, o párala.",
        "Ten try-outs wait or run already. Let one end, or stop one.",
    ),
    "try_earlier": Titles("Pruebas anteriores", "Earlier try-outs"),
    "try_what": Titles("Qué se probó", "What was tried"),
    "try_how_far": Titles("Cómo va", "How far it is"),
    "try_when": Titles("Cuándo", "When"),
    "try_version": Titles("Versión {number}", "Version {number}"),
    "try_text": Titles("Un texto sin guardar", "A text that is not stored"),
    "try_beside": Titles("junto a la versión {number}", "beside version {number}"),
    "try_beside_other": Titles("junto a otra política", "beside another policy"),
    "try_alone": Titles("sin otra con la que comparar", "with none to compare"),
    "try_none": Titles("Todavía no se ha probado nada", "Nothing was tried yet"),
    "try_none_about": Titles(
        "Elige una versión y unos días: en segundos verás a quién se habría entregado.",
        "Choose a version and some days: in seconds you see who would have been handed over.",
    ),
    "try_before": Titles("Antes de firmar", "Before it is signed"),
    "try_before_about": Titles(
        "Nadie puede firmar una versión que no se haya probado con la historia. Faltan:",
        "Nobody can sign a version that was not tried on history. Still to be tried:",
    ),
    "try_before_none": Titles(
        "No hay ningún borrador pendiente de probar.", "No draft waits to be tried."
    ),
    "try_it": Titles("Probar la versión {number}", "Try version {number}"),
    "try_compare": Titles("Comparar dos pruebas", "Compare two try-outs"),
    "try_compare_a": Titles("La primera", "The first"),
    "try_compare_b": Titles("La segunda", "The second"),
    "try_compare_show": Titles("Comparar", "Compare"),
    "try_not_fair": Titles(
        "No son los mismos días o supuestos: las diferencias pueden venir de ahí.",
        "The days or assumptions differ: that may be what makes the difference.",
    ),
    "try_all": Titles("Todas las pruebas", "All try-outs"),
    "try_one": Titles("Una prueba", "A try-out"),
    "try_asked": Titles("{who}, {when}", "{who}, {when}"),
    "try_state_queued": Titles("espera", "waiting"),
    "try_state_running": Titles("en marcha", "running"),
    "try_state_done": Titles("terminada", "done"),
    "try_state_stopped": Titles("parada", "stopped"),
    "try_state_failed": Titles("fallida", "failed"),
    "try_so_far": Titles(
        "{done} de {total} leads, {touches} interacciones",
        "{done} of {total} leads, {touches} touches",
    ),
    "try_waits": Titles("Empieza en cuanto le toque.", "Begins as soon as it is its turn."),
    "try_failed": Titles(
        "No se pudo terminar. Puedes probar otra vez.", "It could not be finished. Try again."
    ),
    "try_look_again": Titles("Ver cómo va", "See how far it is"),
    "try_stop": Titles("Parar", "Stop"),
    "try_again": Titles("Probar otra vez", "Try again"),
    "try_see_list_gained": Titles("Ver a quién más", "See who else"),
    "try_see_list_lost": Titles("Ver quién falta", "See who is missing"),
    "try_no_chart": Titles("Nada que dibujar.", "Nothing to draw."),
    "try_because": Titles("Por qué sí", "Why"),
    "try_in_sales": Titles("Qué fue en ventas", "In sales"),
    "try_why_not": Titles("Por qué la otra no", "Why the other one does not"),
    "try_before_page": Titles("Anteriores", "Before"),
    "try_next_page": Titles("Siguientes", "Next"),
    "try_nobody_about": Titles(
        "Las dos versiones entregan a los mismos leads.", "Both versions hand over the same leads."
    ),
    "try_step_draft": Titles("borrador, sin probar", "draft, not tried"),
    "try_step_tried": Titles("borrador, probada", "draft, tried"),
    "try_step_signed_by_marketing": Titles("firmada por marketing", "signed by marketing"),
    "try_step_signed_by_sales": Titles("firmada por ventas", "signed by sales"),
    "try_step_signed": Titles("firmada", "signed"),
    "try_step_scheduled": Titles("programada", "scheduled"),
    "try_step_in_force": Titles("en vigor", "in force"),
    "try_step_succeeded": Titles("sustituida", "succeeded"),
    # --- on a lead ---
    "try_no_lead": Titles(
        "No se encontró a nadie así. Busca por nombre, correo o dominio.",
        "Nobody like that was found. Search by name, e-mail address or domain.",
    ),
    "try_example": Titles("Un ejemplo inventado", "A made-up example"),
    "try_example_about": Titles(
        "Di quién es y qué hizo hoy, y mira qué diría cada versión. No se guarda nada.",
        "Say who it is and what they did today, and see what each version says. Nothing is kept.",
    ),
    "try_detail_title": Titles("Cargo", "Job title"),
    "try_detail_country": Titles("País", "Country"),
    "try_detail_language": Titles("Idioma", "Language"),
    "try_detail_employees": Titles("Empleados de la empresa", "Employees of the company"),
    "try_detail_industry": Titles("Sector", "Industry"),
    "try_detail_domain": Titles("Dominio de la empresa", "Domain of the company"),
    "try_did": Titles("Qué hizo", "What they did"),
    "try_never": Titles("nunca", "never"),
    "try_times": Titles("una vez|{count} veces", "once|{count} times"),
    "try_ask": Titles("Preguntar", "Ask"),
    "try_met": Titles("Se cumple", "Met"),
    "try_missing": Titles("Falta", "Missing"),
    "try_has": Titles("({actual} de {wanted})", "({actual} of {wanted})"),
    "try_lacks": Titles(
        "({actual} de {wanted}: faltan {short})", "({actual} of {wanted}: {short} short)"
    ),
    "try_seen": Titles("{what}, {when}", "{what}, {when}"),
    "try_qualifying": Titles(
        "Las puertas solo cuentan {points} puntos de interés: lo débil, lo dudoso y lo que llegó "
        "tarde no deciden.",
        "Gates count only {points} points of engagement: what is weak, doubtful or late never "
        "decides.",
    ),
    "try_not_meant": Titles(
        "Esta política no es para este lead.", "This policy is not for this lead."
    ),
    "try_guard_weak": Titles(
        "No decide, por débil: {count} interacción, {points} puntos.|No deciden, por débiles: "
        "{count} interacciones, {points} puntos.",
        "Too weak to decide: {count} touch, {points} points.|Too weak to decide: {count} touches, "
        "{points} points.",
    ),
    "try_guard_unsure": Titles(
        "No decide, porque quizá fue una máquina: {count} interacción, {points} puntos.|No "
        "deciden, porque quizá fue una máquina: {count} interacciones, {points} puntos.",
        "Held back, it may have been a machine: {count} touch, {points} points.|Held back, it may "
        "have been a machine: {count} touches, {points} points.",
    ),
    "try_guard_late": Titles(
        "No decide, porque llegó tarde: {count} interacción, {points} puntos.|No deciden, porque "
        "llegaron tarde: {count} interacciones, {points} puntos.",
        "Held back, it reached us late: {count} touch, {points} points.|Held back, they reached us "
        "late: {count} touches, {points} points.",
    ),
    "try_state_of_draft": Titles("borrador", "draft"),
    "try_state_of_scheduled": Titles("programada", "scheduled"),
    "try_state_of_in_force": Titles("en vigor", "in force"),
    "try_state_of_succeeded": Titles("sustituida", "succeeded"),
}
