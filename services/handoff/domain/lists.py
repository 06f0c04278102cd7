"""Lists a policy names and does not hold: found in it, and bound to what they hold now.

The policy says ``in_list: competitors``; what that list holds is daily work and no matter
for signatures, so it is no part of the policy's digest. Before anybody is judged the
version is bound to one version of each list, which its evaluations then name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from services.handoff.domain.facts import InList, ListVersion

T = TypeVar("T")


def kept_outside(value: Any) -> Iterator[InList]:
    """Yield every question inside ``value`` that names a list kept outside the policy."""
    if isinstance(value, InList):
        if value.keys is None:
            yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from kept_outside(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from kept_outside(getattr(value, each.name))


def with_examples(value: T) -> T:
    """Return ``value``, taking each of its lists to hold one value of its own."""
    names = {each.name for each in kept_outside(value)}
    return bind(value, {name: ListVersion(0, frozenset({f"on {name}"})) for name in names})


def bind(value: T, lists: Mapping[str, ListVersion]) -> T:
    """Return ``value``, asking these versions of its lists; itself where it names none.

    Raises ``KeyError`` for a list that is not among ``lists``.
    """
    bound: T = _bound(value, lists)
    return bound


def _bound(value: Any, lists: Mapping[str, ListVersion]) -> Any:
    if isinstance(value, InList):
        return value if value.keys is not None else replace(value, kept=lists[value.name])
    if isinstance(value, tuple):
        inner = [_bound(each, lists) for each in value]
        same = all(new is old for new, old in zip(inner, value, strict=True))
        return value if same else tuple(inner)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            each.name: new
            for each in fields(value)
            if each.init and (new := _bound(old := getattr(value, each.name), lists)) is not old
        }
        return replace(value, **changed) if changed else value
    return value
