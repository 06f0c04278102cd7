"""The agreement in English."""

from services.handoff.texts.words import Said

AND, OR = "and", "or"
QUOTES = ("“", "”")
DECIMAL, THOUSANDS, GROUPED_FROM = ".", ",", 1_000
PERCENT = "{number}%"
YES_NO = ("yes", "no")
UNITS = {
    "day": ("day", "days"),
    "hour": ("hour", "hours"),
    "minute": ("minute", "minutes"),
    "second": ("second", "seconds"),
}
LAST = {
    unit: (f"in the last {one}", f"in the last {{n}} {many}") for unit, (one, many) in UNITS.items()
}
COUNTED = {
    "points": ("{n} point", "{n} points"),
    "signals.at_most": ("once", "{n} times"),
    "signal.times": ("once", "{n} times"),
    "different_signals.at_least": ("{n} different signal", "{n} different signals"),
    "reject_reasons.attempts": ("{n} attempt", "{n} attempts"),
    "targets.sales_ready_per_month": ("{n} lead", "{n} leads"),
}

HEADINGS = {
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
}
INTROS = {
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
    "reject_reasons": ("Sales accepts a lead, or sends it back for one of these reasons.",),
}
NOTHING = {
    "fit": "Nothing: every lead fits with 0 points.",
    "exclude": "Nobody.",
    "targets": "No goals are agreed.",
}

SAID = {
    "policy": Said(
        "The policy’s name is {value}.", "The policy’s name is now {value} instead of {old}."
    ),
    "title": Said("{it} is {value}, in Spanish {other}.", "{old} is now called {value}."),
    "title.other": Said("", "In Spanish, {it} is now called {value} instead of {old}."),
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
        "The lead can now be ready again {value} after its hand-off is closed instead of {old}.",
        absent="The lead can be ready again as soon as its hand-off is closed, but only if it has "
        "done something new since.",
        added="There is a cool-down now: the lead can be ready again {value} after its hand-off "
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
    "reject_reasons.effect": Said("{it}: {value}.", "{it} now means: {value}. Until now: {old}."),
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
        "The first attempt is now to be in time with {value} of the hand-offs instead of {old}.",
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
        added="{it} now also holds {value}.",
        removed="{it} no longer holds {old}.",
    ),
}
EFFECTS = {
    "suppress": "leads like this one are kept out by rule",
    "ask_right_person": "the right person at the company is asked for",
    "fix": "the data is mended, and nobody is blamed",
    "join": "it is joined with the work already under way",
    "owner": "it goes to the owner of the account, as information",
    "recycle": "the lead goes back to marketing",
    "exclude": "this lead is not handed over again",
    "opt_out": "nobody contacts the lead any more, on any channel, at once",
    "text": "the reason has to be said in words",
}
CALENDARS = {"always": "day and night"}

