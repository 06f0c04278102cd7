"""What the columns of an export say, guessed from their headings.

Headings are compared as event names are: without case, accents and separators. A column
that is nothing else is a fact about the person where its name is one, else a property of
what happened. An id is only taken where the heading says that it is the event's: a plain
``id`` is as often the contact's, and then all a contact did would count once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.ingest.domain.facts import COMPANY, LEAD
from services.ingest.domain.properties import place_of
from services.ingest.domain.text import snake
from services.ingest.domain.touch_kinds import fold_name

# field → headings, folded; the first one that is there counts
FIELDS: dict[str, tuple[str, ...]] = {
    "event": (
        *("event", "event name", "event type", "activity", "activity type", "action", "type"),
        *("evento", "nombre del evento", "tipo de evento", "actividad", "tipo de actividad"),
        *("accion", "tipo", "metric"),
    ),
    "id": (
        *("event id", "eventid", "message id", "messageid", "activity id", "uuid", "sg event id"),
        *("id del evento", "id de evento", "id evento", "id de actividad"),
    ),
    "time": (
        *("occurred at", "timestamp", "event timestamp", "date time", "datetime", "date and time"),
        *("event date", "event time", "activity date", "action date", "created at", "date", "time"),
        *("tstamp", "fecha y hora", "fecha hora", "fecha del evento", "fecha de actividad"),
        *("marca de tiempo", "fecha", "date added", "cdate", "created", "creado", "creado el"),
    ),
    "email": (
        *("email", "e mail", "email address", "e mail address", "mail", "contact email"),
        *("subscriber email", "recipient", "recipient email", "correo", "correo electronico"),
        *("direccion de correo", "direccion de correo electronico", "email del contacto"),
        "correo del contacto",
    ),
    "user_id": (
        *("contact id", "contactid", "subscriber id", "subscriberid", "lead id", "user id"),
        *("userid", "customer id", "external id", "id de contacto", "id del contacto"),
        *("id contacto", "id de cliente", "id de usuario"),
    ),
    "anonymous_id": (
        *("anonymous id", "visitor id", "client id", "cookie id", "tracking id", "trackingid"),
        *("device id", "id de visitante"),
    ),
    "user_agent": ("user agent", "useragent", "agente de usuario"),
}
# A heading of a moment that says by itself what happened: reports about one kind of thing.
TOLD_BY_TIME: dict[str, str] = {
    **dict.fromkeys(
        ("open date", "opened", "opened at", "date opened", "open time", "date read"),
        "email.opened",
    ),
    **dict.fromkeys(("fecha de apertura", "abierto el", "fecha de lectura"), "email.opened"),
    **dict.fromkeys(
        ("click date", "clicked", "clicked at", "date clicked", "click time"), "email.clicked"
    ),
    **dict.fromkeys(("fecha de clic", "fecha del clic", "clic el"), "email.clicked"),
    **dict.fromkeys(
        ("unsubscribe date", "unsubscribed at", "date unsubscribed", "fecha de baja"),
        "email.unsubscribed",
    ),
    **dict.fromkeys(("bounce date", "bounced at", "date bounced"), "email.bounced"),
    **dict.fromkeys(("date replied", "reply date", "fecha de respuesta"), "email.replied"),
    **dict.fromkeys(
        ("date submitted", "submission date", "submitted at", "fecha de envio"), "form.submitted"
    ),
    **dict.fromkeys(("date hit", "visit date", "fecha de visita"), "page.viewed"),
    **dict.fromkeys(
        ("date download", "date downloaded", "download date", "fecha de descarga"),
        "content.downloaded",
    ),
    **dict.fromkeys(("date sent", "sent at", "send date"), "email.sent"),
}
# Spanish headings of what an event was about → the property.
PROPERTIES: dict[str, str] = {
    "asunto": "subject",
    "campana": "campaign",
    "nombre de la campana": "campaign name",
    "enlace": "url",
    "direccion web": "url",
    "pagina": "page",
    "formulario": "form",
    "lista": "list",
    "etiqueta": "tag",
    "titulo": "title",
    "tema": "topic",
}
ABOUT = frozenset({"list", "tag"})
"""Properties that say what an event was about, beside those with a place of their own."""

# What says who somebody is elsewhere, and is a property or nothing in an activity export.
NO_FACTS = frozenset({"title", "id", "url", "web", "position", "role", "lang"})


@dataclass(frozen=True, slots=True)
class Guess:
    """Which heading is what. ``event`` may be a constant, ``=email.opened``."""

    fields: Mapping[str, str]
    lead: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)


def guess(headings: Sequence[str], said: Mapping[str, str]) -> Guess:
    """Return what the columns under ``headings`` are; ``said`` (field → heading) comes first."""
    folded: dict[str, str] = {}
    for heading in headings:
        folded.setdefault(fold_name(heading), heading)
    fields = dict(said)
    for name, candidates in FIELDS.items():
        if name not in fields:
            found = next((folded[one] for one in candidates if one in folded), None)
            if found is not None and found not in fields.values():
                fields[name] = found
    told = next((one for one in TOLD_BY_TIME if one in folded), None)
    if told is not None and "event" not in fields:
        fields["event"] = f"={TOLD_BY_TIME[told]}"
        if "time" not in said:
            fields["time"] = folded[told]
    elif told is not None and "time" not in fields:
        fields["time"] = folded[told]
    taken = set(fields.values())
    left = [heading for heading in headings if heading and heading not in taken]
    lead = {snake(heading): heading for heading in left if _is_fact(heading)}
    return Guess(
        fields=fields,
        lead=lead,
        properties={_property(one): one for one in left if one not in lead.values()},
    )


def says_what(name: str) -> bool:
    """Return whether a property tells two events of a kind apart: not a count that changes."""
    return snake(name) in ABOUT or place_of("content", name).part is not None


def _is_fact(heading: str) -> bool:
    name = snake(heading)
    return (name in LEAD or name in COMPANY) and name not in NO_FACTS


def _property(heading: str) -> str:
    return PROPERTIES.get(fold_name(heading), heading)
