"""The agreement in English."""

from services.handoff.texts.english_conditions import (
    CHANGES,
    CONDITIONS,
    FACTS,
    NOTES,
    OPERATORS,
    TRUTHS,
)
from services.handoff.texts.words import Said, Words

ENGLISH = Words(
    joins_as=lambda conjunction, _following: conjunction,
    and_word="and",
    or_word="or",
    quotes=("“", "”"),
    decimal=".",
    thousands=",",
    grouped_from=1_000,
    percent="{number}%",
    yes_no=("yes", "no"),
    units={
        "day": ("day", "days"),
        "hour": ("hour", "hours"),
        "minute": ("minute", "minutes"),
        "second": ("second", "seconds"),
    },
    last={
        "day": ("in the last day", "in the last {n} days"),
        "hour": ("in the last hour", "in the last {n} hours"),
        "minute": ("in the last minute", "in the last {n} minutes"),
        "second": ("in the last second", "in the last {n} seconds"),
    },
    counted={
        "points": ("{n} point", "{n} points"),
        "signals.at_most": ("once", "{n} times"),
        "signal.times": ("once", "{n} times"),
        "people.at_least": ("{n} person", "{n} people"),
        "different_signals.at_least": ("{n} different signal", "{n} different signals"),
        "reject_reasons.attempts": ("{n} attempt", "{n} attempts"),
        "targets.sales_ready_per_month": ("{n} lead", "{n} leads"),
    },
    headings={
        "applies_to": "Whom it is for",
        "signals": "What leads do: engagement",
        "fit": "Who leads are: fit",
        "exclude": "Who is never handed over",
        "gates": "When a lead is ready for sales",
        "cool_down": "After a hand-off",
        "response": "What sales owes",
        "reject_reasons": "Why sales may send a lead back",
        "targets": "What both teams aim for",
        "reviewed_every": "Review",
        "lists": "The lists",
        "names": "The names in reports, events and the API",
    },
    intros={
        "signals": (
            "Where a lead did the same more often than it counts, the latest times count.",
            "Age is counted from when it happened.",
            "What a machine did counts nothing.",
            (
                "What may have been a machine, and what reached us more than {late} after it "
                "happened, is shown to people and never makes a lead ready."
            ),
        ),
        "fit": (
            "Fit does not fade, and it is never added to engagement.",
            "What nobody knows brings no points: not known is not “no”.",
        ),
        "exclude": ("One of these is enough, whatever else the lead is or did.",),
        "gates": (
            "Any one of these makes a lead ready.",
            "They are asked in this order, and the first that is passed decides.",
            "Weak signals, machines and what is doubtful count nothing here.",
        ),
        "response": ("The clocks start when the touch that decided was received.",),
        "lists": ("Values are compared without regard to capitals and accents.",),
        "reject_reasons": ("Sales accepts a lead, or sends it back for one of these reasons.",),
    },
    nothing={
        "fit": "Nothing: every lead fits with 0 points.",
        "exclude": "Nobody.",
        "targets": "No goals are agreed.",
    },
    said={
        "policy": Said("", "The policy’s name is now {value} instead of {old}."),
        "title": Said("{it} is {value}, in Spanish {other}.", "{old} is now called {value}."),
        "title.other": Said("", "In Spanish, {it} is now called {value} instead of {old}."),
        "applies_to": Said(
            "It is for a lead of whom it is known that {value}",
            "",
            absent="It is for every lead.",
            added="It is now only for a lead of whom it is known that {value}",
            removed="It is now for every lead, and no longer only for one of whom it is known "
            "that {old}",
        ),
        "signals.points": Said("{it} counts {value}.", "{it} now counts {value} instead of {old}."),
        "signals.points.minus": Said(
            "{it} takes away {value}.", "{it} now takes away {value} instead of {old}."
        ),
        "signals.touch": Said(
            "It is a touch of the kind {value}.",
            "{it} is now a touch of the kind {value} instead of {old}.",
        ),
        "signals.at_most": Said(
            "It counts {value} at most.", "{it} now counts {value} at most instead of {old}."
        ),
        "signals.distinct_by": Said(
            "Where {value} is the same, it counts once.",
            "{it} now counts once where {value} is the same instead of where {old} is.",
            added="{it} now counts once where {value} is the same.",
            removed="{it} no longer counts only once where {old} is the same.",
        ),
        "signals.half_life": Said(
            "It fades: after {value} half of the points are left.",
            "{it} now loses half of its points in {value} instead of {old}.",
            absent="It does not fade.",
            added="{it} now fades: after {value} half of the points are left.",
            removed="{it} no longer fades; until now half of the points were left after {old}.",
        ),
        "signals.within": Said(
            "After {value} it no longer counts.",
            "{it} now counts for {value} instead of {old}.",
            absent="It counts however long ago it was.",
            added="{it} now counts for {value} only; until now, however long ago it was.",
            removed="{it} now counts however long ago it was; until now, for {old} only.",
        ),
        "signals.weak": Said(
            "It is weak: it can never be what makes a lead ready.",
            "",
            added="{it} is now weak: it can never be what makes a lead ready.",
            removed="{it} is no longer weak: it can now help to make a lead ready.",
        ),
        "signals.where": Said(
            "It counts only when {value}",
            "",
            added="{it} now counts only when {value}",
            removed="{it} no longer counts only when {old}",
        ),
        "fit.points": Said("{it} brings {value}.", "{it} now brings {value} instead of {old}."),
        "fit.points.minus": Said(
            "{it} takes away {value}.", "{it} now takes away {value} instead of {old}."
        ),
        "fit.when": Said("It holds when {value}", ""),
        "exclude.when": Said("{it}: when {value}", ""),
        "gates.tier": Said(
            "{it} makes a lead ready, as {value}.",
            "{it} now makes a lead ready as {value} instead of {old}.",
        ),
        "gates.when": Said("It is passed when {value}", ""),
        "cool_down": Said(
            "The lead can be ready again {value} after its hand-off is closed at the earliest, and "
            "only if it has done something new since.",
            "The lead can now be ready again {value} after its hand-off is closed instead of "
            "{old}.",
            absent="The lead can be ready again as soon as its hand-off is closed, but only if "
            "it has "
            "done something new since.",
            added="There is a cool-down now: the lead can be ready again {value} after its "
            "hand-off "
            "is closed.",
            removed="There is no cool-down any more; until now it was {old}.",
        ),
        "response.accept_in": Said(
            "A lead that is {it} is accepted or sent back within {value}.",
            "A lead that is {it} is now accepted or sent back within {value} instead of {old}.",
        ),
        "response.first_attempt_in": Said(
            "The first attempt to reach it is made within {value}.",
            "The first attempt to reach a lead that is {it} is now made within {value} instead of "
            "{old}.",
        ),
        "response.calendar": Said(
            "The clocks run {value}.",
            "For a lead that is {it} the clocks now run {value} instead of {old}.",
        ),
        "response.ladder": Said(
            "While it is not answered, {value}.",
            "While a lead that is {it} is not answered, now {value}. Until now: {old}.",
            absent="No ladder is named, so the usual one holds: while it is not answered, {value}.",
            added="While a lead that is {it} is not answered, now {value}; until now the usual "
            "ladder held.",
            removed="For a lead that is {it} the usual ladder holds now. Until now: {old}.",
        ),
        "reject_reasons.effect": Said(
            "{it}: {value}.", "{it} now means: {value}. Until now: {old}."
        ),
        "reject_reasons.after": Said(
            "It comes back after {value} at the earliest.",
            "With {it} the lead now comes back after {value} at the earliest instead of {old}.",
            added="With {it} the lead now comes back after {value} at the earliest.",
            removed="With {it} the lead no longer stays away for {old}; the cool-down remains.",
        ),
        "reject_reasons.attempts": Said(
            "Before it can be given, {value} to reach the lead must be reported.",
            "{it} now needs {value} to reach the lead instead of {old}.",
            added="{it} now needs {value} to reach the lead, reported before.",
            removed="{it} no longer needs {old} to reach the lead.",
        ),
        "targets.acceptance": Said(
            "Sales accepts {value} of what it is handed.",
            "Sales is now to accept {value} of what it is handed instead of {old}.",
            added="There is a new goal: sales accepts {value} of what it is handed.",
            removed="One goal is dropped: sales accepts {old} of what it is handed.",
        ),
        "targets.first_attempt_in_time": Said(
            "With {value} of the hand-offs the first attempt is made in time.",
            "The first attempt is now to be in time with {value} of the hand-offs instead of "
            "{old}.",
            added="There is a new goal: with {value} of the hand-offs the first attempt is made in "
            "time.",
            removed="One goal is dropped: with {old} of the hand-offs the first attempt is made in "
            "time.",
        ),
        "targets.won": Said(
            "Sales wins {value} of what it is handed.",
            "Sales is now to win {value} of what it is handed instead of {old}.",
            added="There is a new goal: sales wins {value} of what it is handed.",
            removed="One goal is dropped: sales wins {old} of what it is handed.",
        ),
        "targets.sales_ready_per_month": Said(
            "Marketing brings {value} a month that are ready for sales.",
            "Marketing is now to bring {value} a month that are ready for sales instead of {old}.",
            added="There is a new goal: marketing brings {value} a month that are ready for sales.",
            removed="One goal is dropped: marketing brings {old} a month that are ready for sales.",
        ),
        "reviewed_every": Said(
            "Both teams look at this agreement again every {value}.",
            "Both teams now look at this agreement again every {value} instead of {old}.",
        ),
        "lists": Said(
            "{it} holds {value}.",
            "",
            absent="{it} is kept beside the agreement: what it holds is daily work, and each "
            "decision names the version of it that was asked.",
            added="{it} now also holds {value}.",
            removed="{it} no longer holds {old}.",
        ),
    },
    effects={
        "suppress": (
            "this lead is not handed over again under this policy, and a rule that keeps out "
            "leads like it is proposed"
        ),
        "ask_right_person": "the right person at the company is asked for",
        "fix": "the data is mended, and nobody is blamed",
        "join": "it is joined with the work already under way",
        "owner": "it goes to the owner of the account, as information",
        "recycle": "the lead goes back to marketing",
        "exclude": "this lead is not handed over again",
        "opt_out": "nobody contacts the lead any more, on any channel, at once",
        "text": "the reason has to be said in words",
    },
    calendars={"always": "day and night", "team": "in the hours of the team"},
    phrases={
        "version": "Version {number} of the policy {policy}.",
        "unnumbered": "The policy {policy}, as it stands in the file.",
        "compared": "The policy {policy}: {new} compared with {old}.",
        "numbered": "version {number}",
        "file": "the file",
        "fingerprint": "Fingerprint of what this says: {digest}",
        "changes": "What changes: {title}",
        "same": "Nothing changes.",
        "agreement": "the agreement",
        "named": "{title} ({name})",
        "calendar": "in the hours of {name}",
        "ladder.remind": "the owner is reminded at {share} of the time",
        "ladder.manager": "the owner’s manager is told at {share}",
        "ladder.reassign": "it goes to somebody else at {share}",
        "ladder.last_resort": "the named last resort is told at {share}",
        "now": "Now: {now} Until now: {before}",
        "added": "New:",
        "removed": "Dropped:",
        "first": "It is asked first.",
        "after": "It is asked after {other}.",
        "list.outside": "{it} is now kept beside the agreement; until now it held {values}.",
        "list.inside": "{it} is no longer kept beside the agreement; it holds {values}.",
        "rewritten": "{it} is written in another way and means the same.",
        "order": "They stand in another order, which changes no decision: {new}.",
        "order.gates": "They are asked in another order now, and the first that is passed decides: "
        "{new}. Until now: {old}.",
    },
    conditions=CONDITIONS,
    notes=NOTES,
    operators=OPERATORS,
    facts=FACTS,
    truths=TRUTHS,
    changes=CHANGES,
)
