"""Finding person, event, moment and facts in JSON nobody described to us.

The names people give these things are few. They are looked for without regard to case and
separators, at the top and in the objects that usually hold them.
"""

from collections.abc import Mapping
from typing import Any

from services.ingest.domain.incoming import IncomingTouch, Told
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import MOST_KEYS, first_text, mapping, snake
from services.ingest.vendors.bodies import fingerprint

EVENT = ("event", "event_name", "event_type", "type", "action", "evento")
EVENT_ID = ("id", "event_id", "message_id", "uuid")
EMAIL = ("email", "e_mail", "email_address", "mail", "correo", "correo_electronico")
USER_ID = ("user_id", "userid", "contact_id", "lead_id", "customer_id", "external_id")
ANONYMOUS_ID = ("anonymous_id", "anonymousid", "visitor_id", "client_id", "cookie_id")
TIME = ("occurred_at", "timestamp", "time", "created_at", "date", "datetime", "fecha")
PERSON = ("lead", "contact", "person", "user", "traits", "customer")
PROPERTIES = ("properties", "data", "payload", "attributes", "fields")
ACCOUNT = ("account", "company", "organization", "empresa")
AGENT = ("user_agent", "useragent")
SAID = frozenset(
    {*EVENT, *EVENT_ID, *EMAIL, *USER_ID, *ANONYMOUS_ID, *TIME, *PERSON, *ACCOUNT, *AGENT}
)
NO_PROPERTY = SAID | {"campaign", "page"}
SETS: dict[tuple[str, ...], frozenset[str]] = {
    names: frozenset(names)
    for names in (
        *(EVENT, EVENT_ID, EMAIL, USER_ID, ANONYMOUS_ID, TIME, PERSON),
        *(PROPERTIES, ACCOUNT, AGENT),
    )
}


def snaked(values: Any) -> dict[str, Any]:
    """Return an object with its keys as we write them; an empty one for anything else."""
    if not isinstance(values, dict):
        return {}
    return {snake(name): value for name, value in list(values.items())[:MOST_KEYS]}


def plain_touch(item: Mapping[str, Any], place: str = "") -> IncomingTouch:
    """Return what ``item`` tells, by the usual names of things."""
    given = snaked(item)
    person = _first_object(given, PERSON)
    properties = _first_object(given, PROPERTIES)
    # Where no object is called the properties, all that says nothing else is.
    about = properties or {name: value for name, value in given.items() if name not in NO_PROPERTY}
    places = (given, person, properties)
    return IncomingTouch(
        fingerprint=fingerprint(item),
        source_event_id=_find((given,), EVENT_ID),
        name=_find((given,), EVENT),
        email=_find(places, EMAIL),
        user_id=_find((given, properties), USER_ID)
        or (first_text(person, "id", *USER_ID) if person else None),
        anonymous_id=_find(places, ANONYMOUS_ID),
        occurred_at=_moment(given, properties),
        properties={name: value for name, value in about.items() if name not in EMAIL},
        campaign=mapping(given.get("campaign")),
        page=mapping(given.get("page")),
        lead=person or given_facts(given),
        account=_first_object(given, ACCOUNT),
        user_agent=_find(places, AGENT),
        place=place,
    )


def given_facts(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts about a person that stand beside the event itself."""
    if _FACTS.isdisjoint(given):
        return {}
    return {name: given[name] for name in FACTS if name in given}


FACTS = (
    *("first_name", "last_name", "full_name", "name", "title", "job_title", "phone", "country"),
    *("city", "language", "company", "company_name", "company_size", "industry", "website"),
    *("nombre", "apellidos", "cargo", "telefono", "pais", "empresa", "empleados"),
)
_FACTS = frozenset(FACTS)


def _first_object(given: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    if _says_none(given, names):
        return {}
    for name in names:
        if (value := given.get(name)) and isinstance(value, dict):
            return snaked(value)
    return {}


def _find(places: tuple[dict[str, Any], ...], names: tuple[str, ...]) -> str | None:
    for values in places:
        if not values or _says_none(values, names):
            continue
        if (text := first_text(values, *names)) is not None:
            return text
    return None


def _moment(*places: dict[str, Any]) -> Told:
    for values in places:
        if not values or _says_none(values, TIME):
            continue
        if (told := first_told(values.get(name) for name in TIME)) is not None:
            return told
    return None


def _says_none(values: dict[str, Any], names: tuple[str, ...]) -> bool:
    """Return whether none of ``names`` is in ``values``: mostly so, and told in one step."""
    return SETS[names].isdisjoint(values)
