"""How a source is read, as people and programs say it."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

SOURCE_NAME = r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"
MOST_KINDS = 1000


class _Given(BaseModel):
    """Strict, unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


HiddenLink = Annotated[
    str,
    Field(
        max_length=2000,
        pattern=r"^(?:https?://)?[^/\s?#]+\.[^/\s?#]+/[^/\s]\S*$",
        description="`https://acme.com/s/trap`: host and path, at least one letter of it.",
    ),
]


class Machines(_Given):
    """What helps to tell machines from people in what this source sends."""

    hidden_links: list[HiddenLink] = Field(
        default_factory=list,
        max_length=20,
        description="Links no person can see in your mails or pages: who follows one is a "
        "machine, and so is what it did within ten seconds of that. Query and fragment do not "
        "matter.",
    )
    settle_s: Annotated[int, Field(ge=0, le=3600)] = Field(
        default=60,
        description="Seconds an open or click waits, unsure, for others that show a machine.",
    )


class SourceSettings(_Given):
    """How a source is read."""

    options: dict[str, Any] = Field(
        default_factory=dict, description="The vendor's options; see its page in docs/sources."
    )
    columns: dict[str, Any] = Field(
        default_factory=dict,
        description="Which column of this source's exports is what, in the terms of a generic"
        " source's `mapping`; see docs/sources/imports.md. The others are guessed.",
    )
    touch_kinds: dict[Annotated[str, Field(min_length=1, max_length=200)], str] = Field(
        default_factory=dict,
        max_length=MOST_KINDS,
        description="Event names of this source → touch kinds, before the built-in table.",
    )
    machines: Machines = Field(default_factory=Machines)
    removed_is_erased: bool = Field(
        default=False,
        description="A contact deleted in the tool (`lead.removed`) asked to be erased. Else "
        "only what the tool calls a privacy deletion erases.",
    )
