"""Who would get this lead now, and why: the whole routing, and nothing is stored.

It is asked about a lead that exists, or about facts somebody makes up. Hours and leave are
those of the moment asked about; what everybody has on their hands is what they have now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from services.handoff.domain import knowledge
from services.handoff.domain.deciding import choose
from services.handoff.domain.policy import PolicyVersion, ResponseTarget
from services.handoff.domain.questions import Titles
from services.handoff.domain.routing import Choice
from services.handoff.handlers.company import company_domain
from services.handoff.handlers.need import Need
from services.handoff.handlers.routing import open_routing
from services.handoff.handlers.suppression import why_never
from services.handoff.readmodels import read_leads
from services.handoff.store import handoffs, people
from services.handoff.store import leads as leads_store
from services.handoff.store.accounts import Account, find_account
from services.handoff.store.leads import ACCOUNT_FACT, Lead, Member
from services.handoff.unit_of_work import UnitOfWork
from shared.clock import to_text
from shared.contracts import handoffs as contract
from shared.ids import new_id
from shared.problem import Problem, invalid, not_found

RULED_OUT = Titles("descartado en esta prueba", "ruled out in this trial")
NOBODY = ""
FARTHEST = timedelta(days=366)
ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Trial:
    """What is asked: about ``lead_id``, or about ``facts``."""

    lead_id: str | None = None
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """``{"lead": {…}, "account": {…}}``."""
    policy: str | None = None
    tier: str | None = None
    at: datetime | None = None
    without: Sequence[str] = ()
    """Ids or e-mail addresses of people it must not go to."""


@dataclass(frozen=True, slots=True)
class Tried:
    """Who would get it. Without a choice nobody would: ``never`` says why."""

    at: datetime
    policy: str
    tier: str
    deadline: contract.Deadline
    choice: Choice | None
    never: str | None = None


def try_routing(uow: UnitOfWork, trial: Trial) -> Tried:
    """Answer who would get a lead.

    Raises ``Problem``: 404 for an unknown lead; 422 for a policy, tier or person that is
    not there, for a moment that has passed or is a year away; 409 where no policy is in force.
    """
    at = trial.at or uow.now
    if at < uow.now:
        raise invalid("/at", "this moment has passed: leave it out for now", "moment_passed")
    if at > uow.now + FARTHEST:
        raise invalid("/at", "name a moment within a year from now", "moment_too_far")
    then = replace(uow, now=at)
    version = _version(uow, trial.policy)
    promised = _promised(version, trial.tier)
    need = _need(then, trial, version.policy, promised)
    without = dict.fromkeys(_people(uow, trial.without), RULED_OUT)
    is_real = trial.lead_id is not None
    never = why_never(uow, need.lead, version.policy) if is_real else None
    routing = open_routing(then, [need], lock=False)
    question, clock = routing.question(need, without)
    deadline = clock.deadline(at, promised.accept_in)
    choice = None if never is not None else choose(routing.desk, question)
    return Tried(at, version.policy, promised.tier, deadline, choice, never)


def _version(uow: UnitOfWork, policy: str | None) -> PolicyVersion:
    in_force = {one.policy: one.version for one in uow.parts.shelf.in_force(uow.conn)}
    if not in_force:
        raise Problem(409, "nothing_in_force", "no policy is in force, so nothing is owed to leads")
    if policy is None and len(in_force) == 1:
        return next(iter(in_force.values()))
    if policy is None or policy not in in_force:
        said = "say which policy" if policy is None else f"no policy in force is called {policy}"
        raise invalid("/policy", f"{said}; in force: {', '.join(in_force)}", "unknown_policy")
    return in_force[policy]


def _promised(version: PolicyVersion, tier: str | None) -> ResponseTarget:
    if tier is None:
        return min(version.response.values(), key=lambda target: target.accept_in)
    if tier not in version.response:
        raise invalid("/tier", f"this policy has: {', '.join(version.response)}", "unknown_tier")
    return version.response[tier]


def _people(uow: UnitOfWork, named: Sequence[str]) -> list[str]:
    found = []
    for place, name in enumerate(named):
        person = people.find_person(uow.conn, name)
        if person is None:
            message = f"nobody here has the id or e-mail address {name}"
            raise invalid(f"/without/{place}", message, "unknown_person")
        found.append(person.person_id)
    return found


def _need(uow: UnitOfWork, trial: Trial, policy: str, promised: ResponseTarget) -> Need:
    if trial.lead_id is None:
        lead, account = _made_up(uow, trial.facts)
        return Need(NOBODY, lead, account, policy, promised, uow.now)
    root = leads_store.root_of(uow.conn, trial.lead_id)
    if root is None:
        raise not_found("lead")
    lead = read_leads(uow.conn, [root])[root]
    members = dict.fromkeys(lead.member_ids, root)
    before = handoffs.earlier(uow.conn, members).get(root, ())
    account = find_account(uow.conn, lead.account_domain)
    return Need(NOBODY, lead, account, policy, promised, uow.now, before=before)


def _made_up(
    uow: UnitOfWork, facts: Mapping[str, Mapping[str, Any]]
) -> tuple[Lead, Account | None]:
    """Return a lead nobody has heard of, of a company that may be known."""
    of_lead, of_account = dict(facts.get("lead", {})), dict(facts.get("account", {}))
    domain = of_account.pop("domain", None) or _company_of(of_lead.get("email"))
    if domain is not None:
        of_lead[ACCOUNT_FACT] = domain
    member = Member(
        lead_id=new_id(),
        root_id="",
        is_known=True,
        identifiers=0,
        facts=_learned(of_lead, uow.now),
        consent={},
        sequence=0,
        first_seen_at=uow.now,
        created_at=uow.now,
        facts_digest=None,
    )
    member.root_id = member.lead_id
    known = find_account(uow.conn, domain)
    if known is None and domain is None and not of_account:
        return Lead(member, [member]), None
    account = known or Account(new_id(), domain or "", {})
    account.facts = {**account.facts, **_learned(of_account, uow.now)}
    return Lead(member, [member]), account


def _learned(facts: Mapping[str, Any], now: datetime) -> knowledge.Knowledge:
    return {name: [value, to_text(now), ASKED] for name, value in facts.items()}


def _company_of(email: Any) -> str | None:
    return company_domain(email.rpartition("@")[2]) if isinstance(email, str) else None
