"""Two teams that agree on policies: a person of each, with a key of their own."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from services.handoff.handlers.sign_policies import mark_tried
from services.handoff.unit_of_work import unit_of_work
from shared.ids import new_id
from tests.service.handoff.api import Api

TEXT = """\
policy: {policy}
title: {{en: "When a lead is ready", es: "Cuándo un lead está listo"}}
signals:
  demo: {{touch: demo.requested, points: {points}, at_most: 1, within: 30d}}
gates:
  asked: {{tier: hot, when: {{signal: demo}}}}
response:
  hot: {{accept_in: 15m, first_attempt_in: 1h}}
"""


def text(points: int = 100, policy: str = "inbound") -> str:
    """Return a small policy; ``points`` tell its versions apart."""
    return TEXT.format(policy=policy, points=points)


@dataclass
class Teams:
    """An installation, and who signs in it: clients whose keys act for Mara, Sam and Rita."""

    api: Api
    marketing: Api
    sales: Api
    rep: Api
    ids: dict[str, str]

    async def draft(self, points: int = 100, **options: Any) -> dict[str, Any]:
        """Draft another version."""
        body = {"text": text(points, options.pop("policy", "inbound"))} | options
        answer = await self.api.post("/v1/policies", body, **{"If-Match": "*"})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def tried(self, version: dict[str, Any]) -> dict[str, Any]:
        """Say that a version was tried on history."""
        parts, tryout_id = self.api.parts, new_id()
        await self.api.service.db.write(
            lambda conn: mark_tried(
                unit_of_work(parts, conn), "admin", version["version_id"], tryout_id
            )
        )
        return version

    async def signed(self, version: dict[str, Any]) -> dict[str, Any]:
        """Let a version be tried and both teams sign it."""
        await self.tried(version)
        for role in ("marketing", "sales"):
            answer = await self.sign(version, role)
            assert answer.status_code == 200, answer.text
        return version

    async def sign(
        self, version: dict[str, Any], role: str, by: Api | None = None, **more: Any
    ) -> httpx.Response:
        """Sign for a team; as somebody else where ``by`` says so."""
        body = {"as": role, "digest": version["digest"]} | more
        return await (by or getattr(self, role)).post(f"{path(version)}/sign", body)

    async def unsign(
        self, version: dict[str, Any], role: str, by: Api | None = None
    ) -> httpx.Response:
        """Withdraw the signature of a team."""
        return await (by or getattr(self, role)).post(f"{path(version)}/unsign", {"as": role})

    async def activate(self, version: dict[str, Any], **body: Any) -> httpx.Response:
        """Activate a version."""
        return await self.api.post(f"{path(version)}/activate", body or None)

    async def now(self, version: dict[str, Any]) -> dict[str, Any]:
        """Return a version as it is shown now."""
        return dict((await self.api.get(path(version))).json())

    async def told(self, policy: str = "inbound") -> list[dict[str, Any]]:
        """Return the data of the activations of a policy that were staged."""
        events = await self.api.staged("policy.activated.v1")
        return [event["data"] for event in events if event["subject"] == policy]


async def two_teams(api: Api) -> Teams:
    """Hire a marketing manager, a sales leader and a rep, and give each a key."""
    staff = {
        "marketing": await api.add_person("Mara Ruiz", roles=["marketing"]),
        "sales": await api.add_person("Sam Lee", roles=["sales", "manager"]),
        "rep": await api.add_person("Rita Gil", roles=["rep"]),
    }
    keys = {name: await api.with_key(person=one["email"]) for name, one in staff.items()}
    return Teams(api, **keys, ids={name: one["person_id"] for name, one in staff.items()})


def path(version: dict[str, Any]) -> str:
    """Return where a version is."""
    return f"/v1/policies/{version['policy']}/versions/{version['number']}"


def code(answer: httpx.Response) -> tuple[int, Any]:
    """Return the status, and the code of the problem if it is one."""
    return answer.status_code, answer.json().get("code")


async def steps(teams: Teams, policy: str = "inbound") -> list[tuple[int, str, str]]:
    """Return (number, what, who) of a policy's history."""
    items = (await teams.api.get(f"/v1/policies/{policy}/history")).json()["items"]
    return [(one["number"], one["what"], one["person"] or one["who"]) for one in items]


def days(number: int) -> str:
    """Return the moment so many days from now."""
    return (datetime.now(UTC) + timedelta(days=number)).isoformat()
