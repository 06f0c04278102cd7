"""Files tools export, read as a stream: CSV in its dialects, and NDJSON.

A file is read twice before anything is sent: its bytes, for the digest that recognises it
and to be sure of the encoding, and its rows, to know how many there are and that no quote
swallows the rest. Memory does not grow with the file.
"""

import codecs
import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, overload

from shared.body import clean_text

Kind = Literal["csv", "ndjson"]
BLOCK = 1 << 20
SEPARATORS = (",", ";", "\t", "|")
OWN = "relevo_"
"""Columns that begin so are ours: a reject file has them, and they are not read again."""

# A label of the web's, and what files called so really hold (https://encoding.spec.whatwg.org).
REALLY = {"iso8859-1": "cp1252", "ascii": "utf-8"}
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
PACKED = ((b"PK\x03\x04", "a ZIP archive or an Excel workbook"), (b"\x1f\x8b", "packed with gzip"))
SWALLOWED = ("field larger", "unexpected end")


class Unusable(Exception):
    """A file cannot be read: a stable code, a sentence, and what to do about it."""

    def __init__(self, code: str, what: str, remedy: str = ""):
        super().__init__(what)
        self.code = code
        self.what = what
        self.remedy = remedy


class Content:
    """A file that was sent, in memory; it opens as one on a disk does."""

    def __init__(self, name: str, content: bytes):
        self.name = name
        self._content = content

    def __str__(self) -> str:
        return self.name

    @overload
    def open(self, mode: Literal["rb"]) -> io.BytesIO: ...

    @overload
    def open(self, *, encoding: str, newline: str | None = None) -> io.TextIOWrapper: ...

    def open(
        self, mode: str = "r", encoding: str | None = None, newline: str | None = None
    ) -> io.BytesIO | io.TextIOWrapper:
        """Return a stream of its bytes, or of its text."""
        stream = io.BytesIO(self._content)
        return stream if mode == "rb" else io.TextIOWrapper(stream, encoding, newline=newline)


File = Path | Content


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file. ``fault`` says why it is none, instead of ``row``."""

    line: int
    text: Sequence[str] | str
    """As it stands in the file: cells, or a line."""
    row: list[str] | dict[str, Any] | None
    fault: str = ""


@dataclass(frozen=True)
class Export:
    """A file, looked at; ``records`` reads it."""

    path: File
    kind: Kind
    encoding: str
    separator: str
    skipped: int
    """Lines before the headings."""
    headings: list[str] | None
    """Names of the columns, all different; None for NDJSON."""
    own: frozenset[int]
    """Positions of columns that are left out."""
    digest: str
    total: int = 0

    def records(self) -> Iterator[Record]:
        """Yield the rows in their order, blank ones left out. Raises ``Unusable``."""
        return self._lines() if self.headings is None else self._rows(self.headings)

    def _lines(self) -> Iterator[Record]:
        with self.path.open(encoding=self.encoding) as stream:
            for number, line in enumerate(stream, 1):
                text = line.strip()
                if text:
                    yield _object(number, text)

    def _rows(self, headings: list[str]) -> Iterator[Record]:
        with self.path.open(encoding=self.encoding, newline="") as stream:
            reader = csv.reader(stream, delimiter=self.separator, strict=True)
            for _ in range(self.skipped):
                next(stream)
            next(reader)
            while True:
                start = reader.line_num + self.skipped + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    if str(error).startswith(SWALLOWED):
                        raise _never_closed(self.path, start) from None
                    yield Record(start, (), None, f"broken quotes: {error}")
                    continue
                if not any(map(str.strip, cells)):
                    continue
                if self.own:
                    cells = [one for at, one in enumerate(cells) if at not in self.own]
                yield Record(start, cells, cells)


def open_export(
    path: File, encoding: str | None, separator: str | None, kind: Kind | None
) -> Export:
    """Look at a file: what it is, how it is written, and how many rows it has.

    Raises ``Unusable``, with what to do about it.
    """
    try:
        with path.open("rb") as stream:
            begins = stream.read(BLOCK)
        if not begins.strip():
            raise Unusable("empty", f"{path} is empty")
        for magic, what in PACKED:
            if begins.startswith(magic):
                raise Unusable("packed", f"{path} is {what}", remedy="unpack it, or save it as CSV")
        codec = _codec(begins, encoding)
        digest = _digest(path, codec, told=encoding is not None)
        return _looked_at(path, codec, digest, separator, kind)
    except OSError as error:
        raise Unusable("unreadable", f"{path}: {error.strerror}") from None


def _codec(begins: bytes, encoding: str | None) -> str:
    if encoding is None:
        return next((name for bom, name in BOMS if begins.startswith(bom)), "utf-8")
    try:
        name = codecs.lookup(encoding).name
        b"a".decode(name, "ignore")  # refuses codecs that make no text
    except LookupError:
        raise Unusable(
            "no_encoding",
            f"--encoding {encoding!r} is no encoding of text",
            remedy="usual ones: utf-8, latin-1, windows-1252, utf-16",
        ) from None
    name = REALLY.get(name, name)
    return "utf-8-sig" if name == "utf-8" else name


def _digest(path: File, codec: str, *, told: bool) -> str:
    """Return the SHA-256 of a file; be sure that it can be decoded."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder(codec)()
    lines = 1
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
            lines += _decoded(decoder.decode, block, path, lines, codec, told)
        _decoded(lambda _: decoder.decode(b"", final=True), b"", path, lines, codec, told)
    return digest.hexdigest()


