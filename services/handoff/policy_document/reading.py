"""What reading a policy file gathers: the problems, and where everything stands."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from typing import Any, Final

from services.handoff.policy_document.phrases import phrase
from services.handoff.policy_document.problems import Code, Place, Problem, Severity

MOST_PROBLEMS = 50


class TooManyProblems(Exception):
    """Enough is known to say that the file is not a policy."""


class Wrong:
    """Stands for a value that could not be read; its problem has been reported."""

    def __repr__(self) -> str:
        return "WRONG"


WRONG: Final = Wrong()


@dataclass
class Reading:
    """One file being read."""

    file: str
    outside_lists: Collection[str] | None = ()
    """Names of the lists kept outside the file; None: any name may be one."""
    lists: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """The lists of the file, by name."""
    signals: Collection[str] | None = None
    """Names of the signals, once they have been read; None: nobody can know them."""
    own_lists: tuple[str, ...] = ()
    """Names of the lists the file itself holds."""
    used_lists: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    _places: dict[str, Place] = field(default_factory=dict)
    _keys: dict[str, Place] = field(default_factory=dict)
    _paths: dict[int, str] = field(default_factory=dict)

    def stands(self, path: str, place: Place, key: Place | None = None) -> None:
        """Remember where the value at ``path`` stands, and its key."""
        self._places[path] = place
        if key is not None:
            self._keys[path] = key

    def came_from(self, value: object, path: str) -> None:
        """Remember that ``value``, which lives as long as the reading, was read at ``path``."""
        self._paths[id(value)] = path

    def path_of(self, value: object) -> str:
        """Return where ``value`` was read."""
        return self._paths[id(value)]

    def report(
        self,
        path: str,
        code: Code,
        message: str,
        severity: Severity = "error",
        *,
        at_key: bool = False,
    ) -> Wrong:
        """Report a problem with the value at ``path``, at its place or at its key's.

        Warnings beyond the first many are left out; so many errors end the reading.
        """
        if severity == "warning" and len(self.problems) >= MOST_PROBLEMS:
            return WRONG
        place = self._keys.get(path) if at_key else None
        nearest = path
        while place is None:
            place = self._places.get(nearest)
            nearest = nearest.rpartition("/")[0]
        self.problems.append(Problem(self.file, *place, path, code, message, severity))
        if severity == "error" and len(self.problems) >= MOST_PROBLEMS:
            raise TooManyProblems
        return WRONG

    def has(self, code: Code) -> bool:
        """Return whether an error with this code was reported."""
        return any(one.code == code and one.severity == "error" for one in self.problems)

    def has_errors(self) -> bool:
        """Return whether the file cannot be used."""
        return any(problem.severity == "error" for problem in self.problems)


def pointer(path: str, key: str | int) -> str:
    """Return the JSON pointer of ``key`` inside ``path``."""
    return f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}"


def key_of(path: str) -> str:
    """Return the name people know the value at ``path`` by: its key, not its number in a list."""
    names = [part for part in path.split("/") if part and not part.isdigit()]
    return names[-1].replace("~1", "/").replace("~0", "~") if names else phrase("the file")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that ``word`` is probably meant to be."""
    near = get_close_matches(word.lower(), list(known), n=1) if len(word) <= 64 else []
    return near[0] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a question with the nearest known word, or nothing."""
    near = nearest(word, known)
    return phrase(" Did you mean `{near}`?", near=near) if near else ""


def listed(words: Iterable[str]) -> str:
    """Return words as people list them."""
    return ", ".join(f"`{word}`" for word in words)


def told(duration: timedelta) -> str:
    """Return a duration as it is written in a policy."""
    seconds = int(duration.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def shown(text: str) -> str:
    """Return what was written, short enough for a message."""
    short = text if len(text) <= 40 else text[:39] + "…"
    return phrase("`{short}`", short=short) if short else phrase("nothing")
