"""What a touch was about, in the nested form policies ask for: ``content.topic``.

Sources write ``contentTopic``, ``content_topic``, ``content.topic`` or ``content: {topic}``,
or just ``title`` of whatever the event is about. All become the same; what has no place in
the form stays under the name it came with.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from services.ingest.domain.text import MOST_KEYS, snake, text_of

GROUPS = frozenset({"content", "campaign", "page", "email", "form", "event"})
UTM = {
    "utm_campaign": "name", "utm_source": "source", "utm_medium": "medium",
    "utm_term": "term", "utm_content": "content", "utm_id": "id",
}  # fmt: skip
# Which part the plain names of an event (title, url…) speak of, by the first word of its kind.
ABOUT = {
    "content": "content", "video": "content", "webinar": "event", "event": "event",
    "meeting": "event", "page": "page", "pricing": "page", "careers": "page",
    "form": "form", "email": "email",
}  # fmt: skip
PLAIN_NAMES = {
    "id": "id", "name": "title", "title": "title", "topic": "topic", "category": "topic",
    "url": "url", "path": "path", "referrer": "referrer", "type": "type", "subject": "subject",
    "link": "url", "tema": "topic", "titulo": "title", "título": "title",
}  # fmt: skip
# Names that give way to a better one: a page has a name and a title.
WEAK_NAMES = frozenset({"name", "category"})


class Place(NamedTuple):
    """Where a property belongs: in a part under a name, or (``part`` None) at the top."""

    part: str | None
    name: str
    weak: bool = False


def describe(
    kind: str,
    properties: Mapping[str, Any],
    campaign: Mapping[str, Any],
    page: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the properties of a touch of ``kind``, nested; ``campaign`` and ``page`` fill in."""
    about = ABOUT.get(kind.partition(".")[0])
    described: dict[str, Any] = {}
    weak: list[tuple[Place, Any]] = []
    for count, (name, value) in enumerate(properties.items()):
        if count == MOST_KEYS:
            break
        place = place_of(about, name)
        if place.weak:
            weak.append((place, value))
        else:
            _put(described, place, value)
    for place, value in weak:
        _put(described, place, value)
    for part, values in (("campaign", campaign), ("page", page)):
        for name, value in values.items():
            _put(described, Place(part, snake(name)), value)
    _add_utm_parameters(described)
    if about == "event" and "content" not in described and "event" in described:
        described["content"] = described["event"]
    _add_path(described)
    return described


@lru_cache(maxsize=8192)
def place_of(about: str | None, name: str) -> Place:
    """Return where the property ``name`` belongs, in an event about ``about``."""
    key = snake(name)
    if key in UTM:
        return Place("campaign", UTM[key])
    if key == "campaign":
        return Place("campaign", "name")
    part, _, rest = key.replace(".", "_", 1).partition("_")
    if part in GROUPS:
        return Place(part, rest or "name", weak=not rest)
    if about is not None and key in PLAIN_NAMES:
        return Place(about, PLAIN_NAMES[key], key in WEAK_NAMES)
    return Place(None, key)


def _put(described: dict[str, Any], place: Place, value: Any) -> None:
    """Put one property where it belongs; what was put before is not replaced."""
    if value is None or value in ("", [], {}):
        return
    if place.part is None:
        described.setdefault(place.name, value)
        return
    part = described.get(place.part)
    if not isinstance(part, dict):
        part = described[place.part] = {}
    if isinstance(value, dict):
        for name, inner in value.items():
            if inner is not None and inner not in ("", [], {}):
                part.setdefault(snake(name), inner)
    else:
        part.setdefault(place.name, value)


def _add_utm_parameters(described: dict[str, Any]) -> None:
    for part in ("page", "content", "email"):
        values = described.get(part)
        if isinstance(values, dict) and isinstance(url := values.get("url"), str):
            for name, value in utm_parameters(url).items():
                _put(described, Place("campaign", name), value)


def _add_path(described: dict[str, Any]) -> None:
    page = described.get("page")
    if isinstance(page, dict) and "path" not in page and (url := text_of(page.get("url"))):
        try:
            page["path"] = urlsplit(url).path or "/"
        except ValueError:
            return


def utm_parameters(url: str) -> dict[str, str]:
    """Return the campaign in the UTM parameters of ``url``."""
    if "utm_" not in url:
        return {}
    try:
        pairs = parse_qsl(urlsplit(url).query, max_num_fields=MOST_KEYS)
    except ValueError:
        return {}
    return {UTM[name]: value for name, value in pairs if name in UTM and value}
