"""A pause has ended: what came in meanwhile may make the lead ready again."""

from collections.abc import Callable, Iterable

from services.handoff.domain.cycle import Qualifies
from services.handoff.handlers.open_handoffs import open_handoffs
from services.handoff.handlers.qualified import ByHand, Qualified
from services.handoff.handlers.standing import Standing, hold_account, standing
from services.handoff.store import leads as leads_store
from services.handoff.store.accounts import find_account
from services.handoff.store.leads import Lead
from services.handoff.store.policies import InForce
from services.handoff.unit_of_work import UnitOfWork
from shared.timers import Timer


def reconsider(uow: UnitOfWork, timer: Timer) -> None:
    """Ask the policies in force again. A lead that merely is still ready does not come back."""
    root = leads_store.root_of(uow.conn, timer.subject)
    if root is None:
        return
    batch = leads_store.lock_leads(uow.conn, [root], uow.now)
    if not uow.parts.timers.claim(uow.conn, timer, uow.now):
        return
    hand_over_if_ready(uow, batch.leads[root], lambda stands: stands.cycle.number > 0)
    leads_store.save_batch(uow.conn, batch)


def hand_over_if_ready(uow: UnitOfWork, lead: Lead, concerns: Callable[[Standing], bool]) -> None:
    """Hand a locked lead over under each policy it ``concerns`` that finds it ready now."""
    if not lead.is_known:
        return
    hold_account(uow, lead)
    in_force = uow.parts.shelf.in_force(uow.conn)
    for each in in_force:
        stands = standing(uow, lead, each)
        if concerns(stands) and isinstance(edge := stands.edge, Qualifies):
            open_handoffs(uow, [qualified(uow, lead, stands, edge.number, in_force)])


def qualified(
    uow: UnitOfWork,
    lead: Lead,
    stands: Standing,
    cycle: int,
    in_force: Iterable[InForce],
    by_hand: ByHand | None = None,
) -> Qualified:
    """Return a lead that is to be handed over now, with what that was decided by."""
    return Qualified(
        lead,
        find_account(uow.conn, lead.account_domain),
        stands.in_force,
        stands.evaluation,
        cycle,
        uow.now,
        policies=[each.version for each in in_force],
        groups=stands.groups,
        by_hand=by_hand,
    )
