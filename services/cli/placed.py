"""Files whose values have places, and what a server said is wrong with them, told by place."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from services.cli.failure import Failure
from services.handoff.fields.placed import Unusable, place_of


@contextmanager
def usable() -> Iterator[None]:
    """Fail with the places where a file cannot be used."""
    try:
        yield
    except Unusable as fault:
        raise Failure(fault.what, fault.places, fault.remedy) from None


def told(failure: Failure, path: str, places: Mapping[str, str]) -> list[str]:
    """Return what a server said is wrong below ``path``, each with its place."""
    errors = failure.document.get("errors") or []
    found = [
        f"{place_of(path + str(one.get('pointer', '')), places)}: {one['message']}"
        for one in errors
        if isinstance(one, dict)
    ]
    return found or [f"{place_of(path, places)}: {failure.what}"]
