"""Random policy documents that use the whole grammar, and small changes to them.

``strategies`` makes policies to be run; these are made to be read: every key, every kind of
question, titles with everything people could write in them.
"""

import json
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from services.handoff.domain.lists import with_examples
from services.handoff.domain.policy import PolicyVersion
from services.handoff.policy_document import compile_policy
from tests.unit.handoff.strategies import STRONG, conditions, signals

KEPT_OUTSIDE = ("rivals", "friends")
NASTY = ("”", "“", "«", "»", "`", "‹", "\u200b", "\n", "*", "<b>", "\\", "{it}", " and ", ".", "a")
titles = st.lists(st.sampled_from(NASTY), min_size=1, max_size=5).map("".join).map(str.strip)
texts = titles.filter(bool)
written_titles = st.one_of(texts, st.fixed_dictionaries({"es": texts, "en": texts}))
durations = st.sampled_from(["45s", "60s", "1m", "90m", "2h", "1d", "30d", "90d", "100d"])
long_durations = st.sampled_from(["90d", "100d", "365d"])
points = st.one_of(st.integers(-40, 60), st.sampled_from([-0.5, 0.1, 12.5, 1000]))
numbers = st.sampled_from([0, 1, 50, 1.5, 0.25, 1000, 10000, 1234567.5, -3])
values = st.one_of(
    st.sampled_from(["ES", "es", "PT", "1", "true", "no", "a or b", "Ñandú", "0.10"]),
    st.booleans(),
    numbers,
    texts,
)
words = st.sampled_from(["cto", "CTO", "head of sales", "estudiant*", "jefe", "a”b"])
paths = st.sampled_from(
    ["lead.title", "lead.country", "lead.free_mail", "account.customer", "account.own.tier"]
)
properties = st.sampled_from(["content.topic", "content.id", "page.path", "own"])


