"""A YAML file of named entries in sections, read with the place of every value.

What is said to be wrong by JSON Pointer can so be told as file, line and column.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.handoff.fields.file_phrases import at, told

LARGEST = 250_000
"""Bytes: what the API takes at once, and something around it."""
MOST_VALUES = 50_000
Places = dict[str, str]
"""Where each value stands, by its JSON Pointer: ``hours.yaml:3:5``."""


class Unusable(ValueError):
    """A file cannot be used: in a sentence, with the places at fault and what to do."""

    def __init__(self, what: str, places: Sequence[str] = (), remedy: str = ""):
        super().__init__(what)
        self.what = what
        self.places = tuple(places)
        self.remedy = remedy


def read_yaml(content: bytes, name: str, sections: Sequence[str]) -> tuple[dict[str, Any], Places]:
    """Return what a file says, and where each value stands. Raises ``Unusable``."""
    # Imported where it is needed: most commands read no YAML.
    from services.handoff.policy_document.yaml_tree import Unreadable, read_tree

    places: Places = {}
    try:
        document = _plain(read_tree(content, LARGEST, MOST_VALUES), "", name, places)
    except Unreadable as fault:
        where = f"{name}:{fault.place.line}:{fault.place.column}"
        what = told("{name} cannot be read", name=name)
        raise Unusable(what, [at(where, fault.message)]) from None
    holds = told("the file holds {sections}", sections=", ".join(sections))
    if not isinstance(document, dict):
        what = told("{name} cannot be used", name=name)
        raise Unusable(what, [at(f"{name}:1:1", holds)])
    wrong = [
        at(place_of(f"/{step(key)}", places), told("must be a mapping; {holds}", holds=holds))
        for key, value in document.items()
        if key not in sections or not isinstance(value, dict)
    ]
    if wrong:
        raise Unusable(told("{name} cannot be used", name=name), wrong)
    return document, places


def _plain(node: Any, path: str, name: str, places: Places) -> Any:
    from services.handoff.policy_document.yaml_tree import Mapping as Node
    from services.handoff.policy_document.yaml_tree import Sequence as Items

    places.setdefault(path, f"{name}:{node.place.line}:{node.place.column}")
    if isinstance(node, Node):
        found: dict[str, Any] = {}
        for key, value in node.entries:
            inside = f"{path}/{step(key.text)}"
            where = f"{name}:{key.place.line}:{key.place.column}"
            if key.text in found:
                fault = told("`{key}` is there twice", key=key.text)
                raise Unusable(told("{name} cannot be read", name=name), [at(where, fault)])
            places[inside] = where
            found[key.text] = _plain(value, inside, name, places)
        return found
    if isinstance(node, Items):
        return [_plain(item, f"{path}/{at}", name, places) for at, item in enumerate(node.items)]
    return node.value


def place_of(path: str, places: Mapping[str, str]) -> str:
    """Return the place of a value, or of the nearest one around it."""
    while path not in places and path:
        path = path.rpartition("/")[0]
    return places.get(path, "the file")


def step(key: str) -> str:
    """Return a key as a step of a JSON Pointer."""
    return key.replace("~", "~0").replace("/", "~1")
