"""A version becomes the agreement: drafted, tried on history, signed by both teams, scheduled,
started, and named by the hand-offs it makes. In both worlds, by the command alone."""

import asyncio
import json
import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.journey.conftest import Crm, Installation
from tests.support.agreement import agreement
from tests.support.events import about, signed
from tests.support.installation import give_key
from tests.support.product import RELEVO
from tests.support.story import WITHIN_S, Lead
from tests.support.waiting import eventually


@dataclass
class Desk:
    """Where people type commands; who types is said by the key."""

    folder: Path
    url: str
    key: str

    async def type(self, *words: str, key: str = "") -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "RELEVO_URL": self.url, "RELEVO_KEY": key or self.key}
        return await asyncio.to_thread(
            subprocess.run,
            [*RELEVO, "policy", *words],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )

    async def done(self, *words: str, key: str = "") -> str:
        """Type a command that works; return what it prints."""
        found = await self.type(*words, key=key)
        assert found.returncode == 0, found.stderr
        return found.stdout

    async def refused(self, *words: str, key: str = "") -> str:
        """Type a command that fails; return what it says."""
        found = await self.type(*words, key=key)
        assert found.returncode == 1, found.stdout
        return found.stderr


@pytest.fixture
def desk(installation: Installation, tmp_path: Path) -> Desk:
    product = installation.product
    return Desk(tmp_path, product.of("handoff")[0].url, product.admin_key)


async def signers(installation: Installation) -> dict[str, str]:
    """Hire a person for each team; return their keys by the role they sign as."""
    keys = {}
    for name, role in (("Mara Ruiz", "marketing"), ("Sam Lee", "sales")):
        email = f"{name[:4].strip().lower()}@us-at-work.com"
        await installation.api.post("/v1/people", {"name": name, "email": email, "roles": [role]})
        keys[role] = await give_key(installation.api, person=email)
    return keys


async def handed_over(installation: Installation, crm: Crm) -> dict[str, Any]:
    """Let somebody ask for a demo; return the reference of the hand-off the CRM is told of."""
    lead = Lead(installation.api, installation.credentials["app"])
    await lead.does("Demo Requested")
    lead_id = (await lead.handoff())["lead_id"]
    while True:
        told = signed(await crm.receiver.next_request(WITHIN_S), crm.secret)
        for event in about([told], lead_id):
            if event["type"] == "handoff.sales_ready.v1":
                return dict(event["data"]["handoff"])


async def test_a_version_is_tried_signed_by_two_started_and_named(installation, crm, desk):
    keys = await signers(installation)
    before = await handed_over(installation, crm)
    file = desk.folder / "agreed.yaml"
    file.write_text(agreement(accept_in="20m"))
    await desk.done("draft", "agreed.yaml", "--comment", "a little more time")
    number = json.loads(await desk.done("show", "journey", "--json"))["number"] + 1
    sign = ("sign", "journey", str(number), "--file", "agreed.yaml", "--as")
    untried = await desk.refused(*sign, "sales", key=keys["sales"])

    # tried: what it says of the past is what the version on trial did, for it asks the same
    tried = ("try", "--policy", "journey", "--number", str(number), "--html", "report.html")
    result = json.loads(await desk.done(*tried, "--json"))["result"]

    await desk.done(*sign, "sales", key=keys["sales"])
    wrong = await desk.refused(*sign, "marketing", key=keys["sales"])
    half = await installation.api.send(
        "POST", f"/v1/policies/journey/versions/{number}/activate", json={"signed_only": True}
    )
    await desk.done(*sign, "marketing", key=keys["marketing"])
    starts_at = datetime.now(UTC) + timedelta(seconds=2)
    await desk.done("activate", "journey", str(number), "--from", starts_at.isoformat())

    async def started() -> bool:
        shown = await installation.api.get(f"/v1/policies/journey/versions/{number}")
        return (shown["state"], shown["agreement"]) == ("in_force", "signed")

    await eventually(started, WITHIN_S, "the version to decide")
    after = await handed_over(installation, crm)
    history = await desk.done("history", "journey")

    assert "tried on history" in untried
    assert "role" in wrong
    assert (half.status_code, half.json()["code"]) == (409, "not_signed")
    assert result["candidate"]["leads"] == result["both"]["same"] >= 1
    assert (result["gained"]["count"], result["lost"]["count"]) == (0, 0)
    assert "<svg" in (desk.folder / "report.html").read_text(encoding="utf-8")
    assert (before["agreement"], before["policy_version"]) == ("trial", number - 1)
    assert (after["agreement"], after["policy_version"]) == ("signed", number)
    assert all(step in history for step in ("drafted", "tried", "signed", "scheduled", "activated"))
