"""What can go wrong in a database, and whether it can go right later."""

import sqlite3

from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError

SERIALISATION_FAILURE, DEADLOCK = "40001", "40P01"
LOCK_NOT_AVAILABLE, PROTOCOL_VIOLATION = "55P03", "08P01"

# Primary result codes that say something about the file or the machine, not the statement.
SQLITE_TRANSIENT = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)

# OSErrors that are no connection's: a handler looked for a file that is not there.
FILE_ERRORS = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)


class RunAgain(Exception):
    """The transaction met another one and must run from its start: {0}."""


class NotDurable(Exception):
    """The database is set up so that a committed transaction can be lost in a crash."""


class DiskFailed(Exception):
    """The disk refused a write: nobody knows what it holds, only a restart tells."""


def is_disk_failure(error: DBAPIError) -> bool:
    """Return whether SQLite could not write or sync its file (a full disk is another thing)."""
    code = getattr(error.orig, "sqlite_errorcode", 0)
    return (code & 0xFF) == sqlite3.SQLITE_IOERR


def sqlstate(error: DBAPIError) -> str | None:
    """Return PostgreSQL's error code; None for SQLite's errors."""
    return getattr(error.orig, "sqlstate", None)


def must_run_again(error: Exception) -> bool:
    """Return whether the transaction was rolled back only because it met something else.

    A deadlock, a serialisation failure, or a statement prepared before a migration changed
    its table; or the transaction itself says so by ``RunAgain``.
    """
    if isinstance(error, RunAgain):
        return True
    if not isinstance(error, DBAPIError):
        return False
    is_outdated = type(error.orig).__name__ == "InvalidCachedStatementError"
    return is_outdated or sqlstate(error) in {SERIALISATION_FAILURE, DEADLOCK}


def is_transient(error: Exception) -> bool:
    """Return whether the same transaction can succeed later: the database was away or busy."""
    if isinstance(error, FILE_ERRORS):
        return False
    if isinstance(error, OSError | exc.TimeoutError) or must_run_again(error):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or isinstance(error, exc.InterfaceError):
        return True
    if isinstance(error.orig, sqlite3.Error):
        return (getattr(error.orig, "sqlite_errorcode", 0) & 0xFF) in SQLITE_TRANSIENT
    state = sqlstate(error) or ""
    if state in {LOCK_NOT_AVAILABLE, PROTOCOL_VIOLATION}:
        return state == LOCK_NOT_AVAILABLE
    # 08: connection; 40: rolled back by the server; 53: out of resources; 57P: shutting down
    return state.startswith(("08", "40", "53", "57P"))


def describe(error: DBAPIError) -> str:
    """Return the kind of ``error`` without the values involved: they may be personal data."""
    cause = getattr(error.orig, "__cause__", None) or error.orig
    state = sqlstate(error) or getattr(cause, "sqlite_errorname", None)
    return f"{type(cause).__name__} ({state})" if state else type(cause).__name__
