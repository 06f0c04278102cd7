"""The past of leads, read in pages for a replay: never all of it at once.

Leads come with those their history depends on (``past_order``). Touches nobody asks for
are not read. ``past_rows`` has the queries and what their rows mean.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from services.handoff.domain.history import (
    Arrived,
    Closed,
    HandedOver,
    Known,
    LeadGroup,
    Merged,
    Unmerged,
    What,
    Won,
    ordered,
)
from services.handoff.store import past_rows
from services.handoff.store.accounts import Account, load_accounts
from services.handoff.store.history import known_now
from services.handoff.store.leads import Lead, Member, read_members
from services.handoff.store.past_order import ByCompany, ByLead, Order
from services.handoff.store.past_rows import Wanted
from services.handoff.store.tables import LEAD

PAGE_TOUCHES = 5_000
"""About as many touches as a page should have; a lead is never cut."""
FIRST_LEADS, FEWEST_LEADS, MOST_LEADS = 100, 10, 2_000


def count_leads_to_replay(conn: Connection) -> int:
    """Return how many leads all pages together go through."""
    query = select(func.count()).select_from(LEAD).where(LEAD.c.lead_id == LEAD.c.root_id)
    return conn.execute(query).scalar_one()


class Past:
    """Reads the past, a page a call, each in a transaction of its own."""

    def __init__(self, wanted: Wanted, leads: int = FIRST_LEADS) -> None:
        """Begin before the first lead; ``leads`` are about as many as the first page has."""
        self.wanted = wanted
        self._order: Order = ByCompany() if wanted.by_company else ByLead()
        self._leads = leads

    @property
    def is_over(self) -> bool:
        """There is no further page."""
        return self._order.is_over

    def page(self, conn: Connection) -> tuple[list[LeadGroup], int]:
        """Return the next groups of leads, and how many leads the page has gone through."""
        components, leads = self._order.take(conn, self._leads)
        if not components:
            return [], leads
        groups = _Page(conn, self.wanted, components).groups()
        touches = sum(group.touches for group in groups)
        wanted = int(self._leads * PAGE_TOUCHES / max(1, touches))
        self._leads = max(FEWEST_LEADS, min(wanted, 2 * self._leads, MOST_LEADS))
        return groups, leads


@dataclass
class _Page:
    """One page on its way from rows to groups."""

    conn: Connection
    wanted: Wanted
    components: list[set[str]]
    group_of: dict[str, LeadGroup] = field(default_factory=dict)
    """By member."""

    def groups(self) -> list[LeadGroup]:
        groups = [LeadGroup({}, []) for _ in self.components]
        pairs = zip(self.components, groups, strict=True)
        home = {root: group for roots, group in pairs for root in roots}
        for lead_id, root_id, first_seen_us in past_rows.members(self.conn, home):
            group = self.group_of[lead_id] = home[root_id]
            group.root_of[lead_id] = root_id
            group.first_seen_us[lead_id] = first_seen_us
        self._undo_merges()
        self._add_handoffs()
        for item in past_rows.holds(self.conn, self.group_of, self.wanted.policy):
            self.group_of[item.lead_id].items.append(item)
        self._add_arrivals(self._add_history())
        for roots, group in zip(self.components, groups, strict=True):
            if _begins_unknown(group):
                self._guess(group, roots)
        for group in groups:
            group.items = ordered(group.items)
        return groups

    def _undo_merges(self) -> None:
        """Let each member begin as part of the lead it was part of at first."""
        listed: set[str] = set()
        for merge in past_rows.merges(self.conn, self.group_of):
            group = self.group_of[merge.survivor]
            group.items.append(Merged(merge.place, What.MERGED, *merge[1:4]))
            group.root_of |= dict.fromkeys(set(merge.members) - listed, merge.merged)
            listed |= set(merge.members)
            if merge.undone_place is not None:
                undone = (merge.undone_place, What.UNMERGED, merge.merged, merge.members)
                group.items.append(Unmerged(*undone))

    def _add_handoffs(self) -> None:
        for handoff in past_rows.handoffs(self.conn, self.group_of, self.wanted.policy):
            group = self.group_of[handoff.lead_id]
            group.handoffs.append(handoff)
            group.items.append(HandedOver(handoff.decided_place, What.HANDED_OVER, handoff))
            if handoff.closed_place is not None and not handoff.is_superseded:
                group.items.append(Closed(handoff.closed_place, What.CLOSED, handoff))
            if handoff.stage == "won" and handoff.closed_us is not None:
                won = group.won.setdefault(handoff.lead_id, [])
                won.append(Won(handoff.closed_us, "sales"))

    def _add_history(self) -> dict[tuple[str, int], int]:
        """Add what was known, and when a lead was looked at again.

        Returns the arrivals that told something: when they were received, by lead and place.
        """
        told: dict[tuple[str, int], int] = {}
        for lead_id, place, item in past_rows.history(self.conn, self.group_of, self.wanted.policy):
            if isinstance(item, int):
                told[lead_id, place] = item
            else:
                self.group_of[lead_id].items.append(item)
        return told

    def _add_arrivals(self, told: dict[tuple[str, int], int]) -> None:
        """Add touches, and what was told without one."""
        for touch in past_rows.touches(self.conn, self.group_of, self.wanted):
            lead_id = touch.lead_id
            group = self.group_of[lead_id]
            if told.pop((lead_id, touch.place), None) is not None:
                touch = touch._replace(tells=True)
            group.items.append(touch)
            group.touches += 1
            if touch.kind == past_rows.DEAL_WON:
                group.won.setdefault(lead_id, []).append(Won(touch.occurred_us, "crm"))
            elif touch.kind == past_rows.DEAL_LOST:
                group.lost_us.setdefault(lead_id, []).append(touch.occurred_us)
        for (lead_id, place), received_us in told.items():
            arrived = Arrived(place, What.ARRIVED, lead_id, received_us, True, "")
            self.group_of[lead_id].items.append(arrived)

    def _guess(self, group: LeadGroup, roots: Iterable[str]) -> None:
        """Take what is known now for what was known before anybody wrote that down."""
        group.is_guessed = True
        leads: dict[str, Lead] = {}
        for member in sorted(read_members(self.conn, roots), key=_roots_first):
            leads.setdefault(member.root_id, Lead(member, [])).members.append(member)
        accounts: dict[str, Account] = {}
        domains = [domain for lead in leads.values() if (domain := lead.account_domain)]
        load_accounts(self.conn, accounts, domains)
        for lead in leads.values():
            detail = known_now(lead, accounts.get(lead.account_domain or "")).told()
            group.items += (past_rows.known(member, 0, detail) for member in lead.member_ids)


def _roots_first(member: Member) -> bool:
    return member.lead_id != member.root_id


def _begins_unknown(group: LeadGroup) -> bool:
    known = min((item.place for item in group.items if isinstance(item, Known)), default=None)
    return any(
        isinstance(item, Arrived) and (known is None or item.place < known) for item in group.items
    )
