"""A hand-off that needs an owner, and what is known of its lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.policy import ResponseTarget
from services.handoff.store.accounts import Account
from services.handoff.store.leads import Lead


@dataclass(frozen=True)
class Need:
    """One lead that is to be somebody's."""

    handoff_id: str
    """Of the hand-off; one that exists already is looking for another owner."""
    lead: Lead
    account: Account | None
    policy: str
    promised: ResponseTarget
    started_at: datetime
    """When its clock started."""
    before: Sequence[Row[Any]] = ()
    """The hand-offs the lead, and who is handed over with it, already had."""
