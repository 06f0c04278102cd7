"""What the pages of API keys say. In English a scope is described as everywhere else."""

from collections.abc import Mapping

from shared.access import SCOPES
from shared.console.words import Titles

_SCOPES: dict[str, str] = {
    "sources:read": "ver fuentes, su cuadre, quién hizo sus interacciones y las tablas de sus tipos",
    "sources:write": "crear y cambiar fuentes y sus credenciales",
    "receipts:read": "ver recibos, también los apartados",
    "receipts:write": "importar actividad, releer recibos apartados y volver a juzgar interacciones",
    "leads:read": "ver leads, su historia y sus evaluaciones",
    "leads:write": "unir, separar y cambiar leads, apuntar consentimientos y atender peticiones de ventas",
    "leads:erase": "borrar a una persona de todas partes y para siempre",
    "leads:override": "entregar leads a mano, retenerlos y deshacer lo que causó una respuesta",
    "handoffs:read": "ver entregas",
    "handoffs:write": "responder, contar cómo va y asignar",
    "scoreboard:read": "ver las cifras comunes; la clave de un comercial, las de sus equipos",
    "policies:read": "ver políticas y pruebas, y probar una política con un lead",
    "policies:write": "redactar políticas y probarlas con el pasado",
    "policies:sign": "firmar políticas en nombre de la persona de la clave",
    "policies:activate": "poner políticas en vigor, ya o en una fecha",
    "lists:write": "crear y cambiar las listas que usan las políticas",
    "people:read": "ver personas, equipos, territorios y calendarios",
    "people:write": "cambiar personas, equipos, territorios y calendarios",
    "hours:write": "ver y apuntar el horario y las ausencias de la persona de la clave",
    "keys:write": "crear y revocar claves de la API",
    "subscriptions:read": "ver suscripciones y entregas a sistemas",
    "subscriptions:write": "crear, cambiar, renovar y repetir suscripciones",
    "feed:read": "leer el canal de eventos",
    "inbox:read": "leer los avisos de la persona de la clave",
    "operations:read": "ver eventos apartados, lo que nunca debe pasar y el registro",
    "operations:write": "reintentar eventos apartados y recontar el marcador",
}

_AREAS: dict[str, tuple[str, str]] = {
    "sources": ("Fuentes", "Sources"),
    "receipts": ("Recibos", "Receipts"),
    "leads": ("Leads", "Leads"),
    "handoffs": ("Entregas a ventas", "Hand-offs"),
    "scoreboard": ("Marcador", "Scoreboard"),
    "policies": ("Acuerdo", "Agreement"),
    "lists": ("Listas", "Lists"),
    "people": ("Personas", "People"),
    "hours": ("Horario propio", "One's own hours"),
    "keys": ("Claves", "Keys"),
    "subscriptions": ("Suscripciones", "Subscriptions"),
    "feed": ("Canal de eventos", "Event feed"),
    "inbox": ("Avisos", "Inbox"),
    "operations": ("Estado del sistema", "Health"),
    "all": ("Todo", "Everything"),
}

