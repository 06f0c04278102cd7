"""What a touch was about, in the nested form policies ask for: ``content.topic``.

Sources write ``contentTopic``, ``content_topic``, ``content.topic`` or ``content: {topic}``,
or just ``title`` of whatever the event is about. All become the same; what has no place in
the form stays under the name it came with.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from services.ingest.domain.text import MOST_KEYS, mapping, snake, text_of

GROUPS = ("content", "campaign", "page", "email", "form", "event")
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
TOPICAL = ("content", "event")


def describe(
    kind: str,
    properties: Mapping[str, Any],
    campaign: Mapping[str, Any],
    page: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the properties of a touch of ``kind``, nested; ``campaign`` and ``page`` fill in."""
    about = ABOUT.get(kind.partition(".")[0])
    described: dict[str, Any] = {}
    for name, value in list(properties.items())[:MOST_KEYS]:
        _place(described, about, name, value)
    _fill(described, "campaign", {snake(name): value for name, value in campaign.items()})
    _fill(described, "page", {snake(name): value for name, value in page.items()})
    for group in ("page", "content", "email"):
        _fill(described, "campaign", utm_parameters(mapping(described.get(group)).get("url")))
    if about in TOPICAL and "content" not in described and "event" in described:
        _fill(described, "content", mapping(described["event"]))
    _name_page(described)
    return described


def _place(described: dict[str, Any], about: str | None, name: str, value: Any) -> None:
    """Put one property where it belongs; what was placed before is not replaced."""
    key = snake(name)
    if key in UTM:
        _fill(described, "campaign", {UTM[key]: value})
        return
    if key in GROUPS and isinstance(value, Mapping):
        _fill(described, key, {snake(inner): one for inner, one in value.items()})
        return
    group, _, rest = key.replace(".", "_", 1).partition("_")
    if group in GROUPS and rest and not isinstance(value, Mapping):
        _fill(described, group, {rest: value})
    elif about is not None and key in PLAIN_NAMES and not isinstance(value, Mapping):
        _fill(described, about, {PLAIN_NAMES[key]: value})
    elif key == "campaign" and isinstance(value, str):
        _fill(described, "campaign", {"name": value})
    else:
        described.setdefault(key, value)


def _fill(described: dict[str, Any], group: str, values: Mapping[str, Any]) -> None:
    kept = {name: value for name, value in values.items() if value not in (None, "", [], {})}
    if not kept:
        return
    existing = described.get(group)
    if existing is not None and not isinstance(existing, dict):
        described[f"{group}_name"] = existing
        existing = None
    described[group] = {**kept, **(existing or {})}


def _name_page(described: dict[str, Any]) -> None:
    page = described.get("page")
    if isinstance(page, dict) and "path" not in page and (url := text_of(page.get("url"))):
        try:
            page["path"] = urlsplit(url).path or "/"
        except ValueError:
            return


def utm_parameters(url: Any) -> dict[str, Any]:
    """Return the campaign in the UTM parameters of ``url``."""
    text = text_of(url)
    if text is None or "utm_" not in text:
        return {}
    try:
        pairs = parse_qsl(urlsplit(text).query, max_num_fields=MOST_KEYS)
    except ValueError:
        return {}
    return {UTM[name]: value for name, value in pairs if name in UTM and value}
