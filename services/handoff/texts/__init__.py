"""The agreement in plain Spanish and English, told from the version that runs.

``clauses`` takes a compiled version apart into what it says, in no language; ``english`` and
``spanish`` hold the words; ``agreement`` tells a version and ``changes`` what became of one.
"""

from services.handoff.texts.agreement import tell
from services.handoff.texts.changes import tell_changes
from services.handoff.texts.render import as_markdown, as_text
from services.handoff.texts.structure import Text
from services.handoff.texts.tongue import LANGUAGES

__all__ = ["LANGUAGES", "Text", "as_markdown", "as_text", "tell", "tell_changes"]
