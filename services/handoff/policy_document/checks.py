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
from services.handoff.policy_document.phrases import phrase
from services.handoff.policy_document.reading import (
    Reading,
    did_you_mean,
    listed,
    pointer,
    told,
)
from services.handoff.policy_document.vocabulary import Vocabulary

ASKS = phrase("asks")


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
                phrase(
                    "Nobody uses `{signal}`: no gate names it, and none asks for engagement it "
                    "could add to. Delete it, or use it in a gate.",
                    signal=signal.name,
                ),
                "warning",
                at_key=True,
            )
        if signal.half_life and signal.within and signal.half_life > signal.within:
            reading.report(
                f"{path}/half_life",
                "contradictory_durations",
                phrase(
                    "`{signal}` loses half of its points after {half_life}, but already stops "
                    "counting after {within}. Shorten `half_life`, or lengthen `within`.",
                    signal=signal.name,
                    half_life=told(signal.half_life),
                    within=told(signal.within),
                ),
                "warning",
            )
    for criterion in draft.fit:
        if criterion.points == 0:
            message = phrase(
                "`{criterion}` brings no points, so it changes nothing.", criterion=criterion.name
            )
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
        phrase("A touch counts in both: delete one, or tell them apart by `where`."),
        (
            (each.name, [sorted(each.touches), plain(each.where), each.distinct_by])
            for each in draft.signals
        ),
    )
    _warn_twins(
        reading,
        "fit",
        phrase("Both bring points at once: delete one."),
        ((each.name, plain(each.when)) for each in draft.fit),
    )
    _warn_twins(
        reading,
        "exclude",
        phrase("One is enough: delete the other."),
        ((each.name, plain(each.when)) for each in draft.exclude),
    )
    _warn_twins(
        reading,
        "gates",
        phrase("The second can never decide: delete it."),
        ((each.name, plain(each.when)) for each in draft.gates),
    )
    _warn_twins(
        reading,
        "reject_reasons",
        phrase("Nobody can tell which of them to give: give them different titles, or delete one."),
        ((each.name, plain(each.title)) for each in draft.reasons if draft.whole["reject_reasons"]),
        phrase("is called"),
    )


