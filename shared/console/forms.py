"""What a form sends, and whether it came from a page of ours.

Nothing changes anything unless the browser says the request comes from this site, and, once
somebody is signed in, the form carries the token of their session. Each page shows the token
otherwise, so that compressing a page tells nothing about it.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from shared.problem import Problem, invalid

KIND = "application/x-www-form-urlencoded"
FILES = "multipart/form-data"
MOST_FIELDS = 60
LONGEST_FIELD = 20_000
LONGEST_BOUNDARY = 200
TOKEN = "form_token"  # noqa: S105 - a field's name
OTHER_SITE = Problem(403, "other_site", "this was not sent from a page of ours")

Form = dict[str, str]
NO_LONGER: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class File:
    """A file a browser sent: what it is called there, and its bytes."""

    name: str
    content: bytes


async def read_form(
    request: Request, longest: Mapping[str, int] = NO_LONGER, most: int = MOST_FIELDS
) -> Form:
    """Return the fields of a form, at most ``most``; of a repeated one the last.

    ``longest`` says of single fields how many characters they may have instead. What is in a
    file is given by ``given_file``; it may be as large as the service lets bodies be.

    Raises ``Problem``: 403 from another site, 415 for another kind of body, 422 for what is
    no form of ours.
    """
    check_same_site(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind == FILES:
        return _with_file(request, body, longest)
    if body and kind != KIND:
        raise Problem(415, "unsupported_media_type", f"send a form: {KIND}")
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=most, errors="strict"
        )
    except (UnicodeDecodeError, ValueError):
        raise Problem(422, "invalid", "the form cannot be read") from None
    return _checked(pairs, longest)


def _checked(pairs: Iterable[tuple[str, str]], longest: Mapping[str, int]) -> Form:
    form: Form = {}
    for name, value in pairs:
        if len(value) > longest.get(name, LONGEST_FIELD) or "\x00" in value:
            raise invalid(f"/{name[:40]}", "too long, or with a character no text has")
        form[name] = value
    return form


def _with_file(request: Request, body: bytes, longest: Mapping[str, int]) -> Form:
    """Return the fields of a form that sends a file, which goes to ``request.state.file``."""
    boundary = parse_options_header(request.headers["content-type"])[1].get("boundary", "")
    pairs: list[tuple[str, str]] = []
    try:
        if not 0 < len(boundary) <= LONGEST_BOUNDARY:
            raise ValueError("no boundary")
        with PushMultipartParser(boundary, max_segment_count=MOST_FIELDS) as parser:
            part: MultipartSegment | None = None
            content = bytearray()
            for event in parser.parse(body):
                if isinstance(event, MultipartSegment):
                    part, content = event, bytearray()
                elif event:
                    content += event
                elif part is not None and part.filename is not None:
                    request.state.file = File(part.filename, bytes(content))
                elif part is not None:
                    pairs.append((part.name, content.decode()))
    except (MultipartError, ValueError):
        raise Problem(422, "invalid", "the form cannot be read") from None
    return _checked(pairs, longest)


def given_file(request: Request) -> File | None:
    """Return the file that a form sent, once the form was read; None when it sent none."""
    file: File | None = getattr(request.state, "file", None)
    return file if file is not None and file.name else None


def check_same_site(request: Request) -> None:
    """Raise ``Problem`` (403) for what a page of another site sent."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise OTHER_SITE
        return
    origin = request.headers.get("origin")
    if origin is None:
        return
    try:
        host = urlsplit(origin).netloc
    except ValueError:  # no address at all
        raise OTHER_SITE from None
    if host != request.headers.get("host"):
        raise OTHER_SITE


def revision_of(form: Form) -> int:
    """Return the revision a form was made of; -1, which nothing ever has, where it says none."""
    text = form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


def form_token(session_token: str) -> str:
    """Return a token for the forms of a page; each time another one."""
    nonce = secrets.token_hex(8)
    return f"{nonce}.{_proof(session_token, nonce)}"


def check_token(form: Form, session_token: str) -> None:
    """Raise ``Problem`` (403) unless the form carries a token of this session."""
    nonce, _, proof = form.pop(TOKEN, "").partition(".")
    wanted = _proof(session_token, nonce)
    if not hmac.compare_digest(proof.encode(errors="replace"), wanted.encode()):
        raise Problem(403, "old_form", "this form is of another session: open the page again")


def _proof(session_token: str, nonce: str) -> str:
    given = f"form {nonce}".encode(errors="replace")
    return hmac.new(session_token.encode(), given, hashlib.sha256).hexdigest()


def local_path(text: str | None, fallback: str = "/") -> str:
    """Return ``text`` where it is a path of this site, and nothing a browser reads otherwise."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")):
        return fallback
    if any(char in text for char in "\\\r\n\t\x00") or not text.isprintable():
        return fallback
    return text
