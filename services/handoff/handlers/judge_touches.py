"""Marks that changed: who made a touch is known better than when it came in.

The touch gets its new mark, and its lead is folded anew. A touch that turns out to be a
human's speaks for its lead as if it came in now: the lead may become ready, or its owner has
news. One that turns out to be a machine's takes nothing back: a hand-off stays, and says
what its decision rests on that changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row

from services.handoff.domain.context import Seen
from services.handoff.domain.cycle import FIRST_CYCLE, CycleRecord
from services.handoff.domain.evaluation import Evaluation, evaluate
from services.handoff.domain.fold import merge, weigh
from services.handoff.domain.judging import BecomesReady, Hold, IsNews, Joins, judge
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import LeadSignals
from services.handoff.domain.touches import MadeBy, Weight, epoch_us
from services.handoff.handlers.account_groups import (
    AccountGroups,
    by_member,
    counts,
    facts_of_lead,
)
from services.handoff.handlers.cards import touch_line
from services.handoff.handlers.join_groups import join_groups
from services.handoff.handlers.keep_folds import refold_leads
from services.handoff.handlers.keep_scoreboard import count_marks, stored
from services.handoff.handlers.open_handoffs import open_handoffs
from services.handoff.handlers.qualified import Qualified
from services.handoff.handlers.references import references
from services.handoff.handlers.update_handoffs import update_handoffs
from services.handoff.handlers.was_ready import was_ready
from services.handoff.store import leads as leads_store
from services.handoff.store import overrides
from services.handoff.store.accounts import load_accounts
from services.handoff.store.handoffs import add_step, earlier, load_cycles, seen
from services.handoff.store.leads import Lead, LeadBatch
from services.handoff.store.policies import InForce
from services.handoff.store.signals import (
    load_signals,
    mark_touches,
    place_touches,
    stored_marks,
    touches_by_id,
)
from services.handoff.unit_of_work import UnitOfWork
from shared.clock import to_text
from shared.contracts import Envelope
from shared.contracts.rejudged import HandoffRejudged, RejudgedTouch
from shared.contracts.touches import TouchJudged


@dataclass(frozen=True, slots=True)
class Rejudged:
    """A stored touch whose mark changed. ``before`` is who made it until now."""

    touch: Row[Any]
    before: MadeBy
    judged: TouchJudged
    traceparent: str | None

    @property
    def speaks(self) -> bool:
        """Whether it counts now and did not before."""
        return self.judged.made_by == "human"


def judge_touches(uow: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
    """Take a batch of ``touch.judged`` in. Safe to repeat; of two the later judgement counts."""
    latest: dict[str, Envelope] = {}
    for envelope in envelopes:
        data = _judged(envelope)
        known = latest.get(data.touch_id)
        if known is None or data.judged_at >= _judged(known).judged_at:
            latest[data.touch_id] = envelope
    lead_ids = {row.lead_id for row in stored_marks(uow.conn, latest)}
    if not lead_ids:
        return  # touches of nobody any more
    roots = leads_store.roots_of(uow.conn, sorted(lead_ids))
    batch = leads_store.lock_leads(uow.conn, set(roots.values()), uow.now)
    changed = _mark(uow, latest)
    if not changed:
        return
    domains = {domain for lead in batch.leads.values() if (domain := lead.account_domain)}
    # Locked before the places: who was here first is judged first.
    load_accounts(uow.conn, batch.accounts, domains, lock=True)
    concerned = {batch.lead_of(one.touch.lead_id).lead_id for one in changed}
    policies = uow.parts.shelf.judging(uow.conn)
    versions = [one.version for one in policies if not one.is_retired]
    judgings = [_Judging(uow, batch, one, versions, concerned) for one in policies]
    mark_touches(uow.conn, {one.touch.touch_id: one.judged for one in changed})
    # From here on they are judged as what they are; a replay of history meets them here.
    speaking = [one for one in changed if one.speaks]
    first = uow.places(1 + len(speaking))
    places = {one.touch.touch_id: place for place, one in enumerate(speaking, start=first)}
    place_touches(uow.conn, places)
    refold_leads(uow, {one.touch.lead_id for one in changed})
    _tell_handoffs(uow, batch, changed)
    for judging in judgings:
        judging.judge(speaking, places)
    leads_store.save_batch(uow.conn, batch)
    before = [stored(one.touch, one.before) for one in changed]
    count_marks(uow, batch, before, [stored(one.touch, one.judged.made_by) for one in changed])


def _judged(envelope: Envelope) -> TouchJudged:
    assert isinstance(envelope.data, TouchJudged), "the consumer gives nothing else"
    return envelope.data


def _mark(uow: UnitOfWork, latest: Mapping[str, Envelope]) -> list[Rejudged]:
    """Write reasons and versions; return the touches that were made by somebody else."""
    changed: list[Rejudged] = []
    same: dict[str, TouchJudged] = {}
    for row in touches_by_id(uow.conn, latest):
        envelope = latest[row.touch_id]
        judged = _judged(envelope)
        if row.judged_at is not None and row.judged_at > judged.judged_at:
            continue
        if row.made_by == judged.made_by:
            same[row.touch_id] = judged
        else:
            changed.append(Rejudged(row, row.made_by, judged, envelope.traceparent))
    mark_touches(uow.conn, same)
    return sorted(changed, key=lambda one: (one.touch.received_at, one.touch.touch_id))


class _Judging:
    """What one policy makes of leads with touches that turned out to be a human's."""

    def __init__(
        self,
        uow: UnitOfWork,
        batch: LeadBatch,
        in_force: InForce,
        versions: Sequence[PolicyVersion],
        concerned: Iterable[str],
    ):
        self._uow = uow
        self._batch = batch
        self._in_force = in_force
        self._versions = versions  # of all policies in force
        self._leads = [batch.leads[root] for root in sorted(concerned)]
        self._before = self._load(self._leads)

    def judge(self, speaking: Sequence[Rejudged], places: Mapping[str, int]) -> None:
        """Judge each lead once, by all its touches that speak for it now."""
        by_lead: dict[str, list[Rejudged]] = {}
        for one in speaking:
            root = self._batch.lead_of(one.touch.lead_id).lead_id
            by_lead.setdefault(root, []).append(one)
        if not by_lead:
            return
        self._remember(min(one.judged.judged_at for one in speaking))
        rows = load_cycles(self._uow.conn, self._in_force.policy, by_lead)
        qualified: list[Qualified] = []
        news: dict[str, list[tuple[Seen, Evaluation]]] = {}
        joining: dict[str, list[tuple[Lead, Seen]]] = {}
        open_ids: dict[str, str] = {}
        traces: dict[str, str | None] = {}
        latest: dict[str, datetime] = {}
        for root, touches in by_lead.items():
            lead, row = self._batch.leads[root], rows.get(root)
            cycle = FIRST_CYCLE
            if row is not None:
                cycle = CycleRecord(row.number, row.open_handoff_id, row.closed_at, row.returns_at)
            at = max(one.judged.judged_at for one in touches)
            found = self._ask(lead, cycle, touches, at)
            trace = touches[-1].traceparent
            heavy = [one for one in touches if self._weight(one) is Weight.NEWS]
            if isinstance(found, IsNews):
                evaluation = self._evaluate(lead, at)
                news[root] = [(_seen_now(one), evaluation) for one in heavy]
                open_ids[root] = found.handoff_id
                traces[root] = trace
            elif isinstance(found, Joins):
                told = joining.setdefault(found.handoff_id, [])
                told += [(lead, _seen_now(one)) for one in heavy]
                latest[found.handoff_id] = max(at, latest.get(found.handoff_id, at))
                traces[found.handoff_id] = trace
            elif isinstance(found, BecomesReady):
                ready = Qualified(
                    lead,
                    self._batch.account_of(lead),
                    self._in_force,
                    found.evaluation,
                    found.cycle,
                    at,
                    trace,
                    places[touches[-1].touch.touch_id],
                    policies=self._versions,
                    groups=self._groups,
                )
                qualified.append(ready)
                if ready.group_domain is not None:
                    self._groups.opened(lead, ready.handoff_id)
        self._groups.save()
        if qualified:
            open_handoffs(self._uow, qualified)
        if news:
            update_handoffs(self._uow, self._batch, open_ids, news, traces)
        if joining:
            join_groups(self._uow, self._batch, joining, self._of_groups(latest), traces)

    def _remember(self, since: datetime) -> None:
        """Read what the leads and the people of their accounts did, as it is known now."""
        self._signals = self._load(self._leads)
        members, accounts = by_member(self._leads), self._batch.accounts
        key, version = self._in_force.people_key, self._in_force.version
        self._groups = AccountGroups(self._uow, version, members, accounts, key)
        if not self._in_force.asks_about_people:
            return
        self._groups.remember(self._leads, self._signals)
        self._groups.meet(since)
        others = set(self._groups.with_sales.values()) - self._batch.leads.keys()
        if others:
            leads_store.lock_more(self._uow.conn, self._batch, others)

    def _load(self, leads: Iterable[Lead]) -> dict[str, LeadSignals]:
        members = [member for lead in leads for member in lead.member_ids]
        return load_signals(self._uow.conn, self._in_force.version, members)

    def _ask(
        self, lead: Lead, cycle: CycleRecord, touches: Sequence[Rejudged], at: datetime
    ) -> BecomesReady | IsNews | Joins | None:
        version = self._in_force.version

        def if_ready() -> Evaluation | None:
            found = self._evaluate(lead, at)
            return found if found.is_ready else None

        return judge(
            version,
            cycle,
            max(self._weight(one) for one in touches),
            False,
            lead.is_known,
            epoch_us(at),
            if_ready,
            self._in_force.since,
            lambda: was_ready(
                self._uow.conn,
                self._batch,
                lead,
                version,
                self._before,
                at,
                self._groups.colleagues(lead),
            ),
            group=self._groups.cycle(lead),
            is_meant=lambda: counts(version, self._facts(lead)),
            hold=lambda: self._hold(lead),
            is_retired=self._in_force.is_retired,
        )

    def _evaluate(self, lead: Lead, at: datetime) -> Evaluation:
        version = self._in_force.version
        state, *others = (self._signals[member] for member in lead.member_ids)
        for other in others:
            state = merge(version, state, other)
        colleagues = self._groups.colleagues(lead)
        return evaluate(version, self._facts(lead), state, at, colleagues)

    def _facts(self, lead: Lead) -> dict[str, dict[str, object]]:
        return facts_of_lead(lead, self._batch.account_of(lead))

    def _hold(self, lead: Lead) -> Hold | None:
        holds = overrides.holds_on(self._uow.conn, lead.member_ids, self._uow.now)
        return overrides.as_hold(overrides.holding(holds, lead.member_ids, self._in_force.policy))

    def _of_groups(self, latest: Mapping[str, datetime]) -> dict[str, Evaluation]:
        """Ask about the leads whose hand-offs others join."""
        leads = {one: self._batch.leads[self._groups.with_sales[one]] for one in latest}
        self._signals |= self._load(leads.values())
        return {one: self._evaluate(lead, latest[one]) for one, lead in leads.items()}

    def _weight(self, one: Rejudged) -> Weight:
        touch = one.touch
        version, state = self._in_force.version, self._signals[touch.lead_id]
        positions = tuple(
            position
            for position, *_ in version.watches.get(touch.kind, ())
            if any(kept.touch_id == touch.touch_id for kept in state.at(position).certain)
        )
        return weigh(version, positions)


