"""A version told as a whole, section by section, so that both teams can read it aloud."""

from collections.abc import Iterable

from services.handoff.domain.policy import Language, PolicyVersion
from services.handoff.domain.questions import Titles
from services.handoff.domain.touches import OLDEST_QUALIFYING
from services.handoff.texts.clauses import Clause, Entry, Part, parts_of
from services.handoff.texts.conditions import kinds
from services.handoff.texts.statements import CONDITIONS, statement
from services.handoff.texts.structure import Paragraph, Section, Sentence, Text, named
from services.handoff.texts.tongue import OTHER, Tongue, visible

SPOKEN_OF = ("policy", "title")
"""Parts that are told with the names, at the end."""


def tell(version: PolicyVersion, language: Language) -> Text:
    """Return what ``version`` says, in ``language``.

    Versions with one digest have one text, their number aside; versions with two digests
    differ in a sentence.
    """
    parts = parts_of(version)
    tongue = Tongue(language, parts)
    sections = [_section(tongue, part) for name, part in parts.items() if name not in SPOKEN_OF]
    return Text(
        version=named(version),
        against=None,
        language=language,
        title=visible(tongue.own(version.title)),
        opening=opening(tongue, version),
        sections=(*(each for each in sections if each.paragraphs), _names(tongue, version, parts)),
        closing=tongue.say("fingerprint", digest=version.digest),
    )


def opening(tongue: Tongue, version: PolicyVersion) -> str:
    """Return which version it is."""
    policy = tongue.name(version.policy)
    if not version.number:
        return tongue.say("unnumbered", policy=policy)
    return tongue.say("version", number=str(version.number), policy=policy)


def tell_entry(tongue: Tongue, section: str, entry: Entry) -> tuple[Sentence, ...]:
    """Return all that is said of one thing."""
    return _statements(tongue, entry.clauses, tongue.thing(section, entry.name))


def _section(tongue: Tongue, part: Part) -> Section:
    words, name = tongue.words, part.name
    entries = [
        Paragraph(f"{name}.{entry.name}", tell_entry(tongue, name, entry)) for entry in part.entries
    ]
    if part.clauses and (said := _statements(tongue, part.clauses)):
        entries.append(Paragraph(name, said))
    if entries:
        late = tongue.duration(OLDEST_QUALIFYING)
        fixed = [text.format(late=late) for text in words.intros.get(name, ())]
        fixed += _notes(tongue, part)
    else:
        fixed = [words.nothing[name]] if name in words.nothing else []
    intro = tuple(Sentence(name, text) for text in fixed)
    return Section(
        name, words.headings[name], (*([Paragraph(name, intro)] if intro else []), *entries)
    )


def _statements(tongue: Tongue, clauses: Iterable[Clause], it: str = "") -> tuple[Sentence, ...]:
    said = (statement(tongue, clause, it) for clause in clauses)
    return tuple(sentence for sentence in said if sentence is not None)


def _notes(tongue: Tongue, part: Part) -> list[str]:
    """Return what has to be known about the kinds of condition that are used."""
    clauses = (clause for entry in part.entries for clause in entry.clauses)
    conditions = [each.value for each in clauses if each.key in CONDITIONS and each.value]
    used = {kind for condition in conditions for kind in kinds(condition)}
    return [note for kind, note in tongue.words.notes.items() if kind in used]


def _names(tongue: Tongue, version: PolicyVersion, parts: dict[str, Part]) -> Section:
    """Return what everything is called, in the file and in both languages."""
    titles = [("title", version.policy, version.title)]
    for part in parts.values():
        titles += [
            (f"{part.name}.{entry.name}.title", entry.name, entry.title)
            for entry in part.entries
            if entry.title is not None
        ]
    paragraphs = (
        Paragraph(path, (_title(tongue, path, name, title),)) for path, name, title in titles
    )
    return Section("names", tongue.words.headings["names"], tuple(paragraphs))


def _title(tongue: Tongue, path: str, name: str, title: Titles) -> Sentence:
    text = tongue.words.said["title"].told.format(
        it=tongue.name(name),
        value=tongue.quoted(tongue.own(title)),
        other=tongue.quoted(tongue.other(title), OTHER[tongue.language]),
    )
    return Sentence(path, text)
