"""Numbers, lists and quotations as a language writes them, and nothing that hides."""

from datetime import timedelta

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from services.handoff.texts import LANGUAGES, as_markdown, tell
from services.handoff.texts.tongue import Tongue
from tests.unit.handoff.whole_policies import titles
from tests.unit.handoff.written import policy_of


@pytest.mark.parametrize(
    ("number", "english", "spanish"),
    [
        pytest.param(7, "7", "7", id="small"),
        pytest.param(-2.5, "-2.5", "-2,5", id="below zero"),
        pytest.param(1234, "1,234", "1234", id="four digits"),
        pytest.param(12345.25, "12,345.25", "12.345,25", id="five digits and decimals"),
        pytest.param(1e-7, "0.0000001", "0,0000001", id="very small"),
        pytest.param(1e15, "1,000,000,000,000,000", "1.000.000.000.000.000", id="very large"),
    ],
)
def test_numbers_are_written_as_the_language_does(number, english, spanish):
    assert (Tongue("en").number(number), Tongue("es").number(number)) == (english, spanish)


@pytest.mark.parametrize(
    ("duration", "english", "spanish"),
    [
        pytest.param(timedelta(seconds=1), "1 second", "1 segundo", id="a second"),
        pytest.param(timedelta(seconds=90), "90 seconds", "90 segundos", id="no whole minutes"),
        pytest.param(timedelta(minutes=90), "90 minutes", "90 minutos", id="no whole hours"),
        pytest.param(timedelta(hours=24), "1 day", "1 día", id="24 hours are a day"),
        pytest.param(timedelta(days=3650), "3,650 days", "3650 días", id="ten years"),
    ],
)
def test_lengths_of_time_have_the_largest_unit_that_fits(duration, english, spanish):
    assert (Tongue("en").duration(duration), Tongue("es").duration(duration)) == (english, spanish)


@pytest.mark.parametrize(
    ("items", "conjunction", "said"),
    [
        pytest.param(["a"], "both", "a", id="one"),
        pytest.param(["a", "b"], "both", "a y b", id="two"),
        pytest.param(["a", "b", "c"], "either", "a, b o c", id="three"),
        pytest.param(["a", "«Interés»"], "both", "a e «Interés»", id="e before i"),
        pytest.param(["a", "índice"], "both", "a e índice", id="e before an accented i"),
        pytest.param(["a", "hijos"], "both", "a e hijos", id="e before hi"),
        pytest.param(["a", "hielo"], "both", "a y hielo", id="y before hie"),
        pytest.param(["a", "«Oferta»"], "either", "a u «Oferta»", id="u before o"),
        pytest.param(["a", "hora"], "either", "a u hora", id="u before ho"),
        pytest.param(["7", "8"], "either", "7 u 8", id="u before eight"),
        pytest.param(["10", "11"], "either", "10 u 11", id="u before eleven"),
        pytest.param(["10", "110"], "either", "10 o 110", id="o before a hundred and ten"),
        pytest.param(["a", "`content.id`"], "either", "a o `content.id`", id="o before a name"),
    ],
)
def test_spanish_conjunctions_change_before_their_own_sound(items, conjunction, said):
    assert getattr(Tongue("es"), conjunction)(items) == said


def test_english_lists_have_no_comma_before_the_last():
    assert Tongue("en").either(["a", "b", "i"]) == "a, b or i"


# --- nothing hides ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("Asked “nicely”", "“Asked “nicely””", id="quotation marks in order"),
        pytest.param("X” counts 1.", "“X‹U+201D› counts 1.”", id="one that would end the title"),
        pytest.param("a\nb", "“a‹U+000A›b”", id="a line break"),
        pytest.param("a\u202eb", "“a‹U+202E›b”", id="text turned round"),
        pytest.param("a`b", "“a‹U+0060›b”", id="a mark of ours"),
        pytest.param("‹U+0060›", "“‹U+2039›U+0060‹U+203A›”", id="what looks like one"),
        pytest.param("{it}", "“{it}”", id="braces"),
    ],
)
def test_what_people_wrote_cannot_leave_its_quotation_marks(written, shown):
    assert Tongue("en").quoted(written) == shown


@given(titles, titles)
def test_different_titles_are_shown_differently(one, other):
    for language in LANGUAGES:
        tongue = Tongue(language)
        assert (tongue.quoted(one) == tongue.quoted(other)) is (one == other)


EVIL = "*b* _i_ [x](http://evil) <script>alert(1)</script> # h ![i](j) ~s~ |t| &lt; `c`"


def test_titles_are_no_markup_in_markdown():
    version = policy_of({"guide": {"title": EVIL}}, title=EVIL)
    parsed = MarkdownIt("commonmark").parse(as_markdown(tell(version, "en")))
    inline = [child.type for token in parsed for child in token.children or ()]

    assert {token.type for token in parsed} & {"html_block", "table_open"} == set()
    assert set(inline) <= {"text", "code_inline", "softbreak", "text_special"}
    assert EVIL.replace("`c`", "‹U+0060›c‹U+0060›") in "".join(
        child.content for token in parsed for child in token.children or ()
    )