def _seen_now(one: Rejudged) -> Seen:
    return replace(seen(one.touch), made_by=one.judged.made_by)


def _tell_handoffs(uow: UnitOfWork, batch: LeadBatch, changed: Sequence[Rejudged]) -> None:
    """Let each hand-off whose decision rests on one of these touches say what changed."""
    by_id = {one.touch.touch_id: one for one in changed}
    members = {
        member: lead.lead_id
        for lead in {
            batch.lead_of(one.touch.lead_id).lead_id: batch.lead_of(one.touch.lead_id)
            for one in changed
        }.values()
        for member in lead.member_ids
    }
    rested: dict[str, tuple[str, list[Rejudged]]] = {}
    for root, rows in earlier(uow.conn, members).items():
        for row in rows:
            found = [by_id[one] for one in _evidence(row.snapshot) if one in by_id]
            if found:
                rested[row.handoff_id] = (root, found)
    known = references(uow.conn, rested)
    for handoff_id, (root, touches) in rested.items():
        event = HandoffRejudged(
            handoff=known[handoff_id].model_copy(update={"lead_id": root}),
            touches=[
                RejudgedTouch(
                    touch=touch_line(_seen_now(one)),
                    made_by_before=one.before,
                    made_by_reason=one.judged.made_by_reason,
                )
                for one in touches
            ],
            at=uow.now,
        )
        add_step(uow.conn, handoff_id, "rejudged", "relevo", uow.now, {"touches": _told(touches)})
        uow.stage([uow.envelope(event, batch.leads[root], traceparent=touches[-1].traceparent)])


def _told(touches: Sequence[Rejudged]) -> list[dict[str, str]]:
    return [
        {
            "touch_id": one.touch.touch_id,
            "kind": one.touch.kind,
            "occurred_at": to_text(one.touch.occurred_at),
            "before": one.before,
            "made_by": one.judged.made_by,
            "reason": one.judged.made_by_reason,
        }
        for one in touches
    ]


def _evidence(snapshot: bytes) -> list[str]:
    """Return the touches a frozen decision rests on: those that brought points or the gate."""
    frozen = orjson.loads(snapshot)
    ids = [touch["touch_id"] for touch in frozen["why_now"]]
    for factor in frozen["engagement"]["factors"]:
        ids += factor["evidence"]
    return list(dict.fromkeys(ids))
