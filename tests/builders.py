"""Events as handoff publishes them, small and real, for tests of whoever consumes them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.bus.port import Bus
from shared.contracts import TOPICS, Envelope, Event
from shared.contracts.clocks import Escalated, PauseTold, Reminded, Rescheduled
from shared.contracts.directory import PersonalChannel, PersonChanged, Role
from shared.contracts.handoffs import (
    Accepted,
    AccountCard,
    Assigned,
    Assignment,
    Considered,
    Deadline,
    EarlierHandoff,
    Factor,
    HandoffRef,
    Interest,
    LeadCard,
    Links,
    NotToSay,
    Person,
    Reassigned,
    SalesReady,
    Score,
    TouchLine,
    Updated,
)
from shared.contracts.policies import MissedTarget, PolicyReviewDue
from shared.contracts.routing import FellBack
from shared.ids import new_id
from shared.outbox import to_message

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
REP = Person(
    person_id="019c0000-0000-7000-8000-000000000001", name="Lucía Gómez", email="lucia@acme.com"
)
MANAGER = Person(
    person_id="019c0000-0000-7000-8000-000000000002", name="Marc Puig", email="marc@acme.com"
)


class SetClock:
    """A clock that stands where a test puts it."""

    def __init__(self, moment: datetime = NOON):
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        self.moment += by


class Lead:
    """One lead on its way through sales: each method is the next event of it."""

    def __init__(self, name: str = "Ana Pérez", owner: Person = REP, agreement: str = "trial"):
        self.lead_id = new_id()
        self.handoff_id = new_id()
        self.name = name
        self.owner = owner
        self.agreement = agreement
        self.stage = "assigned"
        self.sequence = 0

    def sales_ready(self, **changes: Any) -> Envelope:
        """The lead is ready for sales."""
        links = f"https://relevo.acme.com/handoffs/{self.handoff_id}"
        values: dict[str, Any] = {
            "decided_at": NOON,
            "lead": self.card(),
            "account": AccountCard(
                account_id=new_id(), domain="acme.com", name="Acme", facts={"employees": 120}
            ),
            "why_now": [touch("demo.requested", "Asked for a demo")],
            "engagement": Score(value=130.0, factors=[factor("demo_request", 100.0)]),
            "fit": Score(value=60.0, factors=[factor("company_size", 60.0)]),
            "evaluation": {},
            "timeline": [
                touch("demo.requested", "Asked for a demo"),
                touch("content.downloaded", "Pricing guide"),
            ],
            "timeline_total": 2,
            "interests": [Interest(topic="pricing", weight=1.0, touches=2)],
            "content_seen": [],
            "campaigns": [],
            "first_source": "web",
            "last_source": "web",
            "earlier_handoffs": [],
            "not_to_say": [],
            "assignment": self.assignment(),
            "deadlines": [self.deadline()],
            "links": Links(
                console=links, timeline=f"{links}/t", evaluation=f"{links}/e", verdict=f"{links}/v"
            ),
        }
        return self.event(SalesReady(handoff=self.ref(), **(values | changes)))

    def assigned(self) -> Envelope:
        """The hand-off has its first owner."""
        return self.event(
            Assigned(handoff=self.ref(), assignment=self.assignment(), deadlines=[self.deadline()])
        )

    def updated(self, title: str = "Read the prices again") -> Envelope:
        """The lead did something strong again."""
        return self.event(
            Updated(
                handoff=self.ref(),
                touches=[touch("page.viewed", title)],
                engagement=150.0,
                fit=60.0,
            )
        )

    def accepted(self) -> Envelope:
        """The owner took the lead."""
        self.stage = "accepted"
        return self.event(Accepted(handoff=self.ref(), by=self.owner, at=NOON, waited_s=60))

    def escalated(self, to: Person = MANAGER, step: int = 1, name: str = "manager") -> Envelope:
        """Nobody answered in time."""
        deadline = self.deadline()
        return self.event(
            Escalated(handoff=self.ref(), deadline=deadline, step=step, to=to, late_s=60, name=name)
        )

    def reminded(self) -> Envelope:
        """Part of the time is gone."""
        return self.event(Reminded(handoff=self.ref(), deadline=self.deadline(), left_s=450))

    def reassigned(
        self, to: Person = MANAGER, by: Person | None = None, why: dict[str, str] | None = None
    ) -> Envelope:
        """Somebody else owns the hand-off now."""
        earlier, self.owner = self.owner, to
        return self.event(
            Reassigned(
                handoff=self.ref(),
                assignment=self.assignment().model_copy(update={"by": by}),
                earlier_owner=earlier,
                deadlines=[self.deadline()],
                why=why,
            )
        )

    def rescheduled(
        self, earlier: int = 30, kind: str = "accept", ended_by: str | None = None
    ) -> Envelope:
        """A calendar changed, or ``ended_by`` ended a pause.

        The deadline was ``earlier`` minutes after noon before.
        """
        pause = PauseTold(
            pause_id=new_id(),
            reason="data_fix",
            reason_title={},
            text=None,
            began_at=NOON,
            until=NOON,
            by=REP.person_id,
            ended_by=ended_by,
        )
        return self.event(
            Rescheduled(
                handoff=self.ref(),
                deadline=self.deadline().model_copy(update={"kind": kind}),
                earlier_due_at=NOON + timedelta(minutes=earlier),
                why="resumed" if ended_by else "calendar",
                pause=pause if ended_by else None,
            )
        )

    def fell_back(self, *to: Person) -> Envelope:
        """Nobody of the team could take it."""
        words = {"es": "nadie puede: 2 ausentes", "en": "nobody can: 2 on leave"}
        why = self.assignment().model_copy(update={"code": "fallback", "words": words})
        return self.event(FellBack(handoff=self.ref(), assignment=why, to=list(to or (MANAGER,))))

    def event(self, data: Event) -> Envelope:
        """Wrap ``data`` as the lead's next event."""
        self.sequence += 1
        return Envelope(
            id=new_id(),
            source="relevo/handoff",
            subject=self.lead_id,
            key=self.lead_id,
            time=NOON,
            data=data,
            sequence=self.sequence,
            traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        )

    def ref(self) -> HandoffRef:
        """The hand-off as it is now."""
        return HandoffRef(
            handoff_id=self.handoff_id,
            lead_id=self.lead_id,
            lead_name=self.name,
            policy="b2b-software",
            policy_version=1,
            policy_version_id="019c0000-0000-7000-8000-0000000000aa",
            agreement=self.agreement,  # type: ignore[arg-type] # tests say either
            gate="asked_for_us",
            tier="hot",
            cycle=1,
            stage=self.stage,
            owner=self.owner,
        )

    def card(self) -> LeadCard:
        """Who the lead is."""
        return LeadCard(
            lead_id=self.lead_id,
            name=self.name,
            email="ana@acme.com",
            phone="+34 600 000 000",
            title="Head of Operations",
            language="es",
            country="ES",
            identifiers=["email:ana@acme.com"],
            facts={},
            consent=[],
            first_seen_at=NOON - timedelta(days=20),
        )

    def assignment(self) -> Assignment:
        """Why the owner owns it."""
        return Assignment(
            owner=self.owner,
            team="inbound",
            reason="next in turn",
            code="fair_rotation",
            considered=[
                Considered(
                    person_id=self.owner.person_id,
                    name=self.owner.name,
                    chosen=True,
                    reason="next in turn",
                )
            ],
            at=NOON,
        )

    def deadline(self, kind: str = "accept") -> Deadline:
        """A quarter of an hour from noon."""
        return Deadline(
            kind=kind, due_at=NOON + timedelta(minutes=15), within_s=900, calendar="business"
        )


