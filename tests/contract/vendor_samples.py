"""Recorded requests of real vendors, kept outside the repository.

``RELEVO_VENDOR_SAMPLES`` names their directory; its ``MANIFEST.json`` says what each one
holds. Without it these tests are left out, and say so; where every part is required
(``RELEVO_TEST_REQUIRE=all``) the run fails instead.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.parts import all_required

DIRECTORY = "RELEVO_VENDOR_SAMPLES"


@dataclass(frozen=True)
class Sample:
    """One recorded request, and what a reader should find in it."""

    id: str
    vendor: str
    method: str
    url: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    events: list[dict[str, Any]]
    signature: Mapping[str, Any] | None

    @property
    def scheme(self) -> str | None:
        """How it proves where it comes from; None: not at all."""
        return None if self.signature is None else str(self.signature["scheme"])

    @property
    def occurred_at(self) -> list[datetime | None]:
        told = [event.get("occurred_at") for event in self.events]
        return [None if one is None else datetime.fromisoformat(one) for one in told]


def samples(*vendors: str) -> list[Any]:
    """Return the recorded requests of ``vendors`` as test parameters."""
    if DIRECTORY not in os.environ:
        reason = f"{DIRECTORY} does not say where the recorded requests are"
        if all_required():
            raise pytest.UsageError(reason)
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason), id="left out")]
    return [pytest.param(one, id=one.id) for one in recorded(*vendors)]


def recorded(*vendors: str) -> Iterator[Sample]:
    """Yield the recorded requests of ``vendors``, out of the directory the variable names."""
    directory = Path(os.environ[DIRECTORY])
    manifest = json.loads((directory / "MANIFEST.json").read_text())
    for entry in manifest["samples"]:
        if entry["vendor"] not in vendors:
            continue
        head = json.loads((directory / entry["headers_file"]).read_text())
        url = head["url"]
        yield Sample(
            id=entry["id"],
            vendor=entry["vendor"],
            method=head["method"],
            url=url,
            path="/" + url.partition("//")[2].partition("/")[2],
            headers={name.lower(): value for name, value in head["headers"].items()},
            body=(directory / entry["file"]).read_bytes() if entry["file"] else b"",
            events=entry["events"],
            signature=entry["signature"],
        )
