"""All that handoff's pages say, in both languages."""

from services.handoff.console.words import (
    account,
    agreement,
    agreement_editor,
    batches,
    board,
    goals,
    handoffs,
    leads,
    lists,
    touches,
    trying,
)
from shared.console.shell_words import SHELL
from shared.console.words import Words

WORDS = Words(
    SHELL,
    account.WORDS,
    handoffs.WORDS,
    leads.WORDS,
    board.WORDS,
    agreement.WORDS,
    agreement_editor.WORDS,
    touches.WORDS,
    trying.WORDS,
    goals.WORDS,
    lists.WORDS,
    batches.WORDS,
)
