"""A text as data: sections, paragraphs, sentences, each with the place it speaks of.

Whoever shows it (a terminal, a page, a program) decides how; nothing is marked up here but
names, which stand between backticks. No other backtick is ever in a text.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from services.handoff.domain.policy import Language, PolicyVersion

ChangeKind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True)
class Sentence:
    """One sentence, and the conditions it lists."""

    path: str
    """What it speaks of, for example ``signals.pricing_download.points``."""
    text: str
    of: tuple["Sentence", ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """Sentences about one thing, read one after the other."""

    path: str
    sentences: tuple[Sentence, ...]
    change: ChangeKind | None = None
    """What became of it, where the text tells changes."""


@dataclass(frozen=True)
class Section:
    """A part of the agreement under its heading."""

    path: str
    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Named:
    """Which version it is; without a number it is not stored."""

    policy: str
    number: int | None
    digest: str


@dataclass(frozen=True)
class Text:
    """A version, or what changed between two, in one language."""

    version: Named
    against: Named | None
    """The version it is compared with, where changes are told."""
    language: Language
    title: str
    opening: str
    """Which version it is, or which two are compared."""
    sections: tuple[Section, ...]
    closing: str

    def as_dict(self) -> dict[str, Any]:
        """Return the text as JSON-ready data; what became of paragraphs only among changes."""
        told = asdict(self)
        version, against = told.pop("version"), told.pop("against")
        if against is not None:
            return {**version, "against": against, **told}
        for section in told["sections"]:
            for paragraph in section["paragraphs"]:
                del paragraph["change"]
        return {**version, **told}

    def sentences(self) -> Iterator[Sentence]:
        """Yield every sentence, those that are listed by others included."""
        for section in self.sections:
            for paragraph in section.paragraphs:
                for sentence in paragraph.sentences:
                    yield from _all(sentence)


def named(version: PolicyVersion) -> Named:
    """Return which version it is."""
    return Named(version.policy, version.number or None, version.digest)


def _all(sentence: Sentence) -> Iterator[Sentence]:
    yield sentence
    for each in sentence.of:
        yield from _all(each)
