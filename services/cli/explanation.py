"""Printing an evaluation: both scores with their terms, every condition of the gates with its
numbers and evidence, and what is missing.
"""

from collections.abc import Iterator
from typing import Any

from services.cli.output import console, local

MARKS = {True: "✓", False: "✗"}


def print_explanation(found: dict[str, Any]) -> None:
    """Print what a policy says about a lead; the terms of a score add up to it."""
    output = console()
    verdict = f"ready: {found['gate']} ({found['tier']})" if found["ready"] else "not ready"
    number = found["policy_version"]  # 0: a text that is not stored
    which = f"{found['policy']} version {number}" if number else found["policy"]
    output.print(f"{which}: {verdict}", style="bold")
    scope = found["scope"]
    if scope["applies"] != "yes":
        missing = f": nobody knows {', '.join(scope['missing'])}" if scope["missing"] else ""
        output.print(f"  not for this lead{missing}")
    for excluded in found["excluded_by"]:
        output.print(f"  excluded: {_title(excluded)}")
    for name in ("engagement", "fit"):
        output.print(f"{name} {found[name]['value']:g}")
        for factor in found[name]["factors"]:
            if factor["points"]:
                weak = " (weak: never decides)" if factor.get("weak") else ""
                output.print(f"  {factor['points']:+6g}  {_title(factor)}{weak}")
    evidence = _evidence(found)
    for gate in found["gates"]:
        output.print(f"{MARKS[gate['met']]} {gate['name']}: {_title(gate)}")
        for line in _conditions(gate["condition"], evidence):
            output.print(f"    {line}")
    for guard in found["guards"]:
        output.print(f"held back: {guard['reason']}, {guard['points']:g} points")
    for miss in found["near_misses"]:
        output.print(f"near miss of {miss['gate']}: {_changes(miss)}")


def _evidence(found: dict[str, Any]) -> dict[str, str]:
    """Return, by touch, what it was and when."""
    return {
        touch["touch_id"]: f"{factor['name']} {local(touch['occurred_at'])}"
        for factor in found["engagement"]["factors"]
        for touch in factor["touches"]
    }


def _conditions(answer: dict[str, Any], evidence: dict[str, str], depth: int = 0) -> Iterator[str]:
    """Yield a line for each condition: met or not, by how much, because of which touches."""
    before = f"{'  ' * depth}{MARKS[answer['met']]} "
    if "of" in answer:
        kind = {"all": "all of", "any": "any of", "not": "not"}.get(answer["kind"])
        yield before + (kind or f"{answer['wanted']} of")
        for inner in answer["of"]:
            yield from _conditions(inner, evidence, depth + 1)
        return
    short = f", {answer['short']:g} short" if answer["short"] else ""
    line = f"{answer['kind']} {answer['actual']:g} of {answer['wanted']:g} {answer['unit']}{short}"
    told = [evidence[touch] for touch in answer["because"] if touch in evidence]
    yield before + line + (f": {', '.join(told)}" if told else "")


def _title(named: dict[str, Any]) -> str:
    title = named["title"]
    return str(title.get("en") or title.get("es") or named["name"])


def _changes(miss: dict[str, Any]) -> str:
    """Return what would have passed the gate, the smallest change first."""
    if not miss["changes"]:
        short = [f"{one['kind']} {one['short']:g} short" for one in miss["shortfalls"]]
        return ", ".join(short)
    first = miss["changes"][0]
    touches = [f"{count} more of {signal}" for signal, count in first["touches"].items()]
    people = [f"{first['people']} more people of the account"] if first["people"] else []
    return " and ".join([*people, *touches, *(f"being {name}" for name in first["criteria"])])
