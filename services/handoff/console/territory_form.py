"""The form of a territory, and its conditions as people read them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from services.handoff.console.filling import as_list
from services.handoff.console.team_form import person_id, wrong
from services.handoff.store import people
from services.handoff.store.territories import Stored
from shared.console.formats import Formats

LISTS = (
    "countries",
    "regions",
    "languages",
    "domains",
    "lists",
    "products",
    "segments",
    "policies",
)
NUMBERS = ("at_least", "at_most")
NAMED = {"team_id": "team", "person_id": "person", "employees": "at_least"}
MOST_SHOWN = 12


def empty_form() -> dict[str, str]:
    """Return the form of a new territory."""
    return dict.fromkeys(("name", "title", "team", "person", *LISTS, *NUMBERS), "") | {
        "active": "yes"
    }


def form_of(conn: Connection, one: Stored) -> dict[str, str]:
    """Return the form of a territory that is there."""
    size = one.document.get("employees") or {}
    taker = None if one.person_id is None else people.person(conn, one.person_id)
    return {
        "title": one.title,
        "team": one.team_id or "",
        "person": "" if taker is None else taker.email,
        "active": "yes" if one.active else "",
        "revision": str(one.revision),
        **{name: ", ".join(one.document.get(name) or ()) for name in LISTS},
        **{name: str(size.get(name, "")) for name in NUMBERS},
    }


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, with every field of the form."""
    blank = dict.fromkeys((*empty_form(), "revision"), "")
    return blank | {name: value for name, value in form.items() if name != "form_token"}


def said(conn: Connection, form: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form says of a territory, as a request would.

    Raises ``Problem`` (422) for an address nobody here has, for both takers, and for what is
    no number.
    """
    fields: dict[str, Any] = {name: as_list(form.get(name, "")) for name in LISTS}
    size = {name: _number(form, name) for name in NUMBERS}
    given = {name: value for name, value in size.items() if value is not None}
    fields["employees"] = given or None
    fields["active"] = form.get("active") == "yes"
    if title := form.get("title", "").strip():
        fields["title"] = title
    if form.get("team") and form.get("person", "").strip():
        raise wrong("person", "name a team or a person, not both", "two_takers")
    if form.get("person", "").strip():
        fields["person_id"] = person_id(conn, form["person"], "person")
    elif form.get("team"):
        fields["team_id"] = form["team"]
    else:
        raise wrong("team", "name who takes its leads", "no_taker")
    return fields


def _number(form: Mapping[str, str], name: str) -> int | None:
    text = form.get(name, "").strip().replace(".", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise wrong(name, "a whole number")
    return int(text)


def in_words(one: Stored, words: Formats) -> list[tuple[str, str]]:
    """Return the conditions of a territory: what each asks about, and its values."""
    found = []
    for name in LISTS:
        values = one.document.get(name) or ()
        if values:
            shown = [_value(name, each, words) for each in values[:MOST_SHOWN]]
            if len(values) > MOST_SHOWN:
                shown.append(words.say("values_more", count=len(values) - MOST_SHOWN))
            found.append((words.say(f"condition_{name}"), ", ".join(shown)))
    size = one.document.get("employees") or {}
    if size:
        ends = "_".join(name for name in NUMBERS if name in size)
        told = words.say(f"size_{ends}", **size)
        found.append((words.say("condition_employees"), told))
    return found


def _value(name: str, value: str, words: Formats) -> str:
    if name == "countries":
        return words.territory(value)
    return words.speaks(value) if name == "languages" else value
