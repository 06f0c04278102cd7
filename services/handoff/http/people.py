"""People over HTTP: who works with leads, how to reach them, what they may do."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import MISSING, AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import Connection

from services.handoff.handlers.channels import masked
from services.handoff.handlers.people import add_person, change_person
from services.handoff.http.calendar_models import Day
from services.handoff.settings import HandoffSettings
from services.handoff.store import people, places
from services.handoff.store.people import Employee
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.contracts.directory import PersonalChannel, Role
from shared.fields import Email, Name, Zone, one_line
from shared.idempotency import Answer, OnlyOnce, created, once
from shared.ids import new_id
from shared.pages import Cursor, Limit, Page, PathId
from shared.preconditions import IfMatch, etag, expected_revision
from shared.problem import not_found
from shared.web import Permit

Language = Literal["es", "en"]


class ChannelGiven(BaseModel):
    """One way to reach a person."""

    model_config = ConfigDict(extra="forbid", strict=True)

    channel: Literal["email", "slack", "teams", "webhook", "inbox"]
    address: str = Field(
        default="",
        max_length=2000,
        description="An e-mail address (empty: the person's own) or an https URL; empty for "
        "`inbox`. A URL as it was shown, shortened, leaves the known one.",
    )

    def entry(self) -> PersonalChannel:
        """Return the channel as the directory keeps it."""
        return PersonalChannel(channel=self.channel, address=self.address)


Roles = Annotated[
    list[Role],
    Field(min_length=1, max_length=5),
    AfterValidator(lambda roles: sorted(set(roles))),
]
Channels = Annotated[
    list[ChannelGiven],
    Field(min_length=1, max_length=10, description="In the order they are tried."),
]


def _language(text: str) -> str:
    try:
        return places.check_language(text)
    except places.UnknownPlace as error:
        raise PydanticCustomError("language", "{message}", {"message": str(error)}) from None


def _skill(value: object) -> object:
    value = one_line(value)
    return value.lower() if isinstance(value, str) else value


def _once_each(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


Spoken = Annotated[
    list[Annotated[str, Field(max_length=60), AfterValidator(_language)]],
    Field(
        max_length=20,
        description="Languages spoken with leads, by BCP 47 (`es`, `pt-BR`) or name, the best "
        "first; none: the one they are written to in.",
    ),
    AfterValidator(_once_each),
]
Skills = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=60), BeforeValidator(_skill)]],
    Field(max_length=50, description="What they can do, in short names: `erp`, `public sector`."),
    AfterValidator(_once_each),
]
LastDay = Annotated[
    Day | None,
    Field(
        strict=False,
        description="The last day of somebody who leaves. When it ends in their zone their open "
        "hand-offs go to others; null: they stay.",
    ),
]


class NewPerson(BaseModel):
    """Somebody who joins."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name
    email: Email
    roles: Roles
    language: Language | None = Field(default=None, description="The installation's when null.")
    zone: Zone | None = Field(default=None, description="The installation's when null.")
    channels: Channels | None = Field(default=None, description="E-mail and inbox when null.")
    languages: Spoken = []
    skills: Skills = []
    last_day: LastDay = None

    def entry(self, settings: HandoffSettings) -> Employee:
        """Return the person as the directory keeps one."""
        usual = [PersonalChannel(channel="email"), PersonalChannel(channel="inbox")]
        return Employee(
            person_id=new_id(),
            revision=0,
            name=self.name,
            email=self.email,
            roles=self.roles,
            language=self.language or settings.language,
            zone=self.zone or settings.zone,
            channels=[one.entry() for one in self.channels] if self.channels else usual,
            active=True,
            languages=self.languages,
            skills=self.skills,
            last_day=self.last_day,
        )


class PersonChanges(BaseModel):
    """What changes about a person. What is left out stays."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name | MISSING = MISSING
    email: Email | MISSING = MISSING
    roles: Roles | MISSING = MISSING
    language: Language | MISSING = MISSING
    zone: Zone | MISSING = MISSING
    channels: Channels | MISSING = MISSING
    active: bool | MISSING = Field(
        default=MISSING,
        description="False when the person leaves, which moves their open hand-offs; true when "
        "they come back.",
    )
    languages: Spoken | MISSING = MISSING
    skills: Skills | MISSING = MISSING
    last_day: LastDay | MISSING = MISSING


class PersonShown(BaseModel):
    """A person who works with leads."""

    person_id: str
    revision: int
    name: str
    email: str
    roles: list[Role]
    language: Language
    zone: str
    channels: list[PersonalChannel] = Field(
        description="In the order they are tried. URLs are shortened: they are secrets."
    )
    active: bool = Field(description="False once the person has left.")
    languages: list[str] = Field(description="Spoken with leads, by BCP 47.")
    skills: list[str]
    last_day: date | None = Field(description="In their zone; they leave when it ends.")


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/people``."""
    routes = APIRouter(prefix="/v1/people", tags=["people"])
    db, settings = parts.db, parts.settings
    Writer = Annotated[Caller, Depends(Permit(keys, "people:write"))]
    reading = [Depends(Permit(keys, "people:read"))]

    @routes.get("", dependencies=reading)
    async def list_people(
        active: bool | None = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[PersonShown]:
        """List people in order of name; ``active=true`` leaves out who has left."""
        entries, following = await db.read(
            lambda conn: people.page_of_people(conn, active, cursor, limit)
        )
        return Page(items=[shown(one) for one in entries], next_cursor=following)

    @routes.post("", status_code=201, response_model=PersonShown)
    async def add(person: NewPerson, caller: Writer, request: OnlyOnce) -> Response:
        """Add a person."""

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)

            def act() -> Answer:
                one = add_person(uow, caller, person.entry(settings))
                return created(shown(one), f"/v1/people/{one.person_id}", etag(one.revision))

            return once(conn, IDEMPOTENCY, request, uow.now, act)

        return (await db.write(work)).response()

    @routes.get("/{person_id}", dependencies=reading)
    async def show(person_id: PathId, response: Response) -> PersonShown:
        """Show a person."""
        row = await db.read(lambda conn: people.find_person(conn, person_id))
        if row is None:
            raise not_found("person")
        return tagged(people.as_entry(row), response)

    @routes.patch("/{person_id}")
    async def change(
        person_id: PathId,
        changes: PersonChanges,
        caller: Writer,
        response: Response,
        if_match: IfMatch = None,
    ) -> PersonShown:
        """Change a person. Keys that act for them never allow more than their roles do."""
        expected, fields = expected_revision(if_match), changes.model_dump()
        stored = await db.write(
            lambda conn: change_person(
                unit_of_work(parts, conn), caller, person_id, expected, fields
            )
        )
        await keys.refresh()
        return tagged(stored, response)

    return routes


def tagged(entry: Employee, response: Response) -> PersonShown:
    """Return a person, with the tag that a change of it has to name."""
    response.headers["ETag"] = etag(entry.revision)
    return shown(entry)


def shown(entry: Employee) -> PersonShown:
    """Return a person as callers see one."""
    channels = [one.model_copy(update={"address": masked(one)}) for one in entry.channels]
    fields = entry.model_dump(exclude={"channels", "languages"})
    return PersonShown(**fields, channels=channels, languages=entry.spoken)
