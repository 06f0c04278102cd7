"""Whether a text somebody typed names a person: what a saved search must not outlive them with."""

import re
from collections.abc import Iterable

WORD = re.compile(r"\w+")
SHORTEST = 3  # fewer characters name nobody


def searches_for(query: str, names: Iterable[str], identifiers: Iterable[str]) -> bool:
    """Return whether ``query`` looks for the person who is called and identified like this.

    A part of a name counts from its beginning, an identifier as searches take it: its
    beginning, or with more around it. ``identifiers`` are as they are stored, ``email:…``.
    """
    words = _words(query)
    if any(name.startswith(word) for name in _words(" ".join(names)) for word in words):
        return True
    wanted = query.strip().casefold()
    values = [one.casefold() for one in identifiers]
    values += [one.rpartition(":")[2] for one in values]
    return len(wanted) >= SHORTEST and any(
        one.startswith(wanted) or one in wanted for one in values if len(one) >= SHORTEST
    )


def speaks_of(text: str, names: Iterable[str], identifiers: Iterable[str]) -> bool:
    """Return whether ``text`` has a word of the person's name, or an identifier, in it."""
    if not _words(text).isdisjoint(_words(" ".join(names))):
        return True
    values = [one.casefold().rpartition(":")[2] for one in identifiers]
    return any(one in text.casefold() for one in values if len(one) >= SHORTEST)


def _words(text: str) -> set[str]:
    return {word for word in WORD.findall(text.casefold()) if len(word) >= SHORTEST}
