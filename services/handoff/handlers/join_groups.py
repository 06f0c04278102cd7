"""Somebody of an account that is with sales does something: they join, and its owner hears."""

from collections.abc import Mapping, Sequence

from services.handoff.domain.context import Seen
from services.handoff.domain.evaluation import Evaluation
from services.handoff.domain.explain import points
from services.handoff.handlers.cards import touch_line
from services.handoff.handlers.group_people import group_person
from services.handoff.handlers.references import references
from services.handoff.store.groups import add_people, people_of_handoffs
from services.handoff.store.handoffs import add_step
from services.handoff.store.lead_reading import identifiers_of
from services.handoff.store.leads import Lead, LeadBatch
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts.handoffs import Updated

News = Mapping[str, Sequence[tuple[Lead, Seen]]]
"""What colleagues did, oldest first, by the open hand-off of their account's people."""


def join_groups(
    uow: UnitOfWork,
    batch: LeadBatch,
    news: News,
    evaluations: Mapping[str, Evaluation],
    traces: Mapping[str, str | None],
) -> None:
    """Tell each owner once for all that this batch brought, and who is new among them.

    ``evaluations`` are those of the leads the hand-offs were opened for, whose locks are held;
    ``traces`` has the trace of the latest piece of news of each hand-off.
    """
    known = references(uow.conn, news)
    present = people_of_handoffs(uow.conn, news)
    leads = {lead.lead_id: lead for told in news.values() for lead, _ in told}
    names = identifiers_of(uow.conn, leads.values())
    for handoff_id, told in news.items():
        ref, found = known[handoff_id], evaluations[handoff_id]
        owner_of = batch.lead_of(ref.lead_id)
        did: dict[str, list[Seen]] = {}
        for lead, seen in reversed(told):
            did.setdefault(lead.lead_id, []).append(seen)
        new = [one for one in did if not present[handoff_id].intersection(leads[one].member_ids)]
        people = [
            group_person(leads[one], names[one], touches, joined=one in new)
            for one, touches in did.items()
        ]
        event = Updated(
            handoff=ref.model_copy(update={"lead_id": owner_of.lead_id}),
            touches=[touch_line(seen) for _, seen in reversed(told)],
            engagement=points(found.engagement),
            fit=points(found.fit),
            policy_version=found.version.number,
            policy_version_id=found.version.version_id,
            people=people,
        )
        uow.stage([uow.envelope(event, owner_of, traceparent=traces[handoff_id])])
        add_people(uow.conn, [(handoff_id, one) for one in new], uow.now)
        for person in people:
            if person.joined:
                detail = {"lead_id": person.lead_id, "name": person.name}
                add_step(uow.conn, handoff_id, "joined", "relevo", uow.now, detail)
