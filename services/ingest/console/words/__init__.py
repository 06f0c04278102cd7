"""All that ingest's pages say, in both languages."""

from services.ingest.console.words import audit, connecting, faults, imports, receipts, sources
from shared.console.operations_words import OPERATIONS
from shared.console.shell_words import SHELL
from shared.console.touch_words import DID
from shared.console.words import Words

WORDS = Words(
    SHELL,
    OPERATIONS,
    audit.WORDS,
    DID,
    sources.WORDS,
    connecting.WORDS,
    receipts.WORDS,
    imports.WORDS,
    faults.WORDS,
)
