"""What territories ask about a lead, read from its facts and its account's.

What was told of the account comes before what was told of the lead: a territory is asked
where the company is, not where one of its people fills in a form.
"""

from collections.abc import Collection, Iterable

from services.handoff.domain.comparing import fold_text, read_number
from services.handoff.domain.facts import Facts, ListVersion, find
from services.handoff.domain.territories import Territory, TerritoryFacts, Told
from services.handoff.store import places
from services.handoff.unit_of_work import UnitOfWork

COUNTRY = ("account.country", "lead.country")
REGION = ("account.region", "account.state", "lead.region", "lead.state")
LANGUAGE = ("lead.language",)
PRODUCT = ("lead.product", "lead.products", "account.product", "account.products")
SEGMENT = ("account.segment", "account.segments", "lead.segment", "lead.segments")
DOMAIN = "account.domain"
EMPLOYEES = "account.employees"


def lists_of(uow: UnitOfWork, territories: Iterable[Territory]) -> dict[str, ListVersion]:
    """Return what the lists that territories name hold now."""
    names = frozenset[str]().union(*(one.lists for one in territories))
    return dict(uow.parts.shelf.lists.current(uow.conn, names)) if names else {}


def territory_facts(facts: Facts, policy: str, lists: dict[str, ListVersion]) -> TerritoryFacts:
    """Return what territories ask about a lead.

    ``facts`` are the lead's and its account's, ``{"lead": {…}, "account": {…}}``; ``policy``
    is the name of the one that hands it over; ``lists`` as ``lists_of`` returns them.
    """
    told: dict[str, Told] = {"policy": Told.plainly(policy)}
    region, country = _first(facts, REGION), _first(facts, COUNTRY)
    code = places.country_code(country) if country else None
    if code is None and country is None and region:
        code = places.country_of_region(region)
    if country or code:
        said = code or country or ""
        told["country"] = Told(said, frozenset({fold_text(said)}))
    if region:
        told["region"] = Told(region, places.region_keys(code, region))
    if language := _first(facts, LANGUAGE):
        tag = places.language_tag(language) or language
        told["language"] = Told(tag, places.language_keys(tag))
    for kind, paths in (("product", PRODUCT), ("segment", SEGMENT)):
        if values := _all(facts, paths):
            told[kind] = Told.plainly(*values)
    domain = _first(facts, (DOMAIN,))
    on = frozenset(
        name for name, held in lists.items() if domain and fold_text(domain) in held.keys
    )
    return TerritoryFacts(told, domain, on, read_number(find(facts, EMPLOYEES)))


def _first(facts: Facts, paths: Collection[str]) -> str | None:
    return next((values[0] for path in paths if (values := _all(facts, (path,)))), None)


def _all(facts: Facts, paths: Collection[str]) -> list[str]:
    found: list[str] = []
    for path in paths:
        value = find(facts, path)
        values = value if isinstance(value, list | tuple) else (value,)
        found += [str(one) for one in values if one is not None and str(one).strip()]
    return list(dict.fromkeys(found))