CONDITIONS = {
    "all": "all of these hold",
    "any": "one of these holds",
    "at_least": "at least {needed} of these hold",
    "not": "it is not so that {condition}",
    "signal": "{signal} was seen{times}{within}",
    "not signal": "{signal} was not seen{times}{within}",
    "signal.times": " at least {times} in all",
    "signal.within": " {within}",
    "fit": "the fit is at least {at_least}",
    "not fit": "the fit is below {at_least}",
    "engagement": "the engagement is at least {at_least}",
    "not engagement": "the engagement is below {at_least}",
    "different_signals": "the lead gave at least {at_least}{within}",
    "not different_signals": "the lead gave fewer than {at_least}{within}",
    "different_signals.within": " {within}",
}
NOTES = {
    "different_signals": "Different signals are signals with points above zero, each seen in a "
    "touch of its own.",
}
OPERATORS = {
    "equals": "is {value}",
    "not equals": "is not {value}",
    "contains": "contains {value}",
    "not contains": "does not contain {value}",
    "at_least": "is at least {value}",
    "not at_least": "is below {value}",
    "at_most": "is at most {value}",
    "not at_most": "is above {value}",
    "in_list": "is on the list {value}",
    "not in_list": "is not on the list {value}",
    "matches": "matches the pattern {value}",
    "not matches": "does not match the pattern {value}",
    "exists": "is known",
    "absent": "is not known",
    "not": "is other than this ({operators})",
}
FACTS = {
    "lead.first_name": "the first name",
    "lead.last_name": "the last name",
    "lead.name": "the name",
    "lead.email": "the e-mail address",
    "lead.email_domain": "the domain of the e-mail address",
    "lead.phone": "the phone number",
    "lead.title": "the job title",
    "lead.role": "the role",
    "lead.department": "the department",
    "lead.seniority": "the seniority",
    "lead.country": "the country",
    "lead.region": "the region",
    "lead.city": "the city",
    "lead.language": "the language",
    "lead.free_mail": "writing from a free mailbox",
    "account.domain": "the company’s domain",
    "account.name": "the company’s name",
    "account.employees": "the company’s number of employees",
    "account.industry": "the company’s industry",
    "account.country": "the company’s country",
    "account.region": "the company’s region",
    "account.revenue": "the company’s revenue",
    "account.customer": "being a customer already",
    "content.id": "the id of the content",
    "content.title": "the title of the content",
    "content.topic": "the topic of the content",
    "content.type": "the type of the content",
    "content.url": "the address of the content",
    "campaign.id": "the id of the campaign",
    "campaign.name": "the name of the campaign",
    "campaign.source": "the source of the campaign",
    "campaign.medium": "the medium of the campaign",
    "campaign.term": "the term of the campaign",
    "campaign.content": "the content of the campaign",
    "page.url": "the address of the page",
    "page.path": "the path of the page",
    "page.title": "the title of the page",
    "page.referrer": "the page it came from",
    "event.id": "the id of the event",
    "event.title": "the title of the event",
    "event.topic": "the topic of the event",
    "event.url": "the address of the event",
    "form.id": "the id of the form",
    "form.name": "the name of the form",
    "form.title": "the title of the form",
    "email.id": "the id of the e-mail",
    "email.subject": "the subject of the e-mail",
    "email.url": "the link in the e-mail",
}
TRUTHS = {
    "lead.free_mail": (
        "the lead writes from a free mailbox",
        "the lead writes from no free mailbox",
    ),
    "account.customer": ("the company is a customer already", "the company is no customer"),
}
PHRASES = {
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
    "now": "Now: {now} Until now: {before}",
    "added": "New:",
    "removed": "Dropped:",
    "first": "It is asked first.",
    "after": "It is asked after {other}.",
    "rewritten": "{it} is written in another way and means the same.",
    "order": "They stand in another order, which changes no decision: {new}.",
    "order.gates": "They are asked in another order now, and the first that is passed decides: "
    "{new}. Until now: {old}.",
}
CHANGES = {
    "all swapped": "{it} now asks that {new}, no longer that {old}.",
    "all number": "{it} now asks that {new} instead of {old}.",
    "all added": "{it} now also asks that {new}",
    "all removed": "{it} no longer asks that {old}",
    "any swapped": "For {it} it is now enough that {new}, no longer that {old}.",
    "any number": "For {it} it is now enough that {new} instead of {old}.",
    "any added": "For {it} it is now also enough that {new}",
    "any removed": "For {it} it is no longer enough that {old}",
    "at_least swapped": "Among the conditions of {it} there is now that {new}, no longer that "
    "{old}.",
    "at_least number": "Among the conditions of {it} there is now that {new} instead of {old}.",
    "at_least added": "Among the conditions of {it} there is now that {new}",
    "at_least removed": "Among the conditions of {it} there is no longer that {old}",
    "needed": "Of the conditions of {it} {new} must hold now instead of {old}.",
    "needed all": "all",
    "needed any": "one",
    "needed at_least": "at least {needed}",
    "inside": "condition {place} of {it}",
}


def joins_as(conjunction: str, following: str) -> str:
    """Return ``conjunction``: in English it never changes."""
    return conjunction
