"""A lead as its page shows it: who, where they stand, what is missing, what they did."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from services.handoff import readmodels
from services.handoff.console.charts import Chart, score_chart
from services.handoff.console.handoff_view import Line
from services.handoff.console.people_names import names_of
from services.handoff.console.telling import did
from services.handoff.domain.policy import PolicyVersion
from services.handoff.handlers import timelines
from services.handoff.handlers.evaluate_lead import evaluate_lead
from services.handoff.handlers.scores_over_time import scores_over_time
from services.handoff.unit_of_work import UnitOfWork
from shared.console.formats import Formats, clip
from shared.problem import not_found

PAGE = 50
DAYS = 28
MOMENTS = 15
MOST_WAYS = 3
FIRST = ("name", "first_name", "last_name", "title", "company", "email", "phone", "country")


@dataclass(frozen=True, slots=True)
class Standing:
    """What one policy makes of a lead now."""

    policy: str
    version: int
    explanation: Mapping[str, Any]
    verdict: str
    is_ready: bool
    held: str
    ways: list[tuple[str, list[str]]]
    """Of gates that did not pass: a heading, and the ways to pass it, each a sentence."""


@dataclass(frozen=True, slots=True)
class OverTime:
    """Both scores at some days, oldest first, and their chart."""

    policy: str
    rows: list[tuple[date, float, float]]
    chart: Chart


@dataclass(frozen=True, slots=True)
class LeadView:
    """What the template asks. ``one`` is the lead as the API shows it."""

    one: Mapping[str, Any]
    standings: list[Standing]
    over_time: OverTime | None
    """None where no policy is in force, or they did more that counts than is drawn."""
    timeline: list[Line]
    next_cursor: str | None
    facts: list[tuple[str, str, str, str]]
    merges: list[tuple[Mapping[str, Any], str]]


def view_of(uow: UnitOfWork, lead_id: str, cursor: str | None, words: Formats) -> LeadView:
    """Return a lead as its page shows it. Raises ``Problem``: 404, 410 when it was erased."""
    one = readmodels.show_lead(uow.conn, lead_id)
    if one is None:
        raise not_found("lead")
    root = one["lead_id"]
    lines, following = timelines.timeline(uow, root, cursor, PAGE) or ([], None)
    return LeadView(
        one,
        [_standing(uow, each, words) for each in evaluate_lead(uow, root) or ()],
        _over_time(uow, root, words),
        [_line(words, line) for line in lines],
        following,
        [
            (_fact_name(name, words), _fact_value(name, fact["value"], words), *_said(fact))
            for name, fact in sorted(one["facts"].items(), key=lambda fact: _place(fact[0]))
            if not isinstance(fact["value"], dict | list)
        ],
        _merges(uow.conn, one["merges"]),
    )


def _place(name: str) -> tuple[int, str]:
    """Return where a fact stands: who they are and how to reach them come first."""
    return FIRST.index(name) if name in FIRST else len(FIRST), name


def _fact_name(name: str, words: Formats) -> str:
    key = f"fact.{name}"
    return words.say(key) if words.has(key) else name.replace("_", " ")


def _fact_value(name: str, value: Any, words: Formats) -> str:
    if isinstance(value, bool):
        return words.say("consent_granted" if value else "consent_refused")
    if isinstance(value, int | float):
        return words.number(value)
    if name == "country":
        return words.territory(str(value))
    return words.speaks(str(value)) if name == "language" else str(value)


def _said(fact: Mapping[str, Any]) -> tuple[str, str]:
    """Return who said it and when; nothing of what was concluded."""
    return fact["source"], fact["at"]


def _line(words: Formats, touch: Mapping[str, Any]) -> Line:
    if said := touch.get("words"):  # of sales: it is told in words already
        return Line(said[words.language], touch["occurred_at"])
    made_by = touch["made_by"]
    note = words.say(f"by_{made_by}") if made_by in ("machine", "unsure") else ""
    url = _url(touch["properties"])
    what = {"kind": touch["kind"], "name": touch["name"], "url": url}
    what["title"] = _title(touch["properties"])
    return Line(did(words, what), touch["occurred_at"], note, url, made_by == "machine")


def _title(properties: Mapping[str, Any]) -> str | None:
    for group, name in (("content", "title"), ("page", "title"), ("email", "subject")):
        part = properties.get(group)
        if isinstance(part, Mapping) and isinstance(part.get(name), str):
            return str(part[name])
    return None


def _url(properties: Mapping[str, Any]) -> str | None:
    for group in ("content", "page"):
        part = properties.get(group)
        if isinstance(part, Mapping) and isinstance(part.get("url"), str):
            return str(part["url"])
    return None


def _merges(
    conn: Connection, merges: Sequence[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any], str]]:
    """Return merges with why, in which a name stands where a person's id says who did it."""
    names = names_of(conn, [merge["because"].partition(": ")[0] for merge in merges])
    return [(merge, _because(merge["because"], names)) for merge in merges]


