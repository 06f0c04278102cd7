"""The agreement's pages over HTTP, without scripts: read, written, signed, in force, retired."""

import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from services.handoff.policy_document.yaml_tree import LARGEST
from tests.service.handoff.signing import Teams, path, text
from tests.support.visiting import Visit, session_of, visitor, words_of

NUMBERS = count(1)
HOSTILE = '<script>alert(1)</script> \\"><img src=x onerror=alert(1)> {x} %s'


async def hire(house, *roles: str, language: str = "es") -> dict[str, Any]:
    number = next(NUMBERS)
    person = await house.add_person(
        f"Mara Ruiz {number}", email=f"agr{number}@a.com", roles=list(roles), language=language
    )
    session = await session_of(house.parts, person["person_id"])
    return person | {"visit": visitor(house.http, session)}


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


async def test_all_pages_open(house, marketing):
    visit = marketing["visit"]
    for one in ("/agreement", "/agreement/b2b-starter", "/agreement/b2b-starter/versions/1",
                "/agreement/b2b-starter/history", "/agreement/b2b-starter/edit", "/agreement/-/edit",
                "/agreement/b2b-starter/versions/1/advice", "/agreement/b2b-starter/versions/1/file"):
        page = await visit.get(one)
        assert page.status_code == 200, (one, page.text[-2000:])
