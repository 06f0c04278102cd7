"""Text of strangers made harmless to read: one line, visible, bounded."""

import re
import unicodedata

LONGEST = 200
# Characters without a shape that change the order of others, hide text or break lines.
INVISIBLE = re.compile("[\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\u061c\ufeff]")
DROPPED = frozenset({"Cc", "Cs", "Co", "Cn"})


def clean(value: object, limit: int = LONGEST) -> str:
    """Return ``value`` as one line of visible text of at most ``limit`` characters."""
    spaced = " ".join(INVISIBLE.sub("", str(value)).split())
    visible = "".join(char for char in spaced if unicodedata.category(char) not in DROPPED)
    text = " ".join(unicodedata.normalize("NFC", visible).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
