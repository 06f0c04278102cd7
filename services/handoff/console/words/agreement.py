"""Texts of the agreement's pages; what the agreement itself says comes from ``texts``."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "agr_agreement": Titles("El acuerdo", "The agreement"),
    "agr_about": Titles(
        "Cuándo un lead está listo para ventas, y qué debe ventas a cambio.",
        "When a lead is ready for sales, and what sales owes in return.",
    ),
    "agr_tabs": Titles("Partes de esta política", "Parts of this policy"),
    "agr_tab_in_force": Titles("En vigor", "In force"),
    "agr_tab_draft": Titles("Borrador", "Draft"),
    "agr_tab_try": Titles("Probar", "Try"),
    "agr_tab_targets": Titles("Objetivos", "Targets"),
    "agr_tab_history": Titles("Historia", "History"),
    "agr_version": Titles("versión {number}", "version {number}"),
    "agr_glance": Titles("De un vistazo", "At a glance"),
    "agr_do": Titles("Qué puedes hacer", "What you can do"),
    "agr_more": Titles("Más antiguas", "Older"),
    "agr_to_newest": Titles("Las más recientes", "The newest"),
    # --- the list ---
    "agr_since": Titles("desde {at}", "since {at}"),
    "agr_next_review": Titles("próxima revisión: {at}", "next review: {at}"),
    "agr_nothing_in_force": Titles("Nada en vigor", "Nothing in force"),
    "agr_starts": Titles("la versión {number} empieza {at}", "version {number} starts {at}"),
    "agr_newest": Titles("versión {number}, en borrador", "version {number}, a draft"),
    "agr_none": Titles("Aún no hay acuerdo", "There is no agreement yet"),
    "agr_none_about": Titles(
        "Empezad por uno ya escrito: leedlo en voz alta, marketing y ventas, y cambiad lo que no sea cierto.",
        "Begin with one that is written already: read it aloud, marketing and sales, and change "
        "what is not true.",
    ),
    "agr_begin": Titles("Empezar un acuerdo", "Begin an agreement"),
    "agr_another": Titles("Empezar otra política", "Begin another policy"),
    "agr_lists": Titles("Listas", "Lists"),
    # --- what waits for somebody ---
    "agr_waits": Titles("Te espera a ti", "It waits for you"),
    "agr_waits_sign": Titles(
        "La versión {number} de «{title}» espera tu firma por {team}.",
        "Version {number} of “{title}” waits for you to sign it for {team}.",
    ),
    "agr_waits_sign_signed_marketing": Titles(
        "Marketing ya ha firmado.", "Marketing has signed it."
    ),
    "agr_waits_sign_signed_sales": Titles("Ventas ya ha firmado.", "Sales has signed it."),
    "agr_waits_activate": Titles(
        "La versión {number} de «{title}» está firmada por los dos equipos: falta ponerla en vigor.",
        "Version {number} of “{title}” is signed by both teams: it only has to be put in force.",
    ),
    "agr_waits_try": Titles(
        "La versión {number} de «{title}» no se ha probado: hasta entonces nadie puede firmarla.",
        "Version {number} of “{title}” was not tried yet: until then nobody can sign it.",
    ),
    "agr_do_sign": Titles("Leer y firmar", "Read and sign"),
    "agr_do_activate": Titles("Poner en vigor", "Put in force"),
    "agr_do_try": Titles("Probarla", "Try it"),
    "agr_team_marketing": Titles("marketing", "marketing"),
    "agr_team_sales": Titles("ventas", "sales"),
    # --- what is in force ---
    "agr_is_signed": Titles("Firmado por los dos equipos", "Signed by both teams"),
    "agr_is_trial": Titles("A prueba, sin firmar", "On trial, unsigned"),
    "agr_is_retired": Titles("Retirada", "Retired"),
    "agr_decides_since": Titles("En vigor desde el {at}.", "In force since {at}."),
    "agr_retired": Titles("{who} la retiró el {at}:", "{who} retired it on {at}:"),
    "agr_trial_about": Titles(
        "A prueba decide igual que un acuerdo firmado. En cuanto los dos equipos firmen una versión y entre en vigor, "
        "ninguna otra podrá decidir sin firmas.",
        "On trial it decides as a signed agreement does. Once both teams have signed a version and it is in force, "
        "no other can decide unsigned.",
    ),
    "agr_unreadable": Titles(
        "Esta versión de Relevo ya no sabe leer este texto. El archivo está entero: ábrelo, corrígelo y guárdalo como versión nueva.",
        "This release of Relevo cannot read this text any more. The file is whole: open it, mend it and save it as a "
        "new version.",
    ),
    "agr_signatures": Titles("Las firmas", "The signatures"),
    "agr_for_marketing": Titles("Por marketing", "For marketing"),
    "agr_for_sales": Titles("Por ventas", "For sales"),
    "agr_unsigned": Titles("Sin firmar", "Not signed"),
    "agr_digest": Titles("Huella de lo que dice:", "Fingerprint of what it says:"),
    "agr_not_yet": Titles("Nada en vigor todavía", "Nothing is in force yet"),
    "agr_not_yet_about": Titles(
        "Esta política no entrega a nadie hasta que una de sus versiones se pruebe, se firme y entre en vigor.",
        "This policy hands nobody over until one of its versions is tried, signed and put in force.",
    ),
    "agr_open_newest": Titles("Abrir la versión {number}", "Open version {number}"),
    "agr_in_force_since": Titles("En vigor desde", "In force since"),
    "agr_review": Titles("Próxima revisión", "Next review"),
    "agr_review_proposed": Titles(
        "{count} motivo para revisarlo ya|{count} motivos para revisarlo ya",
        "{count} reason to review it now|{count} reasons to review it now",
    ),
    "agr_next": Titles("Después", "Next"),
    "agr_drafted": Titles("En borrador", "Drafted"),
    "agr_open_version": Titles(
        "Ver la versión, su archivo y sus comprobaciones", "See the version, its file and checks"
    ),
    "agr_download": Titles("Descargar el archivo", "Download the file"),
    "agr_propose": Titles("Proponer un cambio", "Propose a change"),
    "agr_retire": Titles("Retirar la política", "Retire the policy"),
    "agr_retire_about": Titles(
        "Dejará de entregar leads. Las entregas abiertas siguen con su responsable. Más adelante puede entrar en vigor otra versión.",
        "It will hand nobody over any more. Open hand-offs go on with their owners. Another version can be put "
        "in force later.",
    ),
    "agr_retire_why": Titles("Por qué", "Why"),
    "agr_retire_sure": Titles(
        "Sí: «{title}» deja de decidir ahora", "Yes: “{title}” stops deciding now"
    ),
    # --- a version ---
    "agr_path": Titles("El camino de esta versión", "The way of this version"),
    "agr_path_drafted": Titles("Escrita", "Drafted"),
    "agr_path_tried": Titles("Probada", "Tried"),
    "agr_path_marketing": Titles("Firma de marketing", "Signed by marketing"),
    "agr_path_sales": Titles("Firma de ventas", "Signed by sales"),
    "agr_path_in_force": Titles("En vigor", "In force"),
    "agr_done": Titles(": hecho", ": done"),
    "agr_to_do": Titles(": pendiente", ": to do"),
    "agr_changes_in_force": Titles(
        "Qué cambia respecto a la versión en vigor, la {number}",
        "What it changes in the version in force, number {number}",
    ),
    "agr_changes_before": Titles(
        "Qué cambió respecto a la versión {number}", "What it changed in version {number}"
    ),
    "agr_checks": Titles("Comprobaciones", "Checks"),
    "agr_checks_none": Titles("Nada que objetar.", "Nothing to object to."),
    "agr_in_words": Titles("Con palabras", "In words"),
    "agr_state_draft": Titles(
        "Borrador: aún no se ha probado ni decide nada.",
        "A draft: it was not tried yet and decides nothing.",
    ),
    "agr_state_tried": Titles(
        "Probada. Faltan las dos firmas.", "Tried. Both signatures are missing."
    ),
    "agr_state_signed_by_marketing": Titles(
        "Firmada por marketing. Falta ventas.", "Signed by marketing. Sales is missing."
    ),
    "agr_state_signed_by_sales": Titles(
        "Firmada por ventas. Falta marketing.", "Signed by sales. Marketing is missing."
    ),
    "agr_state_signed": Titles(
        "Firmada por los dos equipos. Aún no decide.",
        "Signed by both teams. It does not decide yet.",
    ),
    "agr_state_scheduled": Titles("Firmada, con fecha.", "Signed, with a date."),
    "agr_state_in_force": Titles("En vigor: decide ahora.", "In force: it decides now."),
    "agr_state_succeeded": Titles("Ya no decide.", "It decides no more."),
    "agr_file": Titles("El archivo", "The file"),
    "agr_made": Titles("Escrita por", "Drafted by"),
    "agr_restored": Titles("Recupera la", "It brings back"),
    "agr_tried": Titles("Probada", "Tried"),
    "agr_not_tried": Titles("Todavía no", "Not yet"),
    "agr_begins": Titles("Empieza", "Begins"),
    "agr_until": Titles("Hasta", "Until"),
    "agr_try_it": Titles(
        "Probarla con un lead o con el histórico", "Try it on a lead or on history"
    ),
    "agr_edit_from": Titles("Escribir otra a partir de esta", "Write another from this one"),
    "agr_restore": Titles("Recuperar este texto", "Bring this text back"),
    "agr_restore_about": Titles(
        "Se guarda como versión nueva; se prueba y se firma otra vez.",
        "It is saved as a new version, to be tried and signed anew.",
    ),
    "agr_steps": Titles("Qué ha pasado", "What happened"),
    "agr_step_drafted": Titles("Escrita", "Drafted"),
    "agr_step_restored": Titles("Recuperada de otra anterior", "Brought back from an older one"),
    "agr_step_tried": Titles("Probada con el histórico", "Tried on history"),
    "agr_step_signed": Titles("Firmada", "Signed"),
    "agr_step_signature_withdrawn": Titles("Firma retirada", "Signature withdrawn"),
    "agr_step_scheduled": Titles("Con fecha para entrar en vigor", "Given a date"),
    "agr_step_unscheduled": Titles("Fecha retirada", "Date taken back"),
    "agr_step_activated": Titles("Puesta en vigor", "Put in force"),
    "agr_step_succeeded": Titles("Sustituida por otra", "Succeeded by another"),
    "agr_step_retired": Titles("Política retirada", "Policy retired"),
    "agr_step_reviewed": Titles("Revisada por los equipos", "Reviewed by the teams"),
    "agr_step_review_proposed": Titles("Se propuso revisarla", "A review was proposed"),
    "agr_step_other": Titles("Otro paso", "Another step"),
    # --- signing ---
    "agr_sign_title": Titles("Firmar", "Sign"),
    "agr_sign_settled": Titles(
        "Ha decidido ya: sus firmas se quedan como están.",
        "It has decided: its signatures stay as they are.",
    ),
    "agr_sign_settled_scheduled": Titles(
        "Tiene fecha para entrar en vigor. Para cambiar las firmas, retira antes la fecha.",
        "It has a date to come into force. To change its signatures take the date back first.",
    ),
    "agr_sign_first_try": Titles(
        "Se firma lo que se ha visto funcionar: pruébala antes con el histórico.",
        "People sign what they have seen at work: try it on history first.",
    ),
    "agr_sign_what": Titles(
        "Firmas exactamente lo que está escrito arriba: la versión {number} de «{title}». Si cambia una sola palabra, la huella es otra y hay que firmar de nuevo.",
        "You sign exactly what is written above: version {number} of “{title}”. If a single word changes, the "
        "fingerprint is another and it has to be signed anew.",
    ),
    "agr_sign_read": Titles(
        "He leído la versión {number} y la firmo por {team}",
        "I have read version {number} and sign it for {team}",
    ),
    "agr_sign_as_marketing": Titles("Firmar por marketing", "Sign for marketing"),
    "agr_sign_as_sales": Titles("Firmar por ventas", "Sign for sales"),
    "agr_comment": Titles("Comentario, si quieres", "A comment, if you like"),
    "agr_sign_you_have": Titles("Ya la has firmado.", "You have signed it."),
    "agr_sign_other_marketing": Titles(
        "Falta otra persona, por marketing.", "Another person has to sign, for marketing."
    ),
    "agr_sign_other_sales": Titles(
        "Falta otra persona, por ventas.", "Another person has to sign, for sales."
    ),
    "agr_sign_lacks_marketing": Titles(
        "Falta la firma de marketing.", "Marketing has not signed it."
    ),
    "agr_sign_lacks_sales": Titles("Falta la firma de ventas.", "Sales has not signed it."),
    "agr_sign_not_you": Titles(
        "Firma quien tiene esa función; las tuyas no la incluyen.",
        "Whoever has that role signs; yours do not include it.",
    ),
    "agr_sign_both": Titles("La han firmado los dos equipos.", "Both teams have signed it."),
    "agr_signers_marketing": Titles(
        "Por marketing pueden firmar: {names}.", "For marketing can sign: {names}."
    ),
    "agr_signers_sales": Titles(
        "Por ventas pueden firmar: {names}.", "For sales can sign: {names}."
    ),
    "agr_signers_none_marketing": Titles(
        "Nadie tiene la función de marketing: quien administra Relevo puede darla.",
        "Nobody has the role marketing: whoever runs Relevo can give it.",
    ),
    "agr_signers_none_sales": Titles(
        "Nadie tiene la función de ventas: quien administra Relevo puede darla.",
        "Nobody has the role sales: whoever runs Relevo can give it.",
    ),
    "agr_withdraw_marketing": Titles(
        "Retirar la firma de marketing", "Withdraw marketing's signature"
    ),
    "agr_withdraw_sales": Titles("Retirar la firma de ventas", "Withdraw the signature of sales"),
    # --- putting in force ---
    "agr_start_title": Titles("Poner en vigor", "Put in force"),
    "agr_start_is": Titles("Es el acuerdo en vigor.", "It is the agreement in force."),
    "agr_start_succeeded": Titles(
        "Ya decidió y otra la siguió. Para volver a ella recupera su texto como versión nueva.",
        "It has decided and another followed. To return to it bring its text back as a new version.",
    ),
    "agr_start_scheduled": Titles(
        "Entra en vigor sola el {at}.", "It comes into force by itself on {at}."
    ),
    "agr_unschedule": Titles("Retirar la fecha", "Take the date back"),
    "agr_start_other": Titles(
        "La versión {number} entra en vigor el {at}. Retira antes su fecha.",
        "Version {number} comes into force on {at}. Take its date back first.",
    ),
    "agr_start_not_you": Titles(
        "La pone en vigor quien puede hacerlo en marketing, ventas o dirección.",
        "It is put in force by who may in marketing, sales or management.",
    ),
    "agr_start_ready": Titles(
        "Los dos equipos han firmado. Desde ese momento decide sobre lo que llegue nuevo; nadie se entrega de golpe.",
        "Both teams have signed. From then on it decides about what is new; nobody is handed over all at once.",
    ),
    "agr_start_follows": Titles(
        "Sustituye a la versión {number}.", "It succeeds version {number}."
    ),
    "agr_start_unsigned": Titles(
        "Entra en vigor con las dos firmas.", "It comes into force with both signatures."
    ),
    "agr_start_trial": Titles("Ponerla a prueba sin firmas", "Let it decide on trial, unsigned"),
    "agr_when": Titles("Cuándo", "When"),
    "agr_now": Titles("Ahora", "Now"),
    "agr_at_date": Titles("En una fecha", "At a date"),
    "agr_date": Titles("Fecha y hora ({zone})", "Date and time ({zone})"),
    "agr_start": Titles("Poner en vigor", "Put in force"),
    # --- what was done ---
    "agr_said_saved": Titles(
        "Guardada como versión nueva. Ahora, pruébala.", "Saved as a new version. Now try it."
    ),
    "agr_said_restored": Titles(
        "Texto recuperado como versión nueva.", "The text is back, as a new version."
    ),
    "agr_said_signed": Titles("Firmada. Queda constancia.", "Signed, and written down."),
    "agr_said_withdrawn": Titles("Firma retirada.", "Signature withdrawn."),
    "agr_said_started": Titles(
        "En vigor. Decide desde ahora.", "In force. It decides from now on."
    ),
    "agr_said_scheduled": Titles(
        "Fecha puesta: entrará en vigor sola.", "The date is set: it will start by itself."
    ),
    "agr_said_unscheduled": Titles(
        "Fecha retirada; las firmas siguen.", "The date is taken back; the signatures stand."
    ),
    "agr_said_retired": Titles(
        "Política retirada: ya no entrega a nadie.",
        "Policy retired: it hands nobody over any more.",
    ),
    # --- the history ---
    "agr_made_by": Titles("{who}, {at}", "{who}, {at}"),
    "agr_span_open": Titles("decide desde {since}", "decides since {since}"),
    "agr_span_ended": Titles("decidió: {since} – {until}", "decided: {since} – {until}"),
    "agr_begins_at": Titles("empieza {at}", "begins {at}"),
    "agr_restored_line": Titles(
        "Recupera el texto de la versión {number}.", "It brings the text of version {number} back."
    ),
    "agr_more_changes": Titles(
        "y {count} cambio más|y {count} cambios más", "and {count} more|and {count} more"
    ),
    "agr_first": Titles("La primera.", "The first one."),
    "agr_same": Titles("Dice lo mismo que la anterior.", "It says the same as the one before."),
    "agr_signed_marketing": Titles("Marketing: {who}, {at}", "Marketing: {who}, {at}"),
    "agr_signed_sales": Titles("Ventas: {who}, {at}", "Sales: {who}, {at}"),
    "agr_retired_line": Titles("Política retirada:", "Policy retired:"),
    "agr_reviewed": Titles("Revisada ({at}, {who}).", "Reviewed ({at}, {who})."),
    "agr_review_targets": Titles(
        "Objetivos cumplidos: {met}; sin cumplir: {missed}.", "Targets: {met} met, {missed} missed."
    ),
    "agr_git": Titles("¿Guardáis la política en Git?", "Do you keep the policy in Git?"),
    "agr_git_about": Titles(
        "El mismo archivo se puede llevar en un repositorio: se exporta, se comprueba, se envía como borrador, y lo que los dos equipos han firmado aquí se pone en vigor al integrarlo.",
        "The same file can live in a repository: it is exported, checked, sent as a draft, and what both teams "
        "have signed here is put in force when it is merged.",
    ),
    "agr_advice_open": Titles(
        "Qué señales acompañaron a los síes y a las ventas, con sus intervalos",
        "Which signals went with a yes and with deals, with their intervals",
    ),
}
