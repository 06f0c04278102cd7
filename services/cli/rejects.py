"""What could not be taken of a file: told with its lines, and written where it can be mended."""

import csv
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from services.cli.failure import Failure
from services.cli.output import note
from shared.exports import OWN, Export, Record

MOST_TOLD = 20


class Rejects:
    """Counts rejected rows, tells the first of them, and writes all of them to a file if asked.

    A CSV file gets two columns more, which say line and reason; an import leaves them out,
    so the mended file can be imported as it is.
    """

    def __init__(self, export: Export, path: Path | None):
        if path and isinstance(export.path, Path) and path.resolve() == export.path.resolve():
            raise Failure("--rejects is the file that is read", remedy="name another one")
        self.count = 0
        self.told: list[dict[str, Any]] = []
        self._export = export
        self._path = path
        self._file: IO[str] | None = None
        self._writer: Any = None

    @property
    def is_written(self) -> bool:
        """Whether all of them are written to a file."""
        return self._path is not None

    def __enter__(self) -> Self:
        if self._path is None:
            return self
        try:
            # With the mark at its beginning a spreadsheet reads it as UTF-8.
            encoding = "utf-8" if self._export.headings is None else "utf-8-sig"
            self._file = self._path.open("w", encoding=encoding, newline="")
        except OSError as error:
            raise Failure(f"--rejects: {error.strerror}: {self._path}") from None
        if self._export.headings is not None:
            self._writer = csv.writer(self._file, delimiter=self._export.separator)
            self._writer.writerow([*self._export.headings, f"{OWN}line", f"{OWN}error"])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, record: Record, column: str, code: str, message: str) -> None:
        """Note that a row was rejected."""
        self.count += 1
        fault = {"line": record.line, "column": column, "code": code, "message": message}
        if len(self.told) < MOST_TOLD:
            self.told.append(fault)
        if self._writer is not None:
            cells = list(record.text)
            width = len(self._export.headings or ())
            cells += [""] * (width - len(cells))
            self._writer.writerow([*cells[:width], record.line, sentence(fault, line=False)])
        elif self._file is not None:
            self._file.write(f"{record.text}\n")

    def tell(self) -> None:
        """Tell the person what was rejected, and why."""
        for fault in self.told:
            note(f"  {sentence(fault)}")
        if self.count > len(self.told):
            rest = self.count - len(self.told)
            where = f"all of them are in {self._path}" if self._path else "write them: --rejects"
            note(f"  … and {rest} more; {where}")


def sentence(fault: dict[str, Any], *, line: bool = True) -> str:
    """Return one fault as it is told."""
    where = f"line {fault['line']}: " if line else ""
    column = f"{fault['column']!r} " if fault["column"] else ""
    return f"{where}{column}{fault['message']} [{fault['code']}]"
