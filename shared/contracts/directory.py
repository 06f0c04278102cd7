"""People, keys and sessions, copied from handoff to the others (topic ``relevo.directory.v1``).

Internal: no subscriber sees it. Handoff publishes every row again at each start and once a
day, so a service that lost its copy heals by itself.
"""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Event, Part

TOPIC = "relevo.directory.v1"
Role = Literal["rep", "marketing", "sales", "manager", "admin"]


class PersonalChannel(Part):
    """One way to reach a person."""

    channel: str = Field(description="`email`, `slack`, `teams`, `webhook` or `inbox`.")
    address: str = Field(default="", description="E-mail address or URL; empty for `inbox`.")


class PersonChanged(Event):
    """A person who works with leads, as they are now."""

    type: ClassVar[str] = "person.changed.v1"
    topic: ClassVar[str] = TOPIC

    person_id: str
    revision: int = Field(description="Rises with each change; an older one is ignored.")
    name: str
    email: str
    roles: list[Role]
    language: Literal["es", "en"]
    zone: str = Field(description="IANA time zone, for example `Europe/Madrid`.")
    channels: list[PersonalChannel] = Field(description="In the order they are tried.")
    active: bool = Field(description="False once the person has left.")


class KeyChanged(Event):
    """An API key, as it is now. Carries the hash, never the key."""

    type: ClassVar[str] = "key.changed.v1"
    topic: ClassVar[str] = TOPIC

    key_id: str
    revision: int = Field(description="Rises with each change; an older one is ignored.")
    hash: str = Field(description="SHA-256 of the key, hexadecimal.")
    name: str
    scopes: list[str]
    person_id: str | None = Field(description="The person the key acts for, if any.")
    revoked_at: AwareDatetime | None


class SessionChanged(Event):
    """Somebody is signed in to the console, as they are now. Carries the hash, never the token.

    An ended session names nobody: ``name`` and ``roles`` are empty.
    """

    type: ClassVar[str] = "session.changed.v1"
    topic: ClassVar[str] = TOPIC

    session_id: str
    revision: int = Field(description="Rises with each change; an older one is ignored.")
    hash: str = Field(description="SHA-256 of the session's token, hexadecimal.")
    person_id: str
    name: str
    language: Literal["es", "en"]
    zone: str = Field(description="IANA time zone, for example `Europe/Madrid`.")
    roles: list[Role]
    ends_at: AwareDatetime = Field(description="When it ends in any case.")
    ended_at: AwareDatetime | None = Field(description="When it ended; null while it lives.")


class ErasureOrdered(Event):
    """Receipts that name a person are to be emptied. Says who only to those who hold them."""

    type: ClassVar[str] = "erasure.ordered.v1"
    topic: ClassVar[str] = TOPIC

    order_id: str
    salt: str
    digests: list[str] = Field(
        description="Of each identifier the SHA-256 of salt and identifier, hexadecimal."
    )
    at: AwareDatetime


class SampleLeadOrdered(Event):
    """Somebody wants to see a lead go all the way: ingest is to make one up, marked as a test."""

    type: ClassVar[str] = "sample_lead.ordered.v1"
    topic: ClassVar[str] = TOPIC

    order_id: str
    email: str = Field(description="Of nobody: its domain ends in `.example`.")
    name: str
    company: str
    at: AwareDatetime
