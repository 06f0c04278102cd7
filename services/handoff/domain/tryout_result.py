"""A try-out's result as JSON-ready data: what is stored, answered and drawn.

Points are numbers with one decimal, durations seconds, moments RFC 3339 text, shares from
0 to 1 beside the two counts they are made of. Leads are ids: names are added for whoever
may see them, when they look.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Literal

from services.handoff.domain.conditions import EngagementAtLeast, FitAtLeast, leaves
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.questions import Titles
from services.handoff.domain.standing import WhyNot
from services.handoff.domain.tally import (
    BIN,
    OUTCOMES,
    WEEK_US,
    GateTally,
    Listed,
    Share,
    Tally,
    VersionTally,
    monday_us,
)
from services.handoff.domain.touches import moment_at

Lateness = Literal["as_received", "as_happened"]
FEW = 30
"""Cases below which a share says little."""
_SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class TeamLoad:
    """A team that takes leads now, and how many of the real hand-offs in the window it got."""

    team: str
    reps: int
    handoffs: int


@dataclass(frozen=True, slots=True)
class Setting:
    """What a try-out was run with, beside its versions and window."""

    lateness: Lateness
    open_for: timedelta | None
    """How long a hand-off stays open that overlaps no real one; None: until the end."""
    open_for_from: Literal["given", "median", "nothing_closed"]
    reps: int
    """Who take leads in turn now."""
    teams: tuple[TeamLoad, ...] = ()


def result_of(
    tally: Tally, setting: Setting, source_of: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return all that a finished try-out says.

    ``source_of`` says, by lead, where its first touch came from.
    """
    sources = source_of or {}
    window = tally.window
    ours, *others = tally.versions
    theirs = others[0] if others else None
    return {
        "window": {
            "from": _moment(window.from_us),
            "to": _moment(window.to_us),
            "days": round((window.to_us - window.from_us) / (86_400 * _SECOND_US), 1),
        },
        "lateness": setting.lateness,
        "open_for_s": None if setting.open_for is None else int(setting.open_for.total_seconds()),
        "open_for_from": setting.open_for_from,
        "reps": setting.reps,
        "teams": [asdict(team) for team in setting.teams],
        "history": {
            "leads": tally.leads,
            "touches": tally.touches,
            "handoffs": tally.real,
            "handoffs_by_other_versions": tally.real_by_others,
            "leads_guessed": tally.guessed,
        },
        "candidate": _version(ours, tally, setting.reps, sources),
        "against": None if theirs is None else _version(theirs, tally, setting.reps, sources),
        "both": {"leads": tally.both, **_shift(tally.shifts_us)},
        "gained": _side(tally.gained, tally.why_gained, tally.gained_outcomes),
        "lost": _side(tally.lost, tally.why_lost, tally.lost_outcomes),
        "unknown": list(_unknown(tally, setting)),
    }


def share(one: Share) -> dict[str, Any]:
    """Return a share with what it is made of; null where there is no case."""
    return {
        "good": one.good,
        "cases": one.cases,
        "share": round(one.good / one.cases, 4) if one.cases else None,
    }


