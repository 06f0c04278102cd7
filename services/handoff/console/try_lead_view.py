"""What versions of a policy say about one lead, real or made up: every condition in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from services.handoff.console import fields
from services.handoff.console.lead_view import verdict_of, ways_of
from services.handoff.domain.effort import Effort, Undecided
from services.handoff.domain.evaluation import Evaluation
from services.handoff.domain.example_touches import ExampleTouches
from services.handoff.domain.explain import explained, points
from services.handoff.domain.gates import Answer
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.touches import TouchFact
from services.handoff.handlers.try_policy import stored_version, try_on_invented, try_on_lead
from services.handoff.readmodels import lead_summary, read_leads
from services.handoff.store import lead_search
from services.handoff.store.lead_reading import identifiers_of
from services.handoff.texts.clauses import parts_of
from services.handoff.texts.conditions import phrase
from services.handoff.texts.tongue import Tongue
from services.handoff.unit_of_work import UnitOfWork
from shared.console.formats import Formats

MOST_FOUND = 10
MOST_TIMES = 9
STEPS = 20_000
"""How long an example of a touch may be thought about."""
DETAILS = ("title", "country", "language", "employees", "industry", "domain")
"""What can be said of a made-up lead and its company."""
OF_COMPANY = ("employees", "industry", "domain")
MOST_EMPLOYEES = 10_000_000


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a gate: met or not, in words, with its numbers and what it rests on."""

    met: bool
    text: str
    numbers: str
    because: Sequence[str]
    of: "Sequence[Condition]" = ()


@dataclass(frozen=True, slots=True)
class GateTold:
    """A gate with its conditions."""

    title: str
    tier: str
    met: bool
    condition: Condition


@dataclass(frozen=True, slots=True)
class Told:
    """What one version says."""

    number: int
    state: str
    explanation: Mapping[str, Any]
    verdict: str
    gates: Sequence[GateTold]
    held: Sequence[str]
    ways: Sequence[tuple[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Found:
    """A lead that was searched for."""

    lead_id: str
    name: str
    identifier: str


def search(conn: Connection, text: str) -> list[Found]:
    """Return some leads whose name, address or domain is like ``text``."""
    rows, _ = lead_search.find(conn, text, "all", None, None, MOST_FOUND)
    roots = [row.lead_id for row in rows]
    leads = read_leads(conn, roots)
    known = identifiers_of(conn, leads.values())
    found = [lead_summary(leads[root], known[root]) for root in roots]
    return [Found(one["lead_id"], one["name"], next(iter(one["identifiers"]), "")) for one in found]


def on_lead(
    uow: UnitOfWork, policy: str, number: int, state: str, lead_id: str, words: Formats
) -> Told:
    """Return what a version says of a lead now. Raises ``Problem`` (404)."""
    version = stored_version(uow, policy, number)
    return _told(version, state, try_on_lead(uow, version, lead_id).evaluation, words)


def on_example(
    version: PolicyVersion, uow: UnitOfWork, example: "Example", state: str, words: Formats
) -> Told:
    """Return what a version says of somebody made up."""
    asked = try_on_invented(uow, version, example.lead, example.account, example.touches)
    return _told(version, state, asked, words)


@dataclass(frozen=True, slots=True)
class Example:
    """Somebody made up: what is known of them and of their company, and what they did."""

    lead: Mapping[str, Any]
    account: Mapping[str, Any]
    touches: Sequence[TouchFact]


def made_up(
    version: PolicyVersion, given: Mapping[str, str], did: Mapping[str, int], now: datetime
) -> Example:
    """Return somebody of whom ``DETAILS`` are ``given``, and who did what signals ask for.

    ``did`` says how often, by signal of ``version``. A signal of which no example can be made
    is left out.
    """
    facts: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    for name in DETAILS:
        known: Any = given.get(name, "").strip()
        if name == "employees":
            known = fields.whole(known, 0, MOST_EMPLOYEES)
        if known not in ("", None):
            facts[name in OF_COMPANY][name] = known
    return Example(*facts, list(_touches(version, did, now)))


def _touches(version: PolicyVersion, did: Mapping[str, int], now: datetime) -> Iterator[TouchFact]:
    examples = ExampleTouches(version, Effort(STEPS))
    for signal in version.strong_signals:
        times = did.get(signal.name, 0)
        try:
            example = next(examples.of([signal], frozenset()), None) if times else None
        except Undecided:
            example = None
        if example is None:
            continue
        for number in range(times):
            at = now - timedelta(minutes=1 + number)
            properties = example.variants[number % len(example.variants)]
            name = f"{signal.name}-{number}"
            yield TouchFact(name, example.kind, at, at, "human", properties)


def _told(version: PolicyVersion, state: str, evaluation: Evaluation, words: Formats) -> Told:
    said = explained(evaluation)
    tongue = Tongue(words.language, parts_of(version))
    titles = {one.name: one.title for one in version.signals}

    def because(answer: Answer) -> list[str]:
        return [
            words.say(
                "try_seen",
                what=words.title(
                    {"es": titles[touch.signal].es, "en": titles[touch.signal].en}, touch.signal
                ),
                when=words.day(datetime.fromtimestamp(touch.occurred_ms / 1000, UTC)),
            )
            for touch in answer.because
        ]

    def told(answer: Answer, path: str) -> Condition:
        text = phrase(tongue, answer.condition, path).text
        of = [told(each, f"{path}.{place}") for place, each in enumerate(answer.of)]
        return Condition(answer.met, _capital(text), _numbers(answer, words), because(answer), of)

    gates = [
        GateTold(
            words.title({"es": one.gate.title.es, "en": one.gate.title.en}, one.gate.name),
            one.gate.tier,
            one.met,
            told(one.answer, f"gates.{one.gate.name}"),
        )
        for one in evaluation.answers
    ]
    ways = ways_of(said, version, words)
    return Told(
        version.number, state, said, verdict_of(said, words), gates, list(_held(said, words)), ways
    )


def _numbers(answer: Answer, words: Formats) -> str:
    """Return how much there is of how much is asked; nothing of a group."""
    unit = getattr(answer.condition, "unit", None)
    if answer.of or unit is None:
        return ""
    show = points if unit == "points" else float
    actual, wanted = (words.number(show(one)) for one in (answer.actual, answer.wanted))
    if answer.met:
        return words.say("try_has", actual=actual, wanted=wanted)
    return words.say(
        "try_lacks", actual=actual, wanted=wanted, short=words.number(show(answer.short))
    )


def _held(said: Mapping[str, Any], words: Formats) -> Iterator[str]:
    """Yield what guards held back, and whom the policy is not for."""
    if said["scope"]["applies"] != "yes":
        yield words.say("try_not_meant")
    for guard in said["guards"]:
        yield words.say(
            f"try_guard_{guard['reason']}",
            count=len(guard["touches"]),
            points=words.number(guard["points"]),
        )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
