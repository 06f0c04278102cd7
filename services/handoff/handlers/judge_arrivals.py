"""One policy's decisions about the leads of a batch, arrival by arrival, in their order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Row

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
from services.handoff.domain.judging import BecomesReady, Hold, IsNews, Joins, judge
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import LeadSignals
from services.handoff.domain.touches import Weight, epoch_us
from services.handoff.handlers.account_groups import AccountGroups, facts_of_lead
from services.handoff.handlers.join_groups import join_groups
from services.handoff.handlers.open_handoffs import open_handoffs
from services.handoff.handlers.qualified import Qualified
from services.handoff.handlers.update_handoffs import update_handoffs
from services.handoff.handlers.was_ready import was_ready
from services.handoff.store import leads as leads_store
from services.handoff.store import overrides
from services.handoff.store.handoffs import load_cycles
from services.handoff.store.leads import Lead, LeadBatch, Member
from services.handoff.store.policies import InForce
from services.handoff.store.signals import load_signals, save_signals, touch_fact
from services.handoff.unit_of_work import UnitOfWork
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

    @property
    def received_us(self) -> int:
        """When it was received, in microseconds since 1970."""
        return epoch_us(self.data.received_at)


@dataclass
class Judging:
    """One policy's decisions. ``load`` comes first, for all policies before any ``judge``."""

    uow: UnitOfWork
    batch: LeadBatch
    in_force: InForce
    versions: Sequence[PolicyVersion]  # of all policies in force
    known_better: set[str]  # leads that were joined, or whose company was told about
    signals: dict[str, LeadSignals] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    cycles: dict[str, CycleRecord] = field(default_factory=dict)
    qualified: list[Qualified] = field(default_factory=list)
    news: dict[str, list[tuple[Seen, Evaluation]]] = field(default_factory=dict)
    joining: dict[str, list[tuple[Lead, Seen]]] = field(default_factory=dict)
    last_us: dict[str, int] = field(default_factory=dict)  # of ``joining``
    traces: dict[str, str | None] = field(default_factory=dict)  # of the latest news, by its lead

    def load(self, arrivals: Sequence[Arrival]) -> None:
        """Read what the leads and their accounts remember, and where they stand."""
        concerned = {one.member.root_id for one in arrivals}
        if self.in_force.asks_about_people:
            concerned = set(self.batch.leads)
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
        if self.in_force.asks_about_people and arrivals:
            self.groups.remember(self.batch.leads.values(), self.signals)
            self.groups.meet(min(one.data.received_at for one in arrivals))
            self._lock_late()

    def judge(self, arrivals: Sequence[Arrival]) -> None:
        """Decide about each arrival, and carry out what was decided."""
        for arrival in arrivals:
            self._judge_arrival(arrival)
        save_signals(
            self.uow.conn,
            self.in_force.version,
            {lead_id: self.signals[lead_id] for lead_id in self.changed},
        )
        self.groups.save()
        if self.qualified:
            open_handoffs(self.uow, self.qualified)
        if self.news:
            update_handoffs(self.uow, self.batch, self._open_handoffs(), self.news, self.traces)
        if self.joining:
            found = self._evaluate_groups()
            join_groups(self.uow, self.batch, self.joining, found, self.traces)

    @cached_property
    def groups(self) -> AccountGroups:
        """The people of the leads' accounts."""
        leads = {one: self.batch.lead_of(one) for one in self.batch.members}
        key = self.in_force.people_key
        return AccountGroups(self.uow, self.in_force.version, leads, self.batch.accounts, key)

    @cached_property
    def _holds(self) -> list[Row[Any]]:
        """What people hold back, of the leads of this batch; asked once somebody is ready."""
        return overrides.holds_on(self.uow.conn, self.batch.members, self.uow.now)

    def _lock_late(self) -> None:
        """Lock the leads of groups that were handed over while this batch waited for locks."""
        late = set(self.groups.with_sales.values()) - self.batch.leads.keys()
        if late:
            leads_store.lock_more(self.uow.conn, self.batch, late)

    def _judge_arrival(self, arrival: Arrival) -> None:
        lead = self.batch.lead_of(arrival.member.lead_id)
        arriving = {arrival.member.lead_id: self.signals[arrival.member.lead_id]}
        at_us = arrival.received_us
        found = judge(
            self.in_force.version,
            self.cycles.get(lead.lead_id, FIRST_CYCLE),
            self._fold(arrival),
            arrival.news or lead.lead_id in self.known_better,
            lead.is_known,
            at_us,
            lambda: self._evaluate_if_ready(lead, at_us),
            self.in_force.since,
            lambda: was_ready(
                self.uow.conn,
                self.batch,
                lead,
                self.in_force.version,
                {**self.signals, **arriving},
                arrival.data.received_at,
                self.groups.colleagues(lead),
            ),
            group=self.groups.cycle(lead),
            is_meant=lambda: self._profile(lead).is_meant,
            hold=lambda: self._hold(lead),
            is_retired=self.in_force.is_retired,
        )
        if isinstance(found, IsNews):
            self.news.setdefault(lead.lead_id, []).append(
                (_seen(arrival), self._evaluate(lead, at_us))
            )
            self.traces[lead.lead_id] = arrival.envelope.traceparent
        elif isinstance(found, Joins):
            self.joining.setdefault(found.handoff_id, []).append((lead, _seen(arrival)))
            self.last_us[found.handoff_id] = at_us
            self.traces[found.handoff_id] = arrival.envelope.traceparent
        elif isinstance(found, BecomesReady):
            self._hand_over(lead, arrival, found)

    def _hand_over(self, lead: Lead, arrival: Arrival, found: BecomesReady) -> None:
        one = Qualified(
            lead,
            self.batch.account_of(lead),
            self.in_force,
            found.evaluation,
            found.cycle,
            arrival.data.received_at,
            arrival.envelope.traceparent,
            arrival.place,
            policies=self.versions,
            groups=self.groups,
        )
        self.qualified.append(one)
        self.cycles[lead.lead_id] = CycleRecord(one.cycle, one.handoff_id)
        if one.group_domain is not None:
            self.groups.opened(lead, one.handoff_id)

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
            self.groups.take_in(self.batch.lead_of(lead_id), lead_id, after, arrival.data.touch)
        return weight

    def _evaluate_if_ready(self, lead: Lead, at_us: int) -> Evaluation | None:
        return evaluate_if_ready(
            self.in_force.version,
            lambda: self._profile(lead),
            self._state(lead),
            at_us,
            self.groups.colleagues(lead),
        )

    def _evaluate(self, lead: Lead, at_us: int) -> Evaluation:
        return evaluate_profile(
            self.in_force.version,
            self._profile(lead),
            self._state(lead),
            at_us,
            self.groups.colleagues(lead),
        )

    def _state(self, lead: Lead) -> LeadSignals:
        state = self.signals[lead.members[0].lead_id]
        for member in lead.members[1:]:
            state = merge(self.in_force.version, state, self.signals[member.lead_id])
        return state

    def _profile(self, lead: Lead) -> Profile:
        return profile_of(self.in_force.version, facts_of_lead(lead, self.batch.account_of(lead)))

    def _evaluate_groups(self) -> dict[str, Evaluation]:
        """Ask about the leads whose hand-offs others join."""
        leads = {
            handoff_id: self.batch.lead_of(self.groups.with_sales[handoff_id])
            for handoff_id in self.joining
        }
        missing = {one for lead in leads.values() for one in lead.member_ids} - self.signals.keys()
        if missing:
            self.signals |= load_signals(self.uow.conn, self.in_force.version, missing)
        return {
            handoff_id: self._evaluate(lead, self.last_us[handoff_id])
            for handoff_id, lead in leads.items()
        }

    def _hold(self, lead: Lead) -> Hold | None:
        return overrides.as_hold(
            overrides.holding(self._holds, lead.member_ids, self.in_force.policy)
        )

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
