"""The form of a team: as it is shown, and what it says to the handlers."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from services.handoff.console.filling import as_list
from services.handoff.store import people
from services.handoff.store.teams import Team
from shared.problem import Problem

FIELDS = ("name", "fallback", "fallbacks", "window_days", "calendar", "takes_leads", "requires")
NEEDS = ("language", "skill")
NAMED = {"fallback_id": "fallback"}
"""Fields that are called otherwise in a request."""


def empty_form() -> dict[str, str]:
    """Return the form of a new team."""
    return dict.fromkeys(FIELDS, "") | {"window_days": "7", "revision": ""}


def form_of(team: Team) -> dict[str, str]:
    """Return the form of a team that is there."""
    return {
        "name": team.name,
        "fallback": team.fallback.email,
        "fallbacks": "\n".join(one.email for one in team.fallbacks),
        "window_days": str(team.window_days),
        "calendar": team.calendar or "",
        "takes_leads": "yes" if team.takes_leads else "",
        "requires": "",
        "revision": str(team.revision),
        **{f"requires_{need}": "yes" for need in team.requires},
    }


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, with every field of the form."""
    return dict.fromkeys((*FIELDS, "revision"), "") | {
        name: value for name, value in form.items() if name != "form_token"
    }


def said(conn: Connection, form: Mapping[str, str], is_new: bool) -> dict[str, Any]:
    """Return what a form says of a team, as a request would.

    Raises ``Problem`` (422) for an address nobody here has, and for days that are no number.
    """
    days = form.get("window_days", "").strip()
    if not (days.isascii() and days.isdigit() and len(days) < 4):
        raise wrong("window_days", "a number of days")
    fields: dict[str, Any] = {
        "name": form.get("name", ""),
        "fallback_id": person_id(conn, form.get("fallback", ""), "fallback"),
        "fallbacks": [
            person_id(conn, one, "fallbacks") for one in as_list(form.get("fallbacks", ""))
        ],
        "window_days": int(days),
        "calendar": form.get("calendar") or None,
        "requires": [need for need in NEEDS if form.get(f"requires_{need}") == "yes"],
    }
    if form.get("takes_leads") == "yes" or not is_new:
        fields["takes_leads"] = form.get("takes_leads") == "yes"
    return fields


def person_id(conn: Connection, address: str, field: str) -> str:
    """Return whom an address names. Raises ``Problem`` (422)."""
    found = people.find_person(conn, address.strip()) if address.strip() else None
    if found is None:
        raise wrong(field, "nobody who works here has this address", "unknown_person")
    return str(found.person_id)


def wrong(field: str, message: str, code: str = "invalid") -> Problem:
    """Return what is wrong with a field of a form."""
    where = {"pointer": f"/{field}", "message": message}
    return Problem(422, code, f"/{field}: {message}", [where])


def member_shares(form: Mapping[str, str]) -> dict[str, Any]:
    """Return weight and cap as they were typed. Raises ``Problem`` (422)."""
    weight = form.get("weight", "").strip().replace(",", ".") or "1"
    cap = form.get("cap", "").strip()
    try:
        number = float(weight)
    except ValueError:
        raise wrong("weight", "a number from 0 to 100") from None
    if cap and not (cap.isascii() and cap.isdigit() and len(cap) < 7):
        raise wrong("cap", "a whole number, or nothing")
    return {"weight": number, "cap": int(cap) if cap else None}
