"""The routes of the pages: a ``GET`` shows, whoever sends it; a ``POST`` of the form answers.

Mail programs and scanners follow links, so nothing but the form's button acts. The token is
what proves who answers: there is no cookie that another site could make a browser send. It
stands in the path alone, and every page keeps browsers from passing that on.
"""

import hashlib
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Annotated
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import Connection

from services.handoff.answering.view import Kind, Notice, Page, Typed, clocks_of
from services.handoff.domain.policy import Language
from services.handoff.handlers.answer_by_link import Standing, answer_by_link, look_at_link
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.answer_links import PATH, AnswerLink, hash_token
from shared.body import clean_text
from shared.db import is_transient
from shared.permit import anybody
from shared.plain_text import clean
from shared.problem import Problem

log = structlog.get_logger(__name__)

LONGEST_TEXT = 2000
LONGEST_REASON = 200
MOST_FIELDS = 20
FORM = "application/x-www-form-urlencoded"
ELSEWHERE = frozenset({"cross-site", "same-site"})
STYLE = (files("services.handoff.answering") / "style.css").read_bytes()
STYLE_NAME = f"style.css?{hashlib.sha256(STYLE).hexdigest()[:12]}"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
RETRY: Mapping[int, dict[str, str]] = {503: {"Retry-After": "30"}}
_TEMPLATES = Environment(
    loader=PackageLoader("services.handoff.answering", ""),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

Lang = Annotated[str | None, Query()]


def router(parts: Parts) -> APIRouter:
    """Return the pages below ``/a/``. They are for people, so the API's description has none."""
    routes = APIRouter(prefix=PATH.rstrip("/"), include_in_schema=False)
    seal, settings = parts.settings.link_seal(), parts.settings
    open_to_all = [Depends(anybody)]

    @routes.get("/style.css", dependencies=open_to_all)
    async def style() -> Response:
        """Give the one style sheet; its address changes with it."""
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(STYLE, media_type="text/css", headers=headers)

    @routes.get("/{token}", dependencies=open_to_all)
    async def ask(token: str, lang: Lang = None) -> Response:
        """Show what the link is good for. Changes nothing."""
        link = seal.read(token) if seal else None
        if link is None:
            return notice("unknown", lang)

        def look(conn: Connection) -> Response:
            standing = look_at_link(unit_of_work(parts, conn), link, hash_token(token))
            return page(conn, standing, link, lang)

        return await answered(parts.db.read(look), lang)

    @routes.post("/{token}", dependencies=open_to_all)
    async def take(token: str, request: Request, lang: Lang = None) -> Response:
        """Take the answer the form gives, once."""
        link = seal.read(token) if seal else None
        if link is None:
            return notice("unknown", lang)
        if request.headers.get("sec-fetch-site") in ELSEWHERE:
            return notice("elsewhere", lang)
        fields = _form(request.headers.get("content-type", ""), await request.body())

        def act(conn: Connection) -> Response:
            uow, digest = unit_of_work(parts, conn), hash_token(token)
            typed = _typed(fields, link)
            if typed.errors:
                return page(conn, look_at_link(uow, link, digest), link, lang, typed)
            try:
                standing = answer_by_link(uow, link, digest, typed.reason, typed.text)
            except Problem as problem:
                if problem.status != 422:
                    raise
                # It was refused before anything was written.
                typed = replace(typed, errors={_place(problem): problem.code})
                return page(conn, look_at_link(uow, link, digest), link, lang, typed)
            return page(conn, standing, link, lang)

        return await answered(parts.db.write(act), lang)

    def page(
        conn: Connection,
        standing: Standing,
        link: AnswerLink,
        lang: str | None,
        typed: Typed | None = None,
    ) -> Response:
        """Return the page, made in the transaction: one that cannot be shown changes nothing."""
        clocks, now = clocks_of(conn, standing), parts.db.now(conn)
        language = _language(lang) or (None if standing.person else settings.language)
        days = settings.link_days
        return shown(Page(standing, link.action, clocks, now, language, days, typed))

    async def answered(working: Awaitable[Response], lang: str | None) -> Response:
        try:
            return await working
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("answering_failed", error=type(error).__name__)
            return notice("away", lang)

    def notice(state: Kind, lang: str | None) -> Response:
        return shown(Notice(state, _language(lang) or settings.language))

    def shown(page: Page | Notice) -> Response:
        html = _TEMPLATES.get_template("page.html").render(
            page=page, say=page.say, company=clean(settings.company, 80), style=STYLE_NAME
        )
        headers = HEADERS | {"Content-Language": page.language} | RETRY.get(page.status, {})
        return HTMLResponse(html, page.status, headers)

    return routes


def _language(lang: str | None) -> Language | None:
    """Return the language asked for, if it is one of ours."""
    return "es" if lang == "es" else "en" if lang == "en" else None


def _form(content_type: str, body: bytes) -> dict[str, str]:
    """Return the fields of a form; none of what is no form, or an odd one."""
    if content_type.partition(";")[0].strip().lower() != FORM:
        return {}
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    return {name: clean_text(value).replace("\r\n", "\n") for name, value in pairs}


def _typed(fields: Mapping[str, str], link: AnswerLink) -> Typed:
    """Return what was typed, with what is wrong before anybody asks the hand-off."""
    reason = fields.get("reason", "")[:LONGEST_REASON] or None
    text = fields.get("text", "").strip() or None
    if fields.get("answer") != link.action:  # whatever sent this pressed no button of ours
        return Typed(reason, text, {"answer": "no_answer"})
    if text is not None and len(text) > LONGEST_TEXT:
        values = {"length": len(text), "most": LONGEST_TEXT}
        return Typed(reason, text, {"text": "text_too_long"}, values)
    return Typed(reason, text)


def _place(problem: Problem) -> str:
    return str(problem.errors[0]["pointer"]).removeprefix("/")
