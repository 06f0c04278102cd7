"""The index of words leads are found by, kept in the transactions that change what it is of.

A row says of a member (see ``LEAD``) that it has a word, which lead it is part of, and when
that began, so that a page of what was found is a range of one index, however many leads
there are that have the word. A merge and its undoing move the rows.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    PrimaryKeyConstraint,
    Table,
    Text,
    delete,
    update,
)

from services.handoff.domain.search_words import said_of, words_of, words_of_identifiers
from services.handoff.store.catalogue import TABLES
from shared.bulk import bulk_insert, is_in
from shared.db import UtcDateTime, id_column

if TYPE_CHECKING:
    from services.handoff.store.leads import Member

LAST = "\U0010ffff"  # sorts behind whatever goes on

LEAD_WORD = Table(
    "lead_word",
    TABLES,
    # In the order of its bytes, so that the index finds beginnings.
    Column("word", Text().with_variant(Text(collation="C"), "postgresql"), nullable=False),
    id_column("lead_id", nullable=False),  # the root
    Column("created_at", UtcDateTime, nullable=False),  # of the root
    id_column("member_id", nullable=False, index=True),
    PrimaryKeyConstraint("word", "lead_id", "created_at", "member_id"),
    sqlite_with_rowid=False,
)
COLUMNS = ("word", "lead_id", "created_at", "member_id")


def begins(text: str) -> ColumnElement[bool]:
    """Return whether a word begins with ``text``."""
    return (LEAD_WORD.c.word >= text) & (LEAD_WORD.c.word < text + LAST)


def keep_words(conn: Connection, members: Mapping[str, "Member"]) -> None:
    """Let the words follow what changed of these leads; their roots are among them."""
    rows: list[tuple[Any, ...]] = []
    for one in members.values():
        if not (one.is_new or one.is_changed or one.root_id != one.before.root_id):
            continue
        created_at = members[one.root_id].created_at
        if one.root_id != one.before.root_id:
            moved = update(LEAD_WORD).where(LEAD_WORD.c.member_id == one.lead_id)
            conn.execute(moved.values(lead_id=one.root_id, created_at=created_at))
        new = words_of_identifiers(one.claimed)
        if said_of(one.facts) != said_of(one.before.facts):
            old, now = words_of(one.before.facts), words_of(one.facts)
            new |= now - old
            if gone := old - now:
                of_member = LEAD_WORD.c.member_id == one.lead_id
                conn.execute(delete(LEAD_WORD).where(of_member, LEAD_WORD.c.word.in_(gone)))
        rows += ((word, one.root_id, created_at, one.lead_id) for word in sorted(new))
    bulk_insert(conn, LEAD_WORD, COLUMNS, rows)


def forget_words(conn: Connection, member_ids: Collection[str]) -> None:
    """Delete the words of these leads (members)."""
    query = delete(LEAD_WORD).where(is_in(LEAD_WORD.c.member_id))
    conn.execute(query, {"wanted": sorted(member_ids)})
