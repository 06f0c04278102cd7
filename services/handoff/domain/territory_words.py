"""Why a territory has a lead, or has it not, in Spanish and in English."""

from collections.abc import Mapping, Sequence

from services.handoff.domain.figures import decimal
from services.handoff.domain.policy import Language
from services.handoff.domain.questions import Titles

SHOWN = 5
"""Values of a condition that are told; of more how many there are."""

# what it is called, with its article in Spanish; and several of them
NOUNS: Mapping[Language, Mapping[str, tuple[str, str]]] = {
    "en": {
        "country": ("country", "countries"),
        "region": ("region", "regions"),
        "language": ("language", "languages"),
        "product": ("product", "products"),
        "segment": ("segment", "segments"),
        "policy": ("policy", "policies"),
    },
    "es": {
        "country": ("el país", "países"),
        "region": ("la región", "regiones"),
        "language": ("el idioma", "idiomas"),
        "product": ("el producto", "productos"),
        "segment": ("el segmento", "segmentos"),
        "policy": ("la política", "políticas"),
    },
}
MORE: Mapping[Language, str] = {"en": "{n} more", "es": "{n} más"}
EVERY_LEAD = Titles("toma todos los leads", "it takes every lead")
NO_DOMAIN = Titles("nadie dijo el dominio de la empresa", "nobody told the company’s domain")


def among(kind: str, said: str, values: Sequence[str], is_met: bool) -> Titles:
    """Say whether what was told of a lead is among a condition's values."""
    if is_met:
        spanish, english = "{one} {said} está entre sus {many}", "{one} {said} is in its {many}"
        return _both(kind, spanish, english, said)
    return _both(
        kind,
        "{one} {said} no está entre sus {many} ({values})",
        "{one} {said} is not in its {many} ({values})",
        said,
        values,
    )


def untold(kind: str, values: Sequence[str]) -> Titles:
    """Say that nobody told what a condition asks."""
    return _both(
        kind,
        "nadie dijo {one}; sus {many} son {values}",
        "nobody told the {one}; its {many} are {values}",
        "",
        values,
    )


def own_account(domain: str) -> Titles:
    """Say that the company is named."""
    return Titles(f"{domain} es una de sus cuentas", f"{domain} is one of its accounts")


def on_list(domain: str, name: str) -> Titles:
    """Say which list the company is on."""
    return Titles(f"{domain} está en su lista {name}", f"{domain} is on its list {name}")


def no_account(domain: str, lists: Sequence[str]) -> Titles:
    """Say that the company is neither named nor on a list."""
    if not lists:
        return Titles(f"{domain} no es una de sus cuentas", f"{domain} is not one of its accounts")
    return Titles(
        f"{domain} no es una de sus cuentas ni está en {_joined(lists, 'es')}",
        f"{domain} is not one of its accounts, nor on {_joined(lists, 'en')}",
    )


def size(employees: float, at_least: int | None, at_most: int | None, is_met: bool) -> Titles:
    """Say how the number of employees compares."""
    spanish = f"{decimal(employees, 'es')} empleados, {'' if is_met else 'y no '}"
    english = f"{decimal(employees, 'en')} employees, {'' if is_met else 'not '}"
    return Titles(
        spanish + _between(at_least, at_most, "es"), english + _between(at_least, at_most, "en")
    )


def unknown_size(at_least: int | None, at_most: int | None) -> Titles:
    """Say that nobody told the number of employees."""
    spanish, english = (_between(at_least, at_most, language) for language in ("es", "en"))
    return Titles(
        f"nadie dijo cuántos empleados hay; pide {spanish}",
        f"nobody told how many employees there are; it asks for {english}",
    )


BETWEEN: Mapping[Language, tuple[str, str, str]] = {
    "en": ("between {0} and {1}", "{0} or more", "{1} or fewer"),
    "es": ("entre {0} y {1}", "{0} o más", "{1} o menos"),
}


def _between(at_least: int | None, at_most: int | None, language: Language) -> str:
    both, least, most = BETWEEN[language]
    template = least if at_most is None else most if at_least is None else both
    return template.format(at_least, at_most)


def _both(kind: str, spanish: str, english: str, said: str, values: Sequence[str] = ()) -> Titles:
    def filled(template: str, language: Language) -> str:
        one, many = NOUNS[language][kind]
        return template.format(one=one, many=many, said=said, values=_joined(values, language))

    return Titles(filled(spanish, "es"), filled(english, "en"))


def _joined(values: Sequence[str], language: Language) -> str:
    shown = list(values[:SHOWN])
    if len(values) > SHOWN:
        shown.append(MORE[language].format(n=len(values) - SHOWN))
    return ", ".join(shown)
