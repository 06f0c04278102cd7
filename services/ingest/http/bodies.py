"""Bodies of receipts in JSON: as text where they are text, else in base64."""

import base64
from typing import Literal

from shared.problem import invalid

Encoding = Literal["text", "base64"]


def shown_body(raw: bytes) -> tuple[str, Encoding]:
    """Return a body, and how it is written."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return base64.b64encode(raw).decode(), "base64"
    if "\x00" in text:
        return base64.b64encode(raw).decode(), "base64"
    return text, "text"


def given_body(body: str, encoding: Encoding) -> bytes:
    """Return the bytes of a body. Raises ``Problem`` (422) where they cannot be."""
    try:
        return body.encode() if encoding == "text" else base64.b64decode(body, validate=True)
    except UnicodeEncodeError:
        raise invalid("/body", "has a character that no text can hold") from None
    except ValueError:  # not only where it is no base64: text of other letters is refused too
        raise invalid("/body", "is no base64") from None