def touch(kind: str, title: str) -> TouchLine:
    """One line of a timeline."""
    return TouchLine(
        touch_id=new_id(),
        kind=kind,
        name=title,
        occurred_at=NOON,
        source="web",
        made_by="human",
        title=title,
        url="https://acme.com/pricing",
        properties={"content": {"topic": "pricing"}},
    )


def factor(name: str, points: float) -> Factor:
    """One term of a score."""
    return Factor(name=name, title={"en": name}, points=points, evidence=[], weak=False)


def earlier_handoff(reason: str = "not_now", **changes: Any) -> EarlierHandoff:
    """A hand-off that ended last year."""
    return EarlierHandoff(
        handoff_id=new_id(),
        opened_at=NOON - timedelta(days=200),
        closed_at=NOON - timedelta(days=190),
        stage="rejected",
        reason=reason,
        reason_title={"es": "Ahora no", "en": "Not now"},
        owner=MANAGER,
        policy="b2b-software",
        policy_version=1,
    ).model_copy(update=changes)


def not_to_say(text: str = "Open complaint about an invoice") -> NotToSay:
    """Something better left unsaid."""
    return NotToSay(kind="complaint", channel=None, text=text, at=NOON)


def review_due(to: Sequence[Person] = (REP, MANAGER), **changes: Any) -> Envelope:
    """Both teams should look at their policy again: its date came, and a goal is missed."""
    missed = MissedTarget(
        name="acceptance",
        unit="percent",
        wanted=70.0,
        measured=52.0,
        low=45.0,
        high=59.0,
        cases=200,
        text={"en": "Accepted by sales: 104 of 200", "es": "Aceptados por ventas: 104 de 200"},
    )
    values: dict[str, Any] = {
        "policy": "b2b-software",
        "title": {"en": "When a lead is ready", "es": "Cuándo un lead está listo"},
        "version": 3,
        "version_id": "019c0000-0000-7000-8000-0000000000aa",
        "agreement": "signed",
        "due_at": NOON,
        "missed": [missed],
        "in_force_since": NOON - timedelta(days=90),
        "last_reviewed_at": None,
        "to": list(to),
    }
    return Envelope(
        id=new_id(),
        source="relevo/handoff",
        subject="b2b-software",
        key="b2b-software",
        time=NOON,
        data=PolicyReviewDue(**(values | changes)),
    )


def person_changed(
    who: Person = REP,
    channels: Sequence[tuple[str, str]] = (("inbox", ""),),
    *,
    language: str = "es",
    zone: str = "Europe/Madrid",
    revision: int = 1,
    active: bool = True,
    roles: Sequence[Role] = ("rep",),
) -> Envelope:
    """A person as handoff publishes them."""
    return Envelope(
        id=new_id(),
        source="relevo/handoff",
        subject=who.person_id,
        key=who.person_id,
        time=NOON,
        data=PersonChanged(
            person_id=who.person_id,
            revision=revision,
            name=who.name,
            email=who.email,
            roles=list(roles),
            language=language,  # type: ignore[arg-type] # tests say either
            zone=zone,
            channels=[PersonalChannel(channel=name, address=to) for name, to in channels],
            active=active,
        ),
    )


async def publish(bus: Bus, *envelopes: Envelope) -> None:
    """Put events on the bus as a relay does; raises when one was not taken."""
    await bus.ensure_topics(TOPICS)
    messages = [
        to_message(one.topic, one.key, one.id, one.type, one.to_bytes()) for one in envelopes
    ]
    for error in await bus.publish(messages):
        if error is not None:
            raise error
