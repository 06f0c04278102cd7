"""The guides to connecting a tool hold together, in both languages."""

import re

import pytest

from services.ingest.vendors import VENDORS
from services.ingest.vendors.connecting import DIRECTORY, Way, guide_to

PLACE = re.compile(r"<[a-z]+>")
KNOWN = {"<url>", "<address>", "<base>", "<token>", "<secret>"}
WAYS = [
    pytest.param(vendor, way, id=f"{vendor} {way.id}")
    for vendor in VENDORS
    for way in guide_to(vendor).ways
]


def test_every_vendor_has_a_guide_and_every_guide_a_vendor():
    assert {path.stem for path in DIRECTORY.glob("*.toml")} == set(VENDORS)


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_ways_of_a_tool_are_told_apart(vendor):
    ways = guide_to(vendor).ways

    assert len({way.id for way in ways}) == len(ways)
    assert len({way.label.en for way in ways}) == len({way.label.es for way in ways}) == len(ways)


@pytest.mark.parametrize(("vendor", "way"), WAYS)
def test_both_languages_say_the_same_steps(vendor: str, way: Way):
    assert len(way.steps.en) == len(way.steps.es)
    for english, spanish in zip(way.steps.en, way.steps.es, strict=True):
        assert PLACE.findall(english) == PLACE.findall(spanish)
    assert set(PLACE.findall(" ".join(way.steps.en))) <= KNOWN


@pytest.mark.parametrize(("vendor", "way"), WAYS)
def test_the_steps_say_where_address_and_credential_belong(vendor: str, way: Way):
    adapter, told = VENDORS[vendor], " ".join(way.steps.en)
    credential = adapter.credential(adapter.options_model.model_validate(way.options))

    assert any(place in told for place in ("<url>", "<address>", "<base>"))
    assert (way.secret is not None) == (credential == "secret")
    assert (way.ask is not None) == (way.secret == "tool")
    if credential == "token":
        assert "<token>" in told or "<address>" in told
        assert "<secret>" not in told
    else:
        assert ("<secret>" in told) == (way.secret == "relevo")
        assert "<token>" not in told


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_way_nobody_chose_needs_no_options(vendor):
    """The source is then made as the vendor's own defaults say."""
    assert guide_to(vendor).ways[0].options == {}
