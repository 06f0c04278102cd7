"""A policy file as read: what is whole, and what is not, so that checks can go on."""

from dataclasses import dataclass
from typing import Any

from services.handoff.domain.facts import FactCondition
from services.handoff.domain.policy import (
    Gate,
    PolicyVersion,
    RejectReason,
    ResponseTarget,
    Targets,
)
from services.handoff.domain.questions import Exclusion, FitCriterion, Signal, Titles
from services.handoff.domain.reject_reasons import DEFAULT_REJECT_REASONS
from services.handoff.policy_document.reading import WRONG, Wrong


@dataclass(frozen=True)
class Draft:
    """The parts that could be read. ``whole`` says of each section whether that is all of it."""

    name: str
    title: Titles
    signals: tuple[Signal, ...]
    fit: tuple[FitCriterion, ...]
    exclude: tuple[Exclusion, ...]
    gates: tuple[Gate, ...]
    response: dict[str, ResponseTarget]
    reasons: tuple[RejectReason, ...]
    targets: Targets
    applies_to: FactCondition | None
    values: dict[str, Any]
    whole: dict[str, bool]
    broken_signals: tuple[str, ...]
    """Names of the signals that could not be read."""

    def version(self) -> PolicyVersion:
        """Return the parts as a version that can be asked."""
        return PolicyVersion(
            policy=self.name,
            title=self.title,
            signals=self.signals,
            fit=self.fit,
            exclude=self.exclude,
            gates=self.gates,
            cool_down=self.values["cool_down"],
            response=self.response,
            reject_reasons=self.reasons,
            targets=self.targets,
            reviewed_every=self.values["reviewed_every"],
            applies_to=self.applies_to,
        )


def draft_of(values: dict[str, Any]) -> Draft:
    """Return what can be built of a record read by the grammar."""
    name = values["policy"] if isinstance(values["policy"], str) else ""
    whole = {}
    good: dict[str, dict[str, dict[str, Any]]] = {}
    for section in ("signals", "fit", "exclude", "gates", "response", "reject_reasons"):
        entries = _entries(values[section])
        good[section] = {name: item for name, item in entries.items() if _is_whole(item)}
        whole[section] = values[section] is not WRONG and len(good[section]) == len(entries)
    targets, applies_to = values["targets"], values["applies_to"]
    return Draft(
        name=name,
        title=_title(values, name),
        signals=tuple(_signal(name, item) for name, item in good["signals"].items()),
        fit=tuple(FitCriterion(**_named(name, item)) for name, item in good["fit"].items()),
        exclude=tuple(Exclusion(**_named(name, item)) for name, item in good["exclude"].items()),
        gates=tuple(Gate(**_named(name, item)) for name, item in good["gates"].items()),
        response={name: ResponseTarget(name, **item) for name, item in good["response"].items()},
        reasons=tuple(
            RejectReason(**_named(name, item)) for name, item in good["reject_reasons"].items()
        )
        or DEFAULT_REJECT_REASONS,
        targets=Targets(**targets) if _is_whole(targets) else Targets(),
        applies_to=applies_to["when"] if _is_whole(applies_to) else None,
        values=values,
        whole=whole,
        broken_signals=tuple(_entries(values["signals"]).keys() - good["signals"].keys()),
    )


def _entries(section: dict[str, Any] | Wrong | None) -> dict[str, Any]:
    return {} if section is None or isinstance(section, Wrong) else section


def _is_whole(item: Any) -> bool:
    return isinstance(item, dict) and not any(value is WRONG for value in item.values())


def _title(item: dict[str, Any], name: str) -> Titles:
    """Return the title, or the name made readable."""
    title = item["title"]
    if isinstance(title, Titles):
        return title
    readable = name.replace("_", " ").replace("-", " ").capitalize()
    return Titles(readable, readable)


def _named(name: str, item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "name": name, "title": _title(item, name)}


def _signal(name: str, item: dict[str, Any]) -> Signal:
    named = _named(name, item)
    return Signal(touches=named.pop("touch"), **named)
