"""What connecting a tool says, in Spanish and English: the sentences of ``connecting.toml``."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

Language = Literal["es", "en"]
FILE = Path(__file__).with_name("connecting.toml")


@cache
def sentences() -> dict[str, dict[Language, str]]:
    """Return the sentences by name and language."""
    return tomllib.loads(FILE.read_text())


def say(language: Language, what: str, **values: Any) -> str:
    """Return a sentence in a language, its places filled in."""
    return sentences()[what][language].format(**values)