def _decoded(
    decode: Callable[[bytes], str], block: bytes, path: File, lines: int, codec: str, told: bool
) -> int:
    try:
        text = decode(block)
    except UnicodeDecodeError as error:
        before = error.object[: error.start].count(b"\n")
        byte = error.object[error.start : error.start + 1]
        place = f"line {lines + before} has byte 0x{byte.hex()}"
        what = f"{path} is not {codec.removesuffix('-sig')}: {place}"
        if told:
            raise Unusable(
                "not_encoded", what, remedy="name another --encoding, or leave it out"
            ) from None
        seems = byte.decode("cp1252", "replace")
        raise Unusable(
            "not_encoded",
            f"{what}, a {seems!r} in Latin-1",
            remedy="say --encoding latin-1 (as Excel saves CSV), or save the file as UTF-8",
        ) from None
    return text.count("\n")


def _looked_at(
    path: File, codec: str, digest: str, separator: str | None, kind: Kind | None
) -> Export:
    with path.open(encoding=codec, newline="") as stream:
        first = next((line for line in stream if line.strip()), "")
    begins = first.lstrip()[:1]
    if kind is None:
        kind = "ndjson" if begins in ("{", "[") else "csv"
    if kind == "ndjson":
        if begins == "[":
            raise Unusable(
                "one_list",
                f"{path} is one JSON list, not an object in each line",
                remedy=f"make it so: jq -c '.[]' {path.name}",
            )
        export = Export(path, kind, codec, "", 0, None, frozenset(), digest)
        return _counted(export)
    skipped = 0
    if (said := first.strip().lower()).startswith("sep=") and len(said) <= 5:
        separator, skipped = separator or (first.strip()[4:] or "\t"), 1
    with path.open(encoding=codec, newline="") as stream:
        for _ in range(skipped):
            next(stream)
        try:
            found = separator or _separator(path, codec, skipped)
            cells = next(csv.reader(stream, delimiter=found, strict=True), None)
        except csv.Error as error:
            raise Unusable("headings", f"{path}: the headings cannot be read: {error}") from None
        except TypeError:
            raise Unusable("separator", "--separator is one character, or: tab") from None
    if cells is None:  # nothing but a mark of the encoding, or of the separator
        raise Unusable("empty", f"{path} is empty")
    names = _different(cells)
    own = frozenset(at for at, name in enumerate(names) if name.startswith(OWN))
    headings = [name for at, name in enumerate(names) if at not in own]
    return _counted(Export(path, kind, codec, found, skipped, headings, own, digest))


def _separator(path: File, codec: str, skipped: int) -> str:
    """Return what most often parts the headings; a comma where nothing does."""
    with path.open(encoding=codec, newline="") as stream:
        lines = [next(stream, "") for _ in range(skipped + 1)]
    bare = "".join(lines[-1].split('"')[::2])
    return max(SEPARATORS, key=bare.count)


def _different(cells: Sequence[str]) -> list[str]:
    """Return headings without a repetition and without a gap: ``Email (2)``, ``column 5``."""
    names: dict[str, None] = {}
    counts: dict[str, int] = {}  # of a name that is repeated, where the search goes on
    for at, cell in enumerate(cells, 1):
        name = plain = clean_text(cell.strip())[:190] or f"column {at}"
        while name in names:
            counts[plain] = counts.get(plain, 1) + 1
            name = f"{plain} ({counts[plain]})"
        names[name] = None
    return list(names)


def _counted(export: Export) -> Export:
    total = sum(1 for _ in export.records())
    return Export(**{**export.__dict__, "total": total})


def _object(number: int, text: str) -> Record:
    try:
        row = json.loads(text, parse_constant=_no_constant)
        if "\\u" in text:  # which alone can bring in what no encoding can write
            json.dumps(row, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        return Record(number, text, None, f"is no JSON: {error}")
    if not isinstance(row, dict):
        return Record(number, text, None, "is no JSON object")
    return Record(number, text, row)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _never_closed(path: File, line: int) -> Unusable:
    return Unusable(
        "never_closed",
        f"{path}: the quote that opens in line {line} is never closed",
        remedy="close it, or write it twice where it belongs to the text",
    )
