"""Facts about a lead and its account, under the names policies use."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from services.ingest.domain.text import (
    MOST_KEYS,
    count_of,
    first,
    first_text,
    mapping,
    snake,
    text_of,
)

# our name → what sources call it, after ``snake``
LEAD_NAMES: dict[str, tuple[str, ...]] = {
    "first_name": ("first_name", "firstname", "given_name", "nombre"),
    "last_name": ("last_name", "lastname", "surname", "family_name", "apellido", "apellidos"),
    "name": ("name", "full_name", "fullname", "display_name", "nombre_completo"),
    "title": ("title", "job_title", "jobtitle", "position", "role", "cargo", "puesto"),
    "phone": ("phone", "phone_number", "mobile", "mobile_phone", "telefono", "teléfono", "movil"),
    "country": ("country", "country_code", "pais", "país"),
    "city": ("city", "ciudad"),
    "language": ("language", "locale", "lang", "idioma"),
}
ACCOUNT_NAMES: dict[str, tuple[str, ...]] = {
    "name": ("name", "company_name", "company", "empresa"),
    "domain": ("domain", "website", "url", "web", "company_domain", "dominio"),
    "employees": (
        "employees",
        "employee_count",
        "num_employees",
        "size",
        "company_size",
        "empleados",
    ),
    "industry": ("industry", "sector", "industria"),
    "country": ("country", "country_code", "pais", "país"),
    "city": ("city", "ciudad"),
    "revenue": ("revenue", "annual_revenue", "facturacion"),
}
# What a lead's own traits say about its company, beside an object `company`.
COMPANY_TRAITS = {
    "company": "name", "company_name": "name", "empresa": "name", "organization": "name",
    "company_domain": "domain", "website": "domain", "company_size": "employees",
    "employees": "employees", "employee_count": "employees", "num_employees": "employees",
    "empleados": "employees", "industry": "industry", "sector": "industry",
}  # fmt: skip
IDENTIFIERS = frozenset({"email", "e_mail", "mail", "correo", "id", "user_id", "anonymous_id"})


def lead_facts(traits: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``traits`` say about the person, unknown ones under their own names."""
    given = {snake(name): value for name, value in list(traits.items())[:MOST_KEYS]}
    address = {snake(name): value for name, value in mapping(given.get("address")).items()}
    facts: dict[str, Any] = {}
    for name, called in LEAD_NAMES.items():
        if (text := first_text(given, *called) or first_text(address, *called)) is not None:
            facts[name] = text
    known = {*IDENTIFIERS, *COMPANY_TRAITS, "address"}.union(*LEAD_NAMES.values())
    return facts | _others(given, known)


def account_facts(group: Mapping[str, Any], traits: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said about the company: by itself, and by the traits of its people."""
    theirs = {snake(name): value for name, value in list(traits.items())[:MOST_KEYS]}
    company = mapping(theirs.get("company"))
    told = {
        ours: value
        for name, ours in COMPANY_TRAITS.items()
        if isinstance(value := theirs.get(name), str | int | float) and value != ""
    }
    merged = {**told, **_snaked(company), **_snaked(group)}
    facts: dict[str, Any] = {}
    for name, called in ACCOUNT_NAMES.items():
        value = first(merged, *called)
        if name == "employees":
            read: Any = count_of(value)
        else:
            read = domain_of(value) if name == "domain" else text_of(value)
        if read is not None:
            facts[name] = read
    known = set[str]().union(*ACCOUNT_NAMES.values(), {"id", "address"})
    return facts | _others({**_snaked(company), **_snaked(group)}, known)


def domain_of(value: Any) -> str | None:
    """Return the domain in a domain or an address of a web site: ``acme.com``."""
    text = text_of(value)
    if text is None or "@" in text:
        return None
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return None
    host = host.removeprefix("www.").rstrip(".")
    return host if "." in host and " " not in host else None


def _snaked(values: Mapping[str, Any]) -> dict[str, Any]:
    return {snake(name): value for name, value in list(values.items())[:MOST_KEYS]}


def _others(given: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    """Return the plain values under names we have no own name for."""
    return {
        name: value
        for name, value in given.items()
        if name not in known and isinstance(value, str | int | float | bool) and value != ""
    }
