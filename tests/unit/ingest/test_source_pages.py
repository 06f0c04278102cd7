"""The pages about sources say what the code does."""

import json
import re
from pathlib import Path

import pytest

from services.ingest.domain.incoming import Unreadable
from services.ingest.vendors import VENDORS, plain
from services.ingest.vendors.generic import GenericOptions
from shared.contracts.touches import TouchRecorded
from tests.contract.vendors.case import CASES, NOON, Case
from tests.contract.vendors.sending import read, waiting

PAGES = Path(__file__).parents[3] / "docs" / "sources"
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAMES = {
    "the event": plain.EVENT,
    "its id": plain.EVENT_ID,
    "when": plain.TIME,
    "e-mail": plain.EMAIL,
    "your id of the person": plain.USER_ID,
    "a browser": plain.ANONYMOUS_ID,
    "the person": plain.PERSON,
    "the company": plain.ACCOUNT,
    "properties": plain.PROPERTIES,
}


TOLD = {"who the lead is": None, "nothing": "nothing"}
WITH_TABLES = [pytest.param(case, id=case.vendor) for case in CASES.values() if case.names]
WITH_MARKS = [pytest.param(case, id=case.vendor) for case in CASES.values() if case.marks]


def section(vendor: str, title: str) -> str:
    """Return one section of a vendor's page."""
    text = (PAGES / f"{vendor}.md").read_text()
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def what_is_told(case: Case, body: bytes) -> TouchRecorded | str | None:
    """Return the touch a body tells; None: who the lead is; ``nothing``: not even that."""
    found = read(waiting(case.call("web", body), case.vendor, NOON), case.proofs[0].options)
    if not found:
        return "nothing"
    [one] = found
    assert not isinstance(one, Unreadable), one.message
    data = one[1].data
    return data if isinstance(data, TouchRecorded) else None


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_vendor_has_a_page(vendor):
    text = (PAGES / f"{vendor}.md").read_text()

    assert f"--vendor {vendor}" in text


@pytest.mark.parametrize("case", WITH_TABLES)
def test_a_page_says_what_each_event_becomes(case):
    """Each row of the table is tried, and each name the adapter knows has a row."""
    assert case.named is not None
    told: dict[str, str | None] = {}
    for names, cell in ROW.findall(section(case.vendor, "Events")):
        kind = TOLD[cell] if cell in TOLD else cell.strip("`")
        told |= dict.fromkeys(re.findall(r"`([\w.]+)`", names), kind)

    assert set(told) == case.names
    for name, kind in told.items():
        found = what_is_told(case, case.named(name))
        assert (found.touch if isinstance(found, TouchRecorded) else found) == kind, name


@pytest.mark.parametrize("case", WITH_MARKS)
def test_a_page_says_how_machines_are_marked(case):
    rows = ROW.findall(section(case.vendor, "Machines"))
    told = {mark.strip("`"): made_by for mark, made_by in rows if mark.startswith("`")}

    assert set(told) == set(case.marks)
    for mark, body in case.marks.items():
        found = what_is_told(case, body)
        assert isinstance(found, TouchRecorded)
        assert (found.made_by, found.made_by_reason) == (told[mark], "vendor_flag"), mark


@pytest.mark.parametrize("case", WITH_TABLES)
def test_a_page_says_how_to_connect_and_what_is_answered(case):
    text = (PAGES / f"{case.vendor}.md").read_text()
    answers = " ".join(section(case.vendor, "Answers").split())
    windows = {proof.window.total_seconds() for proof in case.proofs if proof.window is not None}

    assert "https://relevo.example.com/hooks/" in text
    assert "›" in section(case.vendor, "Connect")
    for status in (case.answered, 401, case.adapter.busy_status):
        assert f"`{status}`" in answers
    for seconds in windows:
        told = f"{seconds / 60:g} minutes" if seconds < 3600 else f"{seconds / 3600:g} hours"
        assert told in answers
    for option in case.adapter.options_model.model_fields:
        assert re.search(rf"[`\"]{option}[`\"]", text), option


@pytest.mark.parametrize("what", NAMES)
def test_the_usual_names_are_all_told(what):
    text = (PAGES / "generic.md").read_text().partition("## What is found without a mapping")[2]
    told = {name: re.findall(r"`([a-z_]+)`", cell) for name, cell in ROW.findall(text)}

    assert tuple(told[what]) == NAMES[what]


def test_the_options_on_the_page_are_options():
    text = (PAGES / "generic.md").read_text()
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
    options = [block for block in blocks if block.keys() <= GenericOptions.model_fields.keys()]

    assert len(options) == 2
    for one in options:
        GenericOptions.model_validate(one)


def test_every_path_of_a_mapping_is_explained():
    text = (PAGES / "generic.md").read_text().partition("## A mapping")[2]
    told = {name for cell, _ in ROW.findall(text) for name in re.findall(r"`([a-z_]+)`", cell)}

    assert told == set(GenericOptions.model_fields["mapping"].annotation.model_fields)  # type: ignore[union-attr]
