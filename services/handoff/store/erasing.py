"""What erasing takes away, and the keyed digests that stay of what named the lead."""

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from services.handoff.store.lead_words import forget_words
from services.handoff.store.signals import delete_signals
from services.handoff.store.tables import (
    AUDIT,
    BATCH_ITEM,
    CONSUMER,
    CYCLE,
    ERASED_IDENTIFIER,
    ERASURE_KEY,
    IDENTIFIER,
    LEAD,
    LEAD_HISTORY,
    MERGE,
    TOLD,
    TOUCH,
)
from shared.bulk import Replace, bulk_insert, is_in
from shared.db import chunks, insert

KEY_BYTES = 32
DIGEST_BYTES = 16
ERASED = "erased"


def erased_before(conn: Connection, identifiers: Iterable[str]) -> dict[str, datetime]:
    """Return those of ``identifiers`` that named an erased lead, and when it was erased.

    One small statement as long as nobody was ever erased.
    """
    key = _key(conn)
    if key is None:
        return {}
    digests = {_digest(key, one): one for one in set(identifiers)}
    found: dict[str, datetime] = {}
    for some in chunks(sorted(digests)):
        query = select(ERASED_IDENTIFIER).where(ERASED_IDENTIFIER.c.digest.in_(some))
        for row in conn.execute(query):
            found[digests[bytes(row.digest)]] = row.erased_at
    return found


def remember_erased(conn: Connection, identifiers: Iterable[str], now: datetime) -> None:
    """Keep the digests of what named a lead that is erased now."""
    key = _key(conn) or _new_key(conn)
    rows = [(_digest(key, one), now) for one in sorted(set(identifiers))]
    replace = Replace(("digest",), ("erased_at",))
    bulk_insert(conn, ERASED_IDENTIFIER, ("digest", "erased_at"), rows, replace)


def _key(conn: Connection) -> bytes | None:
    found = conn.execute(select(ERASURE_KEY.c.key)).scalar()
    return None if found is None else bytes(found)


def _new_key(conn: Connection) -> bytes:
    new = insert(conn, ERASURE_KEY).values(id=1, key=secrets.token_bytes(KEY_BYTES))
    conn.execute(new.on_conflict_do_nothing())
    found = _key(conn)
    assert found is not None, "it was stored just now"
    return found


def _digest(key: bytes, identifier: str) -> bytes:
    text = identifier.encode(errors="surrogatepass")
    return hashlib.blake2b(text, key=key, digest_size=DIGEST_BYTES).digest()


def identifiers_of_members(conn: Connection, lead_ids: Sequence[str]) -> list[str]:
    """Return everything that names these leads (members)."""
    query = select(IDENTIFIER.c.value).where(is_in(IDENTIFIER.c.lead_id))
    return sorted(conn.execute(query, {"wanted": list(lead_ids)}).scalars())


def forget_leads(conn: Connection, lead_ids: Sequence[str], now: datetime) -> int:
    """Delete what these leads (members) did and what named them; return how many touches."""
    wanted = {"wanted": list(lead_ids)}
    delete_signals(conn, lead_ids)
    forget_words(conn, lead_ids)
    touches = conn.execute(delete(TOUCH).where(is_in(TOUCH.c.lead_id)), wanted).rowcount
    for table in (IDENTIFIER, CYCLE, LEAD_HISTORY):
        conn.execute(delete(table).where(is_in(table.c.lead_id)), wanted)
    for ids in chunks(list(lead_ids)):
        conn.execute(
            update(LEAD).where(LEAD.c.lead_id.in_(ids)).values(erased_at=now, facts_digest=None)
        )
        conn.execute(update(TOLD).where(TOLD.c.lead_id.in_(ids)).values(reason=None))
        merged = MERGE.c.lead_id.in_(ids) | MERGE.c.merged_lead_id.in_(ids)
        conn.execute(update(MERGE).where(merged).values(because=ERASED))
        conn.execute(
            update(BATCH_ITEM).where(BATCH_ITEM.c.lead_id.in_(ids)).values(deciding=[], why_not={})
        )
    return touches


def forget_remarks(conn: Connection, subjects: Sequence[str], kept: Collection[str]) -> None:
    """Take what people wrote out of the audit of these leads and hand-offs; the rest stays.

    Of a merge the reason names an identifier, so it goes as well.
    """
    for some in chunks(list(subjects)):
        rows = conn.execute(
            select(AUDIT.c.audit_id, AUDIT.c.detail).where(AUDIT.c.subject.in_(some))
        ).all()
        for row in rows:
            detail = {name: one for name, one in row.detail.items() if name in kept}
            one = update(AUDIT).where(AUDIT.c.audit_id == row.audit_id)
            conn.execute(one.values(detail=detail, why=""))


def forget_parked(conn: Connection, keys: Iterable[str]) -> None:
    """Delete parked events of these keys: they are about somebody who is erased."""
    for some in chunks(sorted(set(keys))):
        conn.execute(delete(CONSUMER.parked).where(CONSUMER.parked.c.key.in_(some)))


def erased_leads(conn: Connection, lead_ids: Iterable[str]) -> Mapping[str, datetime]:
    """Return those of these leads that were erased, and when."""
    query = select(LEAD.c.lead_id, LEAD.c.erased_at).where(
        is_in(LEAD.c.lead_id), LEAD.c.erased_at.is_not(None)
    )
    rows = conn.execute(query, {"wanted": sorted(set(lead_ids))})
    return {row.lead_id: row.erased_at for row in rows}
