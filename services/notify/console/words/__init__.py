"""All that notify's pages say, in both languages."""

from services.notify.console.words import audit, deliveries, events, forms, inbox, subscriptions
from shared.console.operations_words import OPERATIONS
from shared.console.shell_words import SHELL
from shared.console.words import Words

WORDS = Words(
    SHELL,
    OPERATIONS,
    audit.WORDS,
    events.WORDS,
    subscriptions.WORDS,
    forms.WORDS,
    deliveries.WORDS,
    inbox.WORDS,
)
