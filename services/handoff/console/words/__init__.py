"""All that handoff's pages say, in both languages."""

from services.handoff.console.words import (
    account,
    agreement,
    agreement_editor,
    audit,
    batches,
    board,
    calendars,
    goals,
    handoffs,
    hours,
    keys,
    leads,
    lists,
    people,
    running,
    sso,
    start,
    teams,
    territories,
    touches,
    trying,
)
from shared.console.operations_words import OPERATIONS
from shared.console.shell_words import SHELL
from shared.console.words import Words

WORDS = Words(
    SHELL,
    OPERATIONS,
    account.WORDS,
    agreement.WORDS,
    agreement_editor.WORDS,
    audit.WORDS,
    handoffs.WORDS,
    keys.WORDS,
    leads.WORDS,
    board.WORDS,
    running.WORDS,
    people.WORDS,
    hours.WORDS,
    calendars.WORDS,
    teams.WORDS,
    territories.WORDS,
    touches.WORDS,
    trying.WORDS,
    goals.WORDS,
    lists.WORDS,
    batches.WORDS,
    sso.WORDS,
    start.WORDS,
)
