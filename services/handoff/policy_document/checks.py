"""What a policy may not say although every value in it is fine by itself."""

import json
from collections.abc import Iterable
from datetime import timedelta
from difflib import get_close_matches
from itertools import pairwise

from services.handoff.domain.calendars import ALWAYS
from services.handoff.domain.conditions import (
    DifferentSignals,
    EngagementAtLeast,
    Leaf,
    leaves,
    named_signals,
)
from services.handoff.domain.facts import FactCondition
from services.handoff.domain.ladder import STEP_NAMES
from services.handoff.domain.people import PeopleSeen
from services.handoff.domain.plain import plain
from services.handoff.domain.questions import Signal
from services.handoff.policy_document.draft import Draft
from services.handoff.policy_document.gate_checks import check_gates
from services.handoff.policy_document.grammar import CALENDARS
from services.handoff.policy_document.logic_checks import check_logic
from services.handoff.policy_document.reading import (
    Reading,
    did_you_mean,
    listed,
    pointer,
    told,
)
from services.handoff.policy_document.vocabulary import Vocabulary


def check(draft: Draft, reading: Reading, vocabulary: Vocabulary) -> None:
    """Report everything that is wrong with ``draft`` as a whole."""
    check_gates(draft, reading)
    check_signals(draft, reading)
    check_duplicates(draft, reading)
    check_response(draft, reading)
    check_calendars(draft, reading, vocabulary)
    check_ladders(draft, reading)
    check_reasons(draft, reading)
    check_lists(reading)
    check_names(draft, reading, vocabulary)
    check_logic(draft, reading)


def check_signals(draft: Draft, reading: Reading) -> None:
    """Warn about signals nobody uses and about durations that cannot both matter."""
    asked = [leaf for gate in draft.gates for leaf in leaves(gate.when)]
    for signal in draft.signals:
        path = f"/signals/{signal.name}"
        if draft.whole["gates"] and not _is_used(signal, asked):
            reading.report(
                path,
                "unused_signal",
                f"Nobody uses `{signal.name}`: no gate names it, and none asks for engagement it "
                "could add to. Delete it, or use it in a gate.",
                "warning",
                at_key=True,
            )
        if signal.half_life and signal.within and signal.half_life > signal.within:
            reading.report(
                f"{path}/half_life",
                "contradictory_durations",
                f"`{signal.name}` loses half of its points after {told(signal.half_life)}, but "
                f"already stops counting after {told(signal.within)}. Shorten `half_life`, or "
                "lengthen `within`.",
                "warning",
            )
    for criterion in draft.fit:
        if criterion.points == 0:
            message = f"`{criterion.name}` brings no points, so it changes nothing."
            reading.report(f"/fit/{criterion.name}/points", "no_points", message, "warning")


def _is_used(signal: Signal, asked: Iterable[Leaf]) -> bool:
    for leaf in asked:
        if signal.name in named_signals(leaf):
            return True
        if isinstance(leaf, PeopleSeen) and not leaf.signals and signal.points > 0:
            return True
        if isinstance(leaf, EngagementAtLeast) and signal.points:
            return True
        if isinstance(leaf, DifferentSignals) and signal.points > 0:
            return True
    return False


def check_duplicates(draft: Draft, reading: Reading) -> None:
    """Warn about things that are said twice under two names."""
    _warn_twins(
        reading,
        "signals",
        "A touch counts in both: delete one, or tell them apart by `where`.",
        (
            (each.name, [sorted(each.touches), plain(each.where), each.distinct_by])
            for each in draft.signals
        ),
    )
    _warn_twins(
        reading,
        "fit",
        "Both bring points at once: delete one.",
        ((each.name, plain(each.when)) for each in draft.fit),
    )
    _warn_twins(
        reading,
        "exclude",
        "One is enough: delete the other.",
        ((each.name, plain(each.when)) for each in draft.exclude),
    )
    _warn_twins(
        reading,
        "gates",
        "The second can never decide: delete it.",
        ((each.name, plain(each.when)) for each in draft.gates),
    )
    _warn_twins(
        reading,
        "reject_reasons",
        "Nobody can tell which of them to give: give them different titles, or delete one.",
        ((each.name, plain(each.title)) for each in draft.reasons if draft.whole["reject_reasons"]),
        "is called",
    )


def _warn_twins(
    reading: Reading,
    section: str,
    fix: str,
    said: Iterable[tuple[str, object]],
    does: str = "asks",
) -> None:
    first: dict[str, str] = {}
    for name, what in said:
        twin = first.setdefault(json.dumps(what, sort_keys=True), name)
        if twin != name:
            message = f"`{name}` {does} the same as `{twin}`. {fix}"
            path = pointer(f"/{section}", name)
            reading.report(path, "duplicate", message, "warning", at_key=True)


def check_response(draft: Draft, reading: Reading) -> None:
    """Report tiers nobody promised anything for, and promises that contradict themselves."""
    tiers = {gate.tier for gate in draft.gates}
    for gate in draft.gates:
        if draft.whole["response"] and gate.tier not in draft.response:
            hint = did_you_mean(gate.tier, draft.response)
            reading.report(
                f"/gates/{gate.name}/tier",
                "tier_without_response",
                f"`response` does not say what sales owes a lead of tier `{gate.tier}`."
                + (hint or f" Add `{gate.tier}` to `response`."),
            )
    for tier, target in draft.response.items():
        if draft.whole["gates"] and tier not in tiers:
            message = f"No gate has the tier `{tier}`. Delete it, or give it to a gate."
            reading.report(f"/response/{tier}", "unused_tier", message, "warning", at_key=True)
        if target.first_attempt_in < target.accept_in:
            reading.report(
                f"/response/{tier}/first_attempt_in",
                "contradictory_durations",
                f"The first attempt is due ({told(target.first_attempt_in)}) before the owner has "
                f"to accept ({told(target.accept_in)}). Lengthen `first_attempt_in`, or shorten "
                "`accept_in`.",
            )


