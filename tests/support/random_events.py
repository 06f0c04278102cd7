"""Random events: any event of the contracts, with every kind of value its fields allow."""

from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel

from shared.contracts import EVENTS, Envelope, Event

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
NUMBERS = st.integers(-(2**53), 2**53)
FLOATS = st.floats(-1e9, 1e9)
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | FLOATS | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=3,
)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: NUMBERS,
    float: FLOATS,
    bool: st.booleans(),
    AwareDatetime: MOMENTS,
    Any: ANYTHING,
    NoneType: st.none(),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Return the values of a field of type ``kind``."""
    if kind in PLAIN:
        return PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return models(kind)
    arguments = get_args(kind)
    match get_origin(kind):
        case origin if origin in (Union, UnionType):
            return st.one_of([values(one) for one in arguments])
        case origin if origin is Literal:
            return st.sampled_from(arguments)
        case origin if origin is list:
            return st.lists(values(arguments[0]), max_size=1)
        case origin if origin is dict:
            return st.dictionaries(values(arguments[0]), values(arguments[1]), max_size=1)
    return values(arguments[0])  # Annotated


def models(kind: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Return the instances of a model."""
    fields = {name: values(field.annotation) for name, field in kind.model_fields.items()}
    return st.builds(kind, **fields)


def envelopes(events: tuple[type[Event], ...] = EVENTS) -> st.SearchStrategy[Envelope]:
    """Return any event as it travels."""
    return st.builds(
        Envelope,
        id=TEXTS.filter(bool),
        source=st.just("/handoff"),
        subject=TEXTS.filter(bool),
        key=TEXTS.filter(bool),
        time=MOMENTS,
        data=st.one_of([models(event) for event in events]),
        sequence=st.none() | st.integers(0, 10**12 - 1),
        traceparent=st.none() | st.from_regex(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", fullmatch=True),
    )
