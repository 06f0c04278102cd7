"""What a lead did, in words: one line of a timeline, one line of why."""

from collections.abc import Mapping
from typing import Any

from services.handoff.console.formats import Formats, clip
from services.handoff.console.words import has

LONGEST_NAME = 120


def did(words: Formats, touch: Mapping[str, Any]) -> str:
    """Return what a touch was: ``Downloaded “Pricing guide”``."""
    kind = str(touch["kind"])
    key = f"did.{kind}"
    name = clip(touch.get("title") or touch.get("name") or "", LONGEST_NAME)
    what = "" if name.lower() in ("", kind) else words.say("what", name=name)
    return words.say(key if has(key) else "did", what=what)
