"""Random policies and random histories, for laws that must hold over all of them.

Policies are written as documents (JSON is YAML) and go through the compiler, so a law
holds for what people can really put in force.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.touches import TouchFact
from services.handoff.policy_document import Compilation, compile_policy

LAW = settings(max_examples=40, deadline=None)
"""Every example compiles a policy of its own, which is what takes the time."""

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STRONG_KINDS = ("content.downloaded", "demo.requested", "page.viewed")
KINDS = (*STRONG_KINDS, "email.opened")
"""The last one counts for weak signals only; they count the others too."""
TOPICS = ("pricing", "blog", None)
CONTENT_IDS = (
    "1",
    "2",
    "3",
    None,
    None,
    1,
    1.0,
    "Ñ",
    "n",
    " 2 ",
    "x" * 41,
    "x" * 50,
    ["1"],
    {"a": 1},
)
SIGNALS = ("s1", "s2", "s3", "s4", "s5")
STRONG = SIGNALS[:4]

durations = st.sampled_from(["1d", "7d", "30d", "90d"])
wheres = st.one_of(
    st.just({"content.topic": ["pricing"]}),
    st.just({"content.topic": {"exists": False}}),
    st.just({"any": [{"content.topic": "blog"}, {"not": {"content.id": ["1"]}}]}),
)


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


@st.composite
def signals(draw: st.DrawFn) -> dict[str, Any]:
    """Five signals, the last one weak and the fourth at times; the first has points."""
    written = {}
    for name in SIGNALS:
        points = st.integers(1, 60) if name == "s1" else st.integers(-40, 60)
        weak = name == "s5" or (name == "s4" and draw(st.booleans()))
        kinds = st.sampled_from(KINDS if weak else STRONG_KINDS)
        written[name] = _without_none(
            {
                "touch": draw(st.lists(kinds, min_size=1, max_size=2)),
                "points": draw(points),
                "at_most": draw(st.integers(1, 4)),
                "where": draw(st.none() | wheres),
                "distinct_by": draw(st.sampled_from([None, "content.id"])),
                "half_life": draw(st.none() | durations),
                "within": draw(st.none() | durations),
                "weak": weak or None,
            }
        )
    return written


leaf_conditions = st.one_of(
    st.builds(
        lambda names, times, within: _without_none(
            {"signal": names, "times": times, "within": within}
        ),
        st.lists(st.sampled_from(STRONG), min_size=1, max_size=2, unique=True),
        st.integers(1, 3),
        st.none() | durations,
    ),
    st.builds(lambda points: {"fit": {"at_least": points}}, st.integers(-30, 60)),
    st.builds(lambda points: {"engagement": {"at_least": points}}, st.integers(1, 120)),
    st.builds(
        lambda count, within: {
            "different_signals": _without_none({"at_least": count, "within": within})
        },
        st.integers(1, 3),
        st.none() | durations,
    ),
    st.builds(
        lambda count, within, names, where: {
            "people": _without_none(
                {"at_least": count, "within": within, "signals": names, "where": where}
            )
        },
        st.integers(1, 3),
        durations,
        st.none() | st.lists(st.sampled_from(STRONG), min_size=1, max_size=2, unique=True),
        st.sampled_from([None, {"lead.title": {"contains": ["cto"]}}]),
    ),
)
conditions = st.recursive(
    leaf_conditions,
    lambda inner: st.one_of(
        st.builds(lambda of: {"all": of}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda of: {"any": of}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda one: {"not": one}, inner),
        st.builds(
            lambda of: {"at_least": (len(of) + 1) // 2, "of": of},
            st.lists(inner, min_size=2, max_size=3),
        ),
    ),
    max_leaves=6,
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A policy document whose gates may or may not be acceptable."""
    fit = {
        "known": {"when": {"lead.title": {"contains": ["cto"]}}, "points": 30},
        "big": {
            "when": {"account.employees": {"at_least": 50}},
            "points": draw(st.integers(1, 40)),
        },
        "student": {"when": {"lead.title": {"contains": ["student"]}}, "points": -40},
    }
    gates = draw(st.lists(conditions, min_size=1, max_size=3))
    return {
        "policy": "random",
        "signals": draw(signals()),
        "fit": fit,
        "exclude": {"rival": {"when": {"account.domain": "rival.com"}}},
        "gates": {f"g{number}": {"tier": "hot", "when": gate} for number, gate in enumerate(gates)},
        "response": {"hot": {"accept_in": "1h", "first_attempt_in": "1d"}},
    }


@st.composite
def policies(draw: st.DrawFn) -> PolicyVersion:
    """An accepted policy: what the compiler refuses is taken out, one gate always stays."""
    document = draw(documents())
    refused = {problem.path.split("/")[2] for problem in compiled(document).errors}
    kept = {name: gate for name, gate in document["gates"].items() if name not in refused}
    kept["last"] = {"tier": "hot", "when": {"signal": "s1"}}
    version = compiled({**document, "gates": kept}).version
    assert version is not None
    return version


def compiled(document: dict[str, Any]) -> Compilation:
    """Compile a document given as data."""
    return compile_policy(json.dumps(document), "random.yaml", ("rivals", "friends"))


@st.composite
def histories(
    draw: st.DrawFn,
    made_by: tuple[str, ...] = ("human", "machine", "unsure"),
    kinds: tuple[str, ...] = KINDS,
    max_size: int = 25,
) -> list[TouchFact]:
    """Touches of the last months, some late, each with an id of its own."""
    size = draw(st.integers(0, max_size))
    touches = []
    for number in range(size):
        occurred_at = NOW - timedelta(hours=draw(st.integers(0, 24 * 120)))
        touches.append(
            TouchFact(
                touch_id=f"t{number}",
                kind=draw(st.sampled_from(kinds)),
                occurred_at=occurred_at,
                received_at=occurred_at + timedelta(days=draw(st.sampled_from([0, 0, 0, 2, 91]))),
                made_by=draw(st.sampled_from(made_by)),
                properties={
                    "content": _without_none(
                        {
                            "topic": draw(st.sampled_from(TOPICS)),
                            "id": draw(st.sampled_from(CONTENT_IDS)),
                        }
                    )
                },
            )
        )
    return touches


@st.composite
def harmless(draw: st.DrawFn, version: PolicyVersion) -> list[TouchFact]:
    """A history of weak signals, machines, doubtful and late touches, and of nothing else.

    What would count for a strong signal is made by a machine, or perhaps by one, or late.
    """
    touches = []
    for touch in draw(histories(max_size=60)):
        strong = [one for _, one in version.signals_by_touch.get(touch.kind, ()) if not one.weak]
        if any(one.where is None or one.where.holds(touch.properties) for one in strong):
            late = touch._replace(received_at=touch.occurred_at + timedelta(days=91))
            doubtful = [touch._replace(made_by=made_by) for made_by in ("machine", "unsure")]
            touches.append(draw(st.sampled_from([late, *doubtful])))
        else:
            touches.append(touch)
    return touches


facts = st.fixed_dictionaries(
    {
        "lead": st.sampled_from([{}, {"title": "CTO"}, {"title": "Student"}]),
        "account": st.sampled_from([{}, {"employees": 80}, {"employees": 3}]),
    }
)
