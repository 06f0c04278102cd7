"""The form of a person: as it is shown, and what it says to the handlers."""

from collections.abc import Mapping
from functools import cache
from typing import Any, get_args
from zoneinfo import available_timezones

from services.handoff.console.filling import as_lines, as_list
from services.handoff.fields.people import masked
from services.handoff.settings import HandoffSettings
from services.handoff.store.people import Employee
from shared.contracts.directory import Role

ROLES: tuple[Role, ...] = get_args(Role)
PLAIN = ("name", "email", "language", "zone")


def empty_form(settings: HandoffSettings) -> dict[str, str]:
    """Return the form of somebody who joins."""
    usual = {"language": settings.language, "zone": settings.zone}
    blank = dict.fromkeys(("name", "email", "languages", "skills", "roles"), "")
    return blank | usual | {"channels": "email\ninbox", "role_rep": "yes"}


def form_of(one: Employee) -> dict[str, str]:
    """Return the form of somebody who is there."""
    values = {name: str(getattr(one, name)) for name in PLAIN}
    values |= {f"role_{role}": "yes" for role in one.roles}
    return values | {
        "roles": "",
        "languages": ", ".join(one.languages),
        "skills": ", ".join(one.skills),
        "channels": "\n".join(
            each.channel if each.address in ("", one.email) else f"{each.channel}={masked(each)}"
            for each in one.channels
        ),
        "revision": str(one.revision),
    }


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, with every field of the form."""
    blank = dict.fromkeys((*PLAIN, "languages", "skills", "channels", "roles", "revision"), "")
    return blank | {name: value for name, value in form.items() if name != "form_token"}


def said(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form says of a person, as a request would."""
    return {
        **{name: form.get(name, "") for name in PLAIN},
        "roles": [role for role in ROLES if form.get(f"role_{role}") == "yes"],
        "languages": as_list(form.get("languages", "")),
        "skills": as_list(form.get("skills", "")),
        "channels": [_channel(line) for line in as_lines(form.get("channels", ""))],
    }


def _channel(line: str) -> dict[str, str]:
    name, _, address = line.partition("=")
    return {"channel": name.strip().lower(), "address": address.strip()}


@cache
def zones() -> tuple[str, ...]:
    """Return the time zones a form suggests: those of places."""
    return tuple(
        sorted(
            name
            for name in available_timezones()
            if "/" in name and not name.startswith(("Etc/", "posix/", "right/", "SystemV/"))
        )
    )
