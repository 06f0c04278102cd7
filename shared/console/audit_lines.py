"""Lines of the audit as the page shows them, each with the page of what it is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from shared.console.visitor import Visitor
from shared.operations import AuditShown


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is seen: a path, in which ``{subject}`` and fields of the detail are put.

    Only who has ``scope`` is led there.
    """

    path: str
    scope: str


@dataclass(frozen=True, slots=True)
class Line:
    """One change, and the path of what was changed; empty where there is none, or no more."""

    told: AuditShown
    href: str


def lines(
    told: Iterable[AuditShown], places: Mapping[str, Place | None], visitor: Visitor
) -> list[Line]:
    """Return changes with where each leads.

    ``places`` are by what was done, ``lead.erased``, else by what it was done to, ``lead``.
    """
    return [Line(one, _href(one, places, visitor)) for one in told]


def _href(one: AuditShown, places: Mapping[str, Place | None], visitor: Visitor) -> str:
    place = places.get(one.what, places.get(one.what.partition(".")[0]))
    if place is None or not visitor.may(place.scope):
        return ""
    values = {**one.detail, "subject": one.subject}
    try:
        return place.path.format_map(
            {name: quote(str(value), "") for name, value in values.items()}
        )
    except KeyError:  # written before the detail said so much
        return ""
