"""Countries, regions and languages by code and by name: ISO 3166 and BCP 47.

Names come from ``pycountry`` and, in the languages people fill in forms in, from the Unicode
CLDR by ``babel``. Case and accents do not matter.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache

import pycountry
from babel import Locale, UnknownLocaleError
from babel.core import get_global

from services.handoff.domain.comparing import fold_text

NAMED_IN = ("en", "es", "pt", "fr", "de", "it", "ca")
"""Languages in which the names of countries and languages are understood."""
ALSO = {"uk": "GB", "eeuu": "US", "ee.uu.": "US", "ee. uu.": "US", "u.s.": "US", "u.s.a.": "US"}
ALPHA_2 = 2
NEARLY = 0.85
"""How alike a region's name and a known one are, from 0 to 1, to be taken for a slip."""
_REGION = re.compile(r"([A-Za-z]{2})-([A-Za-z0-9]{1,3})")
_PARTS = re.compile(r"[\[\](/]|\)")


class UnknownPlace(ValueError):
    """Nobody knows such a name; the message says what is near."""


def country_code(text: str) -> str | None:
    """Return the country a code or a name means, as ``ES``; None where nobody knows."""
    return _countries().get(fold_text(text))


def check_country(text: str) -> str:
    """Return the country's code. Raises ``UnknownPlace``."""
    code = country_code(text)
    if code is None:
        near = get_close_matches(fold_text(text), _countries(), n=1)
        hint = f"; did you mean `{_countries()[near[0]]}`?" if near else ", like `ES`"
        raise UnknownPlace(f"`{text}` is not a country of ISO 3166{hint}")
    return code


def check_region(text: str) -> str:
    """Return a region as it is kept: ``ES-MD``, or a name as facts tell it.

    Raises ``UnknownPlace`` for what looks like a code and is none.
    """
    match = _REGION.fullmatch(text.strip())
    if match is None:
        return text.strip()
    code = f"{match[1]}-{match[2]}".upper()
    if code in _codes():
        return code
    country = match[1].upper()
    if _regions(country):
        near = get_close_matches(code, [one for one in _codes() if one[:ALPHA_2] == country], n=1)
        hint = f"; did you mean `{near[0]}`?" if near else f", like `{_example(country)}`"
        raise UnknownPlace(f"`{text}` is not a region of {country} by ISO 3166-2{hint}")
    if country_code(country) is None:
        raise UnknownPlace(f"`{text}`: {match[1]} is not a country of ISO 3166")
    raise UnknownPlace(f"`{text}`: {country} has no regions by ISO 3166-2")


def settled_region(text: str, countries: Sequence[str]) -> str:
    """Return a region as it is kept, within these countries (codes) where there are any.

    A name one of them has becomes its code: ``Cataluña`` is ``ES-CT``, ``Madrid`` the widest
    region of that name. A name that none has is kept as facts tell it.

    Raises ``UnknownPlace`` as ``check_region``, for a region of another country, and for what
    is nearly the name of one.
    """
    region = check_region(text)
    if not countries:
        return region
    if region in _codes():
        if region[:ALPHA_2] not in countries:
            raise UnknownPlace(f"`{region}` is in none of its countries: {', '.join(countries)}")
        return region
    near: list[str] = []
    for country in countries:
        named = _named(country)
        if (code := named.get(fold_text(region))) is not None:
            return code
        near += [named[one] for one in get_close_matches(fold_text(region), named, 1, NEARLY)]
    if near:
        raise UnknownPlace(f"no region is called `{region}`; did you mean `{near[0]}`?")
    return region


def check_language(text: str) -> str:
    """Return a language as BCP 47 writes it: ``es``, ``pt-BR``. Raises ``UnknownPlace``."""
    found = language_tag(text)
    if found is None:
        near = get_close_matches(fold_text(text), _languages(), n=1)
        hint = f"; did you mean `{_languages()[near[0]]}`?" if near else ", like `es` or `pt-BR`"
        raise UnknownPlace(f"`{text}` is not a language of BCP 47{hint}")
    return found