def one_or_many(item: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(item, st.lists(item, min_size=1, max_size=3))


def _question(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    operators = {
        "equals": one_or_many(values),
        "contains": one_or_many(words),
        "at_least": numbers,
        "at_most": numbers,
        "in_list": st.sampled_from(["rivals", "friends"]),
        "matches": st.sampled_from([r"\.es$", "`", "[”“]+"]),
        "exists": st.booleans(),
        "not": inner,
    }
    return st.lists(
        st.sampled_from(sorted(operators)), min_size=1, max_size=2, unique=True
    ).flatmap(lambda names: st.fixed_dictionaries({name: operators[name] for name in names}))


questions = st.recursive(one_or_many(values), _question, max_leaves=3)


def facts_about(path: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Conditions on facts, or on the properties of a touch."""
    asked = st.dictionaries(path, questions, min_size=1, max_size=2)
    return st.recursive(
        asked,
        lambda inner: st.one_of(
            st.builds(lambda of: {"all": of}, st.lists(inner, min_size=1, max_size=2)),
            st.builds(lambda of: {"any": of}, st.lists(inner, min_size=1, max_size=2)),
            st.builds(lambda one: {"not": one}, inner),
        ),
        max_leaves=3,
    )


def named(items: dict[str, st.SearchStrategy[Any]], **optional: Any) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(items, optional={"title": written_titles, **optional})


def table(names: str, item: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[Any]:
    chosen = st.lists(st.sampled_from(names.split()), min_size=least, max_size=3, unique=True)
    return chosen.flatmap(lambda keys: st.fixed_dictionaries(dict.fromkeys(keys, item)))


effects = st.sampled_from(
    ["suppress", "ask_right_person", "fix", "join", "owner", "exclude", "opt_out", "text"]
)
reasons = st.one_of(
    named({"effect": effects}, attempts=st.integers(1, 5)),
    named({"effect": st.just("recycle")}, attempts=st.integers(1, 5), after=durations),
)
promises = st.fixed_dictionaries(
    {"accept_in": st.sampled_from(["1s", "15m", "45m"]), "first_attempt_in": long_durations},
    optional={
        "calendar": st.just("always"),
        "ladder": st.sampled_from(
            [
                {"remind": "50%", "manager": "100%", "reassign": "150%", "last_resort": "200%"},
                {"manager": "100%"},
                {"remind": "10%", "last_resort": "120%"},
            ]
        ),
    },
)
shares = st.sampled_from(["0%", "70%", "70.5%", "100%"])


@st.composite
def whole_documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document with every section; most of them are accepted."""
    asked = draw(signals())
    for name, signal in asked.items():
        signal["points"] = draw(points) if name != "s1" else signal["points"]
        if draw(st.booleans()):
            signal["where"] = draw(facts_about(properties))
        if draw(st.booleans()):
            signal["title"] = draw(written_titles)
    gate = named({"tier": st.sampled_from(["hot", "warm"]), "when": conditions})
    document = {
        "policy": draw(st.sampled_from(["one", "two"])),
        "lists": draw(
            st.fixed_dictionaries(
                {"friends": st.just(["a.es"])},
                optional={"rivals": st.lists(values, min_size=1, max_size=3)},
            )
        ),
        "signals": asked,
        "gates": {**draw(table("g1 g2 g3", gate)), "last": {"tier": "hot", "when": _seen(draw)}},
        "response": {"hot": draw(promises), "warm": draw(promises)},
    }
    sections = {
        "title": written_titles,
        "applies_to": st.fixed_dictionaries({"when": facts_about(paths)}),
        "reviewed_every": durations,
        "fit": table("big small", named({"when": facts_about(paths), "points": points}), least=1),
        "exclude": table("own rival", named({"when": facts_about(paths)}), least=1),
        "cool_down": st.one_of(st.just("0d"), durations),
        "reject_reasons": table("no later never", reasons, least=1),
        "targets": st.fixed_dictionaries(
            {},
            optional={
                "acceptance": shares,
                "won": shares,
                "first_attempt_in_time": shares,
                "sales_ready_per_month": st.integers(1, 20_000),
            },
        ),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(sections)), unique=True))
    return document | {name: draw(sections[name]) for name in chosen}


def _seen(draw: st.DrawFn) -> dict[str, Any]:
    return {"signal": draw(st.sampled_from([*STRONG, list(STRONG[:2])]))}


def version_of(document: dict[str, Any]) -> PolicyVersion:
    """Compile a document without the gates the checks refuse; one that has other faults is none.

    A list it does not hold itself is kept outside, and has a value nobody has.
    """
    compilation = compile_policy(json.dumps(document), lists=KEPT_OUTSIDE)
    refused = {
        problem.path.split("/")[2]
        for problem in compilation.errors
        if problem.path.startswith("/gates/")
    } - {"last"}
    if refused:
        gates = {name: gate for name, gate in document["gates"].items() if name not in refused}
        compilation = compile_policy(json.dumps({**document, "gates": gates}), lists=KEPT_OUTSIDE)
    assume(compilation.version is not None)
    assert compilation.version is not None
    return with_examples(compilation.version)


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[PolicyVersion, PolicyVersion]:
    """Two accepted policies that differ in one thing, or only in how they are written."""
    document = draw(whole_documents())
    return version_of(document), version_of(draw(changed(document)))


strangers = st.tuples(whole_documents().map(version_of), whole_documents().map(version_of))
"""Two accepted policies that have little in common."""


@st.composite
def changed(draw: st.DrawFn, document: dict[str, Any]) -> dict[str, Any]:
    """The document with one thing in it changed."""
    copy: dict[str, Any] = json.loads(json.dumps(document))
    places = list(_places(copy))
    holder, key = draw(st.sampled_from(places))
    holder[key] = draw(_other(holder, key))
    return copy


def _places(node: Any) -> Any:
    keys = list(node) if isinstance(node, dict) else range(len(node))
    for key in keys:
        yield node, key
        if isinstance(node[key], dict | list):
            yield from _places(node[key])


def _other(holder: Any, key: Any) -> st.SearchStrategy[Any]:
    """Return what could stand at a place instead of what is there."""
    now = holder[key]
    if isinstance(now, dict):
        return _other_table(now)
    if isinstance(now, list):
        return st.one_of(st.permutations(now), st.just(now[:-1] or now), st.just([*now, now[0]]))
    if isinstance(now, bool):
        return st.just(not now)
    if isinstance(now, int | float):
        return st.sampled_from([now + 1, now - 1, -now, str(now), now + 0.1])
    written = st.one_of(durations, words, values, texts, shares, paths, properties)
    return st.one_of(written, st.sampled_from([*STRONG, "hot", "warm", "rivals", "friends"]))


def _other_table(now: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return the table in another order, without one of its keys, or with one renamed."""
    if not now:
        return st.just(now)
    key = st.sampled_from(list(now))
    return st.one_of(
        st.permutations(list(now.items())).map(dict),
        key.map(lambda gone: {name: each for name, each in now.items() if name != gone}),
        key.map(
            lambda old: {f"{name}2" if name == old else name: each for name, each in now.items()}
        ),
    )
