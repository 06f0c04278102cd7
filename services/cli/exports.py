"""Exported files on this machine, with what a command says of those it cannot read."""

from pathlib import Path

from services.cli.failure import Failure
from shared import exports
from shared.exports import Export, Kind, Unusable


def open_export(
    path: Path, encoding: str | None, separator: str | None, kind: Kind | None
) -> Export:
    """Look at a file: what it is, how it is written, and how many rows it has.

    Raises ``Failure``, with what to do about it.
    """
    try:
        return exports.open_export(path, encoding, separator, kind)
    except Unusable as fault:
        raise Failure(fault.what, remedy=fault.remedy) from None
