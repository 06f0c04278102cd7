"""Short ways to write a policy and a touch, for tests of single rules."""

import json
from datetime import datetime, timedelta
from typing import Any

from services.handoff.domain.evaluation import Evaluation, evaluate
from services.handoff.domain.fold import fold
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import no_signals
from services.handoff.domain.touches import MadeBy, TouchFact
from services.handoff.policy_document import compile_policy
from tests.unit.handoff.strategies import NOW

ANY_TOUCH = "content.downloaded"


def policy_of(
    signals: dict[str, dict[str, Any]],
    gates: dict[str, Any] | None = None,
    **sections: Any,
) -> PolicyVersion:
    """Compile a policy; a signal counts downloads for 10 points unless it says otherwise.

    Without gates there is one: the first signal was seen.
    """
    document = {
        "policy": "test",
        "signals": {
            name: {"touch": ANY_TOUCH, "points": 10, **said} for name, said in signals.items()
        },
        "gates": {
            name: {"tier": "hot", "when": when}
            for name, when in (gates or {"first": {"signal": next(iter(signals))}}).items()
        },
        "response": {"hot": {"accept_in": "1h", "first_attempt_in": "1d"}},
        **sections,
    }
    compilation = compile_policy(json.dumps(document))
    assert compilation.version is not None, [str(each) for each in compilation.problems]
    return compilation.version


def touch(
    touch_id: str,
    kind: str = ANY_TOUCH,
    days_ago: float = 0,
    made_by: MadeBy = "human",
    **properties: Any,
) -> TouchFact:
    """A touch that was received when it happened."""
    at = NOW - timedelta(days=days_ago)
    return TouchFact(touch_id, kind, at, at, made_by, properties)


def asked(
    version: PolicyVersion,
    *touches: TouchFact,
    lead: dict[str, Any] | None = None,
    account: dict[str, Any] | None = None,
    at: datetime = NOW,
) -> Evaluation:
    """Evaluate a lead that did ``touches``."""
    state = fold(version, no_signals(version), touches)
    return evaluate(version, {"lead": lead or {}, "account": account or {}}, state, at)
