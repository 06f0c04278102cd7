"""Touches in: who did it, what it adds to, and whether it makes the lead ready.

One batch is one transaction and a fixed number of statements, however many touches it
holds. Within it events are judged one by one, in their order, at the moment each was
received: the same events give the same decisions, however they are cut into batches.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.handoff.domain.context import Seen
from services.handoff.domain.cycle import FIRST_CYCLE, CycleRecord
from services.handoff.domain.evaluation import (
    Evaluation,
    Profile,
    evaluate_if_ready,
    evaluate_profile,
    profile_of,
)
from services.handoff.domain.fold import fold_one, merge
from services.handoff.domain.identity import is_shared
from services.handoff.domain.judging import BecomesReady, IsNews, judge
from services.handoff.domain.knowledge import DERIVED, Learned, learn, learn_all
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import LeadSignals
from services.handoff.domain.touches import TouchFact, Weight, epoch_us
from services.handoff.handlers.company import company_domain, is_free_mail
from services.handoff.handlers.join_leads import join_leads
from services.handoff.handlers.keep_folds import keep_folds
from services.handoff.handlers.learn_about_accounts import learn_about_accounts
from services.handoff.handlers.move_addresses import move_address
from services.handoff.handlers.open_handoffs import Qualified, open_handoffs
from services.handoff.handlers.update_handoffs import update_handoffs
from services.handoff.handlers.was_ready import before, was_ready
from services.handoff.store import leads as leads_store
from services.handoff.store.erasing import erased_before
from services.handoff.store.handoffs import load_cycles
from services.handoff.store.history import HistoryRow, Kind, add_history, known_now, new_knowledge
from services.handoff.store.leads import ACCOUNT_FACT, Lead, LeadBatch, Member
from services.handoff.store.policies import InForce
from services.handoff.store.signals import add_touches, load_signals, save_signals, touch_fact
from services.handoff.unit_of_work import UnitOfWork
from shared.clock import to_text
from shared.contracts import Envelope
from shared.contracts.touches import Origin, TouchRecorded


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event with the lead it is recorded under. ``news``: it told us new facts."""

    envelope: Envelope
    data: Origin
    member: Member
    news: bool
    place: int


