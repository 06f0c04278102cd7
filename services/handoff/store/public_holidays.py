"""Public holidays by country and region, from the ``holidays`` library, named in both languages."""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

import pycountry
from holidays import HolidayBase, country_holidays, list_supported_countries

from services.handoff.domain.calendars import PublicHolidays, no_holidays
from services.handoff.domain.comparing import fold_text
from services.handoff.domain.figures import LANGUAGES
from services.handoff.domain.policy import Language
from services.handoff.domain.questions import Titles


class UnknownPlace(ValueError):
    """No holidays are known of that country or region. ``field`` says which of them."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def check_place(country: str, region: str | None) -> None:
    """Raise ``UnknownPlace`` unless holidays are known: ISO 3166 codes like ``ES``, ``CT``."""
    known = list_supported_countries()
    if country not in known or len(country) != 2:
        raise UnknownPlace("country", "not a country we know the holidays of, like `ES` or `MX`")
    regions = known[country]
    if region is None or region in regions:
        return
    near = get_close_matches(region, regions, n=1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    has = f"has {', '.join(regions)}" if regions else "has no regions"
    raise UnknownPlace("region", f"not a region with holidays of its own: {country} {has}.{hint}")


def places() -> tuple[str, ...]:
    """Return the countries whose holidays are known, by ISO 3166 code."""
    return tuple(sorted(code for code in list_supported_countries() if len(code) == 2))


def regions(country: str) -> tuple[tuple[str, str], ...]:
    """Return the regions of a country with holidays of their own: code and name, by name."""
    inside = (one for one in pycountry.subdivisions if one.country_code == country)
    names = {one.code.partition("-")[2]: f"{one.name} ({one.code})" for one in inside}
    codes = list_supported_countries().get(country, ())
    found = [(code, names.get(code, code)) for code in codes]
    return tuple(sorted(found, key=lambda one: fold_text(one[1])))


def public_holidays(country: str | None, region: str | None) -> PublicHolidays:
    """Return what tells the public holidays of a year; of no country there are none."""
    if country is None:
        return no_holidays
    return lambda year: _of_year(country, region, year)


@lru_cache(maxsize=2048)
def _of_year(country: str, region: str | None, year: int) -> Mapping[date, Titles]:
    place = _place(country)
    if not place.start_year <= year <= place.end_year:
        return {}  # some are told for a few decades only
    named = {language: _named(country, region, year, language) for language in LANGUAGES}
    return {day: Titles(named["es"][day], named["en"][day]) for day in named["en"]}


def _named(country: str, region: str | None, year: int, language: Language) -> Mapping[date, str]:
    spoken = _nearest(_languages(country), language)
    found = country_holidays(country, subdiv=region, years=year, language=spoken)
    return dict(found.items())


@lru_cache(maxsize=256)
def _place(country: str) -> HolidayBase:
    return country_holidays(country)


def _languages(country: str) -> tuple[str, ...]:
    """Return the languages the library knows a country's holidays in, its own first."""
    place = _place(country)
    own = (place.default_language,) if place.default_language else ()
    return (*own, *place.supported_languages)


def _nearest(known: tuple[str, ...], language: Language) -> str | None:
    """Return the language itself or a variety of it, else English, else the country's own."""
    for wanted in (language, "en"):
        for each in known:
            if each.partition("_")[0] == wanted:
                return each
    return None
