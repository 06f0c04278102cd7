"""The grammar of a policy file, once: the reader and the JSON Schema both come from it."""

from datetime import timedelta
from typing import Any, get_args

from services.handoff.domain.calendars import ALWAYS, TEAM
from services.handoff.domain.ladder import Ladder
from services.handoff.domain.policy import Effect
from services.handoff.policy_document.condition_shapes import ConditionShape, condition_schema
from services.handoff.policy_document.fact_shapes import PROPERTY, When, question_schema
from services.handoff.policy_document.phrases import phrase
from services.handoff.policy_document.reading import Reading, Wrong
from services.handoff.policy_document.scalars import (
    NAME,
    Choice,
    Duration,
    Flag,
    PartOf,
    Percent,
    Points,
    Schema,
    Value,
    Whole,
    Word,
)
from services.handoff.policy_document.shapes import (
    Key,
    ListOf,
    OneOrMany,
    Record,
    Ref,
    Table,
    TitlesShape,
)
from services.handoff.policy_document.yaml_tree import Node

MOST_AT_MOST = 50
DEFAULT_AT_MOST = 1
DEFAULT_COOL_DOWN = timedelta(days=30)
DEFAULT_REVIEWED_EVERY = timedelta(days=90)
CALENDARS = (ALWAYS, TEAM)
"""What a clock may run on beside the calendars people made."""

_KIND = Word(PROPERTY.pattern, phrase("a kind of touch like `content.downloaded`"))
_TITLE = Key(TitlesShape(), "What people read: a text, or `{es: …, en: …}`.")
_FACTS = Ref(When(roots=("lead", "account")), "facts")
_PROPERTIES = Ref(When(), "properties")

SIGNAL = Record(
    {
        "title": _TITLE,
        "touch": Key(
            OneOrMany(_KIND), phrase("The kind of touch that counts, or several."), required=True
        ),
        "where": Key(_PROPERTIES, "What else must be true of the touch."),
        "points": Key(
            Points(-1000, 1000),
            phrase("Points of one fresh touch; may be negative."),
            required=True,
        ),
        "at_most": Key(
            Whole(1, MOST_AT_MOST),
            "Only this many latest touches count.",
            default=DEFAULT_AT_MOST,
        ),
        "distinct_by": Key(PROPERTY, "Touches with the same value here count once."),
        "half_life": Key(Duration(), "Time in which a touch loses half of its points."),
        "within": Key(Duration(), "A touch older than this no longer counts."),
        "weak": Key(Flag(), "True: can never be what makes a lead ready.", default=False),
    }
)
CRITERION = Record(
    {
        "title": _TITLE,
        "when": Key(_FACTS, phrase("The facts that must be true."), required=True),
        "points": Key(
            Points(-1000, 1000), phrase("Points while they are; may be negative."), required=True
        ),
    }
)
EXCLUSION = Record(
    {"title": _TITLE, "when": Key(_FACTS, phrase("The facts that must be true."), required=True)}
)
GATE = Record(
    {
        "title": _TITLE,
        "tier": Key(
            Word(NAME, phrase("a name like `hot`")),
            phrase("How urgent such a lead is: a key of `response`."),
            required=True,
        ),
        "when": Key(ConditionShape(), phrase("What must be met."), required=True),
    }
)
LADDER = Record(
    {
        "remind": Key(PartOf(), "The owner is reminded after this share of the time."),
        "manager": Key(PartOf(), "Their manager is told after this share."),
        "reassign": Key(PartOf(), "It goes to somebody else after this share."),
        "last_resort": Key(PartOf(), "The named last resort is told after this share."),
    },
    Ladder,
)
RESPONSE = Record(
    {
        "accept_in": Key(
            Duration(), phrase("Time for the owner to accept or reject."), required=True
        ),
        "first_attempt_in": Key(
            Duration(),
            phrase("Time until somebody must have tried to reach the lead."),
            required=True,
        ),
        "calendar": Key(
            Word(NAME, phrase("`always`, `team` or a calendar like `business`")),
            "The working hours the clocks run in: `always`, `team` or a calendar's name.",
            default=ALWAYS,
        ),
        "ladder": Key(
            LADDER,
            "Who is told while nobody answers; left out: the owner at 50%, the manager at 100%, "
            "somebody else gets it at 150%, the last resort is told at 200%.",
        ),
    }
)
REASON = Record(
    {
        "title": _TITLE,
        "effect": Key(Choice(get_args(Effect)), phrase("What the reason causes."), required=True),
        "after": Key(Duration(), "With `recycle`: how long the lead stays with marketing."),
        "attempts": Key(Whole(1, 20), "Attempts that must have been reported first.", default=0),
    }
)
APPLIES_TO = Record({"when": Key(_FACTS, phrase("The facts that must be true."), required=True)})
TARGETS = Record(
    {
        "acceptance": Key(Percent(), "Share of hand-offs that sales accepts."),
        "first_attempt_in_time": Key(Percent(), "Share of hand-offs tried within the promise."),
        "won": Key(Percent(), "Share of hand-offs that are won."),
        "sales_ready_per_month": Key(Whole(1, 1_000_000), "Leads marketing brings per month."),
    }
)


