"""API keys and what they allow.

A key is ``rlv_`` + 32 random bytes + a checksum, so that a malformed one costs no look-up.
Only its hash is stored. Handoff owns the keys; the other services keep a copy, and each
process a ring of them in memory, read anew every two seconds: a revoked key is dead
everywhere within five.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

import structlog
from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, select

from shared.contracts.directory import KeyChanged, Role
from shared.db import Database, Json, UtcDateTime, after_commit, id_column, insert
from shared.wakeup import Wakeup

log = structlog.get_logger(__name__)

PREFIX = "rlv_"
SHAPE = re.compile(r"rlv_([A-Za-z0-9_-]{43})([0-9a-f]{8})")
REFRESH_S = 2.0

# Every permission a route can ask for, and what it lets a key do.
SCOPES: dict[str, str] = {
    "sources:read": "see sources, their ledger, who made their touches, and the touch-kind tables",
    "sources:write": "make, change and rotate sources",
    "receipts:read": "see receipts, parked ones too",
    "receipts:write": "import exported activity, mend parked receipts, judge touches again",
    "leads:read": "see leads, timelines and evaluations",
    "leads:write": "merge, unmerge, change leads, write down consent, settle requests of sales",
    "leads:erase": "erase a person everywhere, for good",
    "leads:override": "hand leads over by hand, hold them back, take back what a verdict caused",
    "handoffs:read": "see hand-offs",
    "handoffs:write": "answer, report, assign",
    "scoreboard:read": "see the shared numbers; a rep's key those of the rep's teams",
    "policies:read": "see policies, try-outs, and try a policy on a lead",
    "policies:write": "draft policies, try them on history",
    "policies:sign": "sign policies, as the key's person",
    "policies:activate": "put policies in force, now or at a date",
    "lists:write": "make and change the lists that policies name",
    "people:read": "see people, teams, territories and calendars",
    "people:write": "change people, teams, territories and calendars",
    "hours:write": "see and enter the hours and leave of the key's person",
    "keys:write": "make and revoke API keys",
    "subscriptions:read": "see subscriptions and deliveries",
    "subscriptions:write": "make, change, rotate and replay subscriptions",
    "feed:read": "read the event feed",
    "inbox:read": "read the notifications of the key's person",
    "operations:read": "see parked events, leaks and the audit",
    "operations:write": "retry parked events, count the scoreboard again",
}

ADMIN = "admin"  # the scope that stands for all of them

_REP = frozenset(
    {
        *("leads:read", "handoffs:read", "handoffs:write", "policies:read"),
        *("scoreboard:read", "inbox:read", "hours:write"),
    }
)
_AGREES = frozenset({"policies:write", "policies:activate"})  # the signatures are the guard
_SCOPE = frozenset({"lists:write", "leads:override"})
_MARKETING = (
    _AGREES
    | _SCOPE
    | (
        {"sources:read", "sources:write", "receipts:read", "receipts:write"}
        | {"leads:read", "leads:write", "handoffs:read", "policies:read", "scoreboard:read"}
        | {"people:read", "feed:read", "inbox:read", "hours:write"}
    )
)
_SALES = _AGREES | _SCOPE | _REP | {"leads:write", "people:read", "subscriptions:read", "feed:read"}

# What each role's work needs. A key that acts for a person gets this at most.
ROLES: dict[Role, frozenset[str]] = {
    "rep": _REP,
    "marketing": _MARKETING | {"policies:sign"},
    "sales": _SALES | {"policies:sign"},
    "manager": _SALES | {"people:write", "subscriptions:write", "operations:read"},
    "admin": frozenset({*SCOPES, ADMIN}),
}


def scopes_of(roles: Iterable[Role]) -> frozenset[str]:
    """Return what somebody with these roles may do."""
    return frozenset[str]().union(*(ROLES[role] for role in roles))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: a key, and the person it acts for, if any."""

    key_id: str
    name: str
    scopes: frozenset[str]
    person_id: str | None = None

    def may(self, scope: str) -> bool:
        return ADMIN in self.scopes or scope in self.scopes


def new_key() -> str:
    """Return a fresh key. It is shown once; keep ``hash_key`` of it."""
    secret = secrets.token_urlsafe(32)
    return f"{PREFIX}{secret}{_checksum(secret)}"


def hash_key(key: str) -> str:
    """Return what is stored of a key: 256 random bits need no salt."""
    return hashlib.sha256(key.encode()).hexdigest()


def is_well_formed(key: str) -> bool:
    """Return whether ``key`` can be a key at all: shape and checksum."""
    match = SHAPE.fullmatch(key)
    return match is not None and hmac.compare_digest(_checksum(match[1]), match[2])


def _checksum(secret: str) -> str:
    return f"{crc32(secret.encode()):08x}"


def key_table(metadata: MetaData) -> Table:
    """Add the API keys, or their copy, to a service's tables."""
    return Table(
        "api_key",
        metadata,
        id_column("key_id", primary_key=True),
        Column("revision", BigInteger, nullable=False),
        Column("hash", Text, nullable=False, unique=True),
        Column("name", Text, nullable=False),
        Column("scopes", Json, nullable=False),
        id_column("person_id"),
        Column("revoked_at", UtcDateTime),
    )


def save_key(conn: Connection, table: Table, key: KeyChanged) -> None:
    """Keep the newest revision of ``key``."""
    values = key.model_dump(exclude={"key_id"})
    statement = insert(conn, table).values(key_id=key.key_id, **values)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["key_id"], set_=values, where=table.c.revision < key.revision
        )
    )


class KeyRing:
    """The keys one service accepts, in memory."""

    def __init__(self, db: Database, table: Table, admin_key: str | None):
        self._db = db
        self._table = table
        self._admin_hash = hash_key(admin_key) if admin_key else None
        self._callers: dict[str, Caller] = {}
        self._wakeup = Wakeup()

    def find(self, key: str) -> Caller | None:
        """Return who calls with ``key``; None when it is no key of ours, or revoked."""
        digest = hash_key(key)
        if self._admin_hash is not None and hmac.compare_digest(digest, self._admin_hash):
            return Caller(key_id="admin", name="admin", scopes=frozenset({ADMIN}))
        return self._callers.get(digest) if is_well_formed(key) else None

    def changes_with(self, conn: Connection) -> None:
        """Read the keys again at once when this transaction commits: it changes some."""
        after_commit(conn, self._wakeup.set)

    async def refresh(self) -> None:
        """Read the keys again."""
        self._callers = await self._db.read(self._read)

    def _read(self, conn: Connection) -> dict[str, Caller]:
        table = self._table
        rows = conn.execute(select(table).where(table.c.revoked_at.is_(None)))
        return {
            row.hash: Caller(row.key_id, row.name, frozenset(row.scopes), row.person_id)
            for row in rows
        }

    async def run(self) -> None:
        """Refresh for ever. Ends by cancellation."""
        while True:
            await self._wakeup.wait(REFRESH_S)
            await self.refresh()
