"""An installation as an administrator sets it up, all of it through the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.api import Api
from tests.support.doors import DOORS, Door


@dataclass(frozen=True)
class Staff:
    """Who works here: two reps who take leads in turn, and their manager."""

    reps: Sequence[Mapping[str, Any]]
    manager: Mapping[str, Any]


async def hire(
    api: Api, suffix: str = "", channels: Sequence[Mapping[str, str]] = ({"channel": "email"},)
) -> Staff:
    """Make three people and the team that takes leads from now on.

    ``suffix`` makes their addresses different from others'; ``channels`` are the reps'.
    """

    async def person(name: str, roles: list[str], language: str) -> dict[str, Any]:
        made = {
            "name": name,
            "email": f"{name.partition(' ')[0].lower()}{suffix}@us-at-work.com",
            "roles": roles,
            "language": language,
            "zone": "Europe/Madrid",
            "channels": [dict(channel) for channel in channels],
        }
        found: dict[str, Any] = await api.post("/v1/people", made)
        return found

    manager = await person("Marta Manager", ["manager"], "en")
    reps = [await person("Ana Ramos", ["rep"], "es"), await person("Ben Reed", ["rep"], "en")]
    await api.post(
        "/v1/teams",
        {
            "name": f"Sales{suffix}",
            "fallback_id": manager["person_id"],
            "members": [rep["person_id"] for rep in reps],
            "takes_leads": True,
        },
    )
    return Staff(reps, manager)


async def add_source(api: Api, door: type[Door], name: str | None = None) -> str:
    """Make the source a door belongs to; return its credential."""
    made = await api.post(
        "/v1/sources",
        {"name": name or door.source, "vendor": door.vendor, "settings": dict(door.settings)},
    )
    return str(made["credential"]["value"])


async def add_sources(api: Api) -> dict[str, str]:
    """Make a source for every door; return the credentials by source."""
    return {door.source: await add_source(api, door) for door in DOORS}


async def subscribe(api: Api, url: str, name: str = "crm", **more: Any) -> dict[str, Any]:
    """Let a system have events at ``url``; return the subscription with its secret."""
    made: dict[str, Any] = await api.post(
        "/v1/subscriptions", {"name": name, "url": url, "event_types": ["*"], **more}
    )
    return made


async def give_key(api: Api, scopes: Sequence[str] = (), person: str | None = None) -> str:
    """Make a key; return its text."""
    made = await api.post(
        "/v1/keys", {"name": "of a test", "scopes": list(scopes), "person": person}
    )
    return str(made["key"])
