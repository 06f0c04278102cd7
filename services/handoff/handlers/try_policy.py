"""Asking a policy about one lead, real or invented. Writes nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.handoff.domain.evaluation import Evaluation, evaluate
from services.handoff.domain.fold import fold
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import no_signals
from services.handoff.domain.touches import TouchFact
from services.handoff.handlers.ask_now import ask_about
from services.handoff.handlers.company import company_domain
from services.handoff.handlers.lead_as_of import AsOf, evaluate_as_of
from services.handoff.readmodels import read_leads
from services.handoff.store import leads
from services.handoff.store.policies import find_version, version_in_force
from services.handoff.unit_of_work import UnitOfWork
from shared.fields import canonical_id, normal_email
from shared.problem import not_found


def stored_version(uow: UnitOfWork, policy: str, number: int | None) -> PolicyVersion:
    """Return a version of ``policy``; without a number the one in force.

    Raises ``Problem`` (404).
    """
    if number is None:
        row = version_in_force(uow.conn, policy)
    else:
        row = find_version(uow.conn, policy, number)
    if row is None:
        raise not_found("policy version")
    return uow.parts.shelf.bound(uow.conn, uow.parts.shelf.version(row))


def try_on_lead(
    uow: UnitOfWork, version: PolicyVersion, lead: str, at: datetime | None = None
) -> AsOf:
    """Ask ``version`` about the lead with this id or e-mail address, as it is now or was ``at``.

    Raises ``Problem`` (404).
    """
    root = _find(uow, lead)
    if root is None:
        raise not_found("lead")
    found = read_leads(uow.conn, [root])[root]
    if at is not None and at < uow.now:
        return evaluate_as_of(uow, version, found, at)
    return AsOf(ask_about(uow, version, found).evaluation, facts_are_of_now=False)


def try_on_invented(
    uow: UnitOfWork,
    version: PolicyVersion,
    lead: Mapping[str, Any],
    account: Mapping[str, Any],
    touches: Sequence[TouchFact],
) -> Evaluation:
    """Ask ``version`` about somebody who knows, is and did what is given here, and no more."""
    state = fold(version, no_signals(version), touches)
    company = dict(account)
    domain = company.get("domain") or str(lead.get("email", "")).rpartition("@")[2]
    if domain and (own := company_domain(str(domain))) is not None:
        company["domain"] = own
    return evaluate(version, {"lead": dict(lead), "account": company}, state, uow.now)


def _find(uow: UnitOfWork, lead: str) -> str | None:
    try:
        if "@" in lead:
            return leads.root_of_identifier(uow.conn, f"email:{normal_email(lead)}")
        return leads.root_of(uow.conn, canonical_id(lead))
    except ValueError:
        return None
