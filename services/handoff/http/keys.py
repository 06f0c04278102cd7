"""API keys over HTTP. A key is shown once, when it is made."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import Connection

from services.handoff.handlers.keys import make_key, revoke_key
from services.handoff.store import keys as keys_store
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import ADMIN, SCOPES, Caller, KeyRing
from shared.contracts.directory import KeyChanged
from shared.fields import Name
from shared.idempotency import Answer, OnlyOnce, created, once
from shared.pages import Cursor, Limit, Page, PathId
from shared.problem import not_found
from shared.web import Permit


def known_scope(scope: str) -> str:
    """Return ``scope`` when there is one of that name."""
    if scope != ADMIN and scope not in SCOPES:
        known = ", ".join([*SCOPES, ADMIN])
        raise PydanticCustomError("scope", "no such scope; there are {known}", {"known": known})
    return scope


class NewKey(BaseModel):
    """A key to make."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name = Field(description="What it is for, to recognise it by.")
    scopes: list[Annotated[str, AfterValidator(known_scope)]] = Field(
        default=[],
        max_length=100,
        description="What it may do. Left out, it may do what its person's roles allow.",
    )
    person: str | None = Field(
        default=None, max_length=254, description="Id or e-mail of whom it acts for, if anybody."
    )


class KeyShown(BaseModel):
    """A key, without its text."""

    key_id: str
    name: str
    scopes: list[str]
    person_id: str | None
    revoked_at: datetime | None


class KeyMade(KeyShown):
    """A new key."""

    key: str | None = Field(
        description="The key itself, this once: only its hash is stored. Null when the request "
        "is repeated with the same `Idempotency-Key`."
    )


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/keys``."""
    routes = APIRouter(prefix="/v1/keys", tags=["keys"])
    db = parts.db
    Writer = Annotated[Caller, Depends(Permit(keys, "keys:write"))]

    @routes.get("")
    async def list_keys(
        _caller: Writer, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[KeyShown]:
        """List keys in order of name, revoked ones too."""
        entries, following = await db.read(
            lambda conn: keys_store.page_of_keys(conn, cursor, limit)
        )
        return Page(items=[KeyShown(**_shown(one)) for one in entries], next_cursor=following)

    @routes.post("", status_code=201, response_model=KeyMade)
    async def make(key: NewKey, caller: Writer, request: OnlyOnce) -> Response:
        """Make a key. It can allow what you may do, and what its person may do, at most."""

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)

            def act() -> Answer:
                entry, text = make_key(uow, caller, key.name, key.scopes, key.person)
                return created(
                    KeyMade(**_shown(entry), key=text),
                    f"/v1/keys/{entry.key_id}",
                    repeated=KeyMade(**_shown(entry), key=None),
                )

            return once(conn, IDEMPOTENCY, request, uow.now, act)

        answer = await db.write(work)
        await keys.refresh()
        return answer.response()

    @routes.get("/{key_id}")
    async def show(key_id: PathId, _caller: Writer) -> KeyShown:
        """Show a key, without its text."""
        entry = await db.read(lambda conn: keys_store.find_key(conn, key_id))
        if entry is None:
            raise not_found("key")
        return KeyShown(**_shown(entry))

    @routes.delete("/{key_id}", status_code=204)
    async def revoke(key_id: PathId, caller: Writer) -> None:
        """Revoke a key: dead here at once, everywhere within seconds."""
        await db.write(lambda conn: revoke_key(unit_of_work(parts, conn), caller, key_id))
        await keys.refresh()

    return routes


def _shown(entry: KeyChanged) -> dict[str, Any]:
    return entry.model_dump(exclude={"hash", "revision"})
