"""What is said of a policy file, in both languages.

A message is written in English where the fault is found, and its Spanish stands beside the same
words in ``spanish``; a test holds that none is missing. ``Message`` is the English text, so that
whoever reads messages as text (the API, the command line) need not know of it.
"""

from services.handoff.policy_document.spanish import SPANISH
from services.handoff.policy_document.yaml_reasons import REASONS


class Message(str):
    """An English text that knows its Spanish."""

    __slots__ = ("es",)
    es: str

    def __new__(cls, english: str, es: str) -> "Message":
        """Join the two."""
        one = super().__new__(cls, english)
        one.es = es
        return one

    def __add__(self, other: str) -> "Message":
        """Return one after the other, in both languages."""
        return Message(str(self) + str(other), self.es + spanish(other))


def phrase(english: str, **values: object) -> Message:
    """Return a text with ``values`` put in; those that are messages speak each language."""
    es = SPANISH.get(english) or REASONS.get(english, english)
    if not values:
        return Message(english, es)
    told = {name: spanish(one) if isinstance(one, str) else one for name, one in values.items()}
    return Message(english.format(**values), es.format(**told))


def spanish(text: str) -> str:
    """Return a text in Spanish where it has one, else as it is: a name, a value."""
    return text.es if isinstance(text, Message) else text
