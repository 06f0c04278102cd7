"""How values of facts are compared.

Text is compared without regard to case, accents and surrounding blanks, so that ``México``
and ``mexico`` are one country.
"""

import math
import re
import unicodedata
from functools import lru_cache

Value = str | int | float | bool
"""A value people write in a policy."""

LONGEST_TEXT = 4096
"""Characters of a fact that are looked at; the rest cannot matter to a readable rule."""

LONGEST_REMEMBERED = 200
"""Characters of a text whose folded form is remembered: what few values say again and again."""

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,6})?")


def fold_text(text: str) -> str:
    """Return ``text`` as it is compared: no case, no accents, no surrounding blanks."""
    return _folded(text) if len(text) <= LONGEST_REMEMBERED else _fold(text[:LONGEST_TEXT])


def words_of(text: str) -> str:
    """Return the words of ``text``, folded, each with a blank before and behind it."""
    return _worded(text) if len(text) <= LONGEST_REMEMBERED else _words(text)


def _fold(text: str) -> str:
    if text.isascii():
        return text.strip().lower()
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return bare.strip().casefold()


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(fold_text(text)))} "


_folded = lru_cache(maxsize=4096)(_fold)
_worded = lru_cache(maxsize=4096)(_words)


def comparable(value: object) -> str:
    """Return ``value`` as text to compare by: 50, 50.0 and ``"50"`` are the same."""
    if isinstance(value, str):
        return fold_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def read_number(value: object) -> float | None:
    """Return ``value`` as a number; None when it is none, as in ``"51-200"``."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value if math.isfinite(value) else None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value)
    return None
