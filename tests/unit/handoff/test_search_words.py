"""The words a lead is found by."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.handoff.domain.search_words import (
    fold,
    said_of,
    split,
    typed,
    words_of,
    words_of_identifiers,
)


def known(**facts):
    return {name: [value, "2026-03-02T12:00:00Z", "web"] for name, value in facts.items()}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("Núria Vidal", ["nuria", "vidal"], id="accents and case"),
        pytest.param("Ana Núñez-Ortiz", ["ana", "nunez", "ortiz"], id="signs between words"),
        pytest.param("Seán O'Brien", ["sean", "o", "brien"], id="an apostrophe"),
        pytest.param("Łukasz Øster", ["lukasz", "oster"], id="letters Unicode leaves whole"),
        pytest.param("Jürgen Groß", ["jurgen", "gross"], id="sharp s"),
        pytest.param("山田 太郎", ["山田", "太郎"], id="no alphabet"),
        pytest.param("Ana ANA ána", ["ana"], id="the same word once"),
        pytest.param(" .,-' ", [], id="no word at all"),
    ],
)
def test_a_name_is_split_into_words_as_anybody_types_them(name, words):
    assert split(name) == words


@given(st.text(max_size=60))
def test_a_word_stays_itself_however_it_is_written(text):
    words = split(text)

    assert split(" ".join(words)) == words
    assert split(unicodedata.normalize("NFD", text)) == words
    assert split(unicodedata.normalize("NFC", text)) == words
    assert all(word == fold(word) and word.isalnum() for word in words)


@given(st.text(min_size=1, max_size=40))
def test_no_name_is_taken_for_an_address_or_a_domain(name):
    marked = words_of(known(**{"account.domain": name})) | words_of_identifiers([f"email:{name}"])

    assert words_of(known(name=name)).isdisjoint(marked)


def test_a_lead_has_the_words_of_its_names_its_company_and_what_identifies_it():
    facts = known(name="Ana Ruiz", last_name="Ruiz Sanz", title="CTO", phone=600) | known(
        **{"account.domain": "Acme.com"}
    )

    assert words_of(facts) == {"ana", "ruiz", "sanz", ".acme.com"}
    assert words_of_identifiers(["email:ana@acme.com", "user:A-7", "anon:web:x"]) == {
        "@ana@acme.com",
        "@a-7",
    }
    assert typed(" Ana@ACME.com ") == "ana@acme.com"


def test_what_is_no_text_has_no_words():
    assert words_of(known(name=["Ana"], first_name=7, last_name=None)) == set()
    assert said_of({}) == ("", "", "", "")
