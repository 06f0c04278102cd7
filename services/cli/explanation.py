"""Printing an evaluation: both scores with their terms, the gates, and what is missing."""

from typing import Any

from services.cli.output import console

MARKS = {True: "✓", False: "✗"}


def print_explanation(found: dict[str, Any]) -> None:
    """Print what a policy says about a lead; the terms of a score add up to it."""
    output = console()
    verdict = f"ready: {found['gate']} ({found['tier']})" if found["ready"] else "not ready"
    output.print(f"{found['policy']} version {found['policy_version']}: {verdict}", style="bold")
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
    for gate in found["gates"]:
        output.print(f"{MARKS[gate['met']]} {gate['name']}: {_title(gate)}")
    for guard in found["guards"]:
        output.print(f"held back: {guard['reason']}, {guard['points']:g} points")
    for miss in found["near_misses"]:
        output.print(f"near miss of {miss['gate']}: {_changes(miss)}")


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
