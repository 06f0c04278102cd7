"""Exported files as people have them: their encodings, separators, quotes and mistakes."""

import csv
import re

import pytest

from services.cli.columns import columns_of
from services.cli.exports import open_export
from services.cli.failure import Failure
from services.cli.rejects import Rejects
from shared.exports import Record

TEXT = "Correo;Evento;Año\nana@acme.com;Guía descargada;2024\n"
ROW = ["ana@acme.com", "Guía descargada", "2024"]


@pytest.fixture
def file(tmp_path):
    def write(content, name="export.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def look(path, encoding=None, separator=None, kind=None):
    return open_export(path, encoding, separator, kind)


def rows(export):
    return [record.row for record in export.records()]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(TEXT.encode(), None, id="UTF-8"),
        pytest.param(TEXT.encode("utf-8-sig"), None, id="UTF-8 with its mark"),
        pytest.param(TEXT.encode("utf-8-sig"), "utf-8", id="told, and with its mark"),
        pytest.param(TEXT.encode("utf-16"), None, id="UTF-16, as Excel's Unicode text"),
        pytest.param(TEXT.encode("latin-1"), "latin-1", id="Latin-1, told"),
        pytest.param(TEXT.encode("cp1252"), "windows-1252", id="Windows, told"),
    ],
)
def test_encodings_are_recognised_or_told(file, content, told):
    export = look(file(content), told)

    assert export.headings == ["Correo", "Evento", "Año"]
    assert rows(export) == [ROW]


def test_latin_1_that_nobody_told_of_is_an_error_that_says_how(file):
    content = ("Correo;Evento\n" + "ana@acme.com;Visita\n" * 3 + "leo@acme.com;Guía\n").encode(
        "latin-1"
    )

    with pytest.raises(Failure) as failure:
        look(file(content))

    assert "line 5 has byte 0xed, a 'í' in Latin-1" in failure.value.what
    assert "--encoding latin-1" in failure.value.remedy


def test_the_line_of_a_broken_byte_is_right_beyond_one_block(file):
    content = b"a;b\n" + b"x;y\n" * 400_000 + b"\xff;y\n"

    with pytest.raises(Failure, match="line 400002 has byte 0xff"):
        look(file(content))


@pytest.mark.parametrize(
    ("encoding", "remedy"),
    [
        pytest.param("utf-8", "another --encoding", id="told wrongly"),
        pytest.param("klingon", "usual ones", id="unknown"),
        pytest.param("base64", "usual ones", id="no encoding of text"),
    ],
)
def test_a_wrong_encoding_is_told(file, encoding, remedy):
    with pytest.raises(Failure) as failure:
        look(file(TEXT.encode("latin-1")), encoding)

    assert remedy in failure.value.remedy


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_what_parts_the_headings(file, separator):
    text = f'Email{separator}"Event, that; was"{separator}Date\na@b.com{separator}x{separator}y\n'

    export = look(file(text))

    assert export.headings == ["Email", "Event, that; was", "Date"]
    assert rows(export) == [["a@b.com", "x", "y"]]


def test_the_line_excel_writes_for_itself_says_the_separator(file):
    export = look(file("sep=;\na;b\n1;2\n"))

    assert (export.headings, rows(export)) == (["a", "b"], [["1", "2"]])
    assert [record.line for record in export.records()] == [3]


def test_cells_may_hold_quotes_separators_and_lines(file):
    export = look(file('a,b\n"x, ""y""\nz",2\n3,4\n'))

    assert rows(export) == [['x, "y"\nz', "2"], ["3", "4"]]
    assert [record.line for record in export.records()] == [2, 4]


def test_blank_rows_are_no_rows(file):
    export = look(file("a;b\n\n1;2\n;\n ; \n3;4\n\n"))

    assert (rows(export), export.total) == ([["1", "2"], ["3", "4"]], 2)


def test_a_row_with_broken_quotes_is_one_bad_row(file):
    export = look(file('a,b\n1,2\n"x" y,2\n3,4\n'))

    bad = [record for record in export.records() if record.row is None]
    assert [record.line for record in bad] == [3]
    assert (export.total, rows(export)[-1]) == (3, ["3", "4"])


