"""A pause has ended: what came in meanwhile may make the lead ready again."""

from collections.abc import Callable, Iterable

from services.handoff.handlers.ask_now import Asked, ask_about, hold_accounts
from services.handoff.handlers.open_handoffs import open_handoffs
from services.handoff.handlers.qualified import ByHand, Qualified
from services.handoff.store import leads as leads_store
from services.handoff.store.accounts import find_account
from services.handoff.store.history import HistoryRow, Kind, add_history, new_knowledge
from services.handoff.store.leads import Lead
from services.handoff.store.policies import InForce
from services.handoff.unit_of_work import UnitOfWork
from shared.clock import to_text
from shared.timers import Timer


def reconsider(uow: UnitOfWork, timer: Timer) -> None:
    """Ask the policies in force again. A lead that merely is still ready does not come back."""
    root = leads_store.root_of(uow.conn, timer.subject)
    if root is None:
        return
    batch = leads_store.lock_leads(uow.conn, [root], uow.now)
    if not uow.parts.timers.claim(uow.conn, timer, uow.now):
        return
    lead = batch.leads[root]
    if not lead.is_known:
        return  # an undone merge took away the identifiers that named somebody
    hold_accounts(uow, [lead])
    place = note_look(uow, lead, "reconsidered", due_at=to_text(timer.due_at))
    hand_over_if_ready(uow, lead, lambda _policy, asked: asked.cycle.number > 0, place)
    leads_store.save_batch(uow.conn, batch)


def note_look(uow: UnitOfWork, lead: Lead, kind: Kind, **detail: object) -> int:
    """Write down that a lead is looked at again, and knowing what; return the place.

    The lead and its account are locked.
    """
    place = uow.places()
    known = new_knowledge(lead, find_account(uow.conn, lead.account_domain))
    add_history(uow.conn, [HistoryRow(lead.lead_id, place, kind, uow.now, {**detail, **known})])
    return place


def hand_over_if_ready(
    uow: UnitOfWork, lead: Lead, concerns: Callable[[str, Asked], bool], place: int
) -> None:
    """Hand a lead over under each policy it ``concerns`` that finds it ready now.

    The lead and its account are locked.
    """
    in_force = uow.parts.shelf.in_force(uow.conn)
    for each in in_force:
        asked = ask_about(uow, each.version, lead, each.people_key)
        if concerns(each.policy, asked) and (number := asked.number) is not None:
            open_handoffs(uow, [qualified(uow, each, asked, number, in_force, place)])


def qualified(
    uow: UnitOfWork,
    in_force: InForce,
    asked: Asked,
    cycle: int,
    policies: Iterable[InForce],
    place: int,
    by_hand: ByHand | None = None,
) -> Qualified:
    """Return a lead that is to be handed over now, with what that was decided by."""
    return Qualified(
        asked.lead,
        asked.account,
        in_force,
        asked.evaluation,
        cycle,
        uow.now,
        place=place,
        policies=[each.version for each in policies],
        groups=asked.groups,
        by_hand=by_hand,
    )
