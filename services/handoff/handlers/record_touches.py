"""Touches in: who did it, what it adds to, and whether it makes the lead ready.

One batch is one transaction and a fixed number of statements, however many touches it
holds. Within it events are judged one by one, in their order, at the moment each was
received: the same events give the same decisions, however they are cut into batches.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from services.handoff.domain.identity import is_shared
from services.handoff.domain.knowledge import DERIVED, Learned, learn, learn_all
from services.handoff.domain.touches import TouchFact
from services.handoff.handlers.company import company_domain, is_free_mail
from services.handoff.handlers.join_leads import join_leads
from services.handoff.handlers.judge_arrivals import Arrival, Judging
from services.handoff.handlers.keep_folds import keep_folds
from services.handoff.handlers.keep_scoreboard import count_arrivals, did
from services.handoff.handlers.learn_about_accounts import learn_about_accounts
from services.handoff.handlers.move_addresses import move_address
from services.handoff.handlers.note_consent import note_consent
from services.handoff.handlers.return_corrected import note_corrections
from services.handoff.handlers.was_ready import before
from services.handoff.store import leads as leads_store
from services.handoff.store.accounts import load_accounts
from services.handoff.store.erasing import erased_before
from services.handoff.store.groups import leads_with_open_groups
from services.handoff.store.history import HistoryRow, Kind, add_history, known_now, new_knowledge
from services.handoff.store.leads import ACCOUNT_FACT, LeadBatch, Member, nobody_else
from services.handoff.store.signals import add_touches, touch_fact
from services.handoff.unit_of_work import UnitOfWork
from shared.clock import to_text
from shared.contracts import Envelope
from shared.contracts.touches import Origin, TouchRecorded


def record_touches(uow: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
    """Take a batch of ``touch.recorded`` and ``lead.identified`` in. Safe to repeat."""
    once = {envelope.id: envelope for envelope in reversed(envelopes)}
    origins = [(envelope, _origin(envelope)) for envelope in reversed(once.values())]
    identifiers = {one for _, data in origins for one in data.identifiers}
    policies = uow.parts.shelf.judging(uow.conn)
    ask_about_people = any(one.asks_about_people for one in policies)
    also = partial(_with_sales, uow, origins) if ask_about_people else nobody_else
    batch = leads_store.open_batch(uow.conn, identifiers, uow.now, also)
    erased = erased_before(uow.conn, identifiers)  # behind the locks: see ``erase_leads``
    if erased:
        origins = [one for one in origins if not _is_erased(one[1], erased)]
    learned = [_learn(batch, envelope, data) for envelope, data in origins]
    if ask_about_people:  # before the places: who was here first is judged first
        load_accounts(uow.conn, batch.accounts, _companies(batch), lock=True)
    joins = len(batch.resolver.joins)
    first = uow.places(1 + joins + len(origins))
    arrivals = [
        Arrival(envelope, data, member, news, place)
        for place, ((envelope, data), (member, news)) in enumerate(
            zip(origins, learned, strict=True), start=first + 1 + joins
        )
    ]
    if erased:
        _refuse_channels(arrivals, erased)
    repeated = add_touches(
        uow.conn,
        [
            (one.envelope.id, one.member.lead_id, one.data, one.place)
            for one in arrivals
            if isinstance(one.data, TouchRecorded)
        ],
    )
    joined = join_leads(uow, batch, first + 1)
    told = ((one.member, one.data) for one in arrivals)
    known_better = joined | learn_about_accounts(uow, batch, told, lock=ask_about_people)
    arrivals = [one for one in arrivals if one.envelope.id not in repeated]
    history = [
        *_history(uow, batch, arrivals, known_better, first),
        *_joined_again(uow, batch, joined, first + joins),
    ]
    add_history(uow.conn, history)
    note_consent(uow, batch, arrivals, first)
    note_corrections(uow, batch, arrivals, known_better)
    versions = [one.version for one in policies if not one.is_retired]
    judgings = [Judging(uow, batch, one, versions, known_better) for one in policies]
    for judging in judgings:  # all before any saves: policies with equal signals share a fold
        judging.load(arrivals)
    for judging in judgings:
        judging.judge(arrivals)
    keep_folds(
        uow,
        _facts(arrivals),
        {one.member.lead_id for one in arrivals if one.member.is_new},
        ((one.in_force.version, set(one.signals)) for one in judgings),
    )
    leads_store.save_batch(uow.conn, batch)
    counted = [
        did(one.envelope.id, one.member.lead_id, one.data)
        for one in arrivals
        if isinstance(one.data, TouchRecorded)
    ]
    count_arrivals(uow, batch, counted, joined)


def _is_erased(data: Origin, erased: Mapping[str, datetime]) -> bool:
    """Return whether it tells what somebody did, or was, before they were erased."""
    return any(
        data.occurred_at <= erased[one]
        for one in data.identifiers
        if one in erased and not is_shared(one)
    )


def _refuse_channels(arrivals: Sequence[Arrival], erased: Mapping[str, datetime]) -> None:
    """Let who comes back after an erasure refuse every channel, until they say otherwise."""
    for one in arrivals:
        moments = [erased[each] for each in one.data.identifiers if each in erased]
        if one.member.is_new and moments:
            learn(one.member.consent, "all", "refused", to_text(max(moments)), "relevo")


def _with_sales(
    uow: UnitOfWork, origins: Iterable[tuple[Envelope, Origin]], roots: Collection[str]
) -> set[str]:
    """Return the leads whose hand-off somebody of this batch may join, to be locked in order."""
    told = {
        company
        for _, data in origins  # whichever address turns out to be a former one
        for domain in (
            data.account.get("domain"),
            *(one.rpartition("@")[2] for one in data.identifiers if one.startswith("email:")),
        )
        if domain and (company := company_domain(str(domain)))
    }
    return leads_with_open_groups(uow.conn, told, roots)


def _companies(batch: LeadBatch) -> set[str]:
    """Return the companies of the leads of a batch, now and before, whoever they turn out to be."""
    known = (
        facts
        for member in batch.members.values()
        for facts in (member.facts, *([] if member.is_new else [member.before.facts]))
    )
    return {facts[ACCOUNT_FACT][0] for facts in known if ACCOUNT_FACT in facts}


def _facts(arrivals: Sequence[Arrival]) -> dict[str, list[TouchFact]]:
    """Return the touches among ``arrivals`` by the lead they are recorded under."""
    facts: dict[str, list[TouchFact]] = {}
    for one in arrivals:
        if isinstance(one.data, TouchRecorded):
            fact = touch_fact(one.envelope.id, one.data)
            facts.setdefault(one.member.lead_id, []).append(fact)
    return facts


def _origin(envelope: Envelope) -> Origin:
    assert isinstance(envelope.data, Origin), "the consumer reads nothing else from this topic"
    return envelope.data


def _learn(batch: LeadBatch, envelope: Envelope, data: Origin) -> tuple[Member, bool]:
    """Return whom an event is recorded under, and whether it told news about them."""
    joins = len(batch.resolver.joins)
    member = leads_store.record_under(batch, data.identifiers, data.occurred_at)
    for join in batch.resolver.joins[joins:]:
        batch.causes[join.merged] = envelope.traceparent
    at = to_text(data.occurred_at)
    if data.former:
        move_address(batch, member, data.identifiers[0], data.former, data.occurred_at)
    former, told = batch.resolver.former, data.lead
    # What a changed address says is a statement: it outranks what the former one said.
    learned = learn_all(
        member.facts,
        _derived(data, former),
        *((at, data.source) if data.former else (DERIVED, "")),
    )
    if f"email:{told.get('email')}" in former:
        told = {name: value for name, value in told.items() if name != "email"}
    if told:
        learned = max(learned, learn_all(member.facts, told, at, data.source))
    for change in data.consent:
        said_at = to_text(change.at)
        said = learn(member.consent, change.channel, change.status, said_at, data.source)
        learned = max(learned, said)
    if learned:
        batch.lead_of(member.lead_id).learned(member)
    return member, learned is Learned.VALUE or member.is_new


def _history(
    uow: UnitOfWork,
    batch: LeadBatch,
    arrivals: Sequence[Arrival],
    known_better: set[str],
    first: int,
) -> Iterator[HistoryRow]:
    """Yield what a replay has to know of this batch beside the touches themselves.

    All arrivals of a lead are judged with what is known at the end of the batch, so the
    first of them says what that is. The place ``first`` says what was known before, where
    nobody was judged knowing it.
    """
    seen, looked_back = set(), set()
    for one in arrivals:
        lead = batch.lead_of(one.member.lead_id)
        known = {}
        if lead.lead_id not in seen:
            seen.add(lead.lead_id)
            known = new_knowledge(lead, batch.account_of(lead))
        tells = one.news or lead.lead_id in known_better
        if (tells or known) and lead.lead_id not in looked_back:
            looked_back.add(lead.lead_id)
            for earlier in before(uow.conn, batch, lead):
                digest = batch.members[earlier.root_id].before.facts_digest
                if digest != earlier.body.digest:
                    detail = earlier.body.told()
                    yield HistoryRow(earlier.root_id, first, "before", uow.now, detail)
                    known = known or known_now(lead, batch.account_of(lead)).told()
        if tells or known:
            kind: Kind = "told" if tells else "known"
            received_at = one.data.received_at
            yield HistoryRow(one.member.lead_id, one.place, kind, received_at, known)


def _joined_again(
    uow: UnitOfWork, batch: LeadBatch, joined: set[str], place: int
) -> Iterator[HistoryRow]:
    """Yield what is known of leads that nothing but a repeated event joined: nobody judged them."""
    for lead_id in sorted(joined & batch.leads.keys()):
        lead = batch.leads[lead_id]
        if known := new_knowledge(lead, batch.account_of(lead)):
            yield HistoryRow(lead_id, place, "known", uow.now, known)


def _derived(data: Origin, former: Collection[str]) -> dict[str, str | bool]:
    """Return what an event's identifiers say: the address, and the company behind it."""
    emails = (one for one in data.identifiers if one.startswith("email:") and one not in former)
    email = next((one[6:] for one in emails), None)
    facts: dict[str, str | bool] = {}
    domain = data.account.get("domain")
    if email is not None:
        host = email.rpartition("@")[2]
        facts = {"email": email, "email_domain": host, "free_mail": is_free_mail(host)}
        domain = domain or host
    company = company_domain(str(domain)) if domain else None
    if company is not None:
        facts[ACCOUNT_FACT] = company
    return facts
