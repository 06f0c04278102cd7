"""A person's word about a lead: hand it over now, or hold it back, with the reason.

What the policy makes of the lead stays beside it. A person may overrule a "not ready"; who
asked not to be contacted and whom the agreement excludes is not handed over by anybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from services.handoff.domain.policy import PolicyVersion
from services.handoff.handlers.ask_now import Asked, ask_about, hold_accounts
from services.handoff.handlers.clocks import HOLD_ENDS
from services.handoff.handlers.holds import FOR_GOOD, let_go
from services.handoff.handlers.open_handoffs import open_handoffs
from services.handoff.handlers.qualified import ByHand
from services.handoff.handlers.reconsider_lead import hand_over_if_ready, note_look, qualified
from services.handoff.handlers.suppression import why_never
from services.handoff.store import leads as leads_store
from services.handoff.store import overrides
from services.handoff.store.handoffs import add_audit, add_step
from services.handoff.store.leads import Lead, LeadBatch
from services.handoff.store.policies import InForce
from services.handoff.store.scope_tables import OVERRIDE
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller
from shared.contracts.handoffs import Override
from shared.ids import new_id
from shared.problem import Problem, invalid, not_found
from shared.timers import Timer


@dataclass(frozen=True, slots=True)
class Word:
    """What a person says about a lead."""

    ready: bool
    reason: str
    policy: str | None = None
    tier: str | None = None
    until: datetime | None = None


def override(uow: UnitOfWork, caller: Caller, lead_id: str, word: Word) -> dict[str, Any]:
    """Take a person's word; return it as it is kept.

    Raises ``Problem``: 404, 422 for a policy or tier that is not there, 409 for a lead that
    nobody may hand over, with the reason.
    """
    batch, lead = locked(uow, lead_id)
    in_force = {each.policy: each for each in uow.parts.shelf.in_force(uow.conn)}
    if word.policy is not None and word.policy not in in_force:
        raise _unknown_policy(in_force, f"no policy in force is called {word.policy}")
    row = {
        "override_id": new_id(),
        "lead_id": lead.lead_id,
        "policy": word.policy,
        "ready": word.ready,
        "cause": "person",
        "reason": word.reason,
        "made_by": caller.name,
        "person_id": caller.person_id,
        "made_at": uow.now,
        "place": place_of(uow, lead),
        "until": word.until,
        "handoff_id": None,
    }
    if word.ready:
        row = _hand_over(uow, caller, lead, word, in_force, row)
    else:
        _hold_back(uow, caller, lead, word, row)
    leads_store.save_batch(uow.conn, batch)
    return row


def lift(uow: UnitOfWork, caller: Caller, lead_id: str, policy: str | None, why: str) -> None:
    """Hold a lead back no longer; it is handed over at once where it is ready.

    ``policy`` lifts what was said about that policy alone, None everything.

    Raises ``Problem`` (404) for an unknown lead, or one that nobody holds back.
    """
    batch, lead = locked(uow, lead_id)
    holds = [row for row in _words(uow, lead) if policy in (None, row.policy)]
    if not holds:
        raise not_found("override")
    let_go(uow, lead, holds, caller.name, why, place_of(uow, lead))
    look_again(uow, lead, holds)
    leads_store.save_batch(uow.conn, batch)


def _words(uow: UnitOfWork, lead: Lead) -> list[Row[Any]]:
    """Return what people said about a lead; what a verdict caused is another thing."""
    holds = overrides.holds_on(uow.conn, lead.member_ids, uow.now)
    return [row for row in holds if row.cause == "person"]


def place_of(uow: UnitOfWork, lead: Lead) -> int:
    """Return a place for a word about a locked lead; its account is locked too."""
    hold_accounts(uow, [lead])
    return uow.places()


def hold_ends(uow: UnitOfWork, timer: Timer) -> None:
    """The date a person named has come: what the policy says counts again."""
    of_timer = select(OVERRIDE).where(OVERRIDE.c.override_id == timer.subject)
    row = uow.conn.execute(of_timer).first()
    if row is None:
        return
    batch, lead = locked(uow, row.lead_id)
    if uow.parts.timers.claim(uow.conn, timer, uow.now):
        look_again(uow, lead, [row])
        leads_store.save_batch(uow.conn, batch)


def locked(uow: UnitOfWork, lead_id: str) -> tuple[LeadBatch, Lead]:
    """Lock the lead that ``lead_id`` is part of. Raises ``Problem`` (404)."""
    root = leads_store.root_of(uow.conn, lead_id)
    if root is None:
        raise not_found("lead")
    batch = leads_store.lock_leads(uow.conn, [root], uow.now)
    return batch, batch.leads[root]


def look_again(uow: UnitOfWork, lead: Lead, holds: Iterable[Row[Any]]) -> None:
    """Hand a lead over that is ready, and that ``holds`` hold back no longer."""
    named = {row.policy for row in holds}
    policies = [] if None in named else sorted(map(str, named))  # none: it was all of them

    def concerns(policy: str, _asked: Asked) -> bool:
        return not policies or policy in policies

    if lead.is_known:
        hold_accounts(uow, [lead])
        place = note_look(uow, lead, "let_go", policies=policies)
        hand_over_if_ready(uow, lead, concerns, place)


def _hold_back(
    uow: UnitOfWork, caller: Caller, lead: Lead, word: Word, row: dict[str, Any]
) -> None:
    same = [held for held in _words(uow, lead) if held.policy == word.policy]
    let_go(uow, lead, same, caller.name, "said anew", row["place"])
    overrides.add_override(uow.conn, **row)
    if word.until is not None:
        uow.parts.timers.arm(uow.conn, [Timer(HOLD_ENDS, row["override_id"], 1, word.until)])
    until = None if word.until is None else word.until.isoformat()
    detail = {"policy": word.policy, "until": until}
    add_audit(uow.conn, uow.now, caller.name, "lead.held_back", lead.lead_id, word.reason, detail)


def _hand_over(
    uow: UnitOfWork,
    caller: Caller,
    lead: Lead,
    word: Word,
    in_force: dict[str, InForce],
    row: dict[str, Any],
) -> dict[str, Any]:
    policy, asked = _meant(uow, lead, word, in_force)
    _check_may_be_handed_over(uow, lead, asked)
    tier = _tier(in_force[policy].version, word.tier)
    told = Override(
        ready=True,
        policy=policy,
        reason=word.reason,
        by=caller.name,
        person_id=caller.person_id,
        at=uow.now,
    )
    one = qualified(
        uow,
        in_force[policy],
        asked,
        asked.cycle.number + 1,
        in_force.values(),
        row["place"],
        ByHand(told, tier),
    )
    holds = overrides.holds_on(uow.conn, lead.member_ids, uow.now)
    concerned = [held for held in holds if held.policy == policy and held.cause not in FOR_GOOD]
    let_go(uow, lead, concerned, caller.name, word.reason, row["place"])
    row = {**row, "policy": policy, "handoff_id": one.handoff_id}
    overrides.add_override(uow.conn, **row)
    open_handoffs(uow, [one])
    detail = {"policy": policy, "handoff_id": one.handoff_id}
    add_step(uow.conn, one.handoff_id, "override", caller.name, uow.now, {"reason": word.reason})
    add_audit(uow.conn, uow.now, caller.name, "lead.handed_over", lead.lead_id, word.reason, detail)
    return row


def _meant(
    uow: UnitOfWork, lead: Lead, word: Word, in_force: dict[str, InForce]
) -> tuple[str, Asked]:
    """Return the policy that is meant, and what it says about the lead."""
    if word.policy is not None:
        return word.policy, _ask(uow, in_force[word.policy], lead)
    found = {policy: _ask(uow, one, lead) for policy, one in in_force.items()}
    meant = [(policy, asked) for policy, asked in found.items() if asked.evaluation.scope.holds]
    if len(meant) != 1:
        raise _unknown_policy(in_force, f"say which policy: {len(meant)} are for this lead")
    return meant[0]


def _ask(uow: UnitOfWork, in_force: InForce, lead: Lead) -> Asked:
    return ask_about(uow, in_force.version, lead, in_force.people_key)


def _check_may_be_handed_over(uow: UnitOfWork, lead: Lead, asked: Asked) -> None:
    open_id = asked.cycle.open_handoff_id or asked.group.open_handoff_id
    if open_id is not None:
        message = "the lead is with sales already, alone or with others of its account"
        raise Problem(409, "open_handoff", message, [{"handoff_id": open_id, "message": message}])
    if not lead.is_known:
        message = "nobody could call this lead: no identifier names a person"
        raise Problem(409, "nobody_to_call", message)
    never = why_never(uow, lead, asked.evaluation.version.policy)
    if never is not None:
        raise Problem(409, "suppressed", f"nobody may hand this lead over: {never}")
    excluded = [each.name for each in asked.evaluation.excluded_by]
    if excluded:
        message = (
            f"the policy excludes this lead by {', '.join(excluded)}, which both teams agreed on: "
            "change the policy or the list it names"
        )
        raise Problem(409, "excluded", message)


def _tier(version: PolicyVersion, wanted: str | None) -> str:
    """Return the tier that is wanted, else the most urgent one."""
    if wanted is None:
        return min(version.response.values(), key=lambda target: target.accept_in).tier
    if wanted not in version.response:
        raise invalid("/tier", f"this policy has: {', '.join(version.response)}", "unknown_tier")
    return wanted


def _unknown_policy(in_force: dict[str, InForce], message: str) -> Problem:
    known = ", ".join(in_force) or "none"
    return invalid("/policy", f"{message}; in force: {known}", "unknown_policy")
