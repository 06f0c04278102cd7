"""Facts about a lead and its account, under the names policies use."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from services.ingest.domain.text import MOST_KEYS, count_of, mapping, snake, text_of

# our name → what sources call it, after ``snake``; the first one given counts
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
        *("employees", "employee_count", "num_employees"),
        *("size", "company_size", "empleados"),
    ),
    "industry": ("industry", "sector", "industria"),
    "country": ("country", "country_code", "pais", "país"),
    "city": ("city", "ciudad"),
    "revenue": ("revenue", "annual_revenue", "facturacion"),
}
# What a lead's own traits say about its company, beside an object `company`.
COMPANY_TRAITS: dict[str, tuple[str, ...]] = {
    "name": ("company", "company_name", "empresa", "organization"),
    "domain": ("company_domain", "website", "dominio"),
    "employees": ("company_size", "employees", "employee_count", "num_employees", "empleados"),
    "industry": ("industry", "sector", "industria"),
}
IDENTIFIERS = frozenset({"email", "e_mail", "mail", "correo", "id", "user_id", "anonymous_id"})
NO_FACTS = IDENTIFIERS | {"address", "company"}

Names = Mapping[str, tuple[str, int]]
"""What a source calls it → our name, and its rank among the names for the same thing."""


def _ranked(names: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, int]]:
    return {
        called: (ours, rank) for ours, many in names.items() for rank, called in enumerate(many)
    }


LEAD = _ranked(LEAD_NAMES)
ACCOUNT = _ranked(ACCOUNT_NAMES)
COMPANY = _ranked(COMPANY_TRAITS)


def lead_facts(traits: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``traits`` say about the person, unknown ones under their own names."""
    if not traits:
        return {}
    known, others = _sorted(traits, LEAD)
    address, _ = _sorted(mapping(traits.get("address")), LEAD)
    facts: dict[str, Any] = {}
    for name, value in (*address.items(), *known.items()):
        if (text := text_of(value)) is not None:
            facts[name] = text
    for name, value in others:
        if name not in NO_FACTS and name not in COMPANY:
            facts.setdefault(name, value)
    return facts


def account_facts(group: Mapping[str, Any], traits: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said about the company: by itself, and by the traits of its people."""
    facts: dict[str, Any] = {}
    if traits:
        _add_company(facts, _sorted(traits, COMPANY)[0])
    for said in (mapping(traits.get("company")), group):
        if said:
            known, others = _sorted(said, ACCOUNT)
            _add_company(facts, known)
            facts.update((name, value) for name, value in others if name not in NO_FACTS)
    return facts


def _sorted(
    given: Mapping[str, Any], names: Names
) -> tuple[dict[str, Any], list[tuple[str, str | int | float]]]:
    """Return the values we have a name for, the best-ranked of each, and the other plain ones."""
    known: dict[str, Any] = {}
    ranks: dict[str, int] = {}
    others: list[tuple[str, str | int | float]] = []
    for name, value in _told(given):
        if (found := names.get(name)) is None:
            if isinstance(value, str | int | float):
                others.append((name, value))
        elif found[1] <= ranks.get(found[0], found[1]):
            known[found[0]], ranks[found[0]] = value, found[1]
    return known, others


def _told(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for count, (name, value) in enumerate(given.items()):
        if count == MOST_KEYS:
            return
        if value is not None and value != "":
            yield snake(name), value


def _add_company(facts: dict[str, Any], known: Mapping[str, Any]) -> None:
    for name, value in known.items():
        read: Any
        if name == "employees":
            read = count_of(value)
        else:
            read = domain_of(value) if name == "domain" else text_of(value)
        if read is not None:
            facts[name] = read


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
