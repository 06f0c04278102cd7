"""Files that commands are given by name; ``-`` is a pipe."""

import sys
from pathlib import Path

from services.cli.failure import Failure


def read_file(file: str) -> bytes:
    """Return what a file holds. Raises ``Failure``."""
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}") from None


def read_text(file: str) -> str:
    """Return a file's text, exactly as it stands. Raises ``Failure``."""
    try:
        return read_file(file).decode()
    except UnicodeDecodeError:
        raise Failure(f"{file} is not UTF-8 text", remedy="save it as UTF-8") from None
