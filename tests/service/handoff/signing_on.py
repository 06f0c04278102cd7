"""Handoff that trusts a provider which lies, and a browser on its way there and back."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import delete

from services.handoff.store.console_tables import IDENTITY, SIGN_IN_FAILURES
from tests.service.handoff.api import Api
from tests.service.handoff.house import open_house
from tests.support.accounts import Forger, settings_for
from tests.support.ground import Ground
from tests.support.visiting import Visit, visitor

HOME = "http://relevo"
RETURN = f"{HOME}/sign-in/return"


@dataclass
class Traveller:
    """A browser on its way: what it keeps, and what it last saw."""

    visit: Visit
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str) -> httpx.Response:
        self.visit.http.cookies.clear()  # it is we who keep them
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = await self.visit.get(path.removeprefix(HOME), **({"Cookie": kept} if kept else {}))
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            if "Max-Age=0" in line or value in ("", '""'):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer

    async def leave(self, wanted: str = "") -> str:
        """Start at our page; return the address the provider is asked at."""
        answer = await self.get("/sign-in/provider" + (f"?next={wanted}" if wanted else ""))
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])


@pytest.fixture(scope="module")
def forger() -> Iterator[Forger]:
    """One for all tests that lie: making keys takes long."""
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        made = Forger(server)
        made.serve()
        yield made


@asynccontextmanager
async def trusting(ground: Ground, forger: Forger, folder: Path) -> AsyncIterator[Api]:
    given = settings_for(forger.issuer, HOME, oidc_name="Acme", oidc_domains="acme.com, @acme.es")
    async with open_house(ground, folder, **given) as api:
        await api.add_person("Ana Pérez", language="es")
        yield api


@pytest.fixture(scope="module")
async def lied_to(
    forger: Forger, sqlite_with_tables: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Api]:
    """Handoff that trusts the forger."""
    ground = Ground(files=sqlite_with_tables)
    async with trusting(ground, forger, tmp_path_factory.mktemp("lied")) as api:
        yield api


@pytest.fixture(scope="module")
async def house_lied_to(
    ground: Ground, forger: Forger, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Api]:
    """The same, once per world."""
    async with trusting(ground, forger, tmp_path_factory.mktemp("lied-everywhere")) as api:
        yield api


@pytest.fixture
async def api(lied_to: Api, forger: Forger) -> Api:
    """The same, with a forger who tells the truth until the test says otherwise."""
    return await _fresh(lied_to, forger)


@pytest.fixture
async def everywhere(house_lied_to: Api, forger: Forger) -> Api:
    """The same, once per world."""
    return await _fresh(house_lied_to, forger)


async def _fresh(api: Api, forger: Forger) -> Api:
    forger.claims, forger.sign, forger.without = {}, None, ()
    del forger.keys[1:]
    forger.exchanges.clear()
    forget = (delete(IDENTITY), delete(SIGN_IN_FAILURES))
    await api.service.db.write(lambda conn: [conn.execute(one) for one in forget])
    return api


async def come_back(api: Api, forger: Forger, one: Traveller | None = None, **answer: str) -> Any:
    """Go to the forger and back; return what we say."""
    one = one or Traveller(visitor(api.http))
    where = await one.leave()
    forger.asked = dict(parse_qsl(urlsplit(where).query))
    given = {"code": "a code", "state": forger.asked["state"]} | answer
    return await one.get(f"/sign-in/return?{urlencode(given)}")
