"""CSV for spreadsheets: what leads call themselves is never calculated."""

import csv
import io

import pytest

from shared.spreadsheet import csv_lines


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_text_that_starts_a_formula_gets_an_apostrophe(start):
    ((cell,),) = csv.reader(io.StringIO(csv_lines([[f"{start}1+1"]]), newline=""))

    assert cell == f"'{start}1+1"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        pytest.param(None, "", id="nothing"),
        pytest.param("", "", id="no text"),
        pytest.param(-12.5, "-12.5", id="a number below zero stays a number"),
        pytest.param(0, "0", id="zero"),
        pytest.param("a=b", "a=b", id="a sign inside"),
        pytest.param('Ana "La Jefa", S.L.\nSevilla', 'Ana "La Jefa", S.L.\nSevilla', id="marks"),
    ],
)
def test_other_cells_come_back_as_they_were(cell, written):
    ((back, last),) = csv.reader(io.StringIO(csv_lines([[cell, "x"]]), newline=""))

    assert (back, last) == (written, "x")
