"""Opening hand-offs: the frozen context, a named owner, a running clock, the events.

Works on all leads of a transaction that qualified, with a few statements for all of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.advice import had
from services.handoff.domain.context import (
    campaigns,
    content_seen,
    interests,
)
from services.handoff.domain.explain import explained
from services.handoff.domain.routing import Choice
from services.handoff.domain.rule_proposals import TOLD_APART, Facts, facts_of
from services.handoff.handlers.cards import (
    account_card,
    assignment,
    earlier_handoff,
    engagement_score,
    fit_score,
    lead_card,
    links,
    not_to_say,
    owner,
    touch_line,
)
from services.handoff.handlers.deadlines import Started, start_both, start_late
from services.handoff.handlers.fall_back import fell_back
from services.handoff.handlers.group_people import GroupCards, group_cards
from services.handoff.handlers.need import Need
from services.handoff.handlers.qualified import Qualified
from services.handoff.handlers.routing import Routed, open_routing
from services.handoff.store import deadlines, handoffs, people, results
from services.handoff.store.assignments import assignment_row
from services.handoff.store.groups import add_people
from services.handoff.store.handoffs import History
from services.handoff.store.lead_reading import identifiers_of
from services.handoff.store.tables import AUDIT
from services.handoff.unit_of_work import UnitOfWork
from shared.audit import RELEVO, Entry, write_down
from shared.contracts import handoffs as contract
from shared.contracts.envelope import Envelope
from shared.ids import stable_id

TIMELINE = 100


def open_handoffs(uow: UnitOfWork, qualified: Sequence[Qualified]) -> None:
    """Hand over every lead of ``qualified``. Their locks are held."""
    leads = [one.lead for one in qualified]
    members = {member: lead.lead_id for lead in leads for member in lead.member_ids}
    identifiers = identifiers_of(uow.conn, leads)
    deciding = {touch.touch_id for one in qualified for touch in one.evaluation.deciding}
    told = handoffs.histories(uow.conn, members, deciding)
    before = handoffs.earlier(uow.conn, members)
    owners = people.people_by_id(
        uow.conn, (row.owner_id for rows in before.values() for row in rows)
    )
    together = group_cards(uow, [one for one in qualified if one.group_domain])
    needs = _needs(uow, qualified, before, together)
    routing = open_routing(uow, list(needs.values()))
    rows, having, assignments, timers, envelopes = [], [], [], [], []
    counted, alarms = [], []
    for one in qualified:
        routed = routing.route(needs[one.handoff_id])
        history = told.get(one.lead.lead_id, History([], [], 0, None))
        earlier = [
            earlier_handoff(
                row, owners[row.owner_id], uow.parts.shelf.by_id(uow.conn, row.version_id)
            )
            for row in before.get(one.lead.lead_id, [])
        ]
        # The clocks start when the deciding event was received, whatever the bus did meanwhile.
        started = start_both(routed.clock, one.promised, one.handoff_id, one.decided_at)
        event = _sales_ready(
            uow, one, routed, started, identifiers[one.lead.lead_id], history, earlier, together
        )
        shares = start_late(routed.clock, one.promised, one.handoff_id, one.decided_at, uow.now)
        running = [*started, *shares]
        counted += [each.row for each in running]
        rows.append(_row(one, event, routed.choice.team_id))
        having.append((one.handoff_id, had(event.evaluation), _known(event)))
        assignments.append(assignment_row(one.handoff_id, routed.choice, uow.now))
        timers += [timer for each in running for timer in each.timers]
        envelopes += _events(uow, one, event)
        if routed.choice.fell_back:
            alarms.append((one, event))
    handoffs.add_handoffs(uow.conn, rows, assignments)
    deadlines.save(uow.conn, counted)
    results.add_had(uow.conn, having)
    routing.save()
    handoffs.save_cycles(
        uow.conn,
        [
            {
                "lead_id": one.lead.lead_id,
                "policy": one.in_force.policy,
                "number": one.cycle,
                "open_handoff_id": one.handoff_id,
                "closed_at": None,
                "returns_at": None,
            }
            for one in qualified
        ],
    )
    joined = [(one.handoff_id, lead_id) for one in qualified for lead_id in together.of(one)]
    add_people(uow.conn, joined, uow.now)
    uow.parts.timers.arm(uow.conn, timers)
    write_down(uow.conn, AUDIT, uow.now, *map(_entry, qualified, assignments))
    uow.stage(envelopes)
    for one, event in alarms:
        fell_back(uow, event.handoff, one.lead, event.assignment, one.traceparent)


def _known(event: contract.SalesReady) -> Facts:
    account = None if event.account is None else event.account.model_dump(include={"facts"})
    return facts_of(event.lead.model_dump(include={"facts", *TOLD_APART}), account)


def _needs(
    uow: UnitOfWork,
    qualified: Sequence[Qualified],
    before: Mapping[str, Sequence[Row[Any]]],
    together: GroupCards,
) -> dict[str, Need]:
    """Return what routing has to know of each hand-off, by its id."""
    members = {
        member_id: one.handoff_id
        for one in qualified
        for lead in together.colleagues(one)
        for member_id in lead.member_ids
    }
    theirs = handoffs.earlier(uow.conn, members) if members else {}
    return {
        one.handoff_id: Need(
            one.handoff_id,
            one.lead,
            one.account,
            one.in_force.policy,
            one.promised,
            one.decided_at,
            [*before.get(one.lead.lead_id, ()), *theirs.get(one.handoff_id, ())],
        )
        for one in qualified
    }


def _events(uow: UnitOfWork, one: Qualified, event: contract.SalesReady) -> list[Envelope]:
    assigned = contract.Assigned(
        handoff=event.handoff, assignment=event.assignment, deadlines=event.deadlines
    )
    return [
        uow.envelope(event, one.lead, event_id=one.event_id, traceparent=one.traceparent),
        uow.envelope(
            assigned,
            one.lead,
            event_id=stable_id("assigned", one.handoff_id, "1"),
            traceparent=one.traceparent,
        ),
    ]


def _sales_ready(
    uow: UnitOfWork,
    one: Qualified,
    routed: Routed,
    started: Sequence[Started],
    identifiers: list[str],
    history: History,
    earlier: list[contract.EarlierHandoff],
    together: GroupCards,
) -> contract.SalesReady:
    evaluation, lead = one.evaluation, one.lead
    card = lead_card(lead, identifiers)
    why = {touch.touch_id for touch in evaluation.deciding}
    return contract.SalesReady(
        handoff=_reference(one, card.name, routed.choice),
        decided_at=one.decided_at,
        lead=card,
        account=account_card(one.account),
        why_now=[touch_line(seen) for seen in history.telling if seen.touch_id in why],
        engagement=engagement_score(evaluation),
        fit=fit_score(evaluation),
        evaluation=explained(evaluation, one.policies),
        timeline=[touch_line(seen) for seen in history.touches[:TIMELINE]],
        timeline_total=history.total,
        interests=[
            contract.Interest(topic=found.topic, weight=found.weight, touches=found.touches)
            for found in interests(history.touches, one.decided_at)
        ],
        content_seen=[
            contract.ContentSeen(
                content_id=content.content_id,
                title=content.title,
                topic=content.topic,
                url=content.url,
                times=content.times,
                first_at=content.first_at,
                last_at=content.last_at,
            )
            for content in content_seen(history.touches)
        ],
        campaigns=[
            contract.Campaign(
                name=campaign.name,
                source=campaign.source,
                medium=campaign.medium,
                first_at=campaign.first_at,
                last_at=campaign.last_at,
            )
            for campaign in campaigns(history.touches)
        ],
        first_source=history.first_source,
        last_source=history.touches[0].source if history.touches else None,
        earlier_handoffs=earlier,
        not_to_say=not_to_say(lead, history.telling, earlier),
        assignment=assignment(routed.choice, uow.now),
        deadlines=[each.deadline for each in started],
        links=links(uow.parts.settings.public_url, lead.lead_id, one.handoff_id),
        released=one.released,
        group=together.cards(one),
        override=None if one.by_hand is None else one.by_hand.override,
    )


def _reference(one: Qualified, name: str, choice: Choice) -> contract.HandoffRef:
    version = one.in_force.version
    return contract.HandoffRef(
        handoff_id=one.handoff_id,
        lead_id=one.lead.lead_id,
        lead_name=name,
        policy=version.policy,
        policy_version=version.number,
        policy_version_id=version.version_id,
        agreement=one.in_force.agreement,
        gate=one.gate,
        tier=one.tier,
        cycle=one.cycle,
        stage="assigned",
        owner=owner(choice),
    )


def _row(one: Qualified, event: contract.SalesReady, team_id: str | None) -> dict[str, Any]:
    ref = event.handoff
    return {
        "handoff_id": ref.handoff_id,
        "lead_id": ref.lead_id,
        "policy": ref.policy,
        "cycle": ref.cycle,
        "version_id": ref.policy_version_id,
        "version": ref.policy_version,
        "agreement": ref.agreement,
        "gate": ref.gate,
        "tier": ref.tier,
        "stage": ref.stage,
        "lead_name": ref.lead_name,
        "owner_id": ref.owner.person_id,
        "team_id": team_id,
        "engagement": event.engagement.value,
        "fit": event.fit.value,
        "decided_at": one.decided_at,
        "decided_place": one.place,
        "due_at": event.deadlines[0].due_at,
        "attempts": 0,
        "snapshot": event.as_json,
        "group_domain": one.group_domain,
    }


def _entry(one: Qualified, assigned: dict[str, Any]) -> Entry:
    """Return the row of the audit: which agreement decided, by which gate, and whose it is."""
    version = one.in_force.version
    return Entry(
        RELEVO if one.by_hand is None else one.by_hand.override.by,
        "handoff.opened",
        one.handoff_id,
        f"{version.policy} version {version.number}: gate {one.gate}",
        {"lead_id": one.lead.lead_id, "cycle": one.cycle, "owner_id": assigned["person_id"]},
    )
