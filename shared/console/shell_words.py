"""What stands around the pages of all services: navigation, refusals, time."""

from collections.abc import Mapping

from shared.console.words import Titles

SHELL: Mapping[str, Titles] = {
    # --- around every page ---
    "skip": Titles("Ir al contenido", "Skip to content"),
    "navigation": Titles("Navegación", "Navigation"),
    "nav_today": Titles("Hoy", "Today"),
    "nav_waiting": Titles("por responder", "to answer"),
    "nav_leads": Titles("Leads", "Leads"),
    "nav_agreement": Titles("Acuerdo", "Agreement"),
    "nav_scoreboard": Titles("Marcador", "Scoreboard"),
    "nav_more": Titles("Más", "More"),
    "nav_running": Titles("Gestión", "Running it"),
    "nav_group_in": Titles("Lo que entra", "Coming in"),
    "nav_sources": Titles("Fuentes", "Sources"),
    "nav_receipts": Titles("Recibos", "Receipts"),
    "nav_group_out": Titles("Lo que sale", "Going out"),
    "nav_subscriptions": Titles("Suscripciones", "Subscriptions"),
    "nav_deliveries": Titles("Envíos", "Deliveries"),
    "nav_inbox": Titles("Avisos", "Inbox"),
    "nav_group_staff": Titles("El equipo", "The team"),
    "nav_people": Titles("Personas", "People"),
    "nav_teams": Titles("Equipos", "Teams"),
    "nav_calendars": Titles("Calendarios", "Calendars"),
    "nav_territories": Titles("Territorios", "Territories"),
    "nav_routing": Titles("Reparto", "Routing"),
    "nav_group_system": Titles("El sistema", "The system"),
    "nav_operations": Titles("Estado", "Health"),
    "nav_audit": Titles("Registro", "Audit"),
    "nav_keys": Titles("Claves", "Keys"),
    "nav_account": Titles("Cuenta", "Account"),
    "account": Titles("Tu cuenta", "Your account"),
    "language": Titles("Idioma", "Language"),
    "theme": Titles("Aspecto", "Appearance"),
    "theme_auto": Titles("Automático", "Automatic"),
    "theme_light": Titles("Claro", "Light"),
    "theme_dark": Titles("Oscuro", "Dark"),
    "sign_out": Titles("Salir", "Sign out"),
    "cancel": Titles("Cancelar", "Cancel"),
    "back": Titles("Volver", "Back"),
    # --- how urgent a lead is ---
    "hot": Titles("Caliente", "Hot"),
    "warm": Titles("Templado", "Warm"),
    "cold": Titles("Frío", "Cold"),
    # --- refusals ---
    "refusal_403": Titles("Esto no te corresponde", "This is not yours to see"),
    "refusal_403_about": Titles(
        "Tus funciones no incluyen esta página. Si la necesitas, habla con quien administra Relevo.",
        "Your roles do not include this page. If you need it, talk to whoever runs Relevo.",
    ),
    "refusal_form": Titles("El formulario ha caducado", "The form is out of date"),
    "refusal_form_about": Titles(
        "Se abrió en otra sesión o en otro sitio. No se ha cambiado nada: vuelve y repite.",
        "It was opened in another session, or on another site. Nothing was changed: go back and repeat.",
    ),
    "refusal_404": Titles("Aquí no hay nada", "Nothing is here"),
    "refusal_404_about": Titles(
        "La dirección no existe, o lo que había ya no está.",
        "There is no such address, or what was there has gone.",
    ),
    "refusal_405": Titles("Así no se puede abrir", "It does not open like this"),
    "refusal_405_about": Titles(
        "Esta dirección solo recibe formularios. Empieza por la página de inicio.",
        "This address only takes forms. Start from the home page.",
    ),
    "refusal_409": Titles("Ya había cambiado", "It had changed already"),
    "refusal_409_about": Titles(
        "Alguien se adelantó. Vuelve a abrir la página para ver cómo está ahora.",
        "Somebody was faster. Open the page again to see how it stands now.",
    ),
    "refusal_410": Titles("Ya no está", "It is gone"),
    "refusal_410_about": Titles(
        "Se borró a petición de la persona: de ella ya no se sabe nada.",
        "It was erased at the person's request: nothing is known of them any more.",
    ),
    "refusal_413": Titles("Es demasiado grande", "It is too large"),
    "refusal_413_about": Titles(
        "Acorta el texto, o reparte el archivo en varios. No se ha cambiado nada.",
        "Shorten the text, or split the file into several. Nothing was changed.",
    ),
    "refusal_415": Titles("No se entiende", "It cannot be read"),
    "refusal_415_about": Titles(
        "Lo enviado no es un formulario de estas páginas.",
        "What was sent is no form of these pages.",
    ),
    "refusal_422": Titles("Falta algo", "Something is missing"),
    "refusal_422_about": Titles(
        "Lo enviado no se puede tomar así. No se ha cambiado nada: vuelve y corrígelo.",
        "What was sent cannot be taken like this. Nothing was changed: go back and mend it.",
    ),
    "refusal_429": Titles("Un momento", "One moment"),
    "refusal_429_about": Titles(
        "Demasiadas peticiones seguidas. Espera un poco.",
        "Too many requests in a row. Wait a little.",
    ),
    "refusal_503": Titles("Ahora no se puede", "Not possible just now"),
    "refusal_503_about": Titles(
        "No se llega a la base de datos. Vuelve a probar en un momento.",
        "The database cannot be reached. Try again in a moment.",
    ),
    "refusal_500": Titles("Algo ha fallado aquí", "Something failed on our side"),
    "refusal_500_about": Titles(
        "No es cosa tuya, y ha quedado apuntado. Si se repite, di este número: {request_id}",
        "It is nothing you did, and it is written down. If it happens again, tell this number: "
        "{request_id}",
    ),
    "refusal_home": Titles("Ir al inicio", "Go to the start"),
    # --- time ---
    "today": Titles("hoy", "today"),
    "tomorrow": Titles("mañana", "tomorrow"),
    "yesterday": Titles("ayer", "yesterday"),
    "just_now": Titles("ahora mismo", "just now"),
    "minutes": Titles("{count} min", "{count} min"),
    "hours": Titles("{count} h", "{count} h"),
    "days": Titles("{count} día|{count} días", "{count} day|{count} days"),
    "left": Titles("quedan {time}", "{time} left"),
    "late": Titles("{time} tarde", "{time} late"),
}
