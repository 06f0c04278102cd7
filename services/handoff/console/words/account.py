"""What signing in, the first password and the account say."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
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
    "signed_in_moment": Titles("Un momento…", "One moment…"),
    "signed_in_moment_about": Titles(
        "Acabas de entrar y esa página se está enterando. Se abrirá sola.",
        "You have just signed in, and that page is hearing of it. It opens by itself.",
    ),
    "signed_in_not_there": Titles("Esa página aún no te conoce", "That page does not know you yet"),
    "signed_in_not_there_about": Titles(
        "Has entrado, pero a esa parte de Relevo no le ha llegado la noticia. Prueba otra vez en un momento; si sigue igual, avisa a quien administra Relevo.",
        "You are signed in, but that part of Relevo has not heard of it. Try again in a moment; if it stays like this, tell whoever runs Relevo.",
    ),
    "signed_in_go_on": Titles("Seguir", "Go on"),
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
}
