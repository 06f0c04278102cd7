"""API keys: which there are, a new one, the end of one. A key is shown once, when it is made."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from services.handoff.console.tools import Tools
from services.handoff.handlers.keys import make_key, revoke_key
from services.handoff.store import keys as keys_store
from services.handoff.store import people
from services.handoff.store.people import Employee
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.unit_of_work import UnitOfWork
from shared.access import ADMIN, ROLES, SCOPES, KeyRing
from shared.console.pages import go
from shared.console.visitor import Member
from shared.contracts.directory import KeyChanged
from shared.idempotency import Answer, Repeatable, once
from shared.ids import new_id
from shared.pages import Cursor, PathId
from shared.problem import Problem, not_found

SHOWN = 50
LONGEST_NAME = 200
TICK = "may_"
SAID = ("revoked",)
WRONG = {  # what is wrong with which field, by the code of the refusal
    "unknown_person": ("person", "key_unknown_person"),
    "exceeds_roles": ("scopes", "key_exceeds_roles"),
    "exceeds_your_scopes": ("scopes", "key_exceeds_yours"),
    "invalid": ("scopes", "key_no_scopes"),
}
REPEATED = b"repeated"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was filled in. Without ``scopes`` a key may do what its person's roles allow."""

    name: str = ""
    person: str = ""
    scopes: frozenset[str] = frozenset()
    once: str = ""


def router(tools: Tools, ring: KeyRing) -> APIRouter:
    """Return the routes below ``/keys``."""
    routes = APIRouter(prefix="/keys")
    Keeper = Annotated[Member, Depends(tools.console.signed_in("keys:write"))]

    @routes.get("")
    async def show(member: Keeper, cursor: Cursor = None, said: str = "") -> Response:
        """Show all keys in order of name, revoked ones too."""

        def work(conn: Connection) -> tuple[list[KeyChanged], str | None, dict[str, str]]:
            entries, following = keys_store.page_of_keys(conn, cursor, SHOWN)
            ids = [one.person_id for one in entries if one.person_id is not None]
            known = people.people_by_id(conn, ids)
            return entries, following, {one: person.name for one, person in known.items()}

        entries, following, names = await tools.read(work)
        return tools.pages.show(
            member,
            "keys.html",
            keys=entries,
            names=names,
            next_cursor=following,
            is_first=cursor is None,
            said=f"key_{said}" if said in SAID else "",
        )

    @routes.get("/new")
    async def ask(member: Keeper, like: Annotated[str, Query(max_length=20)] = "") -> Response:
        """Ask what the key is for; ``like`` ticks what a role's work needs."""
        ticked = next((scopes for role, scopes in ROLES.items() if role == like), frozenset[str]())
        return await _ask(tools, member, Wanted(scopes=ticked, once=new_id()), like=like)

    @routes.post("")
    async def make(member: Keeper) -> Response:
        """Make a key and show it, this once."""
        wanted = _wanted(member)
        if not 0 < len(wanted.name) <= LONGEST_NAME:
            return await _ask(tools, member, wanted, {"name": "key_no_name"}, 422)
        made: list[str] = []

        def work(uow: UnitOfWork) -> Answer:
            def act() -> Answer:
                scopes, person = sorted(wanted.scopes), wanted.person or None
                entry, text = make_key(uow, member.caller, wanted.name, scopes, person)
                made[:] = [text]
                return Answer(entry.name.encode(), repeated=REPEATED)

            made.clear()
            return once(uow.conn, IDEMPOTENCY, _request(member, wanted), uow.now, act)

        try:
            await tools.write(work)
        except Problem as fault:
            code = fault.code if fault.code in WRONG else _first_kind(fault)
            if code not in WRONG:
                raise
            field, word = WRONG[code]
            return await _ask(tools, member, wanted, {field: word}, fault.status)
        await ring.refresh()
        text = made[0] if made else None
        return tools.pages.show(member, "key_made.html", name=wanted.name, key=text)

    @routes.get("/{key_id}/revoke")
    async def ask_to_revoke(member: Keeper, key_id: PathId) -> Response:
        """Say what ends with a key before anybody revokes it."""
        entry = await tools.read(lambda conn: keys_store.find_key(conn, key_id))
        if entry is None:
            raise not_found("key")
        return tools.pages.show(member, "key_revoke.html", key=entry)

    @routes.post("/{key_id}/revoke")
    async def revoke(member: Keeper, key_id: PathId) -> Response:
        """Revoke a key: dead here at once, everywhere within seconds."""
        await tools.write(lambda uow: revoke_key(uow, member.caller, key_id))
        await ring.refresh()
        return go("/keys", said="revoked")

    return routes


async def _ask(
    tools: Tools,
    member: Member,
    wanted: Wanted,
    wrong: dict[str, str] | None = None,
    status: int = 200,
    like: str = "",
) -> Response:
    def work(conn: Connection) -> list[Employee]:
        return [one for one in people.everybody(conn) if one.active]

    staff = await tools.read(work)
    areas: dict[str, list[str]] = {}
    for scope in SCOPES:
        if member.may(scope):
            areas.setdefault(scope.partition(":")[0], []).append(scope)
    return tools.pages.show(
        member,
        "key_new.html",
        status,
        wanted=wanted,
        wrong=wrong or {},
        staff=staff,
        areas=areas,
        admin=ADMIN if member.may(ADMIN) else "",
        roles=[role for role in ROLES if all(member.may(scope) for scope in ROLES[role])],
        like=like,
        tick=TICK,
    )


def _wanted(member: Member) -> Wanted:
    form = member.form
    ticked = {name.removeprefix(TICK) for name in form if name.startswith(TICK)}
    return Wanted(
        " ".join(form.get("name", "").split()),
        form.get("person", ""),
        frozenset(ticked & {*SCOPES, ADMIN}),
        form.get("once", "")[:40],
    )


def _request(member: Member, wanted: Wanted) -> Repeatable | None:
    """Return what the same form sent twice is recognised by."""
    if not wanted.once:
        return None
    said = repr((wanted.name, wanted.person, sorted(wanted.scopes)))
    digest = sha256(said.encode(errors="replace")).hexdigest()
    return Repeatable(member.session_id, "POST /keys", wanted.once, digest)


def _first_kind(fault: Problem) -> str:
    return str(fault.errors[0].get("kind", "")) if fault.errors else ""
