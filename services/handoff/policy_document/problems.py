"""What is wrong with a policy file, and where."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Severity = Literal["error", "warning"]


class Place(NamedTuple):
    """A place in a file; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True, order=True)
class Problem:
    """One fault, with its place and how to mend it. Sorted as one reads the file."""

    file: str
    line: int
    column: int
    path: str
    """JSON pointer of the value, for example ``/signals/demo_request/points``."""
    code: str
    """Stable name of the kind of fault, for programs."""
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        """Return the line an editor or a terminal can jump from."""
        where = f"{self.file}:{self.line}:{self.column}"
        return f"{where}: {self.severity}: {self.message} [{self.code}]"

    def as_dict(self) -> dict[str, Any]:
        """Return the problem as JSON-ready data."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "code": self.code,
            "message": self.message,
            "severity": self.severity,
        }