def _because(because: str, names: Mapping[str, str]) -> str:
    who, colon, why = because.partition(": ")
    if colon and len(who) == 36:
        return f"{names[who]}: {why}" if who in names else why
    return clip(because)


# --- where they stand -----------------------------------------------------------------------------


def _standing(uow: UnitOfWork, found: Mapping[str, Any], words: Formats) -> Standing:
    explanation, held = found["explanation"], found["held_back"]
    version = uow.parts.shelf.by_id(uow.conn, explanation["policy_version_id"])
    held_key = f"held_{held['code']}" if held else ""
    return Standing(
        found["policy"],
        found["version"],
        explanation,
        verdict_of(explanation, words),
        explanation["ready"],
        words.say(held_key) if held_key and words.has(held_key) else "",
        ways_of(explanation, version, words),
    )


def verdict_of(explanation: Mapping[str, Any], words: Formats) -> str:
    """Return in a sentence whether a lead is ready, or never will be."""
    if explanation["excluded_by"]:
        why = ", ".join(
            words.title(one["title"], one["name"]) for one in explanation["excluded_by"]
        )
        return words.say("is_excluded", why=why)
    if explanation["ready"]:
        gate = next(one for one in explanation["gates"] if one["name"] == explanation["gate"])
        return words.say("is_ready", gate=words.title(gate["title"], gate["name"]))
    return words.say("not_ready")


def ways_of(
    explanation: Mapping[str, Any], version: PolicyVersion, words: Formats
) -> list[tuple[str, list[str]]]:
    """Return, for each gate that did not pass, a heading and the ways to pass it, in sentences."""
    if explanation["excluded_by"]:
        return []
    done = {one["name"] for one in explanation["engagement"]["factors"] if one["points"]}
    return [_way(miss, version, done, words) for miss in explanation["near_misses"]]


def _way(
    miss: Mapping[str, Any], version: PolicyVersion, done: Collection[str], words: Formats
) -> tuple[str, list[str]]:
    gate = next(one for one in version.gates if one.name == miss["gate"])
    title = _of_titles(gate.title, words)
    if not miss["changes"]:
        return words.say("near_far", gate=title), [
            words.say(
                "near_points",
                kind=words.say(one["kind"]).lower(),
                short=words.number(one["short"]),
                actual=words.number(one["actual"]),
                wanted=words.number(one["wanted"]),
            )
            for one in miss["shortfalls"]
            if one["kind"] in ("engagement", "fit")
        ]
    changes = [_change(change, version, done, words) for change in miss["changes"][:MOST_WAYS]]
    return words.say("near_gate", gate=title, count=len(changes)), changes


def _change(
    change: Mapping[str, Any], version: PolicyVersion, done: Collection[str], words: Formats
) -> str:
    signals = {one.name: one.title for one in version.signals}
    criteria = {one.name: one.title for one in version.fit}
    parts = [
        words.say(
            "near_again" if name in done else "near_touch",
            title=_of_titles(signals[name], words),
            count=count,
        )
        for name, count in change["touches"].items()
    ]
    parts += [
        words.say("near_criterion", title=_of_titles(criteria[name], words))
        for name in change["criteria"]
    ]
    if change["people"]:
        parts.append(words.say("near_people", count=change["people"]))
    *others, last = parts
    joined = words.say("near_both", first=", ".join(others), last=last) if others else last
    return joined[:1].upper() + joined[1:]


def _of_titles(titles: Any, words: Formats) -> str:
    return str(titles.es if words.language == "es" else titles.en)


# --- over time ------------------------------------------------------------------------------------


def _over_time(uow: UnitOfWork, root: str, words: Formats) -> OverTime | None:
    """Return both scores over the last weeks, by the first version in force now."""
    in_force = uow.parts.shelf.in_force(uow.conn)
    if not in_force:
        return None
    lead = readmodels.read_leads(uow.conn, [root])[root]
    step = timedelta(days=DAYS) / (MOMENTS - 1)
    moments = [uow.now - step * number for number in reversed(range(MOMENTS))]
    scores = scores_over_time(uow, in_force[0].version, lead, moments)
    if scores is None:
        return None
    rows = [(words.local(one.at).date(), one.engagement, one.fit) for one in scores]
    days, engagement, fit = zip(*rows, strict=True)
    lines: dict[str, Sequence[float]] = {"engagement": engagement, "fit": fit}
    return OverTime(in_force[0].policy, rows, score_chart(days, lines))
