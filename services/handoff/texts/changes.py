"""What changed between two versions, in the words the agreement is told in.

Nothing is said that did not change, and whatever changes the digest is said.
"""

from collections.abc import Iterable, Iterator

from services.handoff.domain.policy import Language, PolicyVersion
from services.handoff.domain.questions import Titles
from services.handoff.texts.agreement import SPOKEN_OF, tell_entry
from services.handoff.texts.clauses import Clause, Entry, Part, parts_of
from services.handoff.texts.condition_changes import condition_changes
from services.handoff.texts.meanings import meaning, spelling
from services.handoff.texts.statements import (
    CONDITIONS,
    changed,
    is_absent,
    with_condition,
)
from services.handoff.texts.structure import ChangeKind, Paragraph, Section, Sentence, Text, named
from services.handoff.texts.tongue import OTHER, Tongue, visible


def tell_changes(
    old: PolicyVersion,
    new: PolicyVersion,
    language: Language,
    files: tuple[str, str] = ("", ""),
) -> Text:
    """Return what ``new`` says that ``old`` did not, and the other way round.

    ``files`` are the names of both, in that order, where they have no number. There is no
    section when both have the same digest, and one at least when they do not.
    """
    before, after = parts_of(old), parts_of(new)
    tongue = Tongue(language, before, after)
    found: dict[str, list[Paragraph]] = {name: [] for name in after if name not in SPOKEN_OF}
    found["names"] = []
    for name, part in after.items():
        found[name if name in found else "names"] += _part(tongue, before[name], part)
    sections = [
        Section(name, tongue.words.headings[name], tuple(paragraphs))
        for name, paragraphs in found.items()
        if paragraphs
    ]
    numbers = {"old": _which(tongue, old, files[0]), "new": _which(tongue, new, files[1])}
    return Text(
        version=named(new),
        against=named(old),
        language=language,
        title=tongue.say("changes", title=visible(tongue.own(new.title))),
        opening=tongue.say("compared", policy=tongue.name(new.policy), **numbers),
        sections=tuple(sections),
        closing="" if sections else tongue.say("same"),
    )


def _which(tongue: Tongue, version: PolicyVersion, file: str) -> str:
    if version.number:
        return tongue.say("numbered", number=str(version.number))
    return tongue.name(file) if file else tongue.say("file")


def _part(tongue: Tongue, old: Part, new: Part) -> Iterator[Paragraph]:
    """Yield what changed in one section."""
    before = {entry.name: entry for entry in old.entries}
    for entry in old.entries:
        if entry.name not in new.names:
            yield _whole(tongue, new.name, entry, "removed")
    for entry in new.entries:
        if entry.name not in before:
            place = [_place(tongue, new, entry)] if new.name == "gates" else []
            yield _whole(tongue, new.name, entry, "added", *place)
        else:
            it = tongue.thing(new.name, entry.name)
            path = f"{new.name}.{entry.name}.title"
            yield from _titles(tongue, path, before[entry.name].title, entry.title, it)
            yield from _clauses(tongue, before[entry.name].clauses, entry.clauses, it)
    yield from _clauses(tongue, old.clauses, new.clauses, tongue.say("agreement"))
    yield from _order(tongue, old, new)


def _whole(
    tongue: Tongue, section: str, entry: Entry, change: ChangeKind, *more: Sentence
) -> Paragraph:
    """Return all that is said of a thing that came or went."""
    path = f"{section}.{entry.name}"
    first, *rest = tell_entry(tongue, section, entry)
    return Paragraph(path, (Sentence(path, tongue.say(change)), first, *more, *rest), change)


def _place(tongue: Tongue, part: Part, entry: Entry) -> Sentence:
    """Return where a new gate stands: the first that is passed decides."""
    path, place = f"{part.name}.{entry.name}", part.names.index(entry.name)
    if place == 0:
        return Sentence(path, tongue.say("first"))
    return Sentence(path, tongue.say("after", other=tongue.thing(part.name, part.names[place - 1])))


def _clauses(
    tongue: Tongue, old: Iterable[Clause], new: Iterable[Clause], it: str
) -> Iterator[Paragraph]:
    for before, after in zip(old, new, strict=True):
        if after.key == "title":
            yield from _titles(tongue, after.path, before.value, after.value, it)
        elif spelling(before.value) != spelling(after.value):
            for sentence in _clause(tongue, before, after, it):
                yield Paragraph(sentence.path, (sentence,), "changed")


def _clause(tongue: Tongue, old: Clause, new: Clause, it: str) -> Iterable[Sentence]:
    if new.key == "lists":
        if is_absent(old) or is_absent(new):
            return [_kept_elsewhere(tongue, old, new, it)]
        return _values(tongue, old, new, it)
    if not is_absent(old) and not is_absent(new) and meaning(old.value) == meaning(new.value):
        return [Sentence(new.path, tongue.say("rewritten", it=it))]
    if new.key not in CONDITIONS:
        return [changed(tongue, old, new, it)]
    if is_absent(old):
        added = tongue.words.said[new.key].added
        return [with_condition(tongue, new.path, added, it, new.value)]
    if is_absent(new):
        removed = tongue.words.said[new.key].removed
        return [with_condition(tongue, new.path, removed, it, old.value)]
    return condition_changes(tongue, new.path, old.value, new.value, it)


def _kept_elsewhere(tongue: Tongue, old: Clause, new: Clause, it: str) -> Sentence:
    """Return that a list is no longer kept in the agreement, or is now."""
    which, held = ("list.outside", old) if is_absent(new) else ("list.inside", new)
    values = tongue.both(map(tongue.quoted, held.value))
    return Sentence(new.path, tongue.say(which, it=it, values=values))


def _values(tongue: Tongue, old: Clause, new: Clause, it: str) -> Iterator[Sentence]:
    """Yield the values a list got and lost."""
    said = tongue.words.said["lists"]
    got = tuple(each for each in new.value if each not in old.value)
    lost = tuple(each for each in old.value if each not in new.value)
    if got:
        values = tongue.both(map(tongue.quoted, got))
        yield Sentence(new.path, said.added.format(it=it, value=values))
    if lost:
        values = tongue.both(map(tongue.quoted, lost))
        yield Sentence(new.path, said.removed.format(it=it, old=values))


def _titles(
    tongue: Tongue, path: str, old: Titles | None, new: Titles | None, it: str
) -> Iterator[Paragraph]:
    """Yield new titles, in either language."""
    if old is None or new is None or old == new:
        return
    for key, own, language in (
        ("title", tongue.own, tongue.language),
        ("title.other", tongue.other, OTHER[tongue.language]),
    ):
        now, before = (tongue.quoted(own(each), language) for each in (new, old))
        if now != before:
            text = tongue.words.said[key].changed.format(it=it, value=now, old=before)
            yield Paragraph(path, (Sentence(path, text),), "changed")


def _order(tongue: Tongue, old: Part, new: Part) -> Iterator[Paragraph]:
    """Yield the new order of what both versions have; only the order of gates decides."""
    before = [name for name in old.names if name in new.names]
    after = [name for name in new.names if name in old.names]
    if new.has_order and before != after:
        orders = {
            which: tongue.both(tongue.thing(new.name, name) for name in names)
            for which, names in (("new", after), ("old", before))
        }
        text = tongue.say("order.gates" if new.name == "gates" else "order", **orders)
        yield Paragraph(new.name, (Sentence(new.name, text),), "moved")
