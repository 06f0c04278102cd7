"""Texts of the pages of territories and of routing."""

from collections.abc import Mapping

from shared.console.words import Titles

WORDS: Mapping[str, Titles] = {
    "territories": Titles("Territorios", "Territories"),
    "territories_about": Titles(
        "Se pregunta en este orden; el primero que encaja se queda el lead.",
        "They are asked in this order; the first that fits has the lead.",
    ),
    "territories_none": Titles("Todavía no hay territorios", "There are no territories yet"),
    "territories_none_about": Titles(
        "Sin ninguno, cada lead va por turno al equipo que recibe los nuevos. Crea uno si algún país, cuenta o producto es de alguien.",
        "Without any, every lead goes by turn to the team that takes the new ones. Make one where a country, an account or a product is somebody’s.",
    ),
    "territory_add": Titles("Crear un territorio", "Make a territory"),
    "territory_added": Titles(
        "Territorio creado; se pregunta el último.", "Territory made; it is asked last."
    ),
    "territory_changed": Titles(
        "Guardado; cuenta desde el próximo lead.", "Saved; it counts from the next lead."
    ),
    "territory_moved": Titles("Orden cambiado.", "Order changed."),
    "territory_moved_meanwhile": Titles(
        "Alguien cambió el territorio mientras tanto: aquí está como es ahora.",
        "Somebody changed the territory meanwhile: here is how it stands now.",
    ),
    "territory_off": Titles("fuera de uso", "out of use"),
    "territory_every": Titles(
        "Toma todos los leads que llegan hasta aquí.", "Takes every lead that gets this far."
    ),
    "territory_to": Titles("Va a {name}", "Goes to {name}"),
    "territory_up": Titles("Preguntar antes: {title}", "Ask earlier: {title}"),
    "territory_down": Titles("Preguntar después: {title}", "Ask later: {title}"),
    "territory_rest": Titles(
        "Lo que no encaja en ninguno va por turno a {name}.",
        "What fits none goes by turn to {name}.",
    ),
    "territory_rest_nobody": Titles(
        "Lo que no encaja en ninguno va a quien nombra RELEVO_OWNER_EMAIL, porque ningún equipo recibe leads.",
        "What fits none goes to whom RELEVO_OWNER_EMAIL names, because no team takes leads.",
    ),
    "territory_try": Titles("¿A dónde iría este lead?", "Where would this lead go?"),
    "territory_of_none": Titles("A ningún territorio", "To no territory"),
    "territory_form_about": Titles(
        "Tienen que cumplirse todas las condiciones; de cada una basta un valor. Sepáralos por comas; una vacía no se pregunta.",
        "All conditions must hold; of each, any value. Put commas between; an empty one is not asked.",
    ),
    "territory_name": Titles("Nombre corto", "Short name"),
    "territory_name_about": Titles(
        "Minúsculas, sin espacios: iberia, cuentas-clave. No cambia nunca.",
        "Small letters, no blanks: iberia, key-accounts. It never changes.",
    ),
    "territory_title": Titles("Cómo se llama", "What people call it"),
    "territory_team": Titles("Sus leads van al equipo", "Its leads go to the team"),
    "territory_no_team": Titles("ninguno: a una persona", "none: to a person"),
    "territory_person": Titles("…o a esta persona", "…or to this person"),
    "territory_person_about": Titles("Su correo.", "Their e-mail."),
    "territory_use": Titles("En uso", "In use"),
    "territory_active": Titles("Se pregunta a los leads nuevos", "New leads are asked about it"),
    "condition_countries": Titles("Países", "Countries"),
    "condition_regions": Titles("Regiones", "Regions"),
    "condition_languages": Titles("Idiomas", "Languages"),
    "condition_domains": Titles("Cuentas, por su dominio", "Accounts, by their domain"),
    "condition_lists": Titles("Listas de cuentas", "Lists of accounts"),
    "condition_employees": Titles("Empleados", "Employees"),
    "condition_products": Titles("Productos", "Products"),
    "condition_segments": Titles("Segmentos", "Segments"),
    "condition_policies": Titles("Políticas", "Policies"),
    "size_at_least": Titles("{at_least} o más", "{at_least} or more"),
    "size_at_most": Titles("{at_most} o menos", "{at_most} or fewer"),
    "size_at_least_at_most": Titles(
        "entre {at_least} y {at_most}", "between {at_least} and {at_most}"
    ),
    "values_more": Titles("{count} más", "{count} more"),
    "countries_about": Titles("Nombre o código: España, PT.", "Name or code: Spain, PT."),
    "regions_about": Titles("Nombre o código: Cataluña, ES-MD.", "Name or code: Catalonia, ES-MD."),
    "domains_about": Titles("Por ejemplo, acme.com.", "For example acme.com."),
    "condition_lists_about": Titles(
        "Una empresa nombrada arriba o en una lista cumple.",
        "A company named above or on a list fits.",
    ),
    "employees_at_least": Titles("Empleados, como poco", "Employees, at least"),
    "employees_at_most": Titles("Empleados, como mucho", "Employees, at most"),
    "fault_no_taker": Titles(
        "Di quién toma sus leads: un equipo o una persona.",
        "Say who takes its leads: a team or a person.",
    ),
    "fault_two_takers": Titles(
        "Un equipo o una persona, no los dos.", "A team or a person, not both."
    ),
    "fault_unknown_team": Titles("Ese equipo no existe.", "There is no such team."),
    "wrong_countries": Titles(
        "No conocemos el país «{value}».", "We do not know the country “{value}”."
    ),
    "wrong_regions": Titles(
        "No conocemos la región «{value}», o no es de esos países.",
        "We do not know the region “{value}”, or it is in none of those countries.",
    ),
    "wrong_domains": Titles(
        "«{value}» no es un dominio, como acme.com.", "“{value}” is no domain, as acme.com."
    ),
    "wrong_lists": Titles("No hay ninguna lista «{value}».", "There is no list “{value}”."),
    "wrong_policies": Titles("No hay ninguna política «{value}».", "There is no policy “{value}”."),
    "wrong_products": Titles(
        "De 200 caracteres cada uno como mucho.", "Of 200 characters each at most."
    ),
    "wrong_segments": Titles(
        "De 200 caracteres cada uno como mucho.", "Of 200 characters each at most."
    ),
    "wrong_at_least": Titles(
        "Números enteros, y que «como poco» no pase de «como mucho».",
        "Whole numbers, and let “at least” not be above “at most”.",
    ),
    "wrong_at_most": Titles("Un número entero.", "A whole number."),
    # --- a lead to try with ---
    "trial_lead": Titles("Un lead que existe", "A lead that exists"),
    "trial_lead_about": Titles("Nombre, correo o id.", "Name, e-mail or id."),
    "trial_or": Titles("…o describe uno", "…or describe one"),
    "trial_country": Titles("País", "Country"),
    "trial_region": Titles("Región", "Region"),
    "trial_domain": Titles("Dominio de la empresa", "Company’s domain"),
    "trial_employees": Titles("Empleados", "Employees"),
    "trial_segment": Titles("Segmento", "Segment"),
    "trial_language": Titles("Idioma", "Language"),
    "trial_product": Titles("Producto", "Product"),
    "trial_policy": Titles("Política", "Policy"),
    "trial_tier": Titles("Urgencia", "Urgency"),
    "trial_tier_hottest": Titles("la mayor", "the highest"),
    "trial_at": Titles("En otro momento", "At another moment"),
    "trial_at_about": Titles(
        "Vacío: ahora. Hasta dentro de un año.", "Empty: now. Up to a year from now."
    ),
    "trial_without": Titles("Como si no estuvieran", "As if these were not there"),
    "trial_without_about": Titles("Correos, separados por comas.", "E-mails, between commas."),
    "trial_ask": Titles("Probar", "Try"),
    "trial_several": Titles("Hay varios; elige uno:", "There are several; choose one:"),
    "trial_no_lead": Titles("Ningún lead se llama «{text}».", "No lead is called “{text}”."),
    # --- routing ---
    "routing": Titles("Reparto", "Routing"),
    "routing_about": Titles(
        "A quién le tocaría un lead ahora, y por qué. Probar no guarda nada.",
        "Who would get a lead now, and why. Trying stores nothing.",
    ),
    "routing_try": Titles("Probar con un lead", "Try with a lead"),
    "routing_ask": Titles("¿A quién le toca?", "Who would get it?"),
    "routing_described": Titles("El lead descrito", "The lead you described"),
    "routing_to": Titles("Le toca a {name}", "{name} would get it"),
    "routing_nobody": Titles(
        "A nadie: este lead no se puede entregar", "Nobody: this lead may not be handed over"
    ),
    "routing_team": Titles("Equipo", "Team"),
    "routing_due": Titles("Respuesta para", "Answer due"),
    "routing_steps": Titles("Lo que se preguntó, en orden", "What was asked, in order"),
    "step_contact": Titles("Contacto:", "Contact:"),
    "step_relation": Titles("Relación:", "Relation:"),
    "step_territory": Titles("Territorio:", "Territory:"),
    "step_language": Titles("Idioma y tema:", "Language and skill:"),
    "step_turn": Titles("Turno:", "Turn:"),
    "step_fallback": Titles("Suplencia:", "Fallback:"),
    "routing_considered": Titles("A quién se miró", "Who was looked at"),
    "routing_recent": Titles("Últimos leads asignados", "Leads assigned lately"),
    "routing_recent_none": Titles(
        "Ninguno todavía. Aquí se verá a quién se dio cada lead y por qué.",
        "None yet. Here you will see who got each lead, and why.",
    ),
    "routing_why": Titles("Por qué", "Why"),
    "routing_who": Titles("A quién", "Who"),
    "routing_when": Titles("Cuándo", "When"),
    "fault_nothing_in_force": Titles(
        "Ninguna política está en vigor, así que ningún lead se entrega todavía.",
        "No policy is in force, so no lead is handed over yet.",
    ),
    "fault_moment_passed": Titles(
        "Ese momento ya pasó: déjalo vacío para ahora.",
        "That moment has passed: leave it empty for now.",
    ),
    "fault_moment_too_far": Titles(
        "Como mucho dentro de un año.", "Within a year from now at most."
    ),
    "fault_unknown_policy": Titles("Di qué política.", "Say which policy."),
    "fault_unknown_tier": Titles(
        "La política no tiene esa urgencia.", "The policy has no such urgency."
    ),
    "wrong_at": Titles("Ese momento no se entiende.", "That moment cannot be understood."),
    "wrong_without": Titles(
        "Nadie que trabaje aquí tiene el correo «{value}».",
        "Nobody who works here has the e-mail “{value}”.",
    ),
}