WORDS: Mapping[str, Titles] = {
    "keys": Titles("Claves de la API", "API keys"),
    "keys_about": Titles(
        "Con ellas entran los programas: tu CRM, un cuadro de mando, la línea de órdenes.",
        "Programs come in by them: your CRM, a dashboard, the command line.",
    ),
    "keys_none": Titles("Aún no hay claves", "No keys yet"),
    "keys_none_about": Titles(
        "Crea una por cada programa que hable con Relevo, y revócala cuando deje de usarse.",
        "Make one for each program that talks to Relevo, and revoke it when it is not used any more.",
    ),
    "keys_first": Titles("Al principio", "To the start"),
    "keys_next": Titles("Más", "More"),
    "key": Titles("Clave", "Key"),
    "key_for": Titles("En nombre de", "Acts for"),
    "key_for_system": Titles("un sistema", "a system"),
    "key_is_revoked": Titles("revocada", "revoked"),
    "key_may": Titles("Qué puede hacer", "What it may do"),
    "key_may_all": Titles("todo", "everything"),
    "key_may_count": Titles("{count} permiso|{count} permisos", "{count} scope|{count} scopes"),
    "key_new": Titles("Nueva clave", "New key"),
    "key_new_about": Titles(
        "Dale solo lo que el programa necesita. La verás una vez, al crearla.",
        "Give it what the program needs and no more. You see it once, when it is made.",
    ),
    "key_like": Titles("Partir de una función", "Start from a role"),
    "key_like_about": Titles(
        "Marca lo que esa función necesita; luego puedes quitar y poner.",
        "Ticks what that role's work needs; add and remove as you like.",
    ),
    "key_name": Titles("Para qué es", "What it is for"),
    "key_name_example": Titles("CRM de ventas", "Sales CRM"),
    "key_person": Titles("En nombre de quién actúa", "Whom it acts for"),
    "key_person_none": Titles("De nadie: es de un sistema", "Nobody: it is a system's"),
    "key_person_about": Titles(
        "Una clave con persona puede lo que sus funciones permiten, como mucho, y muere cuando se va. Sin permisos marcados puede justo eso.",
        "A key with a person may do what their roles allow at most, and ends when they leave. With nothing ticked it may do just that.",
    ),
    "key_may_about": Titles(
        "Marca lo necesario. Una clave nunca puede más que tú.",
        "Tick what is needed. A key can never do more than you.",
    ),
    "key_make": Titles("Crear la clave", "Make the key"),
    "key_wrong": Titles("Falta algo: está junto al campo.", "Something is missing: see the field."),
    "key_no_name": Titles(
        "Ponle un nombre para reconocerla, de 200 caracteres como mucho.",
        "Give it a name to recognise it by, 200 characters at most.",
    ),
    "key_no_scopes": Titles(
        "Marca qué puede hacer, o di en nombre de quién actúa.",
        "Tick what it may do, or say whom it acts for.",
    ),
    "key_unknown_person": Titles(
        "Esa persona ya no trabaja aquí.", "That person does not work here any more."
    ),
    "key_exceeds_roles": Titles(
        "Has marcado algo que las funciones de esa persona no permiten.",
        "Something is ticked that this person's roles do not allow.",
    ),
    "key_exceeds_yours": Titles(
        "Has marcado algo que tú no puedes hacer.", "Something is ticked that you may not do."
    ),
    "key_made": Titles("Clave creada", "Key made"),
    "key_once": Titles(
        "Cópiala ahora y guárdala donde el programa la lea. No se vuelve a mostrar: solo se guarda su huella.",
        "Copy it now and keep it where the program reads it. It is not shown again: only its hash is stored.",
    ),
    "key_once_how": Titles(
        "Un clic la selecciona entera; después, Ctrl+C o ⌘C.",
        "One click selects all of it; then Ctrl+C or ⌘C.",
    ),
    "key_repeated": Titles(
        "Ya se había creado con este formulario y no se vuelve a mostrar. Si no la copiaste, revócala y crea otra.",
        "It was made by this form before and is not shown again. If you did not copy it, revoke it and make another.",
    ),
    "key_copied": Titles("Ya la tengo", "I have it"),
    "key_revoke": Titles("Revocar", "Revoke"),
    "key_revoke_of": Titles("Revocar «{name}»", "Revoke “{name}”"),
    "key_revoke_about": Titles(
        "El programa que la use dejará de entrar en segundos. No se puede deshacer; si hace falta, se crea otra.",
        "The program that uses it is out within seconds. This cannot be undone; make another if need be.",
    ),
    "key_revoke_sure": Titles("Revocar la clave", "Revoke the key"),
    "key_revoked": Titles("Clave revocada.", "Key revoked."),
    "key_revoked_already": Titles("Ya estaba revocada.", "It was revoked before."),
    "scope_admin": Titles(
        "todo, también lo que llegue con versiones nuevas",
        "everything, and what new versions bring",
    ),
    **{f"area_{area}": Titles(*texts) for area, texts in _AREAS.items()},
    **{
        f"scope_{scope.replace(':', '_')}": Titles(spanish, SCOPES[scope])
        for scope, spanish in _SCOPES.items()
    },
}
