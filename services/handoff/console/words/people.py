"""Texts of the pages of people: who is there, letting them in and go, a file of them."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    # --- the list ---
    "people": Titles("Personas", "People"),
    "people_about": Titles(
        "{count} persona trabaja con los leads.|{count} personas trabajan con los leads.",
        "{count} person works with leads.|{count} people work with leads.",
    ),
    "person_add": Titles("Añadir a alguien", "Add somebody"),
    "people_import": Titles("Importar un archivo", "Import a file"),
    "people_search": Titles("Buscar", "Search"),
    "people_search_about": Titles(
        "Nombre, correo, equipo, idioma o tema", "Name, e-mail, team, language or skill"
    ),
    "people_which": Titles("A quiénes", "Whom"),
    "people_here": Titles("Trabajan aquí", "Work here"),
    "people_left": Titles("Se fueron ({count})", "Have left ({count})"),
    "person": Titles("Persona", "Person"),
    "load": Titles("Carga", "Load"),
    "load_of": Titles("{active} de {cap}", "{active} of {cap}"),
    "load_open": Titles(
        "{count} abierto, sin tope|{count} abiertos, sin tope",
        "{count} open, no cap|{count} open, no cap",
    ),
    "load_late": Titles("{count} sin responder a tiempo", "{count} not answered in time"),
    "load_none": Titles("No recibe leads", "Gets no leads"),
    "speaks_and_does": Titles("Idiomas y temas", "Languages and skills"),
    "presence": Titles("Presencia y acceso", "Presence and access"),
    "away_until": Titles("Ausente hasta el {day}", "Away until {day}"),
    "away_next": Titles("Próxima ausencia: {span}", "Next leave: {span}"),
    "last_day_is": Titles("Último día: {day}", "Last day: {day}"),
    "last_day_was": Titles("Su último día fue el {day}", "The last day was {day}"),
    "access": Titles("Acceso", "Access"),
    "access_in": Titles("Puede entrar", "Can sign in"),
    "access_invited": Titles("Invitación hasta {at}", "Invited until {at}"),
    "access_none": Titles("Sin contraseña todavía", "No password yet"),
    "access_left": Titles("Ya no puede entrar", "Can no longer sign in"),
    "access_sessions": Titles(
        "{count} sesión abierta|{count} sesiones abiertas",
        "{count} session open|{count} sessions open",
    ),
    "people_first": Titles("Desde el principio", "From the start"),
    "people_more": Titles("Más", "More"),
    "people_none": Titles("Nadie así", "Nobody like that"),
    "people_none_about": Titles(
        "Prueba con parte del nombre o con el equipo, o mira también a quienes se fueron.",
        "Try part of a name, or the team, or look among those who have left.",
    ),
    "people_all": Titles("Ver a todo el mundo", "Show everybody"),
    # --- one of them ---
    "has_left": Titles("ya no trabaja aquí", "does not work here any more"),
    "person_edit": Titles("Cambiar", "Change"),
    "person_edit_title": Titles("Cambiar sus datos", "Change what is known of them"),
    "person_hours": Titles("Horario y ausencias", "Hours and leave"),
    "person_leave": Titles("Se va…", "Is leaving…"),
    "person_return": Titles("Vuelve…", "Comes back…"),
    "person_work": Titles("Lo que lleva", "What they take"),
    "person_reach": Titles("Cómo se le avisa", "How they are told"),
    "person_told_by": Titles("Avisos", "Messages"),
    "person_language": Titles("Idioma de los avisos", "Language of messages"),
    "person_language_about": Titles(
        "Y de estas páginas para esa persona.", "And of these pages, for them."
    ),
    "told_by_email": Titles("correo", "e-mail"),
    "told_by_inbox": Titles("bandeja de Relevo", "Relevo’s inbox"),
    "told_by_slack": Titles("Slack", "Slack"),
    "told_by_teams": Titles("Teams", "Teams"),
    "told_by_webhook": Titles("webhook", "webhook"),
    "teams": Titles("Equipos", "Teams"),
    "teams_of_none": Titles(
        "Ninguno: no le llega ningún lead por turno", "None: no lead comes to them by turn"
    ),
    "weight_is": Titles("peso {weight}", "weight {weight}"),
    "cap_is": Titles("tope {cap}", "cap {cap}"),
    "languages": Titles("Idiomas con leads", "Languages with leads"),
    "skills": Titles("Temas", "Skills"),
    "skills_none": Titles("ninguno apuntado", "none noted"),
    "last_day": Titles("Último día", "Last day"),
    "now": Titles("ahora", "now"),
    "person_invite": Titles("Invitar", "Invite"),
    "person_invite_again": Titles("Nueva contraseña", "New password"),
    "person_invite_about": Titles(
        "Crea un enlace para poner la contraseña. Sirve una vez, y los anteriores dejan de servir.",
        "Makes a link that sets a password. It works once, and earlier ones end.",
    ),
    "link_once": Titles("Copia el enlace ahora", "Copy the link now"),
    "link_once_about": Titles(
        "Envíaselo tú: solo se ve esta vez. Sirve una sola vez, hasta {at}.",
        "Send it yourself: it is shown this once. It works once, until {at}.",
    ),
    "link_label": Titles("Enlace para poner la contraseña", "Link that sets the password"),
    "no_link_has_left": Titles(
        "Ya no trabaja aquí: antes tiene que volver.",
        "They do not work here any more: let them come back first.",
    ),
    "no_link_exceeds_your_scopes": Titles(
        "Sus funciones permiten más que las tuyas: que le invite alguien de administración.",
        "Their roles allow more than yours: an admin has to invite them.",
    ),
    "person_added": Titles(
        "Ya está. Ahora puedes invitarle a entrar.", "Done. Now you can invite them to sign in."
    ),
    "person_changed": Titles("Cambios guardados.", "Changes saved."),
    "person_signed_out": Titles(
        "Se han cerrado todas sus sesiones.", "All their sessions have ended."
    ),
    "person_stays": Titles(
        "Se queda: ya no hay último día.", "They stay: there is no last day any more."
    ),
    "person_leaves": Titles(
        "Apuntado. Al terminar ese día, sus leads pasan a otros.",
        "Noted. When that day ends, their leads go to others.",
    ),
    "person_left": Titles(
        "Ya no trabaja aquí. Sus leads abiertos están pasando a otros.",
        "They do not work here any more. Their open leads are going to others.",
    ),
    "person_back": Titles(
        "Ha vuelto, sin leads y sin último día.",
        "They are back, without leads and without a last day.",
    ),
    # --- the form ---
    "name": Titles("Nombre", "Name"),
    "role_about_rep": Titles(
        "atiende los leads que le llegan", "answers the leads that come to them"
    ),
    "role_about_marketing": Titles(
        "lleva fuentes y acuerdo, y firma por marketing",
        "runs sources and the agreement, and signs for marketing",
    ),
    "role_about_sales": Titles(
        "lleva el acuerdo y firma por ventas", "runs the agreement, and signs for sales"
    ),
    "role_about_manager": Titles(
        "lleva personas, equipos, horarios y reparto", "runs people, teams, hours and routing"
    ),
    "role_about_admin": Titles("puede todo", "may do everything"),
    "zone_about": Titles("Por ejemplo, Europe/Madrid.", "For example Europe/Madrid."),
    "languages_about": Titles(
        "Separados por comas, el mejor primero: español, inglés, pt-BR. Vacío: el de los avisos.",
        "Between commas, the best first: Spanish, English, pt-BR. Empty: that of messages.",
    ),
    "skills_about": Titles(
        "Separados por comas, en corto: erp, sector público.",
        "Between commas, in short names: erp, public sector.",
    ),
    "channels_about": Titles(
        "Uno por línea, en el orden en que se prueban: email, inbox, slack=https://…",
        "One a line, in the order they are tried: email, inbox, slack=https://…",
    ),
    # --- leaving ---
    "leave_title": Titles("{name} se va", "{name} is leaving"),
    "return_title": Titles("{name} vuelve", "{name} comes back"),
    "leave_what": Titles("Qué pasará", "What will happen"),
    "leave_handoffs": Titles(
        "Su lead abierto pasa a otra persona: a quien ya trabaje con él, si no por turno, y si nadie puede, a quien suple. Se le avisa con el motivo, y el reloj del lead sigue.|"
        "Sus {count} leads abiertos pasan a otras personas: a quien ya trabaje con ellos, si no por turno, y si nadie puede, a quien suple. A cada una se le avisa con el motivo, y el reloj de cada lead sigue.",
        "Their open lead goes to somebody else: to whoever is at work on it already, else by turn, else to the fallback. They are told why, and the lead’s clock goes on.|"
        "Their {count} open leads go to others: to whoever is at work on them already, else by turn, else to the fallback. Each is told why, and each lead’s clock goes on.",
    ),
    "leave_no_handoffs": Titles(
        "No tiene leads abiertos que repartir.", "They have no open leads to give on."
    ),
    "leave_access": Titles(
        "No recibe más leads ni avisos, no puede entrar y sus claves de API dejan de servir.",
        "They get no more leads and no messages, cannot sign in, and their API keys are revoked.",
    ),
    "leave_fallback": Titles(
        "Es suplente de {teams}: el último día ocupa su lugar {name}.",
        "They are the fallback of {teams}: on the last day {name} takes their place.",
    ),
    "leave_territories": Titles(
        "Toma los territorios {territories}: desde el último día dejan de preguntarse.",
        "They take the territories {territories}: from the last day these are asked no longer.",
    ),
    "leave_last_resort": Titles(
        "RELEVO_OWNER_EMAIL nombra a esta persona para lo que nadie más puede tomar: no puede irse hasta que allí figure otra.",
        "RELEVO_OWNER_EMAIL names this person for what nobody else can take: they cannot leave until somebody else is named there.",
    ),
    "leave_on_day": Titles("Un último día", "A last day"),
    "last_day_about": Titles(
        "Trabaja ese día entero; a medianoche en {zone} pasa lo de arriba.",
        "They work all of that day; at midnight in {zone} the above happens.",
    ),
    "leave_set_day": Titles("Apuntar el último día", "Set the last day"),
    "leave_stays": Titles("Al final se queda", "They stay after all"),
    "leave_now": Titles("Ahora mismo", "At once"),
    "leave_now_about": Titles(
        "Su lead abierto empieza a pasar a otra persona en cuanto lo confirmes.|Sus {count} leads abiertos empiezan a pasar a otras personas en cuanto lo confirmes.",
        "Their open lead starts to go to somebody else as soon as you confirm.|Their {count} open leads start to go to others as soon as you confirm.",
    ),
    "leave_now_nothing": Titles("No deja leads abiertos.", "They leave no open leads."),
    "leave_now_do": Titles("{name} se va ahora", "{name} leaves now"),
    "leave_needed": Titles(
        "Antes nombra a otra persona donde figura arriba: así nada queda sin nadie.",
        "First name somebody else where they stand above, so that nothing is left with nobody.",
    ),
    "return_about": Titles(
        "Vuelve a poder recibir leads y entrar. Los que tenía siguen con quienes los llevan ahora.",
        "They can get leads and sign in again. The leads they had stay with who has them now.",
    ),
    "return_do": Titles("Vuelve a trabajar aquí", "Works here again"),
    # --- forms ---
    "form_wrong": Titles(
        "Falta algo por corregir; está señalado abajo.",
        "Something has to be mended; it is marked below.",
    ),
    "field_now": Titles("Ahora pone: {value}", "It says now: {value}"),
    "fault_changed_meanwhile": Titles(
        "Alguien lo cambió mientras tanto. Lo que escribiste sigue aquí; mira qué pone ahora y guarda otra vez si aún lo quieres así.",
        "Somebody changed it meanwhile. What you wrote is still here; see what it says now, and save again if you still want it so.",
    ),
    "fault_other": Titles(
        "Así no se puede guardar. No se ha cambiado nada.",
        "It cannot be saved like this. Nothing was changed.",
    ),
    "fault_not_allowed": Titles(
        "Solo alguien de administración puede nombrar o cambiar a otra.",
        "Only an admin may make or change an admin.",
    ),
    "fault_email_taken": Titles(
        "Alguien tiene ya este correo.", "Somebody has this e-mail address already."
    ),
    "fault_is_last_resort": Titles(
        "RELEVO_OWNER_EMAIL nombra a esta persona para lo que nadie más puede tomar: nombra allí antes a otra.",
        "RELEVO_OWNER_EMAIL names this person for what nobody else can take: name somebody else there first.",
    ),
    "fault_is_fallback": Titles(
        "Es suplente de un equipo: nombra antes a otra persona.",
        "They are the fallback of a team: name somebody else first.",
    ),
    "fault_takes_territory": Titles(
        "Toma un territorio: nombra antes a otra persona.",
        "They take a territory: name somebody else first.",
    ),
    "fault_unknown_calendar": Titles("No hay ningún calendario así.", "There is no such calendar."),
    "wrong_other": Titles("Esto no se entiende.", "This cannot be understood."),
    "wrong_name": Titles(
        "Escribe el nombre, de 200 caracteres como mucho.",
        "Write the name, of 200 characters at most.",
    ),
    "wrong_email": Titles(
        "No parece un correo, como ana@acme.com.",
        "It does not look like an e-mail address, as ana@acme.com.",
    ),
    "wrong_roles": Titles("Elige al menos una.", "Choose at least one."),
    "wrong_zone": Titles(
        "No es una zona horaria; por ejemplo, Europe/Madrid.",
        "Not a time zone; an example is Europe/Madrid.",
    ),
    "wrong_languages": Titles(
        "No conocemos alguno de estos idiomas. Escribe su nombre o su código: español, en, pt-BR.",
        "We do not know one of these languages. Write its name or code: Spanish, en, pt-BR.",
    ),
    "wrong_skills": Titles(
        "De 60 caracteres cada uno, y 50 como mucho.", "Of 60 characters each, and 50 at most."
    ),
    "wrong_channels": Titles(
        "Uno por línea: email, inbox, o slack=, teams=, webhook= seguido de una dirección https://.",
        "One a line: email, inbox, or slack=, teams=, webhook= and an https:// address.",
    ),
    "wrong_last_day": Titles("Elige un día.", "Choose a day."),
    "wrong_leave_from": Titles(
        "Elige desde qué día, y que no acabe antes de empezar.",
        "Choose from which day, and let it not end before it begins.",
    ),
    "wrong_leave_until": Titles("Elige hasta qué día.", "Choose until which day."),
    "wrong_day_mon": Titles(
        "Escribe las horas así: 09:00-14:00, 16:00-19:00, sin que se solapen.",
        "Write hours like 09:00-14:00, 16:00-19:00, and let them not overlap.",
    ),
    "wrong_calendar": Titles("No hay ningún calendario así.", "There is no such calendar."),
    # --- a file ---
    "import_title": Titles(
        "Importar personas, equipos y territorios", "Import people, teams and territories"
    ),
    "import_about": Titles(
        "Primero se prueba y ves qué cambiaría. Lo que el archivo no dice se queda como está.",
        "It is tried first, and you see what would change. What the file does not say stays as it is.",
    ),
    "import_file": Titles("Archivo", "File"),
    "import_file_about": Titles(
        "CSV con personas, una por línea, o YAML con personas, equipos y territorios. Hasta 250 kB.",
        "CSV with people, one a line, or YAML with people, teams and territories. Up to 250 kB.",
    ),
    "import_too_large": Titles(
        "{name} pasa de 250 kB. Repártelo en varios archivos e impórtalos uno tras otro.",
        "{name} is larger than 250 kB. Split it into several files and import one after the other.",
    ),
    "fault_extra_forbidden": Titles(
        "Ningún campo se llama «{value}».", "No field is called “{value}”."
    ),
    "import_wrong_roles": Titles(
        "Las funciones son rep, marketing, sales, manager y admin; al menos una.",
        "The roles are rep, marketing, sales, manager and admin; at least one.",
    ),
    "import_wrong_language": Titles("El idioma es es o en.", "The language is es or en."),
    "import_try": Titles("Probar", "Try it"),
    "import_again": Titles("Probar otra vez", "Try again"),
    "import_do": Titles("Importar", "Import"),
    "import_text": Titles(
        "Lo que dice {name}; aquí puedes corregirlo", "What {name} says; you can mend it here"
    ),
    "import_wrong": Titles(
        "{count} cosa por corregir|{count} cosas por corregir",
        "{count} thing to mend|{count} things to mend",
    ),
    "import_nothing_changed": Titles(
        "No se ha cambiado nada: se toma todo o nada.",
        "Nothing was changed: all of it is taken, or nothing.",
    ),
    "import_place": Titles("Dónde", "Where"),
    "import_what": Titles("Qué pasa", "What is wrong"),
    "import_would": Titles(
        "Cambiaría {count} cosa; todavía no se ha cambiado nada|Cambiarían {count} cosas; todavía no se ha cambiado nada",
        "{count} thing would change; nothing has yet|{count} things would change; nothing has yet",
    ),
    "import_done": Titles(
        "Hecho: {count} cambio|Hecho: {count} cambios", "Done: {count} change|Done: {count} changes"
    ),
    "import_same": Titles(
        "{count} entrada ya está como dice el archivo.|{count} entradas ya están como dice el archivo.",
        "{count} entry is as the file says already.|{count} entries are as the file says already.",
    ),
    "import_name": Titles("Quién o qué", "Who or what"),
    "import_result": Titles("Resultado", "Result"),
    "import_changes": Titles("Antes → después", "Before → after"),
    "import_added": Titles("nuevo", "new"),
    "import_changed": Titles("cambia", "changes"),
    "import_of_people": Titles("persona", "person"),
    "import_of_teams": Titles("equipo", "team"),
    "import_of_territories": Titles("territorio", "territory"),
    "import_example": Titles("Así es un CSV", "What a CSV looks like"),
    "import_example_about": Titles(
        "Varios valores en una celda van entre puntos y coma; una celda vacía no dice nada y un guion dice «ninguno».",
        "Several values in a cell stand between semicolons; an empty cell says nothing, and a hyphen says none.",
    ),
}
