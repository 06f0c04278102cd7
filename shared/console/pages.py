"""Pages made of templates, with the headers every page has."""

import gzip
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from fastapi import Response
from fastapi.responses import RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.console import assets, language, navigation
from shared.console.formats import Formats, clip, mail_link, phone_link, web_link
from shared.console.forms import form_token
from shared.console.visitor import Member, Visitor
from shared.console.words import Words
from shared.settings import Settings

KIT = "shared.console"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",  # without any, browsers send no Origin with our own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
    "Vary": "Accept-Encoding, Accept-Language, Cookie, HX-Request",
}
HSTS = "max-age=31536000"
SMALLEST_GZIP = 1400

FILTERS = {
    "clip": clip,
    "web_link": web_link,
    "mail_link": mail_link,
    "phone_link": phone_link,
    "urlencode_all": lambda values: urlencode(values),
    "urlencode_with": lambda values, more: urlencode({**values, **more}),
}


class Pages:
    """Renders the templates of one service, and of the kit, for visitors.

    ``package`` holds a folder ``templates``. A template is looked for there first, then here.
    A service that does not keep the sessions lets its pages show a picture of the one that
    does: it counts as use.
    """

    def __init__(self, settings: Settings, package: str, words: Words, *, keeps_sessions: bool):
        self._company = settings.company
        self._is_secure = settings.public_url.startswith("https:")
        self._words = words
        self._keeps_sessions = keeps_sessions
        self._templates = Environment(
            loader=FileSystemLoader([str(files(one) / "templates") for one in (package, KIT)]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # they come with the code
        )
        self._templates.filters |= FILTERS

    def formats(self, visitor: Visitor) -> Formats:
        """Return how this visitor reads moments, numbers and the texts of the catalogue."""
        return Formats(visitor.language, visitor.zone, visitor.now, self._words)

    def show(self, visitor: Visitor, template: str, status: int = 200, **given: Any) -> Response:
        """Return a page, or the part of one that a script of ours asked for."""
        words = self.formats(visitor)
        token = form_token(visitor.token) if isinstance(visitor, Member) else ""
        text = self._templates.get_template(template).render(
            visitor=visitor,
            person=visitor.person,
            company=self._company,
            words=words,
            say=words.say,
            form_token=lambda: token,  # one for all forms of a page
            asset=assets.url,
            languages=language.NAMES,
            ways=navigation.open_to(visitor.may),
            keeps_sessions=self._keeps_sessions,
            path=visitor.request.url.path,
            here=_here(visitor),
            **given,
        )
        return self.html(visitor, text, status)

    def html(self, visitor: Visitor, text: str, status: int) -> Response:
        """Return HTML with the headers of every page."""
        body, headers = text.encode(errors="replace"), dict(HEADERS)
        if self._is_secure:
            headers["Strict-Transport-Security"] = HSTS
        accepts = visitor.request.headers.get("accept-encoding", "")
        if len(body) >= SMALLEST_GZIP and "gzip" in accepts:
            body = gzip.compress(body, 5, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return Response(body, status, headers, "text/html; charset=utf-8")


def go(path: str, **query: str) -> Response:
    """Send the browser to another page of ours, after a form was taken."""
    where = f"{path}{'&' if '?' in path else '?'}{urlencode(query)}" if query else path
    return RedirectResponse(where, 303, {"Cache-Control": "no-store"})


def is_partial(visitor: Visitor) -> bool:
    """Return whether a script of ours asked, which puts the answer into the page it has."""
    return visitor.request.headers.get("hx-request") == "true"


def _here(visitor: Visitor) -> str:
    query = visitor.request.url.query
    return visitor.request.url.path + (f"?{query}" if query else "")