class SignalsShape:
    """The signals; their names are known from here on."""

    _table = Table(SIGNAL, phrase("signal"))

    def read(self, node: Node, path: str, reading: Reading) -> dict[str, Any] | Wrong:
        """Return the signals by name."""
        signals = self._table.read(node, path, reading)
        reading.signals = None if isinstance(signals, Wrong) else tuple(signals)
        return signals

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return self._table.schema()


class ListsShape:
    """Named lists of values; ``in_list`` may name them from here on."""

    _table = Table(ListOf(Value(), 2000), phrase("list"))

    def read(self, node: Node, path: str, reading: Reading) -> dict[str, Any] | Wrong:
        """Return the lists by name."""
        lists = self._table.read(node, path, reading)
        if isinstance(lists, Wrong):
            return lists
        reading.own_lists = tuple(lists)
        for name, values in lists.items():
            reading.lists[name] = () if isinstance(values, Wrong) else values
        return lists

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return self._table.schema()


# Read in this order: names before their uses.
POLICY = Record(
    {
        "policy": Key(
            Word(NAME, phrase("a name like `b2b-software`")),
            phrase("The policy's name."),
            required=True,
        ),
        "title": _TITLE,
        "reviewed_every": Key(
            Duration(), "How often both teams look at it again.", default=DEFAULT_REVIEWED_EVERY
        ),
        "lists": Key(ListsShape(), "Named lists of values, for `in_list`."),
        "applies_to": Key(
            APPLIES_TO, "Whom the policy is for, where there are several; left out: everybody."
        ),
        "signals": Key(SignalsShape(), phrase("What leads do: engagement."), required=True),
        "fit": Key(Table(CRITERION, phrase("criterion")), "Who leads are: fit. It does not fade."),
        "exclude": Key(Table(EXCLUSION, phrase("exclusion")), "Who is never handed over, and why."),
        "gates": Key(
            Table(GATE, phrase("gate"), 20),
            phrase("The ways to become ready; the first wins."),
            required=True,
        ),
        "cool_down": Key(
            Duration(least=timedelta(0)),
            "Time after a hand-off closes before the lead can be ready again.",
            default=DEFAULT_COOL_DOWN,
        ),
        "response": Key(
            Table(RESPONSE, phrase("tier"), 10), phrase("What sales owes, per tier."), required=True
        ),
        "reject_reasons": Key(
            Table(REASON, phrase("reason"), 30),
            "Why sales may send a lead back, and what that causes.",
        ),
        "targets": Key(TARGETS, "The goals both teams share."),
    }
)


def policy_schema() -> Schema:
    """Return the grammar as a JSON Schema (2020-12) for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Relevo policy",
        **POLICY.schema(),
        "$defs": {
            "facts": When(roots=("lead", "account")).schema(),
            "properties": When().schema(),
            "question": question_schema(),
            "condition": condition_schema(),
        },
    }
