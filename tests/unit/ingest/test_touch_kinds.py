import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.touch_kinds import KINDS, UNKNOWN, fold_name, kind_of

PAGE = Path(__file__).parents[3] / "docs" / "touch-kinds.md"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Guide Downloaded", "content.downloaded"),
        ("guide_downloaded", "content.downloaded"),
        ("guideDownloaded", "content.downloaded"),
        ("GUIDE-DOWNLOADED", "content.downloaded"),
        ("Guía descargada", "content.downloaded"),
        ("content.downloaded", "content.downloaded"),
        ("Solicitud de demo", "demo.requested"),
        ("Reunión agendada", "meeting.booked"),
        ("com.example.lead.email.clicked", "email.clicked"),
        ("com.acme.demo.requested.v2", "demo.requested"),
        ("com.acme.sauna.heated", UNKNOWN),
        ("Sauna Heated", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_tools_call_one_thing_by_many_names(name, kind):
    assert kind_of(name, {}) == kind


def test_a_sources_own_table_comes_before_the_built_in_one():
    own = {fold_name("Guide Downloaded"): "pricing.viewed", fold_name("Sauna"): "event.attended"}

    assert kind_of("guide_downloaded", own) == "pricing.viewed"
    assert kind_of("SAUNA", own) == "event.attended"


def test_every_kind_is_a_noun_and_a_past_verb():
    assert [
        kind for kind in KINDS if kind != UNKNOWN and not re.fullmatch(r"[a-z]+\.[a-z]+", kind)
    ] == []


def test_names_are_written_folded_and_mean_one_kind():
    names = [name for _, names in KINDS.values() for name in names]

    assert [name for name in names if fold_name(name) != name] == []
    assert len(names) == len(set(names))
    for kind, (_, meant) in KINDS.items():
        assert {kind_of(name, {}) for name in meant} <= {kind}


@given(st.text())
def test_any_name_has_a_kind(name):
    assert kind_of(name, {}) in KINDS


def test_the_page_and_the_code_agree():
    catalogue = PAGE.read_text().partition("## The catalogue")[2]
    rows = re.findall(r"^\| `([^`]+)` \| (.*?) \| (.*?) \|$", catalogue, re.MULTILINE)

    documented = {kind: (meaning, names) for kind, meaning, names in rows}
    assert documented == {
        kind: (meaning, ", ".join(names) or "–") for kind, (meaning, names) in KINDS.items()
    }
