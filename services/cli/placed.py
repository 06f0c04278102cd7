"""A YAML file of named entries in sections, read with the place of every value.

What a server says is wrong by JSON Pointer is told as file, line and column.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.cli.failure import Failure

Places = dict[str, str]
"""Where each value stands, by its JSON Pointer: ``hours.yaml:3:5``."""


def read_yaml(content: bytes, name: str, sections: Sequence[str]) -> tuple[dict[str, Any], Places]:
    """Return what a file says, and where each value stands. Raises ``Failure``."""
    from services.handoff.policy_document.yaml_tree import Unreadable, read_tree

    places: Places = {}
    try:
        document = _plain(read_tree(content), "", name, places)
    except Unreadable as fault:
        where = f"{name}:{fault.place.line}:{fault.place.column}"
        raise Failure(f"{name} cannot be read", [f"{where}: {fault.message}"]) from None
    holds = f"the file holds {', '.join(sections)}"
    if not isinstance(document, dict):
        raise Failure(f"{name} cannot be used", [f"{name}:1:1: {holds}"])
    wrong = [
        f"{place_of(f'/{step(key)}', places)}: must be a mapping; {holds}"
        for key, value in document.items()
        if key not in sections or not isinstance(value, dict)
    ]
    if wrong:
        raise Failure(f"{name} cannot be used", wrong)
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
                what = f"`{key.text}` is there twice"
                raise Failure(f"{name} cannot be read", [f"{where}: {what}"])
            places[inside] = where
            found[key.text] = _plain(value, inside, name, places)
        return found
    if isinstance(node, Items):
        return [_plain(item, f"{path}/{at}", name, places) for at, item in enumerate(node.items)]
    return node.value


def told(failure: Failure, path: str, places: Mapping[str, str]) -> list[str]:
    """Return what a server said is wrong below ``path``, each with its place."""
    errors = failure.document.get("errors") or []
    found = [
        f"{place_of(path + str(one.get('pointer', '')), places)}: {one['message']}"
        for one in errors
        if isinstance(one, dict)
    ]
    return found or [f"{place_of(path, places)}: {failure.what}"]


def place_of(path: str, places: Mapping[str, str]) -> str:
    """Return the place of a value, or of the nearest one around it."""
    while path not in places and path:
        path = path.rpartition("/")[0]
    return places.get(path, "the file")


def step(key: str) -> str:
    """Return a key as a step of a JSON Pointer."""
    return key.replace("~", "~0").replace("/", "~1")
