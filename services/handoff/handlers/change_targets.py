"""Other shared goals: a draft of the policy that differs from its newest version in them alone.

Goals are part of what both teams sign, so nobody changes them in passing: the draft is tried
and signed as any other.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.policy import Targets
from services.handoff.handlers.policies import compiled, draft_version, find_version, usable
from services.handoff.policy_document.targets_text import with_targets
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller
from shared.preconditions import etag
from shared.problem import Problem


def draft_targets(
    uow: UnitOfWork, caller: Caller, policy: str, newest: int, targets: Targets, comment: str
) -> Row[Any]:
    """Draft ``policy`` with other goals; return the new version's row.

    ``newest`` is the number of the newest version somebody has read.

    Raises ``Problem``: 404, 409 where the goals are those already or the text is written so
    that only the editor can change them, 412 when somebody drafted another one meanwhile.
    """
    row = find_version(uow, policy, newest)
    before = usable(compiled(uow, row.text))
    if before.targets == targets:
        raise Problem(409, "same_targets", "these are its goals already")
    text = with_targets(row.text, targets)
    after = compiled(uow, text).version
    if after is None or after.digest != replace(before, targets=targets).digest:
        message = "these goals cannot be written into the text by themselves: edit the text"
        raise Problem(409, "edit_the_text", message)
    return draft_version(uow, caller, text, "policy.yaml", etag(newest), comment)
