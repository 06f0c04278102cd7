"""Setting Alisio up, as an administrator would: people, a team and sources, by the API."""

from dataclasses import dataclass
from typing import Any

from services.cli.client import Api
from services.demo.cast import COLLEAGUES
from services.demo.tools import FORMS, FORMS_MAPPING, WRONG_FAIR_MAPPING

SOURCES: dict[str, tuple[str, dict[str, Any]]] = {
    "website": ("segment", {}),
    "forms": (
        "generic",
        {
            "options": {"mapping": FORMS_MAPPING},
            "touch_kinds": {FORMS["demo"]: "demo.requested", FORMS["contact"]: "contact.requested"},
        },
    ),
    "mail": ("cloudevents", {}),
    "webinars": ("standard-webhooks", {}),
    "fair": ("generic", {"options": {"mapping": WRONG_FAIR_MAPPING}}),
}


@dataclass(frozen=True, slots=True)
class Alisio:
    """What was set up: a credential for each source, and the people by e-mail."""

    credentials: dict[str, str]
    people: dict[str, str]


def set_up(api: Api) -> Alisio:
    """Make the people, the team that takes leads in turn, and the sources."""
    people = {
        one.email: api.post(
            "/v1/people",
            {
                "name": one.name,
                "email": one.email,
                "roles": list(one.roles),
                "language": one.language,
                "zone": one.zone,
                "channels": [{"channel": "inbox"}],
            },
        )["person_id"]
        for one in COLLEAGUES
    }
    reps = [people[one.email] for one in COLLEAGUES if "rep" in one.roles]
    leader = next(people[one.email] for one in COLLEAGUES if "manager" in one.roles)
    api.post("/v1/teams", {"name": "Ventas", "fallback_id": leader, "members": reps})
    credentials = {
        name: api.post("/v1/sources", {"name": name, "vendor": vendor, "settings": settings})[
            "credential"
        ]["value"]
        for name, (vendor, settings) in SOURCES.items()
    }
    return Alisio(credentials, people)
