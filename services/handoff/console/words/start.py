"""What the first run says."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "start": Titles("Puesta en marcha", "Getting started"),
    "start_about": Titles(
        "Cinco pasos hasta que el primer lead llegue solo a la persona que toca. Puedes dejarlo y volver cuando quieras.",
        "Five steps until the first lead reaches the right person by itself. Leave and come back whenever you like.",
    ),
    "start_over": Titles(
        "Todo listo: los leads llegan, el acuerdo decide y ventas se entera.",
        "All set: leads arrive, the agreement decides and sales is told.",
    ),
    "start_count": Titles("{done} de {all} hechos", "{done} of {all} done"),
    "start_line": Titles(
        "La puesta en marcha no ha terminado:", "Getting started is not finished:"
    ),
    "start_is_done": Titles("hecho", "done"),
    "start_is_skipped": Titles("saltado", "skipped"),
    "start_is_open": Titles("por hacer", "to do"),
    "start_skip": Titles("Saltar este paso", "Skip this step"),
    "start_take_up": Titles("Retomar este paso", "Take this step up again"),
    # --- the company ---
    "start_company": Titles("La empresa", "The company"),
    "start_company_about": Titles(
        "Así se presenta Relevo, y así cuenta los plazos.",
        "This is how Relevo introduces itself, and how it counts deadlines.",
    ),
    "start_company_none": Titles("sin nombre todavía", "no name yet"),
    "start_company_env": Titles(
        "Nombre, idioma y zona valen para todo el producto y se leen al arrancar: cámbialos en su configuración, con el nombre que ves al lado, y reinicia. El horario se cambia aquí.",
        "Name, language and zone hold for the whole product and are read when it starts: change them in its settings, by the name beside them, and restart. Working hours are changed here.",
    ),
    "start_calendar": Titles("Horario laboral", "Working hours"),
    "start_calendar_go": Titles("Ver y cambiar el horario", "See and change working hours"),
    # --- the team ---
    "start_team": Titles("El equipo", "The team"),
    "start_team_about": Titles(
        "Da de alta a quien va a recibir leads, y a marketing. Cada persona entra con su propio enlace.",
        "Add those who will receive leads, and marketing. Everybody gets in by a link of their own.",
    ),
    "start_name": Titles("Nombre", "Name"),
    "start_role": Titles("Función", "Role"),
    "start_role_rep": Titles("recibe leads", "receives leads"),
    "start_role_marketing": Titles(
        "conecta fuentes y firma el acuerdo", "connects sources and signs the agreement"
    ),
    "start_role_sales": Titles("firma el acuerdo por ventas", "signs the agreement for sales"),
    "start_role_manager": Titles("lleva el equipo", "runs the team"),
    "start_role_admin": Titles("lo puede todo", "may do everything"),
    "start_add": Titles("Dar de alta", "Add"),
    "start_people_go": Titles("Ver a todo el equipo", "See everybody"),
    "start_added": Titles("{name} ya está en el equipo.", "{name} is on the team now."),
    "start_link": Titles(
        "Pásale este enlace: sirve una vez, tres días, y no se vuelve a mostrar",
        "Send them this link: it works once, for three days, and is not shown again",
    ),
    "start_link_before": Titles(
        "Su enlace ya se mostró. Si se perdió, haz otro desde el equipo.",
        "Their link was shown already. If it is lost, make another from the team’s page.",
    ),
    "start_link_none": Titles(
        "No necesita enlace: entra con la cuenta de la empresa.",
        "They need no link: they sign in with their work account.",
    ),
    "start_wrong_name": Titles("Escribe un nombre.", "Write a name."),
    "start_wrong_email": Titles(
        "Eso no es una dirección de correo: ana@empresa.com.",
        "That is no e-mail address: ana@company.com.",
    ),
    "start_wrong_taken": Titles(
        "Alguien del equipo ya tiene ese correo.", "Somebody has this address already."
    ),
    "start_wrong_role": Titles("Elige una función de la lista.", "Choose a role of the list."),
    # --- the source ---
    "start_source": Titles("La primera fuente", "The first source"),
    "start_source_about": Titles(
        "Conecta la herramienta donde pasan las cosas: formularios, correo, web. Queda hecho cuando llega el primer evento.",
        "Connect the tool where things happen: forms, mail, the web. It is done when the first event arrives.",
    ),
    "start_source_go": Titles("Conectar una fuente", "Connect a source"),
    # --- the policy ---
    "start_policy": Titles("El acuerdo", "The agreement"),
    "start_policy_about": Titles(
        "Cuándo un lead pasa a ventas. Relevo empieza con uno a prueba que ya entrega leads; léelo con los dos equipos y cambia lo que no sea verdad en tu empresa.",
        "When a lead goes to sales. Relevo begins with one on trial that hands leads over already; read it with both teams and change what is not true for you.",
    ),
    "start_trial": Titles("a prueba", "on trial"),
    "start_signed": Titles("firmado", "signed"),
    "start_policy_go": Titles(
        "Leerlo entero, cambiarlo o firmarlo", "Read it all, change it or sign it"
    ),
    # --- the test lead ---
    "start_test": Titles("Un lead de prueba", "A test lead"),
    "start_test_about": Titles(
        "Un lead inventado pide una demo y recorre el camino de verdad. Alguien de ventas recibirá un aviso que dice «Lead de prueba».",
        "A made-up lead asks for a demo and takes the real way. Somebody in sales will get a message that says “Test lead”.",
    ),
    "sample_send": Titles("Enviar un lead de prueba", "Send a test lead"),
    "sample_again": Titles("Enviar otro", "Send another"),
    "sample_remove": Titles("Quitar los leads de prueba", "Remove the test leads"),
    "sample_remove_about": Titles(
        "Quitarlos los borra como se borra a una persona: desaparecen los datos y la entrega se cierra; en el marcador queda el número.",
        "Removing erases them as a person is erased: their data go and the hand-off closes; the scoreboard keeps the count.",
    ),
    "sample_waits": Titles("en espera", "waiting"),
    "sample_touch": Titles("Interacción", "Touch"),
    "sample_touch_done": Titles("Pidió una demo", "Asked for a demo"),
    "sample_lead": Titles("Lead", "Lead"),
    "sample_lead_done": Titles("Ver el lead", "See the lead"),
    "sample_handoff": Titles("Entrega", "Hand-off"),
    "sample_handoff_done": Titles("Para {name}", "For {name}"),
    "sample_not_ready": Titles(
        "El acuerdo no lo ve listo: mira qué falta en el lead.",
        "The agreement does not find it ready: the lead’s page says what is missing.",
    ),
    "sample_told": Titles("Aviso", "Told"),
    "sample_told_done": Titles("Avisado", "Told"),
    "sample_failed": Titles("No se pudo avisar: {reason}", "Telling failed: {reason}"),
    "sample_slow": Titles(
        "Tarda más de lo normal. Mira en Estado si todo está en marcha.",
        "It takes longer than it should. Look at Health whether everything runs.",
    ),
}
