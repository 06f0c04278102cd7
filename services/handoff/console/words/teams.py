"""Texts of the pages of teams."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "teams_about": Titles(
        "Quién recibe los leads por turno, y cómo ha ido el reparto.",
        "Who gets leads by turn, and how the turns went.",
    ),
    "teams_none": Titles("Todavía no hay equipos", "There are no teams yet"),
    "teams_none_about": Titles(
        "Sin equipo, cada lead va a quien nombra RELEVO_OWNER_EMAIL. Crea el primero: recibirá los leads nuevos.",
        "Without a team every lead goes to whom RELEVO_OWNER_EMAIL names. Make the first: it takes the new leads.",
    ),
    "team_add": Titles("Crear un equipo", "Make a team"),
    "team_edit": Titles("Cambiar el equipo", "Change the team"),
    "team_takes": Titles("recibe los leads nuevos", "takes the new leads"),
    "team_takes_about": Titles(
        "Recibe los leads nuevos que ningún territorio reclama.",
        "Takes the new leads that no territory claims.",
    ),
    "team_takes_not": Titles(
        "Recibe solo lo que le mandan los territorios.", "Takes only what territories send to it."
    ),
    "team_members": Titles("{count} persona|{count} personas", "{count} person|{count} people"),
    "team_fallback_is": Titles("suple {name}", "fallback {name}"),
    "team_calendar_is": Titles("horario {name}", "hours {name}"),
    "team_added": Titles(
        "Equipo creado. Añade ahora a quienes reciben leads.", "Team made. Now add who takes leads."
    ),
    "team_changed": Titles(
        "Cambios guardados; cuentan desde el próximo lead.",
        "Changes saved; they count from the next lead.",
    ),
    "team_member_added": Titles("Ya está en el equipo.", "They are in the team now."),
    "team_member_changed": Titles(
        "Guardado; cuenta desde el próximo lead.", "Saved; it counts from the next lead."
    ),
    "team_member_removed": Titles(
        "Ya no está en el equipo. Los leads que tiene siguen siendo suyos.",
        "They are in the team no longer. The leads they have stay theirs.",
    ),
    "team_how": Titles("Cómo reparte", "How it deals"),
    "team_calendar": Titles("Horario", "Hours"),
    "team_calendar_none": Titles("de día y de noche", "day and night"),
    "team_calendar_about": Titles(
        "Los plazos del calendario «team» corren en él, y sus miembros lo siguen.",
        "Clocks on the calendar “team” run on it, and its members follow it.",
    ),
    "team_try_routing": Titles("Probar a quién le tocaría un lead", "Try who would get a lead"),
    "turns": Titles("Cómo ha ido el reparto", "How the turns went"),
    "turns_title": Titles(
        "{count} lead por turno en {days} días: lo recibido y la parte de cada persona|{count} leads por turno en {days} días: lo recibido y la parte de cada persona",
        "{count} lead by turn in {days} days: what everybody got, and their share|{count} leads by turn in {days} days: what everybody got, and their share",
    ),
    "turns_said": Titles(
        "{count} lead por turno en {days} días. Nadie se aparta más de {apart} de su parte.|{count} leads por turno en {days} días. Nadie se aparta más de {apart} de su parte.",
        "{count} lead by turn in {days} days. Nobody is more than {apart} away from their share.|{count} leads by turn in {days} days. Nobody is more than {apart} away from their share.",
    ),
    "turns_none": Titles(
        "Nada repartido por turno en {days} días.", "Nothing was dealt by turn in {days} days."
    ),
    "turns_key": Titles(
        "Barra llena: leads recibidos. Contorno: su parte, según su peso y cuando podía tomarlos.",
        "Filled bar: leads they got. Outline: their share, by weight and while they could take them.",
    ),
    "behind": Titles(
        "{count} lead por debajo de su parte|{count} leads por debajo de su parte",
        "{count} lead behind their share|{count} leads behind their share",
    ),
    "ahead": Titles(
        "{count} lead por encima de su parte|{count} leads por encima de su parte",
        "{count} lead ahead of their share|{count} leads ahead of their share",
    ),
    "turns_former": Titles("ya no está", "no longer in it"),
    "turns_of_share": Titles("de {share}", "of {share}"),
    "turns_got": Titles("Recibidos", "Got"),
    "turns_share": Titles("Su parte", "Their share"),
    "turns_apart": Titles("Diferencia", "Apart"),
    "members": Titles("Miembros", "Members"),
    "members_none": Titles(
        "Nadie todavía: sus leads van a quien suple.", "Nobody yet: its leads go to the fallback."
    ),
    "load_of_cap": Titles("{active} de {cap} abiertos", "{active} of {cap} open"),
    "no_turns": Titles("sin turno", "no turns"),
    "last_dealt": Titles("último turno {ago}", "last turn {ago}"),
    "weight": Titles("Peso", "Weight"),
    "weight_about": Titles(
        "Con 2 recibe el doble que con 1; con 0, ninguno por turno.",
        "With 2 twice as many as with 1; with 0 none by turn.",
    ),
    "cap": Titles("Tope", "Cap"),
    "cap_about": Titles(
        "Leads abiertos como mucho; vacío, sin tope.", "Open leads at most; empty: no cap."
    ),
    "cap_none": Titles("sin tope", "no cap"),
    "member_add": Titles("Añadir al equipo", "Add to the team"),
    "member_add_do": Titles("Añadir", "Add"),
    "member_remove": Titles("Quitar del equipo a {name}", "Remove {name} from the team"),
    "fallback": Titles("Suplente final", "Last fallback"),
    "fallback_about": Titles(
        "El correo de quien toma lo que nadie del equipo puede.",
        "E-mail of who takes what nobody in the team can.",
    ),
    "fallbacks": Titles("Suplentes antes, en orden", "Fallbacks before, in order"),
    "fallbacks_about": Titles(
        "Un correo por línea. Puede quedar vacío.", "One e-mail a line. It may be empty."
    ),
    "fallbacks_order": Titles("Quién suple, en orden", "Who stands in, in order"),
    "window_days": Titles("Turnos a la vista", "Turns in view"),
    "window_days_about": Titles(
        "Días, de 1 a 90: los turnos que se muestran, y lo que tarda en olvidarse lo que pasa de un "
        "lead por encima o por debajo.",
        "Days, from 1 to 90: the turns that are shown, and how long it takes until what is more than "
        "a lead ahead or behind fades.",
    ),
    "requires": Titles("Nadie recibe un lead sin", "Nobody gets a lead without"),
    "requires_language": Titles("hablar su idioma", "speaking its language"),
    "requires_skill": Titles("llevar su tema", "doing its product"),
    "requires_none": Titles(
        "nada: idioma y tema se prefieren", "nothing: language and skill are preferred"
    ),
    "requires_about": Titles(
        "Sin marcar se prefiere a quien lo tenga, y si no hay nadie va a otra persona.",
        "Left open, who has it is preferred, and else it goes to another.",
    ),
    "takes_leads": Titles("Leads nuevos", "New leads"),
    "takes_leads_about": Titles(
        "Recibe los que ningún territorio reclama, en lugar del equipo que los recibe ahora",
        "Takes those that no territory claims, in place of the team that does now",
    ),
    "fault_name_taken": Titles("Este nombre ya está en uso.", "This name is taken already."),
    "fault_nobody_takes_leads": Titles(
        "Un equipo tiene que recibir los leads nuevos: haz que otro los reciba.",
        "One team must take the new leads: let another one take them instead.",
    ),
    "fault_unknown_person": Titles(
        "Nadie que trabaje aquí tiene este correo.",
        "Nobody who works here has this e-mail address.",
    ),
    "wrong_weight": Titles(
        "Un número de 0 a 100, como 1 o 0,5; por encima de 0, al menos 0,001.",
        "A number from 0 to 100, like 1 or 0.5; above 0, at least 0.001.",
    ),
    "wrong_cap": Titles("Un número entero, o nada.", "A whole number, or nothing."),
    "wrong_window_days": Titles("Un número de días de 1 a 90.", "A number of days from 1 to 90."),
    "wrong_fallbacks": Titles("20 correos como mucho.", "20 addresses at most."),
}
