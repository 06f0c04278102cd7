"""Which forms were taken: one sent twice, as by a double click, counts once."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete

from services.handoff.store.console_tables import TAKEN_FORM
from shared.db import insert

KEPT = timedelta(hours=24)


def take_form(conn: Connection, sent: bytes, now: datetime) -> bool:
    """Take the form ``sent``; return False when the same was taken before.

    Of two at once the second waits for the first, and goes on where that one vanishes.
    """
    digest = hashlib.sha256(sent).hexdigest()
    new = insert(conn, TAKEN_FORM).values(hash=digest, taken_at=now)
    return conn.execute(new.on_conflict_do_nothing()).rowcount == 1


def forget_forms(conn: Connection, now: datetime) -> None:
    """Delete what nobody sends again any more."""
    conn.execute(delete(TAKEN_FORM).where(TAKEN_FORM.c.taken_at < now - KEPT))