def language_tag(text: str) -> str | None:
    """Return the language a tag, a locale or a name means; None where nobody knows.

    ``es_MX``, ``ES-mx`` and ``es-MX.UTF-8`` are one.
    """
    named = _languages().get(fold_text(text))
    if named is not None:
        return named
    tag = text.strip().partition(".")[0].replace("_", "-")
    language, *rest = tag.split("-")
    if fold_text(language) not in _tags() or not all(map(_is_subtag, rest)):
        return None
    try:
        locale = Locale.parse(tag, sep="-", resolve_likely_subtags=False)
    except (UnknownLocaleError, ValueError):  # a language without a locale of its own
        return "-".join((language.lower(), *map(_as_subtag, rest)))
    return str(locale).replace("_", "-")


def language_keys(tag: str) -> frozenset[str]:
    """Return what a language counts as: ``es-mx`` is ``es`` too."""
    parts = fold_text(tag).split("-")
    return frozenset("-".join(parts[:count]) for count in range(1, len(parts) + 1))


def region_keys(country: str | None, text: str) -> frozenset[str]:
    """Return what a region counts as: its name, its codes, those of the regions it is in.

    ``country`` is a code; without one only a full code like ``ES-MD`` finds others.
    """
    folded = fold_text(text)
    match = _REGION.fullmatch(text.strip())
    if match is not None and f"{match[1]}-{match[2]}".upper() in _codes():
        country = match[1].upper()
    known = _regions(country) if country else {}
    return frozenset((folded, *known.get(folded, ())))


def country_of_region(text: str) -> str | None:
    """Return the country of a region's full code."""
    code = text.strip().upper()
    return code[:ALPHA_2] if code in _codes() else None


def _is_subtag(part: str) -> bool:
    return part.isascii() and part.isalnum() and 2 <= len(part) <= 8


def _as_subtag(part: str) -> str:
    if len(part) == ALPHA_2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part.lower()


def _example(country: str) -> str:
    return min(code for code in _codes() if code[:ALPHA_2] == country)


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for one in pycountry.countries:
        for key in ("name", "common_name", "official_name", "alpha_3", "alpha_2"):
            if (name := getattr(one, key, None)) is not None:
                names[fold_text(name)] = one.alpha_2
    codes = set(names.values())
    for language in NAMED_IN:
        for code, name in Locale(language).territories.items():
            if code in codes:
                names.setdefault(fold_text(name), code)
    return ALSO | names


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(one.code for one in pycountry.subdivisions)


@lru_cache(maxsize=300)
def _regions(country: str) -> Mapping[str, tuple[str, ...]]:
    """Return the codes each code and name of a country's regions stands for, folded."""
    inside = {one.code: one for one in pycountry.subdivisions if one.country_code == country}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for code, one in inside.items():
        codes = {fold_text(code)}
        around = one.parent_code
        while around in inside and fold_text(around) not in codes:
            codes.add(fold_text(around))
            around = inside[around].parent_code
        for name in {code, code[ALPHA_2 + 1 :], *_names(one.name)}:
            found[fold_text(name)] |= codes
    return {name: tuple(sorted(codes)) for name, codes in found.items()}


def _names(name: str) -> Iterable[str]:
    """Yield the spellings in ``Catalunya [Cataluña]``, in ``Madrid, Comunidad de``."""
    for part in filter(None, map(str.strip, _PARTS.split(name))):
        yield part
        head, comma, tail = part.partition(", ")
        if comma:
            yield head
            yield f"{tail} {head}"


@lru_cache(maxsize=300)
def _named(country: str) -> Mapping[str, str]:
    """Return the widest region of each name in a country, names folded."""
    found: dict[str, str] = {}
    inside = {one.code: one for one in pycountry.subdivisions if one.country_code == country}
    for code, one in inside.items():
        for name in _names(one.name):
            held = found.setdefault(fold_text(name), code)
            if inside[held].parent_code == code:
                found[fold_text(name)] = code
    return found


@lru_cache(maxsize=1)
def _tags() -> frozenset[str]:
    known = {one.alpha_2 for one in pycountry.languages if hasattr(one, "alpha_2")}
    known |= {one.alpha_3 for one in pycountry.languages}
    return frozenset(known | set(get_global("language_aliases")))


@lru_cache(maxsize=1)
def _languages() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for language in NAMED_IN:
        for code, name in Locale(language).languages.items():
            names.setdefault(fold_text(name), code.replace("_", "-"))
    return names
