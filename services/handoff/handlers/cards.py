"""The pieces of a sales-ready event, built from what is known. Nothing here reads a table."""

from datetime import datetime
from typing import Any

from services.handoff.domain import knowledge
from services.handoff.domain.consent import counting
from services.handoff.domain.context import COMPLAINTS, Seen
from services.handoff.domain.evaluation import Evaluation
from services.handoff.domain.explain import points
from services.handoff.domain.identity import best_name
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.routing import Choice
from services.handoff.store.accounts import Account
from services.handoff.store.assignments import considered, said, steps
from services.handoff.store.leads import Lead
from shared.contracts import handoffs as contract

CARD_FACTS = ("name", "first_name", "last_name", "email", "phone", "title", "language", "country")
SENT_BACK = ("rejected", "recycled")
MOST_COMPLAINTS = 20


def lead_card(lead: Lead, identifiers: list[str]) -> contract.LeadCard:
    """Return who the lead is, each channel with whether it may be used."""
    facts = lead.facts

    def text(name: str) -> str | None:
        value = facts.get(name)
        return str(value) if value not in (None, "") else None

    email = text("email")  # the one told last, where it is an address of the lead still
    if f"email:{email}" not in identifiers:
        email = next((one[6:] for one in identifiers if one.startswith("email:")), email)
    return contract.LeadCard(
        lead_id=lead.lead_id,
        name=best_name(facts, identifiers),
        email=email,
        phone=text("phone"),
        title=text("title"),
        language=text("language"),
        country=text("country"),
        identifiers=identifiers,
        facts={name: value for name, value in facts.items() if name not in CARD_FACTS},
        consent=[
            contract.Channel(channel=channel, status=status, source=source, at=at)
            for channel, (status, at, source) in counting(lead.consent).items()
        ],
        first_seen_at=lead.first_seen_at,
    )


def account_card(account: Account | None) -> contract.AccountCard | None:
    """Return the lead's company, if it is known."""
    if account is None:
        return None
    facts = knowledge.values(account.facts)
    name = facts.get("name")
    return contract.AccountCard(
        account_id=account.account_id,
        domain=account.domain,
        name=str(name) if name else None,
        facts={key: value for key, value in facts.items() if key != "name"},
    )


def engagement_score(evaluation: Evaluation) -> contract.Score:
    """Return the engagement people read, with the terms that add up to it."""
    return contract.Score(
        value=points(evaluation.engagement),
        factors=[
            contract.Factor(
                name=factor.signal.name,
                title={"es": factor.signal.title.es, "en": factor.signal.title.en},
                points=points(factor.points),
                evidence=[touch.touch_id for touch in factor.touches],
                weak=factor.signal.weak,
            )
            for factor in evaluation.factors
        ],
    )


def fit_score(evaluation: Evaluation) -> contract.Score:
    """Return the fit, with the criteria that brought or took points."""
    return contract.Score(
        value=points(evaluation.fit),
        factors=[
            contract.Factor(
                name=factor.criterion.name,
                title={"es": factor.criterion.title.es, "en": factor.criterion.title.en},
                points=points(factor.points),
                evidence=[],
                weak=False,
            )
            for factor in evaluation.fit_factors
            if factor.points
        ],
    )


def touch_line(seen: Seen) -> contract.TouchLine:
    """Return a touch as sales reads it."""
    return contract.TouchLine.model_construct(
        touch_id=seen.touch_id,
        kind=seen.kind,
        name=seen.name,
        occurred_at=seen.occurred_at,
        source=seen.source,
        made_by=seen.made_by,
        title=seen.title,
        url=seen.url,
        properties=seen.properties,
    )


def title_of(version: PolicyVersion, reason: str | None) -> dict[str, str] | None:
    """Return the title of a reject reason per language; None for what is none of the policy's."""
    found = version.reasons_by_name.get(reason) if reason else None
    return None if found is None else {"es": found.title.es, "en": found.title.en}


def earlier_handoff(
    row: Any, owner: contract.Person, version: PolicyVersion
) -> contract.EarlierHandoff:
    """Return how an earlier hand-off went; ``version`` is the one that decided it."""
    return contract.EarlierHandoff(
        handoff_id=row.handoff_id,
        opened_at=row.decided_at,
        closed_at=row.closed_at,
        stage=row.stage,
        reason=row.reason,
        reason_title=title_of(version, row.reason) if row.stage in SENT_BACK else None,
        owner=owner,
        policy=row.policy,
        policy_version=row.version,
    )


def not_to_say(
    lead: Lead, touches: list[Seen], earlier: list[contract.EarlierHandoff]
) -> list[contract.NotToSay]:
    """Refused channels, complaints, and why sales sent the lead back before."""
    found = [
        contract.NotToSay(
            kind="opt_out",
            channel=channel,
            text=f"refused {channel}, said {source}",
            source=source,
            at=at,
        )
        for channel, (status, at, source) in counting(lead.consent).items()
        if status == "refused"
    ]
    complaints = [touch for touch in touches if touch.kind in COMPLAINTS]
    found.extend(
        contract.NotToSay(
            kind=COMPLAINTS[touch.kind],
            channel="email",
            text=touch.name,
            source=touch.source,
            at=touch.occurred_at,
        )
        for touch in complaints[:MOST_COMPLAINTS]
    )
    found.extend(
        contract.NotToSay(
            kind="reject_reason",
            channel=None,
            text=one.reason,
            reason_title=one.reason_title,
            at=one.closed_at,
        )
        for one in earlier
        if one.stage in SENT_BACK and one.reason and one.closed_at
    )
    return found


def assignment(choice: Choice, now: datetime) -> contract.Assignment:
    """Return who owns the hand-off, and why, as events tell it."""
    return contract.Assignment(
        owner=owner(choice),
        team=choice.team,
        reason=choice.words.en,
        code=choice.code,
        considered=[contract.Considered(**one) for one in considered(choice)],
        at=now,
        words=said(choice.words),
        steps=[contract.RoutingStep(**one) for one in steps(choice)],
    )


def owner(choice: Choice) -> contract.Person:
    """Return who was chosen, as events name one."""
    one = choice.person
    return contract.Person(person_id=one.person_id, name=one.name, email=one.email)


def links(public_url: str, lead_id: str, handoff_id: str) -> contract.Links:
    """Return where to go from a hand-off."""
    base = public_url.rstrip("/")
    return contract.Links(
        console=f"{base}/handoffs/{handoff_id}",
        timeline=f"{base}/v1/leads/{lead_id}/timeline",
        evaluation=f"{base}/v1/leads/{lead_id}/evaluation",
        verdict=f"{base}/v1/handoffs/{handoff_id}/verdict",
    )
