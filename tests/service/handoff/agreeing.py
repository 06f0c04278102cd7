"""People who write, try, sign and start policies on the agreement's pages."""

from itertools import count
from typing import Any

import pytest

from tests.service.handoff.signing import Teams, path, text
from tests.support.visiting import Visit, session_of, visitor, words_of

NUMBERS = count(1)


async def hire(house, *roles: str, language: str = "es") -> dict[str, Any]:
    number = next(NUMBERS)
    person = await house.add_person(
        f"Mara Ruiz {number}", email=f"agr{number}@a.com", roles=list(roles), language=language
    )
    session = await session_of(house.parts, person["person_id"])
    return {**person, "visit": visitor(house.http, session)}


@pytest.fixture
async def marketing(house):
    return await hire(house, "marketing")


@pytest.fixture
async def sales(house):
    return await hire(house, "sales")


def fresh() -> str:
    """Return the name of a policy no other test has."""
    return f"p{next(NUMBERS)}"


async def save(visit: Visit, policy: str, written: str, base: int = 0, **more: str) -> Any:
    fields = {"text": written, "base": str(base), "do": "save"} | more
    return await visit.post(f"/agreement/{policy}/edit", fields)


async def drafted(house, policy: str, points: int = 100) -> dict[str, Any]:
    body = {"text": text(points, policy)}
    answer = await house.post("/v1/policies", body, **{"If-Match": "*"})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def tried(house, version: dict[str, Any]) -> dict[str, Any]:
    return await Teams(house, house, house, house, {}).tried(version)


def page_of(version: dict[str, Any]) -> str:
    return path(version).replace("/v1/policies", "/agreement")


async def sign(visit: Visit, version: dict[str, Any], role: str, **more: str) -> Any:
    fields = {"as": role, "digest": version["digest"], "read": "yes"} | more
    return await visit.post(f"{page_of(version)}/sign", fields)


async def state(house, version: dict[str, Any]) -> str:
    return str((await house.get(path(version))).json()["step"])


async def ready(house, policy: str, points: int = 100) -> dict[str, Any]:
    """Return a version that was tried and that both teams have signed."""
    version = await tried(house, await drafted(house, policy, points))
    for role in ("marketing", "sales"):
        person = await hire(house, role)
        answer = await sign(person["visit"], version, role)
        assert answer.status_code == 303, words_of(answer)
    return version


async def in_force(house, policy: str, points: int = 100) -> dict[str, Any]:
    version = await ready(house, policy, points)
    answer = await house.post(f"{path(version)}/activate", {"signed_only": True})
    assert answer.status_code == 200, answer.text
    return version
