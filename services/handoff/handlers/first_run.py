"""The first run: what is still to be set up, and a lead that shows that all of it works.

Whether a step is done is read off the data, so it is done however somebody did it. A step can
be skipped; that is kept, and undone by taking it up again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Connection

from services.handoff.handlers.erase_leads import erase_lead
from services.handoff.settings import HandoffSettings
from services.handoff.store import first_run as store
from services.handoff.store.handoffs import add_audit
from services.handoff.store.policies import PolicyShelf
from services.handoff.unit_of_work import SOURCE, UnitOfWork
from shared import trace
from shared.contracts import Envelope
from shared.contracts.directory import SampleLeadOrdered
from shared.ids import new_id
from shared.problem import not_found

Step = Literal["company", "team", "source", "policy", "test"]
STEPS: tuple[Step, ...] = get_args(Step)
SAMPLE_NAMES = {"es": "Lead de prueba", "en": "Test lead"}
SAMPLE_COMPANIES = {"es": "Empresa de prueba", "en": "Test company"}


@dataclass(frozen=True, slots=True)
class Progress:
    """Which steps are done and which somebody skipped."""

    done: frozenset[Step]
    skipped: frozenset[str]

    @property
    def left(self) -> tuple[Step, ...]:
        """Return what is still to be done, in order."""
        return tuple(step for step in STEPS if step not in self.done and step not in self.skipped)


@dataclass(frozen=True, slots=True)
class SampleLead:
    """How far the latest test lead has come; moments are None while it is not there yet."""

    order_id: str
    ordered_at: datetime
    touched_at: datetime | None = None
    lead_id: str | None = None
    handoff_id: str | None = None
    decided_at: datetime | None = None
    owner: str | None = None
    told_at: datetime | None = None
    failed_because: str | None = None

    @property
    def is_under_way(self) -> bool:
        return self.told_at is None and self.failed_because is None


def progress(conn: Connection, settings: HandoffSettings, shelf: PolicyShelf) -> Progress:
    """Return how far the first run is. A few look-ups that stop at the first row."""
    found: dict[Step, bool] = {
        "company": bool(settings.company),
        "team": store.has_rep(conn, settings.owner_email),
        "source": store.has_real_touch(conn),
        "policy": bool(shelf.in_force(conn)),
        "test": store.has_told_handoff(conn),
    }
    done = frozenset(step for step, is_done in found.items() if is_done)
    return Progress(done, store.skipped(conn))


def skip_step(uow: UnitOfWork, who: str, step: str) -> None:
    """Skip a step. Raises ``Problem`` (404)."""
    store.skip(uow.conn, _known(step), who, uow.now)


def take_up_step(uow: UnitOfWork, step: str) -> None:
    """Let a step come back that was skipped. Raises ``Problem`` (404)."""
    store.take_up(uow.conn, _known(step))


def order_sample_lead(uow: UnitOfWork, who: str, language: Literal["es", "en"]) -> str:
    """Have a lead made up that asks for a demo; return the order's id.

    It takes the real way: ingest makes the touch, the agreement judges it, somebody is told.
    Each has a company of its own, so that no hand-off before holds it back.
    """
    order_id = new_id()
    email = f"test@test-{order_id[-12:]}.example"
    order = SampleLeadOrdered(
        order_id=order_id,
        email=email,
        name=SAMPLE_NAMES[language],
        company=SAMPLE_COMPANIES[language],
        at=uow.now,
    )
    store.add_sample_lead(uow.conn, order_id, email, who, uow.now)
    add_audit(uow.conn, uow.now, who, "sample_lead.ordered", order_id)
    envelope = Envelope(
        id=order_id,
        source=SOURCE,
        subject=order_id,
        key=order_id,
        time=uow.now,
        data=order,
        traceparent=trace.current.get(),
    )
    uow.stage([envelope])
    return order_id


def remove_sample_leads(uow: UnitOfWork, who: str) -> int:
    """Erase every test lead, as persons are erased; return how many had arrived.

    An order that has not arrived is kept: its lead would come and nobody would know it.
    """
    arrived = [(order, lead) for order, lead in store.sample_leads(uow.conn) if lead is not None]
    for _, lead_id in arrived:
        erase_lead(uow, lead_id, who, "a test lead")
    store.forget_sample_leads(uow.conn, [order for order, _ in arrived])
    return len(arrived)


def latest_sample(conn: Connection) -> SampleLead | None:
    """Return how far the latest test lead has come."""
    order = store.latest_sample_lead(conn)
    if order is None:
        return None
    one = SampleLead(order.order_id, order.ordered_at)
    lead_id = store.lead_of(conn, order.email)
    if lead_id is None:
        return one
    handoff = store.handoff_of(conn, lead_id)
    told = None if handoff is None else store.first_told(conn, handoff.handoff_id)
    return SampleLead(
        order.order_id,
        order.ordered_at,
        store.touched_at(conn, lead_id),
        lead_id,
        None if handoff is None else handoff.handoff_id,
        None if handoff is None else handoff.decided_at,
        None if handoff is None else handoff.name,
        told.told_at if told is not None and told.succeeded else None,
        told.reason if told is not None and not told.succeeded else None,
    )


def _known(step: str) -> Step:
    found = next((one for one in STEPS if one == step), None)
    if found is None:
        raise not_found("step")
    return found
