"""What a lead wrote stays one line of text, and only a web link becomes a button."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.handoffs import SalesReady
from shared.plain_text import clean
from tests.builders import Lead, touch
from tests.unit.notify.composing import compose, text_of

EVIL = "<script>alert(1)</script> <!channel> *b* [x](http://evil) {{7*7}} {0.__class__} %s"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", ""])
def test_only_web_links_become_buttons(url):
    ready = Lead().sales_ready()
    assert isinstance(ready.data, SalesReady)
    evil = Lead().sales_ready(links=ready.data.links.model_copy(update={"console": url}))

    assert compose("new", evil, ready=evil).buttons == ()


def test_a_leads_own_text_is_never_a_phrase_a_template_or_a_second_line():
    lead = Lead(name=f"{EVIL}\r\nBcc: evil@evil.com\n\u202eesrever")
    ready = lead.sales_ready(why_now=[touch("demo.requested", EVIL + "\nsecond line")])
    message = compose("new", ready, ready=ready)
    lines = text_of(message).split("\n")

    assert message.title.startswith("Nuevo lead para ti: <script>alert(1)</script> <!channel>")
    assert any("{{7*7}} {0.__class__} %s second line" in line for line in lines)
    assert "\u202e" not in text_of(message)


@given(st.text())
def test_cleaned_text_is_one_line_of_visible_characters(text):
    cleaned = clean(text, 50)

    assert len(cleaned) <= 50
    assert "\n" not in cleaned
    assert not {unicodedata.category(char) for char in cleaned} & {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert clean(cleaned, 50) == cleaned


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("a\u202eb\u2066c\u200f", "abc", id="direction"),
        pytest.param("a\u200bb\ufeffc", "abc", id="no width"),
        pytest.param("a\x00b\x1bc\x7f", "abc", id="control"),
        pytest.param("a\u2028b\u2029c", "abc", id="separators"),
        pytest.param(" a \r\n\t b ", "a b", id="white space"),
        pytest.param("Pe\u0301rez", "Pérez", id="composed"),
        pytest.param("👩\u200d💻", "👩\u200d💻", id="joined emoji stay whole"),
        pytest.param("x" * 300, "x" * 199 + "…", id="long"),
    ],
)
def test_hostile_characters_are_removed(text, cleaned):
    assert clean(text) == cleaned
