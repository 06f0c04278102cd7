"""Ids: new ones that sort by time, and stable ones that are the same every time."""

from datetime import datetime

from uuid_utils import UUID, uuid5, uuid7

RELEVO = UUID("6f0b5b5e-2f57-5d0e-9d0c-3c1b0b6c7a10")  # the namespace of every stable id


def new_id() -> str:
    """Return a UUIDv7: unique, and later ones sort after earlier ones."""
    return str(uuid7())


def first_id_at(moment: datetime) -> str:
    """Return the lowest id that ``new_id`` can have given at ``moment``."""
    milliseconds = f"{int(moment.timestamp() * 1000):012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}-7000-8000-000000000000"


def stable_id(*parts: str) -> str:
    """Return the UUIDv5 of ``parts``: the same parts give the same id, on any machine.

    The parts are joined with their lengths, so ``("ab", "c")`` and ``("a", "bc")`` differ.
    """
    return str(uuid5(RELEVO, "".join(f"{len(part)}:{part}" for part in parts)))
