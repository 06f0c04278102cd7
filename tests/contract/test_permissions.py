"""Who may do what: every route with the scope it asks for, as reviewed in ``permissions.txt``.

A new route, or another scope, changes that file in the same commit. The doors of ingest and
what a load balancer asks are open to anybody here: the doors check a source's credentials.
Pages ask for the same scopes of who is signed in, ``page:`` before them.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import Connection, Table

from services.parts import NAMES, build, settings_class
from shared.access import ADMIN, ROLES, SCOPES, hash_key, new_key, save_key
from shared.bus import open_bus
from shared.contracts.directory import KeyChanged
from shared.ids import new_id
from shared.migrations import migrate
from shared.permit import Guard
from shared.web import Door, Permit, build_app

REVIEWED = Path(__file__).with_name("permissions.txt")
ROWS = [tuple(line.split()) for line in REVIEWED.read_text().splitlines()]
GUARDED = [
    pytest.param(method, path, scope, id=f"{method} {path}")
    for method, path, scope in ROWS
    if scope != "anybody" and not scope.startswith("page:")
]
PAGES = [
    pytest.param(method, path, id=f"{method} {path}")
    for method, path, scope in ROWS
    if scope.startswith("page:")
]
ENDLESS = {"/v1/feed/stream"}


@dataclass
class Product:
    """All three services behind one door, and keys with every set of scopes asked for here."""

    door: Door
    only: dict[str, str]  # by scope: a key that has just that one
    but: dict[str, str]  # by scope: a key that has all the others

    async def status(self, method: str, path: str, key: str | None) -> int:
        """Ask for something that is not there; return how the product answers."""
        path = re.sub(r"\{number\}", "1", path)
        path = re.sub(r"\{\w+\}", new_id(), path)
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        transport = httpx.ASGITransport(app=self.door)
        async with httpx.AsyncClient(transport=transport, base_url="http://relevo") as http:
            return (await http.request(method, path, headers=headers)).status_code


@pytest.fixture(scope="module")
async def product(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    url = f"sqlite:///{tmp_path_factory.mktemp('data')}"
    only = {scope: new_key() for scope in SCOPES}
    but = {scope: new_key() for scope in SCOPES}
    entries = [entry(key, [scope]) for scope, key in only.items()]
    entries += [entry(key, sorted(set(SCOPES) - {scope})) for scope, key in but.items()]
    bus = open_bus(url)
    services = [build(name, settings_class(name)(database_url=url), bus) for name in NAMES]
    await bus.start()
    for service in services:
        table = service.db.tables.tables["api_key"]
        await service.db.start()
        await migrate(service.db)
        await service.db.write(partial(save_keys, table, entries))
        await service.prepare()
    yield Product(build_app(services, "test"), only, but)
    for service in services:
        await service.db.stop()
    await bus.stop()


def save_keys(table: Table, entries: list[KeyChanged], conn: Connection) -> None:
    for one in entries:
        save_key(conn, table, one)


def entry(key: str, scopes: list[str]) -> KeyChanged:
    return KeyChanged(
        key_id=new_id(),
        revision=1,
        hash=hash_key(key),
        name="test",
        scopes=scopes,
        person_id=new_id(),  # the inbox is somebody's
        revoked_at=None,
    )


async def test_every_route_asks_for_the_scope_that_was_reviewed(product):
    found: list[tuple[str, ...]] = []
    for context in iter_route_contexts(product.door.app.routes):
        route = context.original_route
        assert isinstance(route, APIRoute)
        calls = [one.call for one in route.dependant.dependencies]
        guards = [call for call in calls if isinstance(call, Guard)]
        scopes = [
            call.scope if isinstance(call, Permit) else f"page:{call.scope}" for call in guards
        ] or ["anybody"]
        found += [(method, str(context.path), *scopes) for method in route.methods or ()]

    assert sorted(found) == sorted(ROWS)


@pytest.mark.parametrize(("method", "path", "scope"), GUARDED)
async def test_a_route_is_closed_to_all_who_lack_its_scope(product, method, path, scope):
    answers = [
        await product.status(method, path, key) for key in (None, new_key(), product.but[scope])
    ]

    assert answers == [401, 401, 403]


@pytest.mark.parametrize(
    ("method", "path", "scope"), [row for row in GUARDED if row.values[1] not in ENDLESS]
)
async def test_a_route_is_open_to_who_has_its_scope_alone(product, method, path, scope):
    assert await product.status(method, path, product.only[scope]) not in (401, 403, 500)


@pytest.mark.parametrize(("method", "path"), PAGES)
async def test_a_page_is_closed_to_who_is_not_signed_in_whatever_key_they_have(
    product, method, path
):
    keys = (None, product.only["leads:read"], product.only["handoffs:write"])

    assert [await product.status(method, path, key) for key in keys] == [401] * 3


def test_every_scope_opens_something():
    scopes = {scope.removeprefix("page:") for _, _, scope in ROWS}

    assert scopes - {"anybody"} == set(SCOPES)


def test_a_role_can_hold_no_scope_that_does_not_exist():
    assert frozenset[str]().union(*ROLES.values()) == {*SCOPES, ADMIN}


@pytest.mark.parametrize("scope", ["keys:write", "operations:write", ADMIN])
def test_what_runs_the_installation_is_for_admins(scope):
    assert [role for role, scopes in ROLES.items() if scope in scopes] == ["admin"]
