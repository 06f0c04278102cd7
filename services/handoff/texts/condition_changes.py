"""What became of a condition: only the parts of it that changed, in their places."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from services.handoff.domain.comparing import comparable
from services.handoff.domain.conditions import Not, SignalSeen
from services.handoff.domain.facts import AtLeast, AtMost, Contains, Equals, FactTest, NotFact
from services.handoff.texts.conditions import Asked, argument, field_phrase, inside, phrase
from services.handoff.texts.meanings import meaning
from services.handoff.texts.statements import with_condition
from services.handoff.texts.structure import Sentence
from services.handoff.texts.tongue import Tongue

_ALONE = "all"
"""A condition that stands alone is asked as if it stood in an ``all``."""


def condition_changes(
    tongue: Tongue, path: str, old: Asked, new: Asked, it: str
) -> tuple[Sentence, ...]:
    """Return what ``it`` now asks and no longer asks; conditions that mean the same: nothing."""
    changes = _compared(tongue, path, old, new, it, _ALONE)
    return tuple(replace(each, text=each.text[:1].upper() + each.text[1:]) for each in changes)


def _compared(
    tongue: Tongue, path: str, old: Asked, new: Asked, it: str, group: str
) -> Iterator[Sentence]:
    """Yield the changes from ``old`` to ``new``, which both stand in a group of this kind."""
    if meaning(old) == meaning(new):
        return
    before, after = _as_groups(old, new)
    if before is not None and after is not None:
        yield from _groups(tongue, path, before, after, it)
        return
    values = _values(old, new)
    if values is not None:
        lost, got = values
        if lost is not None:
            yield _said(tongue, path, "any removed", it, lost)
        if got is not None:
            yield _said(tongue, path, "any added", it, got)
        return
    yield from _swapped(tongue, path, old, new, it, group)


_Group = tuple[str, int, Sequence[Asked]]


def _as_groups(old: Asked, new: Asked) -> tuple[_Group | None, _Group | None]:
    """Return both as groups; beside an ``all`` or ``any`` a single condition is one of one."""
    before, after = inside(old), inside(new)
    if before is None and after is not None and after[0] != "at_least":
        before = (after[0], 1, (old,))
    if after is None and before is not None and before[0] != "at_least":
        after = (before[0], 1, (new,))
    return before, after


def _groups(
    tongue: Tongue, path: str, before: _Group, after: _Group, it: str
) -> Iterator[Sentence]:
    kind, _, conditions = after
    until_now, now = (_needed(tongue, *group[:2]) for group in (before, after))
    if until_now != now:
        yield Sentence(path, tongue.words.changes["needed"].format(it=it, new=now, old=until_now))
    counts = "at_least" in (before[0], kind)
    gone = _without(before[2], conditions, counts)
    come = _without(conditions, before[2], counts)
    for earlier in list(gone):
        later = next((each for each in come if _is_alike(earlier, each)), None)
        if later is None:
            continue
        gone.remove(earlier)
        come.remove(later)
        place = _place(conditions, later)
        inner, held_by = it, kind
        if _is_place(later):
            number = tongue.number(place + 1)
            inner, held_by = tongue.words.changes["inside"].format(place=number, it=it), _ALONE
        yield from _compared(tongue, f"{path}.{place}", earlier, later, inner, held_by)
    for each in gone:
        yield _said(tongue, path, f"{kind} removed", it, each)
    for each in come:
        yield _said(tongue, f"{path}.{_place(conditions, each)}", f"{kind} added", it, each)


def _place(conditions: Sequence[Asked], condition: Asked) -> int:
    """Return where a condition stands; equality would take ``true`` for 1."""
    return next(place for place, each in enumerate(conditions) if each is condition)


def _needed(tongue: Tongue, kind: str, needed: int) -> str:
    return tongue.words.changes[f"needed {kind}"].format(needed=tongue.number(needed))


def _without(conditions: Sequence[Asked], others: Sequence[Asked], counts: bool) -> list[Asked]:
    """Return ``conditions`` without those that mean the same as one of ``others``.

    ``counts``: asking the same twice is not asking it once.
    """
    left = [meaning(each) for each in others]
    different = []
    for condition in conditions:
        if meaning(condition) not in left:
            different.append(condition)
        elif counts:
            left.remove(meaning(condition))
    return different


def _is_alike(old: Asked, new: Asked) -> bool:
    """Return whether ``new`` is what became of ``old``, and not another condition."""
    before, after = inside(old), inside(new)
    if before is not None and after is not None:
        return True
    if before is not None or after is not None:
        group, alone = (before, new) if before is not None else (after, old)
        assert group is not None, "one of them is a group"
        return meaning(alone) in map(meaning, group[2])
    if type(old) is not type(new):
        return False
    if isinstance(old, FactTest) and isinstance(new, FactTest):
        return old.path == new.path
    names: set[str] = set(getattr(old, "signal", ()))
    return not names or bool(names & set(getattr(new, "signal", ())))


def _is_place(condition: Asked) -> bool:
    """Return whether changes inside ``condition`` are told of it and not of what holds it."""
    return inside(condition) is not None or isinstance(condition, FactTest | SignalSeen)


def _values(old: Asked, new: Asked) -> tuple[Asked | None, Asked | None] | None:
    """Return the values a question lost and got, as questions; None where it is no such change.

    One value is enough for such a question, so it is told like a group of alternatives.
    """
    before, after = _alternatives(old), _alternatives(new)
    if before is None or after is None or before.keys().isdisjoint(after.keys()):
        return None
    lost = tuple(value for key, value in before.items() if key not in after)
    got = tuple(value for key, value in after.items() if key not in before)
    return _asking(old, lost), _asking(new, got)


def _alternatives(asked: Asked) -> dict[tuple[str, ...], Any] | None:
    """Return the values that are enough, by the question they answer; None of other questions."""
    match asked:
        case FactTest(path=path, operators=(Equals(values=values),)):
            return {(path, "equals", comparable(value)): value for value in values}
        case FactTest(path=path, operators=(Contains(words=words, phrases=phrases),)):
            pairs = zip(phrases, words, strict=True)
            return {(path, "contains", phrase): word for phrase, word in pairs}
        case SignalSeen(signal=names, times=1, within=within):
            return {("signal", str(within), name): name for name in names}
    return None


def _asking(asked: Asked, values: tuple[Any, ...]) -> Asked | None:
    """Return the same question with these ``values`` only."""
    if not values:
        return None
    if isinstance(asked, SignalSeen):
        return replace(asked, signal=values)
    assert isinstance(asked, FactTest), "other questions have no alternatives"
    make = Equals if isinstance(asked.operators[0], Equals) else Contains
    return FactTest(asked.path, (make(values),))


def _swapped(
    tongue: Tongue, path: str, old: Asked, new: Asked, it: str, group: str
) -> Iterator[Sentence]:
    """Yield what is asked now in place of something else."""
    before, after = phrase(tongue, old, path), phrase(tongue, new, path)
    if before.of or after.of:
        yield _said(tongue, path, f"{group} removed", it, old)
        yield _said(tongue, path, f"{group} added", it, new)
        return
    number = _other_number(tongue, old, new, after.text)
    template = tongue.words.changes[f"{group} number" if number else f"{group} swapped"]
    yield Sentence(path, template.format(it=it, new=after.text, old=number or before.text))


def _other_number(tongue: Tongue, old: Any, new: Any, said: str) -> str:
    """Return the earlier value where nothing but a value at the end of the phrase changed."""
    if type(old) is not type(new):
        return ""
    if isinstance(old, FactTest):
        match old.operators, new.operators:
            case (AtLeast() | AtMost() as before,), (AtLeast() | AtMost() as after,):
                is_same = type(before) is type(after) and said.endswith(argument(tongue, after))
                return argument(tongue, before) if is_same else ""
        return ""
    if isinstance(old, Not | NotFact):
        return ""
    differing = [
        field for field in fields(old) if getattr(old, field.name) != getattr(new, field.name)
    ]
    if len(differing) != 1 or differing[0].metadata["asks"] == "signals":
        return ""
    now = field_phrase(tongue, new, differing[0])
    return field_phrase(tongue, old, differing[0]).strip() if said.endswith(now) and now else ""


def _said(tongue: Tongue, path: str, change: str, it: str, condition: Asked) -> Sentence:
    return with_condition(tongue, path, tongue.words.changes[change], it, condition)
