"""What a lead did, in words: one line of a timeline, one line of why."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from shared.console.formats import Formats, clip

LONGEST_NAME = 120
FOR_MACHINES = re.compile(r"[a-z0-9]+([._:/-][a-z0-9]+){2,}|page|screen|track|event", re.IGNORECASE)


def did(words: Formats, touch: Mapping[str, Any]) -> str:
    """Return what a touch was: ``Downloaded “Pricing guide”``."""
    kind = str(touch["kind"])
    key = f"did.{kind}"
    name = clip(touch.get("title") or _name(touch), LONGEST_NAME)
    what = "" if name.lower() in ("", kind) else words.say("what", name=name)
    return words.say(key if words.has(key) else "did", what=what)


def _name(touch: Mapping[str, Any]) -> str:
    """Return what the touch was about; nothing where its name means something to tools alone."""
    name = str(touch.get("name") or "")
    if not FOR_MACHINES.fullmatch(name):
        return name
    try:
        path = urlsplit(str(touch.get("url") or "")).path
    except ValueError:
        return ""
    return path if path.strip("/") else ""
