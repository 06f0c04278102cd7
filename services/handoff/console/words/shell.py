"""What stands around the pages: navigation, signing in, the account, refusals, time."""

from services.handoff.domain.questions import Titles

WORDS: dict[str, Titles] = {
    # --- around every page ---
    "skip": Titles("Ir al contenido", "Skip to content"),
    "navigation": Titles("Navegación", "Navigation"),
    "nav_today": Titles("Hoy", "Today"),
    "nav_leads": Titles("Leads", "Leads"),
    "nav_scoreboard": Titles("Marcador", "Scoreboard"),
    "nav_account": Titles("Cuenta", "Account"),
    "language": Titles("Idioma", "Language"),
    "theme": Titles("Aspecto", "Appearance"),
    "theme_auto": Titles("Automático", "Automatic"),
    "theme_light": Titles("Claro", "Light"),
    "theme_dark": Titles("Oscuro", "Dark"),
    "sign_out": Titles("Salir", "Sign out"),
    "cancel": Titles("Cancelar", "Cancel"),
    "back": Titles("Volver", "Back"),
    # --- signing in ---
    "sign_in": Titles("Entrar", "Sign in"),
    "sign_in_to": Titles("Entra en Relevo", "Sign in to Relevo"),
    "sign_in_about": Titles(
        "Donde marketing pasa el testigo y ventas lo recoge.",
        "Where marketing passes the baton and sales takes it.",
    ),
    "email": Titles("Correo", "E-mail"),
    "password": Titles("Contraseña", "Password"),
    "sign_in_help": Titles(
        "¿Sin contraseña, o la has olvidado? Pide un enlace a quien administra Relevo.",
        "No password, or forgotten? Ask whoever runs Relevo for a link.",
    ),
    "wrong_password": Titles(
        "El correo y la contraseña no casan.", "E-mail and password do not match."
    ),
    "too_many_attempts": Titles(
        "Demasiados intentos. Espera un poco y vuelve a probar.",
        "Too many attempts. Wait a little and try again.",
    ),
    "busy": Titles(
        "Hay mucha gente entrando ahora. Prueba otra vez en unos segundos.",
        "Many people are signing in. Try again in a few seconds.",
    ),
    # --- the first password ---
    "welcome": Titles("Hola, {name}", "Hello, {name}"),
    "welcome_about": Titles(
        "Elige una contraseña y ya estás dentro. Tu correo es {email}.",
        "Choose a password and you are in. Your e-mail is {email}.",
    ),
    "new_password": Titles("Contraseña nueva", "New password"),
    "password_rule": Titles(
        "Al menos 12 caracteres. Una frase que recuerdes vale más que símbolos raros.",
        "At least 12 characters. A phrase you remember beats odd symbols.",
    ),
    "password_again": Titles("Otra vez la misma", "The same again"),
    "set_password": Titles("Guardar y entrar", "Save and enter"),
    "link_over": Titles("Este enlace ya no sirve", "This link is over"),
    "link_over_about": Titles(
        "Se usa una sola vez y caduca a los tres días. Pide otro a quien administra Relevo.",
        "It works once and ends after three days. Ask whoever runs Relevo for another.",
    ),
    "to_sign_in": Titles("Ir a la entrada", "Go to sign-in"),
    "password_short": Titles(
        "Es demasiado corta: hacen falta 12 caracteres.",
        "It is too short: 12 characters are needed.",
    ),
    "password_long": Titles(
        "Es demasiado larga: 256 caracteres como mucho.",
        "It is too long: 256 characters at most.",
    ),
    "password_guessable": Titles(
        "Se adivina con facilidad: usa más letras distintas y no tu nombre.",
        "It is easy to guess: use more different letters, and not your name.",
    ),
    "password_differs": Titles(
        "Las dos contraseñas no son iguales.", "The two passwords are not the same."
    ),
    # --- the account ---
    "account": Titles("Tu cuenta", "Your account"),
    "roles": Titles("Funciones", "Roles"),
    "role_rep": Titles("comercial", "rep"),
    "role_marketing": Titles("marketing", "marketing"),
    "role_sales": Titles("ventas", "sales"),
    "role_manager": Titles("responsable", "manager"),
    "role_admin": Titles("administración", "admin"),
    "zone": Titles("Zona horaria", "Time zone"),
    "language_about": Titles(
        "También en los avisos que te llegan.", "In the messages you get, too."
    ),
    "change_password": Titles("Cambiar la contraseña", "Change the password"),
    "current_password": Titles("Contraseña actual", "Current password"),
    "save": Titles("Guardar", "Save"),
    "wrong_current": Titles("La contraseña actual no es esa.", "That is not the current password."),
    "password_set": Titles(
        "Contraseña guardada. Las demás sesiones se han cerrado.",
        "Password saved. All other sessions have ended.",
    ),
    "sessions": Titles("Dónde has entrado", "Where you are signed in"),
    "session_this": Titles("esta", "this one"),
    "session_unknown": Titles("Un navegador", "A browser"),
    "session_on": Titles("{browser} en {system}", "{browser} on {system}"),
    "session_times": Titles("Desde {began} · visto {seen}", "Since {began} · seen {seen}"),
    "session_end": Titles("Cerrar", "End"),
    "session_ended": Titles("Sesión cerrada.", "Session ended."),
    "sign_out_everywhere": Titles("Salir en todas partes", "Sign out everywhere"),
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
    "refusal_413": Titles("Es demasiado largo", "It is too long"),
    "refusal_413_about": Titles(
        "Acorta el texto y vuelve a enviarlo.", "Shorten the text and send it again."
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