def record_touches(uow: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
    """Take a batch of ``touch.recorded`` and ``lead.identified`` in. Safe to repeat."""
    once = {envelope.id: envelope for envelope in reversed(envelopes)}
    origins = [(envelope, _origin(envelope)) for envelope in reversed(once.values())]
    identifiers = {one for _, data in origins for one in data.identifiers}
    batch = leads_store.open_batch(uow.conn, identifiers, uow.now)
    erased = erased_before(uow.conn, identifiers)  # behind the locks: see ``erase_leads``
    if erased:
        origins = [one for one in origins if not _is_erased(one[1], erased)]
    learned = [_learn(batch, envelope, data) for envelope, data in origins]
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
    known_better = join_leads(uow, batch, first + 1)
    known_better |= learn_about_accounts(uow, batch, ((one.member, one.data) for one in arrivals))
    arrivals = [one for one in arrivals if one.envelope.id not in repeated]
    add_history(uow.conn, list(_history(uow, batch, arrivals, known_better, first)))
    judgings = [
        _Judging(uow, batch, in_force, known_better)
        for in_force in uow.parts.shelf.in_force(uow.conn)
    ]
    for judging in judgings:
        judging.judge(arrivals)
    keep_folds(
        uow,
        _facts(arrivals),
        {one.member.lead_id for one in arrivals if one.member.is_new},
        ((one.in_force.version, set(one.signals)) for one in judgings),
    )
    leads_store.save_batch(uow.conn, batch)


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


@dataclass
class _Judging:
    """One policy's decisions about the leads of a batch."""

    uow: UnitOfWork
    batch: LeadBatch
    in_force: InForce
    known_better: set[str]  # leads that were joined, or whose company was told about
    signals: dict[str, LeadSignals] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    cycles: dict[str, CycleRecord] = field(default_factory=dict)
    qualified: list[Qualified] = field(default_factory=list)
    news: dict[str, list[tuple[Seen, Evaluation]]] = field(default_factory=dict)
    traces: dict[str, str | None] = field(default_factory=dict)  # of the latest news

    def judge(self, arrivals: Sequence[Arrival]) -> None:
        self._load(arrivals)
        for arrival in arrivals:
            self._judge_arrival(arrival)
        save_signals(
            self.uow.conn,
            self.in_force.version,
            {lead_id: self.signals[lead_id] for lead_id in self.changed},
        )
        if self.qualified:
            open_handoffs(self.uow, self.qualified)
        if self.news:
            update_handoffs(self.uow, self.batch, self._open_handoffs(), self.news, self.traces)

    def _load(self, arrivals: Sequence[Arrival]) -> None:
        concerned = {one.member.root_id for one in arrivals}
        members = [member for root in concerned for member in self.batch.lead_of(root).members]
        self.signals = load_signals(
            self.uow.conn,
            self.in_force.version,
            (member.lead_id for member in members),
            new={member.lead_id for member in members if member.is_new},
            arriving={one.envelope.id for one in arrivals},
            folded=self.changed,  # once folded, it is kept
        )
        old = (member.root_id for member in members if not member.is_new)
        self.cycles = {
            root: CycleRecord(row.number, row.open_handoff_id, row.closed_at, row.returns_at)
            for root, row in load_cycles(self.uow.conn, self.in_force.policy, old).items()
        }

    def _judge_arrival(self, arrival: Arrival) -> None:
        lead = self.batch.lead_of(arrival.member.lead_id)
        arriving = {arrival.member.lead_id: self.signals[arrival.member.lead_id]}
        found = judge(
            self.in_force.version,
            self.cycles.get(lead.lead_id, FIRST_CYCLE),
            self._fold(arrival),
            arrival.news or lead.lead_id in self.known_better,
            lead.is_known,
            epoch_us(arrival.data.received_at),
            lambda: evaluate_if_ready(*self._asked(lead, arrival)),
            self.in_force.since,
            lambda: was_ready(
                self.uow.conn,
                self.batch,
                lead,
                self.in_force.version,
                {**self.signals, **arriving},
                arrival.data.received_at,
            ),
        )
        if isinstance(found, IsNews):
            version, profile_now, state, at_us = self._asked(lead, arrival)
            evaluation = evaluate_profile(version, profile_now(), state, at_us)
            self.news.setdefault(lead.lead_id, []).append((_seen(arrival), evaluation))
            self.traces[lead.lead_id] = arrival.envelope.traceparent
        elif isinstance(found, BecomesReady):
            one = Qualified(
                lead,
                self.batch.account_of(lead),
                self.in_force,
                found.evaluation,
                found.cycle,
                arrival.data.received_at,
                arrival.envelope.traceparent,
                arrival.place,
            )
            self.qualified.append(one)
            self.cycles[lead.lead_id] = CycleRecord(one.cycle, one.handoff_id)

    def _fold(self, arrival: Arrival) -> Weight:
        """Fold a touch in; return what it can change."""
        if not isinstance(arrival.data, TouchRecorded):
            return Weight.NONE
        lead_id, version = arrival.member.lead_id, self.in_force.version
        before, touch = self.signals[lead_id], touch_fact(arrival.envelope.id, arrival.data)
        after, weight = fold_one(version, before, touch)
        if after is not before:
            self.signals[lead_id] = after
            self.changed.add(lead_id)
        return weight

    def _asked(
        self, lead: Lead, arrival: Arrival
    ) -> tuple[PolicyVersion, Callable[[], Profile], LeadSignals, int]:
        """Return who is asked about whom, and when."""
        version = self.in_force.version
        state = self.signals[lead.members[0].lead_id]
        for member in lead.members[1:]:
            state = merge(version, state, self.signals[member.lead_id])
        received_us = epoch_us(arrival.data.received_at)
        return version, lambda: self._profile(lead), state, received_us

    def _profile(self, lead: Lead) -> Profile:
        account = self.batch.account_of(lead)
        facts = {"lead": lead.facts, "account": account.values if account else {}}
        return profile_of(self.in_force.version, facts)

    def _open_handoffs(self) -> dict[str, str]:
        return {
            lead_id: handoff_id
            for lead_id in self.news
            if (handoff_id := self.cycles[lead_id].open_handoff_id) is not None
        }


def _seen(arrival: Arrival) -> Seen:
    data = arrival.data
    assert isinstance(data, TouchRecorded), "only touches are news"
    return Seen(
        arrival.envelope.id,
        data.touch,
        data.name,
        data.source,
        data.occurred_at,
        data.made_by,
        data.properties,
    )
