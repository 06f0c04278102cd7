"""Letting people into the console: a link that sets a password once, and ending sessions."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.handoff.handlers.sign_in import make_link, sign_out_person
from services.handoff.handlers.single_sign_on import unlink_person
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.pages import PathId
from shared.web import Permit


class Invitation(BaseModel):
    """A way into the console, for one person and once."""

    link: str = Field(description="Opens a page that asks for a new password. Shown only now.")
    ends_at: datetime


class SignedOut(BaseModel):
    """How many sessions ended."""

    sessions: int


class Unlinked(BaseModel):
    """How many accounts of a provider were a person's."""

    accounts: int


def invitation_link(public_url: str, token: str) -> str:
    """Return the address of the page that sets a password."""
    return f"{public_url.rstrip('/')}/welcome/{token}"


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/people`` that are about the console."""
    routes = APIRouter(prefix="/v1/people", tags=["people"])
    Writer = Annotated[Caller, Depends(Permit(keys, "people:write"))]

    @routes.post("/{person_id}/invite")
    async def invite(person_id: PathId, caller: Writer) -> Invitation:
        """Make a link that lets a person set a password, once. Earlier links end."""
        token, ends_at = await parts.db.write(
            lambda conn: make_link(unit_of_work(parts, conn), caller, person_id)
        )
        link = invitation_link(parts.settings.public_url, token)
        return Invitation(link=link, ends_at=ends_at)

    @routes.post("/{person_id}/sign-out")
    async def sign_out(person_id: PathId, caller: Writer) -> SignedOut:
        """End every session of a person in the console."""
        ended = await parts.db.write(
            lambda conn: sign_out_person(unit_of_work(parts, conn), caller, person_id)
        )
        return SignedOut(sessions=ended)

    @routes.post("/{person_id}/unlink")
    async def unlink(person_id: PathId, caller: Writer) -> Unlinked:
        """Forget which account of the provider is a person's, where it was replaced.

        The next account with their address is theirs. Their sessions end.
        """
        count = await parts.db.write(
            lambda conn: unlink_person(unit_of_work(parts, conn), caller, person_id)
        )
        return Unlinked(accounts=count)

    return routes
