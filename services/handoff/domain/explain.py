"""An evaluation as JSON-ready data: what is frozen into the hand-off and shown to people.

Points are numbers with one decimal, as people read them. In each score the factors add up
to the value, and in each factor the touches add up to its points.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from services.handoff.domain.case import Counted
from services.handoff.domain.conditions import Leaf
from services.handoff.domain.evaluation import Evaluation, GateAnswer
from services.handoff.domain.gates import Answer
from services.handoff.domain.near_miss import NearMiss, near_misses
from services.handoff.domain.people import PeopleSeen
from services.handoff.domain.plain import plain
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.questions import Titles
from services.handoff.domain.scope import Scope, scope_of
from services.handoff.domain.scores import Factor, FitFactor

HELD = {True: "yes", False: "no", None: "unknown"}
"""What a question about facts is answered, in words."""


def explained(evaluation: Evaluation, in_force: Iterable[PolicyVersion] = ()) -> dict[str, Any]:
    """Return all that ``evaluation`` says; near misses only while the lead is not ready.

    Of each version ``in_force`` at that moment, this one included, it says whether it is for
    this lead and why.
    """
    version, gate = evaluation.version, evaluation.gate
    return {
        "policy": version.policy,
        "policy_version": version.number,
        "policy_version_id": version.version_id,
        "digest": version.digest,
        "at": evaluation.at.isoformat(),
        "lists": dict(version.lists),
        "scope": _scope(evaluation.scope),
        "policies": [
            {"policy": each.policy, "policy_version": each.number}
            | _scope(scope_of(each.applies_to, evaluation.case.facts))
            for each in in_force
        ],
        "ready": evaluation.is_ready,
        "gate": gate.name if gate else None,
        "tier": gate.tier if gate else None,
        "excluded_by": [
            {"name": each.name, "title": _title(each.title)} for each in evaluation.excluded_by
        ],
        "fit": {
            "value": points(evaluation.fit),
            "factors": [_fit_factor(factor) for factor in evaluation.fit_factors],
        },
        "engagement": {
            "value": points(evaluation.engagement),
            "qualifying": points(evaluation.qualifying_engagement),
            "factors": [_factor(factor) for factor in evaluation.factors],
        },
        "gates": [_gate(answer) for answer in evaluation.answers],
        "deciding": [touch.touch_id for touch in evaluation.deciding],
        "guards": [
            {
                "reason": guard.reason,
                "touches": [touch.touch_id for touch in guard.touches],
                "points": points(sum(touch.value for touch in guard.touches)),
                "would_pass": guard.would_pass,
            }
            for guard in evaluation.guards
        ],
        "near_misses": []
        if evaluation.is_ready
        else [_near_miss(miss) for miss in near_misses(evaluation)],
    }


def points(tenths: int) -> float:
    """Return tenths of a point as people read them."""
    return tenths / 10


def _title(title: Titles) -> dict[str, str]:
    return {"es": title.es, "en": title.en}


def _scope(scope: Scope) -> dict[str, Any]:
    return {"applies": HELD[scope.holds], "facts": scope.facts, "missing": scope.missing}


def _fit_factor(factor: FitFactor) -> dict[str, Any]:
    return {
        "name": factor.criterion.name,
        "title": _title(factor.criterion.title),
        "points": points(factor.points),
        "worth": points(factor.criterion.points),
        "holds": HELD[factor.holds],
        "facts": factor.facts,
    }


def _factor(factor: Factor) -> dict[str, Any]:
    return {
        "name": factor.signal.name,
        "title": _title(factor.signal.title),
        "points": points(factor.points),
        "qualifying": points(factor.qualifying),
        "worth": points(factor.signal.points),
        "weak": factor.signal.weak,
        "evidence": [touch.touch_id for touch in factor.touches],
        "touches": [_touch(touch) for touch in factor.touches],
    }


def _touch(touch: Counted) -> dict[str, Any]:
    return {
        "touch_id": touch.touch_id,
        "occurred_at": datetime.fromtimestamp(touch.occurred_ms / 1000, UTC).isoformat(),
        "age_s": touch.age_ms // 1000,
        "points": points(touch.value),
        "standing": touch.standing,
    }


def _gate(answer: GateAnswer) -> dict[str, Any]:
    gate = answer.gate
    return {
        "name": gate.name,
        "title": _title(gate.title),
        "tier": gate.tier,
        "met": answer.met,
        "deciding": [touch.touch_id for touch in answer.deciding],
        "condition": _answer(answer.answer),
    }


def _answer(answer: Answer) -> dict[str, Any]:
    condition = answer.condition
    said: dict[str, Any] = {"kind": condition.kind, "met": answer.met}
    if answer.of:
        numbers = {"wanted": answer.wanted, "actual": answer.actual}
        return said | numbers | {"of": [_answer(each) for each in answer.of]}
    said |= _numbers(condition, answer.wanted, answer.actual)
    said["because"] = [touch.touch_id for touch in answer.because]
    if isinstance(condition, PeopleSeen):
        said["people"] = [
            {"lead_id": touch.colleague, "touch_id": touch.touch_id} for touch in answer.because
        ]
    return said


def _numbers(condition: Any, wanted: int, actual: int) -> dict[str, Any]:
    """Return what a condition asks, and the numbers in its unit."""
    leaf: Leaf = condition
    show = points if leaf.unit == "points" else int
    return {
        "asked": _asked(condition),
        "unit": leaf.unit,
        "wanted": show(wanted),
        "actual": show(actual),
        "short": show(max(0, wanted - actual)),
    }


@lru_cache(maxsize=4096)
def _asked(leaf: Leaf) -> Any:
    """Return a condition as data: told with every evaluation, and always the same."""
    return plain(leaf)


def _near_miss(miss: NearMiss) -> dict[str, Any]:
    return {
        "gate": miss.gate.name,
        "shortfalls": [
            {"kind": each.condition.kind}
            | _numbers(each.condition, each.wanted, each.actual)
            | {"forbidden": [touch.touch_id for touch in each.forbidden]}
            for each in miss.shortfalls
        ],
        "changes": [
            {
                "touches": dict(change.touches),
                "criteria": list(change.criteria),
                "people": change.people,
            }
            for change in miss.changes
        ],
    }
