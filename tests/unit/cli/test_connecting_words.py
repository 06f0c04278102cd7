"""What connecting a tool says is said in both languages, and for every reason there is."""

import re
import string

import pytest

from services.cli.connecting_words import sentences
from services.ingest.http.models import RefusalShown


@pytest.mark.parametrize("name", sentences())
def test_both_languages_fill_in_the_same(name):
    words = sentences()[name]
    places = [
        {place for _, place, _, _ in string.Formatter().parse(text) if place}
        for text in (words["en"], words["es"])
    ]

    assert set(words) == {"en", "es"}
    assert words["en"] != words["es"]
    assert places[0] == places[1]


def test_every_reason_of_a_refusal_has_its_sentence():
    described = RefusalShown.model_fields["reason"].description or ""

    reasons = re.findall(r"`([a-z_]+)`", described)

    assert len(reasons) == 13
    assert [reason for reason in reasons if reason not in sentences()] == []