def quantile(sorted_values: Sequence[int], part: float) -> int | None:
    """Return the value that ``part`` of the values do not exceed; None of none."""
    if not sorted_values:
        return None
    place = max(0, -(-int(part * 1000) * len(sorted_values) // 1000) - 1)
    return sorted_values[min(place, len(sorted_values) - 1)]


def _version(
    one: VersionTally, tally: Tally, reps: int, source_of: Mapping[str, str]
) -> dict[str, Any]:
    version = one.version
    waits = sorted(one.waits_us)
    return {
        "policy": version.policy,
        "number": version.number or None,
        "version_id": version.version_id or None,
        "digest": version.digest,
        "titles": _titles(version),
        "leads": len(one.lead_ids),
        "handoffs": one.handoffs,
        "outcomes": _outcomes(one.outcomes),
        "precision": {"accepted": share(one.accepted), "won": _won(one)},
        "won_at_least": share(Share(one.outcomes["won"], one.handoffs)),
        "recall": {"accepted": share(one.accepted_found), "won": share(one.won_found)},
        "gates": [
            {"gate": gate.name, "tier": gate.tier, **_gate(one.gates.get(gate.name, GateTally()))}
            for gate in version.gates
        ],
        "sources": _sources(one.lead_ids, source_of),
        "first_touch_to_ready": {
            "leads": len(waits),
            "median_s": _seconds(quantile(waits, 0.5)),
            "most_s": _seconds(quantile(waits, 0.9)),
        },
        "weeks": _weeks(one.weeks, tally, reps),
        "scores": {
            "engagement": _bins(one.scores["engagement"]),
            "fit": _bins(one.scores["fit"]),
        },
        "asked": {
            "engagement": _asked(version, EngagementAtLeast),
            "fit": _asked(version, FitAtLeast),
        },
        "excluded": dict(one.excluded.most_common()),
        "misses": {"count": one.misses.count, "leads": _leads(one.misses)},
    }


def _won(one: VersionTally) -> dict[str, Any]:
    """Return the share of deals won; null where nobody tells of any other end."""
    found = share(one.won)
    return found if one.won.good < one.won.cases else {**found, "share": None}


def _titles(version: PolicyVersion) -> dict[str, Any]:
    return {
        "policy": _title(version.title),
        "signals": {one.name: _title(one.title) for one in version.signals},
        "gates": {one.name: _title(one.title) for one in version.gates},
        "exclude": {one.name: _title(one.title) for one in version.exclude},
    }


def _title(title: Titles) -> dict[str, str]:
    return {"es": title.es, "en": title.en}


def _gate(gate: GateTally) -> dict[str, Any]:
    return {
        "leads": gate.leads,
        "handoffs": gate.outcomes.total(),
        "outcomes": _outcomes(gate.outcomes),
    }


def _sources(lead_ids: Iterable[str], source_of: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return how many leads came from where, the most first; null: nobody knows."""
    counted = Counter(source_of.get(lead_id) for lead_id in lead_ids)
    return [{"source": source, "leads": count} for source, count in counted.most_common()]


def _outcomes(counted: Mapping[str, int]) -> dict[str, int]:
    return {outcome: counted.get(outcome, 0) for outcome in OUTCOMES}


def _weeks(counted: Mapping[int, int], tally: Tally, reps: int) -> list[dict[str, Any]]:
    """Return every week from the first hand-off of any version to the end of the window."""
    firsts = [min(one.weeks) for one in tally.versions if one.weeks]
    if not firsts:
        return []
    weeks = range(min(firsts), monday_us(tally.window.to_us) + 1, WEEK_US)
    return [
        {
            "monday": moment_at(monday).date().isoformat(),
            "handoffs": counted.get(monday, 0),
            "per_rep": round(counted.get(monday, 0) / reps, 2) if reps else None,
        }
        for monday in weeks
    ]


def _bins(counted: Mapping[tuple[int, bool], int]) -> list[dict[str, Any]]:
    """Return the bins from the lowest to the highest that holds a lead."""
    numbers = [number for number, _ in counted]
    if not numbers:
        return []
    return [
        {
            "from": number * BIN / 10,
            "ready": counted.get((number, True), 0),
            "not_ready": counted.get((number, False), 0),
        }
        for number in range(min(numbers), max(numbers) + 1)
    ]


def _asked(version: PolicyVersion, kind: type[EngagementAtLeast] | type[FitAtLeast]) -> list[float]:
    asked = (leaf for gate in version.gates for leaf in leaves(gate.when))
    return sorted({leaf.at_least / 10 for leaf in asked if isinstance(leaf, kind)})


def _shift(shifts_us: Iterable[int]) -> dict[str, Any]:
    """Return how much earlier or later the candidate hands the same leads over."""
    shifts = sorted(shifts_us)
    return {
        "earlier": sum(shift < 0 for shift in shifts),
        "same": sum(shift == 0 for shift in shifts),
        "later": sum(shift > 0 for shift in shifts),
        "median_shift_s": _seconds(quantile(shifts, 0.5)),
    }


def _side(listed: Listed, why: Counter[WhyNot], outcomes: Mapping[str, int]) -> dict[str, Any]:
    return {
        "count": listed.count,
        "outcomes": _outcomes(outcomes),
        "reasons": [
            {**_why_not(reason, is_counted=True), "count": count}
            for reason, count in why.most_common()
        ],
        "leads": _leads(listed),
    }


def _leads(listed: Listed) -> list[dict[str, Any]]:
    told = []
    for one in listed.latest():
        lead = {**one, "at": _moment(one["at_us"])}
        del lead["at_us"]
        for score in ("fit", "engagement"):
            if score in lead:
                lead[score] /= 10
        if lead.get("why_not"):
            lead["why_not"] = _why_not(WhyNot(**lead["why_not"]))
        told.append(lead)
    return told


def _why_not(why: WhyNot, is_counted: bool = False) -> dict[str, Any]:
    """Return a reason, its numbers in the unit of its condition."""
    said: dict[str, Any] = {"code": why.code, "name": why.name or None, "kind": why.kind or None}
    if why.kind:
        part = 10 if why.kind in (EngagementAtLeast.kind, FitAtLeast.kind) else 1
        said["wanted"] = why.wanted / part
        if not is_counted:
            said["actual"] = why.actual / part
    return said


def _unknown(tally: Tally, setting: Setting) -> Iterable[dict[str, Any]]:
    """Yield what cannot be known, or was assumed, with the number of cases."""
    ours, *others = tally.versions
    if (without := tally.gained_outcomes["unknown"]) > 0:
        yield {"code": "gained_without_outcome", "count": without}
    if ours.outcomes["waiting"]:
        yield {"code": "not_answered_yet", "count": ours.outcomes["waiting"]}
    if others and ours.accepted_found.cases:
        yield {"code": "only_handed_over_could_be_accepted", "count": ours.accepted_found.cases}
    if not ours.won_found.cases:
        yield {"code": "nothing_won", "count": 0}
    if ours.won.cases and ours.won.good == ours.won.cases:
        yield {"code": "only_won_told", "count": ours.won.good}
    for name, one in (("accepted", ours.accepted), ("won", ours.won), ("found", ours.won_found)):
        if 0 < one.cases < FEW:
            yield {"code": f"few_{name}", "count": one.cases}
    modelled = sum(one.modelled for one in tally.versions)
    if modelled:
        yield {"code": f"open_for_{setting.open_for_from}", "count": modelled}
    if tally.real_by_others:
        yield {"code": "made_by_other_versions", "count": tally.real_by_others}
    if tally.guessed:
        yield {"code": "facts_guessed", "count": tally.guessed}
    if setting.lateness == "as_happened":
        yield {"code": "as_happened", "count": tally.leads}
    yield {"code": "reps_now", "count": setting.reps}


def _seconds(us: int | None) -> int | None:
    return None if us is None else us // _SECOND_US


def _moment(us: int) -> str:
    return moment_at(us).isoformat()
