"""Reading ``multipart/form-data``, the way browsers and some tools post forms (RFC 7578)."""

from typing import Any

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from services.ingest.domain.incoming import Unreadable
from shared.body import clean_text

FORM_DATA = "multipart/form-data"
MOST_PARTS = 1000
LONGEST_BOUNDARY = 200


def form_data_of(content_type: str, body: bytes) -> dict[str, Any]:
    """Return the fields of a form; a repeated name is a list, files are left out.

    Raises ``Unreadable``.
    """
    boundary = parse_options_header(content_type)[1].get("boundary", "")
    if not 0 < len(boundary) <= LONGEST_BOUNDARY:
        raise _broken("its header names no boundary")
    form: dict[str, Any] = {}
    try:
        with PushMultipartParser(boundary, max_segment_count=MOST_PARTS) as parser:
            parts: list[bytes] = []
            name: str | None = None
            for event in parser.parse(body):
                if isinstance(event, MultipartSegment):
                    name = None if event.filename else event.name
                    parts = []
                elif event:
                    parts.append(bytes(event))
                elif name is not None:
                    _put(form, clean_text(name), clean_text(b"".join(parts).decode()))
    except (MultipartError, ValueError) as error:
        raise _broken(str(error)) from None
    return form


def _put(form: dict[str, Any], name: str, value: str) -> None:
    existing = form.get(name)
    if isinstance(existing, list):
        existing.append(value)
    else:
        form[name] = value if existing is None else [existing, value]


def _broken(why: str) -> Unreadable:
    return Unreadable("invalid_form", f"the body is not an acceptable form: {why}")
