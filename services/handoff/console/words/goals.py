"""Texts of the page of the shared goals and their reviews."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "goal_title": Titles("Objetivos comunes", "Shared goals"),
    "goal_about": Titles(
        "{count} entrega decidida ({since} – {until})|{count} entregas decididas ({since} – {until})",
        "{count} hand-off decided ({since} – {until})|{count} hand-offs decided ({since} – {until})",
    ),
    "goal_never": Titles(
        "Esta versión aún no ha decidido nada.", "This version has decided nothing yet."
    ),
    "goal_met": Titles("alcanzado", "met"),
    "goal_missed": Titles("no alcanzado", "missed"),
    "goal_not_enough": Titles("faltan casos para decirlo", "too few cases to say"),
    "goal_no_target": Titles("sin objetivo", "no goal"),
    "goal_wanted": Titles("objetivo: {value}", "goal: {value}"),
    "goal_drawn": Titles(
        "La barra es lo alcanzado; la raya fina, el margen que deja el azar; la raya vertical, el "
        "objetivo.",
        "The bar is what was reached; the thin line, the margin chance leaves; the upright line, "
        "the goal.",
    ),
    "goal_months": Titles("Listos para ventas, mes a mes", "Sales-ready, month by month"),
    "goal_month": Titles("Mes", "Month"),
    "goal_ready": Titles("Listos para ventas", "Sales-ready"),
    "goal_whole": Titles("Se juzga", "Judged"),
    "goal_is_whole": Titles("sí, entero", "yes, whole"),
    "goal_is_part": Titles("no, solo una parte", "no, a part only"),
    "goal_none": Titles("Todavía no hay nada que medir", "Nothing to measure yet"),
    "goal_none_about": Titles(
        "Cuando una versión esté en vigor y entregue leads, aquí se verá qué se alcanza.",
        "Once a version is in force and hands leads over, you will see here what is reached.",
    ),
    "goal_reviews": Titles("Revisiones", "Reviews"),
    "goal_reviews_none": Titles("Aún no se ha revisado.", "It was not reviewed yet."),
    "goal_as_it_was": Titles("Los objetivos ese día", "The goals on that day"),
    "goal_next": Titles("Próxima revisión", "Next review"),
    "goal_last": Titles("Última: {when}.", "Last one: {when}."),
    "goal_last_never": Titles("Todavía no ha habido ninguna.", "There was none yet."),
    "goal_every": Titles("Toca cada {time}.", "It is due every {time}."),
    "goal_because": Titles("Motivos para revisarla ya", "Reasons to review it now"),
    "goal_date_came": Titles("Llegó su fecha: {when}.", "Its date has come: {when}."),
    "goal_review_comment": Titles("Qué se miró y qué se acordó", "What was looked at and agreed"),
    "goal_review_hold": Titles("Apuntar la revisión", "Note the review"),
    "goal_review_empty": Titles(
        "Escribe qué se miró y qué se acordó.", "Write what was looked at and agreed."
    ),
    "goal_said_reviewed": Titles(
        "Revisión apuntada. La próxima cuenta desde hoy.",
        "Review noted. The next one counts from today.",
    ),
    "goal_nothing_in_force": Titles(
        "Ninguna versión está en vigor: no hay nada que revisar.",
        "No version is in force: there is nothing to review.",
    ),
    "goal_change": Titles("Proponer otros objetivos", "Propose other goals"),
    "goal_change_about": Titles(
        "Sale un borrador de la versión {number} con estos objetivos y todo lo demás igual. Vale "
        "cuando los dos equipos lo firmen. Vacío: sin ese objetivo.",
        "It makes a draft of version {number} with these goals and all else the same. It counts "
        "once both teams have signed it. Empty: no such goal.",
    ),
    "goal_of_acceptance": Titles("Aceptados por ventas, %", "Accepted by sales, %"),
    "goal_of_first_attempt_in_time": Titles("Primer intento a tiempo, %", "Tried in time, %"),
    "goal_of_won": Titles("Ganados, %", "Won, %"),
    "goal_of_sales_ready_per_month": Titles("Listos para ventas al mes", "Sales-ready a month"),
    "goal_why": Titles("Por qué (para el historial)", "Why (for the history)"),
    "goal_draft": Titles("Hacer el borrador", "Make the draft"),
    "goal_wrong_percent": Titles(
        "Un número de 0 a 100, o nada.", "A number from 0 to 100, or none."
    ),
    "goal_wrong_leads": Titles(
        "Un número entero desde 1, o nada.", "A whole number from 1 on, or none."
    ),
    "goal_same": Titles("Esos ya son sus objetivos.", "Those are its goals already."),
    "goal_edit_text": Titles(
        "Así escrita, solo se pueden cambiar en el editor del texto.",
        "As it is written, they can only be changed in the editor of its text.",
    ),
    "goal_changed": Titles(
        "Mientras tanto alguien hizo otro borrador. Míralo y propón de nuevo.",
        "Somebody drafted another version meanwhile. Read it, then propose again.",
    ),
    "goal_other": Titles("Otra versión", "Another version"),
    "goal_advice": Titles(
        "Qué acompañó a los síes y a las ventas", "What went with a yes and with deals"
    ),
    "goal_advice_about": Titles(
        "Consejo para la próxima versión. No cambia nada por sí solo.",
        "Advice for the next version. It changes nothing by itself.",
    ),
    "goal_advice_of": Titles(
        "Según la única entrega de la versión {number}.|"
        "Según las {count} entregas de la versión {number}.",
        "By the one hand-off of version {number}.|By the {count} hand-offs of version {number}.",
    ),
    "goal_advice_version": Titles("Versión", "Version"),
    "goal_advice_none": Titles(
        "Esta versión no ha entregado a nadie todavía", "This version has handed nobody over yet"
    ),
    "goal_advice_none_about": Titles(
        "Cuando ventas haya contestado a unas cuantas entregas, aquí se verá qué señales acompañaron a los síes.",
        "Once sales has answered some hand-offs, you will see here which signals went with a yes.",
    ),
    "goal_lift_more": Titles("más a menudo", "more often"),
    "goal_lift_less": Titles("menos a menudo", "less often"),
    "goal_lift_unclear": Titles("puede ser casualidad", "may be chance"),
    "goal_lift_too_few": Titles("muy pocos casos", "too few cases"),
    "goal_lift_nothing_to_compare": Titles("nada con qué comparar", "nothing to compare with"),
    "goal_times": Titles("× {times}", "× {times}"),
    "goal_at_least": Titles("× {times} o más", "× {times} or more"),
    "goal_range": Titles("de {low} a {high}", "{low} to {high}"),
    "goal_cells": Titles(
        "{good} de {cases} con ello, {other_good} de {other_cases} sin ello",
        "{good} of {cases} with it, {other_good} of {other_cases} without",
    ),
    "goal_proposals": Titles(
        "Exclusiones que sugieren los rechazos", "Exclusions that rejections suggest"
    ),
    "goal_kept_out": Titles(
        "Habría evitado {count}; de los demás habría costado {others}.",
        "It would have kept out {count}; of the others it would have cost {others}.",
    ),
    "goal_compared": Titles("Señales y criterios, uno a uno", "Signals and criteria, one by one"),
    "goal_what": Titles("Qué tenía el lead", "What the lead had"),
    "goal_accepted": Titles("Aceptados", "Accepted"),
    "goal_won": Titles("Ganados", "Won"),
    "goal_cautions": Titles("Para leerlo bien", "To read it rightly"),
}
