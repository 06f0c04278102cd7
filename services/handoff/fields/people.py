"""People as requests, forms and files say them, and as they are shown."""

from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import MISSING, AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from services.handoff.fields.calendars import Day
from services.handoff.settings import HandoffSettings
from services.handoff.store import places
from services.handoff.store.people import Employee
from shared.contracts.directory import PersonalChannel, Role
from shared.fields import Email, Name, Zone, one_line
from shared.ids import new_id

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


def shown(entry: Employee) -> PersonShown:
    """Return a person as callers see one."""
    channels = [one.model_copy(update={"address": masked(one)}) for one in entry.channels]
    fields = entry.model_dump(exclude={"channels", "languages"})
    return PersonShown(**fields, channels=channels, languages=entry.spoken)


def masked(channel: PersonalChannel) -> str:
    """Return the address as people see it: who knows the URL of a webhook can write there."""
    if channel.channel in ("email", "inbox"):
        return channel.address
    parts = urlsplit(channel.address)
    return f"{parts.scheme}://{parts.netloc}/…{channel.address[-4:]}"
