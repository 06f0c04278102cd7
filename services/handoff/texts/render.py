"""A text for a terminal and in Markdown. Both show every sentence."""

import re
from collections.abc import Callable, Iterable, Iterator

from services.handoff.texts.structure import Paragraph, Section, Sentence, Text

_MARKDOWN = re.compile(r"([\\*_{}\[\]<>#|~&!])")
_HTML = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def as_text(text: Text) -> str:
    """Return ``text`` for people who read a terminal or a mail."""
    return _page(text, lambda line: line, _ruled)


def as_markdown(text: Text) -> str:
    """Return ``text`` as Markdown in which nothing people wrote is markup."""
    return _page(text, _escaped, lambda heading, level: f"{'#' * level} {heading}")


def _page(text: Text, line: Callable[[str], str], heading: Callable[[str, int], str]) -> str:
    blocks = [heading(line(text.title), 1), line(text.opening)]
    for section in text.sections:
        blocks += [heading(line(section.heading), 2), "\n".join(_lines(section, line))]
    blocks += [line(text.closing)] if text.closing else []
    return "\n\n".join(blocks) + "\n"


def _lines(section: Section, line: Callable[[str], str]) -> Iterator[str]:
    for place, paragraph in enumerate(section.paragraphs):
        is_intro = paragraph.path == section.path and place == 0 and not paragraph.change
        yield from _paragraph(paragraph, line, "" if is_intro else "- ")
        if is_intro and len(section.paragraphs) > 1:
            yield ""


def _paragraph(paragraph: Paragraph, line: Callable[[str], str], bullet: str) -> Iterator[str]:
    """Yield sentences one after the other, and what they list below them."""
    flowing: list[str] = []
    for sentence in paragraph.sentences:
        flowing.append(line(sentence.text))
        if sentence.of:
            yield bullet + " ".join(flowing)
            yield from _listed(sentence.of, line, len(bullet))
            flowing, bullet = [], " " * len(bullet)
    if flowing:
        yield bullet + " ".join(flowing)


def _listed(of: Iterable[Sentence], line: Callable[[str], str], indent: int) -> Iterator[str]:
    for each in of:
        yield f"{' ' * indent}- {line(each.text)}{':' if each.of else ''}"
        yield from _listed(each.of, line, indent + 2)


def _ruled(heading: str, level: int) -> str:
    return f"{heading}\n{('=', '-')[level - 1] * len(heading)}"


def _escaped(text: str) -> str:
    """Return ``text`` with nothing in it that Markdown would read, names as code."""
    parts = text.split("`")
    for place in range(0, len(parts), 2):
        parts[place] = _MARKDOWN.sub(lambda one: _HTML.get(one[1], f"\\{one[1]}"), parts[place])
    return "`".join(parts)
