"""How the conditions of a gate are written. The conditions themselves say what they take.

A condition with a field of its own name stands flat (``{signal: demo, times: 2}``), the
others hold their fields inside (``{fit: {at_least: 40}}``).
"""

from dataclasses import MISSING, fields
from typing import Any

from services.handoff.domain.conditions import LEAVES, Condition, Group, Leaf, Not
from services.handoff.domain.people import MOST_PEOPLE
from services.handoff.policy_document.fact_shapes import When
from services.handoff.policy_document.phrases import phrase
from services.handoff.policy_document.reading import (
    WRONG,
    Reading,
    Wrong,
    did_you_mean,
    key_of,
    listed,
    pointer,
    shown,
)
from services.handoff.policy_document.scalars import (
    Duration,
    Points,
    Schema,
    Shape,
    Text,
    Whole,
)
from services.handoff.policy_document.shapes import (
    Key,
    ListOf,
    OneOrMany,
    Record,
    Ref,
    entries,
)
from services.handoff.policy_document.yaml_tree import Node

MOST_POINTS = 100_000


class SignalName:
    """The name of one of the policy's signals."""

    def read(self, node: Node, path: str, reading: Reading) -> str | Wrong:
        """Return the name."""
        name = Text(100).read(node, path, reading)
        if isinstance(name, Wrong) or reading.signals is None or name in reading.signals:
            return name
        hint = did_you_mean(name, reading.signals)
        hint = hint or phrase(" Signals: {known}.", known=listed(sorted(reading.signals)[:10]))
        return reading.report(
            path,
            "unknown_signal",
            phrase("There is no signal {name}.{hint}", name=shown(name), hint=hint),
        )

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return Text(100).schema()


ASKED: dict[str, Shape] = {
    "signals": OneOrMany(SignalName()),
    "count": Whole(1, 1000),
    "people": Whole(1, MOST_PEOPLE),
    "points": Points(-MOST_POINTS, MOST_POINTS),
    "positive_points": Points(0.1, MOST_POINTS),
    "duration": Duration(),
    "facts": Ref(When(roots=("lead", "account")), "facts"),
}
"""The shape of each thing a condition's field may ask for."""


def _record_of(leaf: type[Any]) -> Record:
    keys = {
        each.name: Key(
            ASKED[each.metadata["asks"]],
            phrase(each.metadata["doc"]),
            required=each.default is MISSING,
            default=None if each.default is MISSING else each.default,
        )
        for each in fields(leaf)
    }
    return Record(keys, make=leaf)


RECORDS: dict[str, Record] = {leaf.kind: _record_of(leaf) for leaf in LEAVES}
KINDS = (*RECORDS, "all", "any", "not", "at_least")


class ConditionShape:
    """One condition, or several put together by ``all``, ``any``, ``not``, ``at_least … of``."""

    def read(self, node: Node, path: str, reading: Reading) -> Condition | Wrong:
        """Return the condition."""
        nodes = entries(node, path, reading, phrase("a condition"))
        if isinstance(nodes, Wrong):
            return nodes
        kinds = [key for key in nodes if key in KINDS]
        if len(kinds) != 1:
            return self._no_condition(list(nodes), kinds, path, reading)
        condition = self._read_kind(kinds[0], node, nodes, path, reading)
        if not isinstance(condition, Wrong):
            reading.came_from(condition, path)
        return condition

    def _read_kind(
        self, kind: str, node: Node, nodes: dict[str, Node], path: str, reading: Reading
    ) -> Condition | Wrong:
        inside = pointer(path, kind)
        if kind in RECORDS and kind in RECORDS[kind].keys:
            return self._leaf(RECORDS[kind].read(node, path, reading))
        if not self._stands_alone(kind, nodes, path, reading):
            return WRONG
        if kind in RECORDS:
            return self._leaf(RECORDS[kind].read(nodes[kind], inside, reading))
        if kind == "not":
            inner = self.read(nodes[kind], inside, reading)
            return inner if isinstance(inner, Wrong) else Not(inner)
        if kind == "at_least":
            return self._at_least(nodes, path, reading)
        conditions = ListOf(self).read(nodes[kind], inside, reading)
        if isinstance(conditions, Wrong):
            return conditions
        if kind == "all":
            return Group("all", len(conditions), conditions)
        return Group("any", 1, conditions)

    @staticmethod
    def _leaf(leaf: Leaf | Wrong) -> Leaf | Wrong:
        return leaf

    def _at_least(self, nodes: dict[str, Node], path: str, reading: Reading) -> Condition | Wrong:
        if "of" not in nodes:
            message = phrase("`at_least` needs `of`: the conditions of which some must be met.")
            return reading.report(pointer(path, "at_least"), "missing_key", message, at_key=True)
        conditions = ListOf(self).read(nodes["of"], pointer(path, "of"), reading)
        most = len(conditions) if isinstance(conditions, tuple) else 1000
        needed = Whole(1, most).read(nodes["at_least"], pointer(path, "at_least"), reading)
        if isinstance(conditions, Wrong) or isinstance(needed, Wrong):
            return WRONG
        return Group("at_least", needed, conditions)

    def _stands_alone(self, kind: str, nodes: dict[str, Node], path: str, reading: Reading) -> bool:
        known = {"at_least", "of"} if kind == "at_least" else {kind}
        others = [key for key in nodes if key not in known]
        for key in others:
            message = phrase(
                "{key} cannot stand beside `{kind}`: put it inside, or join with `all`.",
                key=shown(key),
                kind=kind,
            )
            reading.report(pointer(path, key), "unknown_key", message, at_key=True)
        return not others

    def _no_condition(
        self, keys: list[str], kinds: list[str], path: str, reading: Reading
    ) -> Wrong:
        if len(kinds) > 1:
            message = phrase(
                "One condition at a time: join {kinds} with `all` or `any`.", kinds=listed(kinds)
            )
            return reading.report(pointer(path, kinds[1]), "two_conditions", message, at_key=True)
        if not keys:
            message = phrase(
                "`{key}` asks nothing. Conditions: {kinds}.", key=key_of(path), kinds=listed(KINDS)
            )
            return reading.report(path, "missing_key", message)
        hint = did_you_mean(keys[0], KINDS) or phrase(" Conditions: {kinds}.", kinds=listed(KINDS))
        message = phrase("There is no condition {keys}.{hint}", keys=shown(keys[0]), hint=hint)
        return reading.report(pointer(path, keys[0]), "unknown_key", message, at_key=True)

    def schema(self) -> Schema:
        """Return a reference: conditions hold conditions."""
        return {"$ref": "#/$defs/condition"}


def condition_schema() -> Schema:
    """Return every form a condition may have, as JSON Schema."""
    inner = ConditionShape().schema()
    several = {"type": "array", "items": inner, "minItems": 1}
    forms = [
        {**record.schema(), "description": leaf.doc}
        if leaf.kind in record.keys
        else {**_only({leaf.kind: record.schema()}), "description": leaf.doc}
        for leaf, record in zip(LEAVES, RECORDS.values(), strict=True)
    ]
    groups = [
        {**_only({"all": several}), "description": "Every one of these is met."},
        {**_only({"any": several}), "description": "One of these is met."},
        {**_only({"not": inner}), "description": "This is not met."},
        {
            **_only({"at_least": {"type": "integer", "minimum": 1}, "of": several}),
            "description": "Some of these are met, at least this many.",
        },
    ]
    return {"anyOf": [*forms, *groups]}


def _only(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
