"""All the console says, in both languages: one catalogue, a test holds it complete.

``say`` puts values into a text; ``one|many`` chooses by ``count``. A lead's own text is only
ever a value that is put in, and templates escape the whole.
"""

from services.handoff.console.words import board, handoffs, leads, shell, touches
from services.handoff.domain.policy import Language
from services.handoff.domain.questions import Titles

WORDS: dict[str, Titles] = {
    **shell.WORDS,
    **handoffs.WORDS,
    **leads.WORDS,
    **board.WORDS,
    **touches.WORDS,
}


def say(key: str, language: Language, **values: object) -> str:
    """Return a text in ``language``. Raises ``KeyError`` for one that does not exist."""
    titles = WORDS[key]
    text = titles.es if language == "es" else titles.en
    if "|" in text:
        one, many = text.split("|")
        text = one if values.get("count") in (1, "1") else many
    return text.format(**values) if values else text


def has(key: str) -> bool:
    """Return whether the catalogue has a text under ``key``."""
    return key in WORDS
