"""What a lead did, in the timelines and reasons of handoff's pages."""

from shared.console.touch_words import DID
from shared.console.words import Titles

WORDS: dict[str, Titles] = {
    **DID,
    "did": Titles("Hizo algo{what}", "Did something{what}"),
    "what": Titles(" «{name}»", " “{name}”"),
    "by_machine": Titles("lo hizo una máquina: no cuenta", "a machine did it: it does not count"),
    "by_unsure": Titles("quizá una máquina: no decide", "perhaps a machine: it does not decide"),
}