def _warn_twins(
    reading: Reading,
    section: str,
    fix: str,
    said: Iterable[tuple[str, object]],
    does: str = ASKS,
) -> None:
    first: dict[str, str] = {}
    for name, what in said:
        twin = first.setdefault(json.dumps(what, sort_keys=True), name)
        if twin != name:
            message = phrase(
                "`{name}` {does} the same as `{twin}`. {fix}",
                name=name,
                does=does,
                twin=twin,
                fix=fix,
            )
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
                phrase(
                    "`response` does not say what sales owes a lead of tier `{tier}`.",
                    tier=gate.tier,
                )
                + (hint or phrase(" Add `{tier}` to `response`.", tier=gate.tier)),
            )
    for tier, target in draft.response.items():
        if draft.whole["gates"] and tier not in tiers:
            message = phrase(
                "No gate has the tier `{tier}`. Delete it, or give it to a gate.", tier=tier
            )
            reading.report(f"/response/{tier}", "unused_tier", message, "warning", at_key=True)
        if target.first_attempt_in < target.accept_in:
            reading.report(
                f"/response/{tier}/first_attempt_in",
                "contradictory_durations",
                phrase(
                    "The first attempt is due ({first_attempt_in}) before the owner has to "
                    "accept ({accept_in}). Lengthen `first_attempt_in`, or shorten `accept_in`.",
                    first_attempt_in=told(target.first_attempt_in),
                    accept_in=told(target.accept_in),
                ),
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
                phrase("There is no calendar `{calendar}`.", calendar=target.calendar)
                + (
                    did_you_mean(target.calendar, known)
                    or phrase(" There are: {known}.", known=listed(known))
                ),
            )
        promised = {"accept_in": target.accept_in, "first_attempt_in": target.first_attempt_in}
        for name, length in promised.items():
            if target.calendar != ALWAYS and length.days and not length.seconds:
                hours = int(length.total_seconds()) // 3600
                reading.report(
                    f"{path}/{name}",
                    "working_days",
                    phrase(
                        "`{length}` counts {hours} hours of working time, which is more than "
                        "{days} working days. Write the hours you mean, like `8h`.",
                        length=told(length),
                        hours=hours,
                        days=length.days,
                    ),
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
                    phrase(
                        "`{step}` ({percent}%) must come after `{before}` ({percent_2}%): the "
                        "order is {step_names}.",
                        step=step.name,
                        percent=step.percent,
                        before=before.name,
                        percent_2=before.percent,
                        step_names=listed(STEP_NAMES),
                    ),
                )
        if not ladder.reaches_somebody_else:
            reading.report(
                path,
                "ladder_tells_nobody",
                phrase(
                    "Nobody but owners would ever hear of a late hand-off. Add `manager`, "
                    "`last_resort` or both."
                ),
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
            message = phrase(
                "`after` goes with `effect: recycle`, not with `{effect}`: delete it.",
                effect=reason.effect,
            )
            reading.report(path, "contradictory_effect", message)
        elif isinstance(cool_down, timedelta) and reason.after < cool_down:
            reading.report(
                path,
                "contradictory_durations",
                phrase(
                    "A lead returns after the cool-down of {cool_down} at the earliest, so "
                    "`after: {after}` has no effect. Lengthen it.",
                    cool_down=told(cool_down),
                    after=told(reason.after),
                ),
                "warning",
            )
    if draft.whole["reject_reasons"] and not any(
        reason.effect == "opt_out" for reason in draft.reasons
    ):
        reading.report(
            "/reject_reasons",
            "no_opt_out_reason",
            phrase(
                "No reason lets sales say that a lead asked not to be contacted. Add one with "
                "`effect: opt_out`."
            ),
            "warning",
            at_key=True,
        )


def check_lists(reading: Reading) -> None:
    """Warn about lists nobody uses."""
    for name in reading.own_lists:
        if name not in reading.used_lists:
            message = phrase(
                "Nobody uses the list `{name}`. Delete it, or name it by `in_list`.", name=name
            )
            reading.report(f"/lists/{name}", "unused_list", message, "warning", at_key=True)


def check_names(draft: Draft, reading: Reading, vocabulary: Vocabulary) -> None:
    """Warn about kinds of touch, properties and facts that look misspelt."""
    for signal in draft.signals:
        for kind in signal.touches:
            path = f"/signals/{signal.name}/touch"
            warn_misspelt(kind, vocabulary.touches, phrase("kind of touch"), path, reading)
    for signal in draft.signals:
        path = f"/signals/{signal.name}"
        for name in signal.where.paths() if signal.where is not None else ():
            warn_misspelt(name, vocabulary.properties, phrase("property"), f"{path}/where", reading)
        if signal.distinct_by is not None:
            name, path = signal.distinct_by, f"{path}/distinct_by"
            warn_misspelt(name, vocabulary.properties, phrase("property"), path, reading)
    conditions: list[tuple[str, FactCondition]] = [
        *((f"/fit/{each.name}/when", each.when) for each in draft.fit),
        *((f"/exclude/{each.name}/when", each.when) for each in draft.exclude),
    ]
    for path, condition in conditions:
        for fact in condition.paths():
            warn_misspelt(fact, vocabulary.facts, phrase("fact"), path, reading)


def warn_misspelt(
    name: str, known: tuple[str, ...], what: str, path: str, reading: Reading
) -> None:
    """Warn about a name that is not known and looks like one that is."""
    near = [] if name in known else get_close_matches(name, known, n=1, cutoff=0.85)
    if near:
        message = phrase(
            "`{name}` is no {what} Relevo knows. Did you mean `{near}`?",
            name=name,
            what=what,
            near=near[0],
        )
        reading.report(path, "unfamiliar_name", message, "warning")
