"""Policies over HTTP, in plain words: a version told, and what changed between two."""

from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection

from services.handoff.domain.policy import Language, PolicyVersion
from services.handoff.handlers.policies import usable
from services.handoff.handlers.tell_policy import version_to_compare, version_to_tell
from services.handoff.http.policies import Text
from services.handoff.http.policy_versions import Number
from services.handoff.policy_document import compile_policy
from services.handoff.texts import Text as Told
from services.handoff.texts import as_markdown, as_text, tell, tell_changes
from services.handoff.texts.structure import ChangeKind
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.web import Permit

Form = Literal["json", "text", "markdown"]
InLanguage = Annotated[
    Language | None, Query(description="`es` or `en`; the installation's when left out.")
]
InForm = Annotated[
    Form, Query(alias="format", description="`json`, or a page: plain `text` or `markdown`.")
]
Against = Annotated[
    int | None,
    Query(
        ge=1,
        le=2**31 - 1,
        description="Number of the earlier version; when left out the one in force, and for that "
        "one the number before.",
    ),
]
FileName = Annotated[
    str, Field(max_length=200, description="Name of the file, for messages and headings.")
]
PAGES: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {}, "text/markdown": {}}}}
"""Beside JSON; for OpenAPI."""


class SentenceShown(BaseModel):
    """A sentence, and the conditions it lists. Names stand between backticks."""

    path: str = Field(description="What it speaks of: `signals.pricing_download.points`.")
    text: str
    of: list["SentenceShown"] = []


class ParagraphShown(BaseModel):
    """Sentences about one thing."""

    path: str
    sentences: list[SentenceShown]


class SectionShown(BaseModel):
    """A part of the agreement."""

    path: str
    heading: str
    paragraphs: list[ParagraphShown]


class ChangeShown(ParagraphShown):
    """Sentences about one thing that changed."""

    change: ChangeKind


class ChangedSection(BaseModel):
    """A part of the agreement in which something changed."""

    path: str
    heading: str
    paragraphs: list[ChangeShown]


class VersionNamed(BaseModel):
    """Which version it is."""

    policy: str
    number: int | None = Field(description="Null for a text that is not stored.")
    digest: str = Field(description="SHA-256 of what the version says.")


class TextShown(VersionNamed):
    """A version in plain words, made from the compiled version itself."""

    language: Language
    title: str
    opening: str
    sections: list[SectionShown]
    closing: str


class ChangesShown(VersionNamed):
    """What a version says that another did not, and the other way round."""

    against: VersionNamed
    language: Language
    title: str
    opening: str
    sections: list[ChangedSection] = Field(description="Empty when both say the same.")
    closing: str


class GivenText(BaseModel):
    """A policy that is not stored."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Text
    file: FileName = ""


class GivenChange(GivenText):
    """A policy that is not stored, and what to compare it with.

    By default that is the version in force of the policy it names.
    """

    against_text: Text | None = Field(default=None, description="An earlier text.")
    against_file: FileName = ""
    against_policy: str | None = Field(
        default=None, max_length=100, description="Or a stored policy's name."
    )
    against_number: int | None = Field(
        default=None, ge=1, le=2**31 - 1, description="Its version; the one in force when null."
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        stored = self.against_policy is not None or self.against_number is not None
        if self.against_text is not None and stored:
            raise ValueError("give either `against_text` or a stored version")
        return self


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/policies``."""
    routes = APIRouter(prefix="/v1/policies", tags=["policies"])
    db = parts.db
    Reader = Annotated[Caller, Depends(Permit(keys, "policies:read"))]

    def in_language(language: Language | None) -> Language:
        return language or parts.settings.language

    @routes.get("/{policy}/versions/{number}/text", response_model=TextShown, responses=PAGES)
    async def tell_version(
        policy: str,
        number: Number,
        _caller: Reader,
        language: InLanguage = None,
        form: InForm = "json",
    ) -> TextShown | Response:
        """Tell a version in plain words. The text is made from what runs, never kept beside it."""

        def work(conn: Connection) -> PolicyVersion:
            return version_to_tell(unit_of_work(parts, conn), policy, number)

        return _told(await db.read(work), in_language(language), form)

    @routes.get("/{policy}/versions/{number}/diff", response_model=ChangesShown, responses=PAGES)
    async def tell_difference(
        policy: str,
        number: Number,
        _caller: Reader,
        against: Against = None,
        language: InLanguage = None,
        form: InForm = "json",
    ) -> ChangesShown | Response:
        """Tell what changed between two versions, in the same words."""

        def work(conn: Connection) -> tuple[PolicyVersion, PolicyVersion]:
            uow = unit_of_work(parts, conn)
            new = version_to_tell(uow, policy, number)
            return version_to_compare(uow, policy, number, against), new

        old, new = await db.read(work)
        return _changes(old, new, in_language(language), form)

    @routes.post("/text", response_model=TextShown, responses=PAGES)
    async def tell_text(
        given: GivenText, _caller: Reader, language: InLanguage = None, form: InForm = "json"
    ) -> TextShown | Response:
        """Tell a text that is not stored. One with errors is refused, with every place."""
        return _told(_compiled(given.text, given.file), in_language(language), form)

    @routes.post("/diff", response_model=ChangesShown, responses=PAGES)
    async def tell_text_difference(
        given: GivenChange, _caller: Reader, language: InLanguage = None, form: InForm = "json"
    ) -> ChangesShown | Response:
        """Tell what a text that is not stored would change."""
        new = _compiled(given.text, given.file)

        def work(conn: Connection) -> PolicyVersion:
            policy = given.against_policy or new.policy
            return version_to_tell(unit_of_work(parts, conn), policy, given.against_number)

        if given.against_text is not None:
            old = _compiled(given.against_text, given.against_file)
        else:
            old = await db.read(work)
        files = given.against_file, given.file
        return _changes(old, new, in_language(language), form, files)

    return routes


def _compiled(text: str, file: str) -> PolicyVersion:
    return usable(compile_policy(text, file or "policy.yaml", lists=None))


def _told(version: PolicyVersion, language: Language, form: Form) -> TextShown | Response:
    told = tell(version, language)
    return TextShown(**told.as_dict()) if form == "json" else _page(told, form)


def _changes(
    old: PolicyVersion,
    new: PolicyVersion,
    language: Language,
    form: Form,
    files: tuple[str, str] = ("", ""),
) -> ChangesShown | Response:
    told = tell_changes(old, new, language, files)
    return ChangesShown(**told.as_dict()) if form == "json" else _page(told, form)


def _page(told: Told, form: Form) -> Response:
    if form == "markdown":
        return Response(as_markdown(told), media_type="text/markdown")
    return Response(as_text(told), media_type="text/plain")
