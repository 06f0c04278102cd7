"""The people of accounts together: what they did last, and the hand-offs that are for all."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
)

from services.handoff.domain.account_fold import decode_account
from services.handoff.domain.cycle import PastHandoff
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import LeadSignals, encode_state
from services.handoff.store.account_domain import account_domain_of
from services.handoff.store.handoffs import PAST
from services.handoff.store.scope_tables import ACCOUNT_SIGNALS, HANDOFF_PERSON
from services.handoff.store.tables import ACCOUNT, HANDOFF, LEAD
from shared.bulk import Replace, bulk_insert, is_in

_FOLDED = select(ACCOUNT_SIGNALS.c.domain, ACCOUNT_SIGNALS.c.signals).where(
    ACCOUNT_SIGNALS.c.key == bindparam("key"), is_in(ACCOUNT_SIGNALS.c.domain)
)
_FORGET = delete(ACCOUNT_SIGNALS).where(is_in(ACCOUNT_SIGNALS.c.domain))
_TO_FOLD = (
    select(ACCOUNT.c.domain)
    .where(
        ~exists().where(
            ACCOUNT_SIGNALS.c.domain == ACCOUNT.c.domain, ACCOUNT_SIGNALS.c.key == bindparam("key")
        )
    )
    .order_by(ACCOUNT.c.domain)
)
_DOMAIN = account_domain_of(LEAD.c.facts)
_LEADS_OF = select(LEAD.c.root_id).where(is_in(_DOMAIN)).distinct()
_OPEN_LEADS = (
    select(LEAD.c.root_id)
    .join(HANDOFF, HANDOFF.c.lead_id == LEAD.c.lead_id)
    .where(HANDOFF.c.group_domain.is_not(None), HANDOFF.c.closed_at.is_(None))
    .where(
        or_(
            is_in(HANDOFF.c.group_domain),
            HANDOFF.c.group_domain.in_(select(_DOMAIN).where(is_in(LEAD.c.root_id, "roots"))),
        )
    )
    .distinct()
)
_HANDOFFS = (
    select(*PAST, HANDOFF.c.group_domain, LEAD.c.root_id)
    .join(LEAD, LEAD.c.lead_id == HANDOFF.c.lead_id)
    .where(HANDOFF.c.policy == bindparam("policy"), is_in(HANDOFF.c.group_domain))
)
_PEOPLE = select(HANDOFF_PERSON).where(is_in(HANDOFF_PERSON.c.handoff_id))


def load_account_signals(
    conn: Connection, version: PolicyVersion, key: bytes, domains: Collection[str]
) -> dict[str, LeadSignals]:
    """Return what these accounts remember for ``version``, of those folded under ``key``."""
    given = {"wanted": sorted(domains), "key": key}
    rows = conn.execute(_FOLDED, given).all()
    return {domain: decode_account(version, data) for domain, data in rows}


def save_account_signals(conn: Connection, key: bytes, signals: Mapping[str, LeadSignals]) -> None:
    """Store what these accounts remember under ``key``. Their locks are held."""
    rows = [(domain, key, encode_state(state)) for domain, state in sorted(signals.items())]
    columns = ("domain", "key", "signals")
    bulk_insert(conn, ACCOUNT_SIGNALS, columns, rows, Replace(("domain", "key"), ("signals",)))


def delete_account_signals(conn: Connection, domains: Collection[str]) -> None:
    """Let these accounts be folded again when they are asked about. Their locks are held."""
    conn.execute(_FORGET, {"wanted": sorted(domains)})


def accounts_to_fold(conn: Connection, key: bytes, limit: int) -> list[str]:
    """Return some accounts that remember nothing under ``key`` yet."""
    return list(conn.execute(_TO_FOLD.limit(limit), {"key": key}).scalars())


def count_accounts_to_fold(conn: Connection, key: bytes) -> int:
    """Return how many accounts remember nothing under ``key`` yet."""
    query = select(func.count()).select_from(_TO_FOLD.order_by(None).subquery())
    return conn.execute(query, {"key": key}).scalar_one()


def has_left(conn: Connection, keys: Collection[bytes]) -> bool:
    """Return whether accounts remember anything under keys that nobody uses."""
    other = select(ACCOUNT_SIGNALS.c.key).where(ACCOUNT_SIGNALS.c.key.not_in(list(keys)))
    return conn.execute(other.limit(1)).first() is not None


def sweep_account_signals(conn: Connection, keys: Collection[bytes], limit: int) -> int:
    """Delete some of what accounts remember under keys that nobody uses; return how much."""
    some = (
        select(ACCOUNT_SIGNALS.c.domain, ACCOUNT_SIGNALS.c.key)
        .where(ACCOUNT_SIGNALS.c.key.not_in(list(keys)))
        .limit(limit)
    )
    pair = tuple_(ACCOUNT_SIGNALS.c.domain, ACCOUNT_SIGNALS.c.key)
    return conn.execute(delete(ACCOUNT_SIGNALS).where(pair.in_(some))).rowcount


def companies_of(conn: Connection, lead_ids: Collection[str]) -> set[str]:
    """Return the companies that these leads, or others that are one with them, name."""
    roots = select(LEAD.c.root_id).where(is_in(LEAD.c.lead_id))
    query = select(_DOMAIN).where(LEAD.c.root_id.in_(roots), _DOMAIN.is_not(None)).distinct()
    return set(conn.execute(query, {"wanted": sorted(lead_ids)}).scalars())


def leads_of_accounts(conn: Connection, domains: Collection[str]) -> set[str]:
    """Return the leads (roots) some part of which names one of these companies."""
    return set(conn.execute(_LEADS_OF, {"wanted": sorted(domains)}).scalars())


def leads_with_open_groups(
    conn: Connection, domains: Iterable[str], roots: Iterable[str]
) -> set[str]:
    """Return the leads with an open hand-off that is for the people of one of these accounts.

    The accounts are ``domains`` and those the leads ``roots`` belong to.
    """
    given = {"wanted": sorted(domains), "roots": sorted(roots)}
    return set(conn.execute(_OPEN_LEADS, given).scalars())


def handoffs_of_groups(
    conn: Connection, policy: str, domains: Collection[str]
) -> dict[str, dict[PastHandoff, str]]:
    """Return the hand-offs ``policy`` made for the people of each account together.

    Each with the lead it was opened for, as it is now.
    """
    found: dict[str, dict[PastHandoff, str]] = {}
    for *past, domain, root_id in conn.execute(
        _HANDOFFS, {"wanted": sorted(domains), "policy": policy}
    ):
        found.setdefault(domain, {})[PastHandoff(*past)] = root_id
    return found


def people_of_handoffs(conn: Connection, handoff_ids: Collection[str]) -> dict[str, set[str]]:
    """Return the leads of each group's hand-off, as they were recorded."""
    found: dict[str, set[str]] = {handoff_id: set() for handoff_id in handoff_ids}
    for row in conn.execute(_PEOPLE, {"wanted": sorted(handoff_ids)}):
        found[row.handoff_id].add(row.lead_id)
    return found


def add_people(conn: Connection, people: Sequence[tuple[str, str]], now: datetime) -> None:
    """Note that leads are part of a group's hand-off, as ``(hand-off, lead)``."""
    rows = [(handoff_id, lead_id, now) for handoff_id, lead_id in people]
    bulk_insert(conn, HANDOFF_PERSON, ("handoff_id", "lead_id", "joined_at"), rows)


def group_handoffs_of(conn: Connection, lead_ids: Collection[str]) -> set[str]:
    """Return the hand-offs these leads (members) are among the people of."""
    query = select(HANDOFF_PERSON.c.handoff_id).where(is_in(HANDOFF_PERSON.c.lead_id))
    return set(conn.execute(query, {"wanted": sorted(lead_ids)}).scalars())


def move_people(conn: Connection, handoff_ids: Collection[str], to: str, now: datetime) -> None:
    """Let the people of hand-offs that ended be those of one that goes on."""
    people = set[str]().union(*people_of_handoffs(conn, handoff_ids).values())
    add_people(conn, [(to, lead_id) for lead_id in sorted(people)], now)
