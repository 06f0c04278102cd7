"""All that ingest's pages say, in both languages."""

from shared.console.shell_words import SHELL
from shared.console.words import Words

WORDS = Words(SHELL)
