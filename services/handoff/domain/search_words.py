"""The words a lead is found by: of its name, its company and what identifies it.

Accents and case of names do not matter, nor do signs between words: who looks for ``nunez``
finds ``Núñez-Ortiz``, by the beginning of either word. A company's domain and an identifier
are one word each, behind a mark, so that no name is taken for one.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any

from services.handoff.domain.knowledge import Knowledge

NAMES = ("name", "first_name", "last_name")
COMPANY = "account.domain"
DOMAIN_MARK, IDENTIFIER_MARK = ".", "@"
KINDS = ("email:", "user:")  # of identifiers people look for; a browser's they give whole
MOST_WORDS = 40
LONGEST_WORD = 200
AS_TYPED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe"})
"""Letters that Unicode does not take apart, and who types leaves bare."""


def said_of(facts: Knowledge) -> tuple[str, ...]:
    """Return the texts of what is known that words come from, those nobody said empty."""
    return tuple(_text(facts, name) for name in (*NAMES, COMPANY))


def words_of(facts: Knowledge) -> set[str]:
    """Return the words of what is known of a lead."""
    *names, company = said_of(facts)
    words = set(split(" ".join(names)))
    return words | {DOMAIN_MARK + typed(company)} if company.strip() else words


def words_of_identifiers(identifiers: Iterable[str]) -> set[str]:
    """Return the words of identifiers (``email:ana@acme.com``)."""
    named = (one.partition(":")[2] for one in identifiers if one.startswith(KINDS))
    return {IDENTIFIER_MARK + typed(one) for one in named}


def split(text: str) -> list[str]:
    """Return the words of a text, each once, folded; the first forty."""
    letters = "".join(char if char.isalnum() else " " for char in fold(text))
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in letters.split()))[:MOST_WORDS]


def typed(text: str) -> str:
    """Return a text that is one word as it is compared."""
    return text.strip().lower()[:LONGEST_WORD]


def fold(text: str) -> str:
    """Return a text without case and accents."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(char for char in apart if not unicodedata.combining(char))
    return bare.translate(AS_TYPED)


def _text(facts: Knowledge, name: str) -> str:
    statement = facts.get(name)
    value: Any = statement[0] if statement else ""
    return value if isinstance(value, str) else ""
