"""How each vendor's tool is connected: what is asked for, and what to click there, step by step.

One file per vendor in ``guides``; the command line prints the steps and the pages in
``docs/sources`` hold them. ``<url>``, ``<address>`` (with the token, where one is shown),
``<base>``, ``<token>`` and ``<secret>`` stand for a source's own.
"""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

DIRECTORY = Path(__file__).with_name("guides")


class Words(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: str
    es: str


class Steps(BaseModel):
    """What to do, one sentence each, in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: list[str] = Field(min_length=1)
    es: list[str] = Field(min_length=1)


class Way(BaseModel):
    """One way to connect a tool."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z]{1,20}$", description="For `relevo sources add --way`.")
    label: Words
    options: dict[str, Any] = Field(
        default_factory=dict, description="The options of a source that is connected so."
    )
    secret: Literal["tool", "relevo"] | None = Field(
        default=None, description="Who makes the signing secret; null: a token of ours is shown."
    )
    ask: Words | None = Field(
        default=None, description="What the tool calls the secret it makes, and where it shows it."
    )
    steps: Steps = Field(
        description="What to do in the tool's pages. `<url>`, `<address>`, `<base>`, `<token>` "
        "and `<secret>` stand for the source's own."
    )


class Guide(BaseModel):
    """The ways to connect one vendor's tool, the recommended one first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ways: list[Way] = Field(min_length=1)


@lru_cache(maxsize=64)
def guide_to(vendor: str) -> Guide:
    """Return the guide of ``vendor``, which is a name in ``VENDORS``."""
    return Guide.model_validate(tomllib.loads((DIRECTORY / f"{vendor}.toml").read_text()))