def check_calendars(draft: Draft, reading: Reading, vocabulary: Vocabulary) -> None:
    """Report calendars that do not exist, and days where only hours are counted."""
    known = None if vocabulary.calendars is None else (*CALENDARS, *vocabulary.calendars)
    for tier, target in draft.response.items():
        path = f"/response/{tier}"
        if known is not None and target.calendar not in known:
            reading.report(
                f"{path}/calendar",
                "unknown_name",
                f"There is no calendar `{target.calendar}`."
                + (did_you_mean(target.calendar, known) or f" There are: {listed(known)}."),
            )
        promised = {"accept_in": target.accept_in, "first_attempt_in": target.first_attempt_in}
        for name, length in promised.items():
            if target.calendar != ALWAYS and length.days and not length.seconds:
                hours = int(length.total_seconds()) // 3600
                reading.report(
                    f"{path}/{name}",
                    "working_days",
                    f"`{told(length)}` counts {hours} hours of working time, which is more than "
                    f"{length.days} working days. Write the hours you mean, like `8h`.",
                    "warning",
                )


def check_ladders(draft: Draft, reading: Reading) -> None:
    """Report ladders whose steps come in another order, or that end with the owner."""
    for tier, target in draft.response.items():
        ladder, path = target.ladder, f"/response/{tier}/ladder"
        if ladder is None:
            continue
        for before, step in pairwise(ladder.steps):
            if step.percent <= before.percent:
                reading.report(
                    f"{path}/{step.name}",
                    "ladder_out_of_order",
                    f"`{step.name}` ({step.percent}%) must come after `{before.name}` "
                    f"({before.percent}%): the order is {listed(STEP_NAMES)}.",
                )
        if not ladder.reaches_somebody_else:
            reading.report(
                path,
                "ladder_tells_nobody",
                "Nobody but owners would ever hear of a late hand-off. Add `manager`, "
                "`last_resort` or both.",
                at_key=True,
            )


def check_reasons(draft: Draft, reading: Reading) -> None:
    """Report reject reasons whose effect and settings do not go together."""
    cool_down = draft.values["cool_down"]
    for reason in draft.reasons if draft.values["reject_reasons"] is not None else ():
        path = f"/reject_reasons/{reason.name}/after"
        if reason.after is None:
            continue
        if reason.effect != "recycle":
            message = f"`after` goes with `effect: recycle`, not with `{reason.effect}`: delete it."
            reading.report(path, "contradictory_effect", message)
        elif isinstance(cool_down, timedelta) and reason.after < cool_down:
            reading.report(
                path,
                "contradictory_durations",
                f"A lead returns after the cool-down of {told(cool_down)} at the earliest, so "
                f"`after: {told(reason.after)}` has no effect. Lengthen it.",
                "warning",
            )
    if draft.whole["reject_reasons"] and not any(
        reason.effect == "opt_out" for reason in draft.reasons
    ):
        reading.report(
            "/reject_reasons",
            "no_opt_out_reason",
            "No reason lets sales say that a lead asked not to be contacted. Add one with "
            "`effect: opt_out`.",
            "warning",
            at_key=True,
        )


def check_lists(reading: Reading) -> None:
    """Warn about lists nobody uses."""
    for name in reading.own_lists:
        if name not in reading.used_lists:
            message = f"Nobody uses the list `{name}`. Delete it, or name it by `in_list`."
            reading.report(f"/lists/{name}", "unused_list", message, "warning", at_key=True)


def check_names(draft: Draft, reading: Reading, vocabulary: Vocabulary) -> None:
    """Warn about kinds of touch, properties and facts that look misspelt."""
    for signal in draft.signals:
        for kind in signal.touches:
            path = f"/signals/{signal.name}/touch"
            warn_misspelt(kind, vocabulary.touches, "kind of touch", path, reading)
    for signal in draft.signals:
        path = f"/signals/{signal.name}"
        for name in signal.where.paths() if signal.where is not None else ():
            warn_misspelt(name, vocabulary.properties, "property", f"{path}/where", reading)
        if signal.distinct_by is not None:
            name, path = signal.distinct_by, f"{path}/distinct_by"
            warn_misspelt(name, vocabulary.properties, "property", path, reading)
    conditions: list[tuple[str, FactCondition]] = [
        *((f"/fit/{each.name}/when", each.when) for each in draft.fit),
        *((f"/exclude/{each.name}/when", each.when) for each in draft.exclude),
    ]
    for path, condition in conditions:
        for fact in condition.paths():
            warn_misspelt(fact, vocabulary.facts, "fact", path, reading)


def warn_misspelt(
    name: str, known: tuple[str, ...], what: str, path: str, reading: Reading
) -> None:
    """Warn about a name that is not known and looks like one that is."""
    near = [] if name in known else get_close_matches(name, known, n=1, cutoff=0.85)
    if near:
        message = f"`{name}` is no {what} Relevo knows. Did you mean `{near[0]}`?"
        reading.report(path, "unfamiliar_name", message, "warning")