@pytest.mark.parametrize("rest", [3, 20_000], ids=["a short file", "a long one"])
def test_a_quote_that_is_never_closed_is_told_before_anything_is_sent(file, rest):
    with pytest.raises(Failure, match="the quote that opens in line 3 is never closed"):
        look(file('a,b\n1,2\n"x,2\n' + "3,4 and more\n" * rest))


def test_thousands_of_columns_of_one_name_are_told_apart_soon(file):
    export = look(file(b",".join([b"x"] * 20_000) + b"\n"))

    assert export.headings is not None
    assert export.headings[-1] == "x (20000)"


def test_headings_are_made_different_and_none_is_empty(file):
    export = look(file("Email,,Email,Date\n1,2,3,4\n"))

    assert export.headings == ["Email", "column 2", "Email (2)", "Date"]


def test_what_no_encoding_can_write_is_a_fault_of_its_row_alone(file):
    export = look(file('{"a": "\\ud800"}\n{"a": "\\ud83d\\ude00"}\n', "x.ndjson"))

    assert rows(export) == [None, {"a": "😀"}]


def test_an_object_in_each_line_is_read_as_such(file):
    export = look(file('{"a": 1}\n\n[2]\nnope\n{"a": NaN}\n{"a": {"b": 3}}\n', "x.ndjson"))

    assert export.headings is None
    assert rows(export) == [{"a": 1}, None, None, None, {"a": {"b": 3}}]
    assert [record.line for record in export.records()] == [1, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "is empty", id="nothing in it"),
        pytest.param(b"\n \n", "is empty", id="blanks"),
        pytest.param(b"\xff\xfe", "is empty", id="a mark of its encoding"),
        pytest.param(b"sep=;\n", "is empty", id="a mark of its separator"),
        pytest.param(b'[{"a": 1}]', "one JSON list", id="a list"),
        pytest.param(b"PK\x03\x04...", "Excel workbook", id="a workbook"),
        pytest.param(b"\x1f\x8b...", "gzip", id="packed"),
    ],
)
def test_other_files_are_refused_with_the_reason(file, content, told):
    with pytest.raises(Failure, match=re.escape(told)):
        look(file(content))


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(Failure, match="No such file"):
        look(tmp_path / "nothing.csv")


def test_the_same_bytes_have_the_same_digest_and_others_another(file):
    digests = {look(file(text, name)).digest for name, text in (("a", TEXT), ("b", TEXT))}

    assert len(digests) == 1
    assert look(file(TEXT + "x;y;z\n")).digest not in digests


def test_rejects_can_be_mended_and_imported_as_they_are(file, tmp_path):
    export = look(file('a;b\n1;"x;y"\n3;4\n'))
    first, second = export.records()
    path = tmp_path / "rejects.csv"
    with Rejects(export, path) as rejects:
        rejects.add(first, "b", "no_time", "is no date")
        rejects.add(second, "", "unreadable", "broken")

    again = look(path)

    assert again.headings == ["a", "b"]
    assert rows(again) == [["1", "x;y"], ["3", "4"]]
    with path.open(encoding="utf-8-sig") as stream:
        written = list(csv.reader(stream, delimiter=";"))
    assert written[0][2:] == ["relevo_line", "relevo_error"]
    assert written[1][2:] == ["2", "'b' is no date [no_time]"]


def test_rejects_never_overwrite_the_file_itself(file):
    export = look(file(TEXT))

    with pytest.raises(Failure, match="is the file that is read"):
        Rejects(export, export.path)


def test_lines_of_rejects_stay_as_they_were(file, tmp_path):
    export = look(file('{"a": 1}\nnope\n', "x.ndjson"))
    with Rejects(export, tmp_path / "bad") as rejects:
        rejects.add(Record(2, "nope", None, "is no JSON"), "", "unreadable", "is no JSON")

    assert (tmp_path / "bad").read_text() == "nope\n"


def test_columns_are_said_in_pairs():
    assert columns_of(["time=Fecha", "event==Alta", "lead.title=Cargo"]) == {
        "time": "Fecha",
        "event": "=Alta",
        "lead": {"title": "Cargo"},
    }


@pytest.mark.parametrize("pair", ["time", "time=", "when=Fecha", "lead=x", "event.x=y"])
def test_a_pair_that_is_none_is_refused(pair):
    with pytest.raises(Failure, match="--column"):
        columns_of([pair])
