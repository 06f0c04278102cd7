"""What signing in by the company's own accounts says."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "sso": Titles("Entrar con la cuenta de la empresa", "Sign in with your work account"),
    "sso_with": Titles("Entrar con {name}", "Sign in with {name}"),
    "sso_or": Titles("o con tu contraseña de Relevo", "or with your Relevo password"),
    "sso_help": Titles(
        "¿No puedes entrar? Pide a quien administra Relevo que te dé de alta con tu correo del trabajo.",
        "Cannot get in? Ask whoever runs Relevo to add you with your work address.",
    ),
    "no_passwords": Titles(
        "Aquí se entra con la cuenta de la empresa: nadie tiene contraseña de Relevo.",
        "People sign in with their work account here: nobody has a Relevo password.",
    ),
    "sso_denied": Titles(
        "No has llegado a entrar: lo cancelaste, o tu cuenta no tiene acceso a Relevo.",
        "You did not get in: you cancelled, or your account has no access to Relevo.",
    ),
    "sso_refused": Titles(
        "El servicio de cuentas no te ha dejado pasar. Dice:",
        "The account service did not let you through. It says:",
    ),
    "sso_unreachable": Titles(
        "El servicio de cuentas no responde. Prueba otra vez en un momento.",
        "The account service does not answer. Try again in a moment.",
    ),
    "sso_setup": Titles(
        "La entrada con cuentas de la empresa está mal configurada. Avisa a quien administra Relevo: «relevo doctor» dice qué falta.",
        "Signing in with work accounts is not set up right. Tell whoever runs Relevo: “relevo doctor” says what is missing.",
    ),
    "sso_old": Titles(
        "Esa entrada ya no vale: tardó demasiado, se usó antes o empezó en otro navegador. Empieza otra vez.",
        "That sign-in is over: it took too long, was used before, or began in another browser. Start again.",
    ),
    "sso_untrue": Titles(
        "La respuesta del servicio de cuentas no es de fiar, así que no ha entrado nadie. Empieza otra vez.",
        "The answer of the account service cannot be trusted, so nobody was signed in. Start again.",
    ),
    "sso_unverified": Titles(
        "Tu cuenta no tiene un correo verificado. Verifícalo en el servicio de cuentas y vuelve.",
        "Your account has no verified e-mail address. Verify it with the account service and come back.",
    ),
    "sso_domain": Titles(
        "Aquí solo se entra con el correo del trabajo, y el de esa cuenta es de otro dominio.",
        "Only work addresses get in here, and that account’s is of another domain.",
    ),
    "sso_unknown": Titles(
        "Nadie en Relevo tiene el correo de esa cuenta. Pide a quien administra Relevo que te dé de alta.",
        "Nobody in Relevo has that account’s address. Ask whoever runs Relevo to add you.",
    ),
    "sso_left": Titles(
        "Ya no tienes acceso a Relevo. Si es un error, habla con quien lo administra.",
        "You have no access to Relevo any more. If that is a mistake, talk to whoever runs it.",
    ),
    "sso_other": Titles(
        "Ese correo entra en Relevo con otra cuenta. Si la cuenta es nueva, pide a quien administra Relevo que suelte la anterior.",
        "That address signs in to Relevo by another account. If the account is new, ask whoever runs Relevo to let go of the old one.",
    ),
}
