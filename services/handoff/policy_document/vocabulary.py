"""Names a policy may use without declaring them: kinds of touch and facts.

Neither is closed: a source may send kinds and facts of its own. A name that is not known
but looks like a known one is probably misspelt, and is warned about.
"""

from dataclasses import dataclass

KNOWN_FACTS = (
    "lead.first_name",
    "lead.last_name",
    "lead.name",
    "lead.email",
    "lead.email_domain",
    "lead.phone",
    "lead.title",
    "lead.role",
    "lead.department",
    "lead.seniority",
    "lead.country",
    "lead.region",
    "lead.city",
    "lead.language",
    "lead.free_mail",
    "account.domain",
    "account.name",
    "account.employees",
    "account.industry",
    "account.country",
    "account.region",
    "account.revenue",
    "account.customer",
)
KNOWN_PROPERTIES = tuple(
    f"{part}.{name}"
    for part, names in {
        "content": ("id", "title", "topic", "type", "url"),
        "campaign": ("id", "name", "source", "medium", "term", "content"),
        "page": ("url", "path", "title", "referrer"),
        "event": ("id", "title", "topic", "url"),
        "form": ("id", "name", "title"),
        "email": ("id", "subject", "url"),
    }.items()
    for name in names
)
"""Properties of touches that every source fills alike; ``docs/touch-kinds.md`` lists them."""


@dataclass(frozen=True)
class Vocabulary:
    """Names that are known; empty: no name is checked."""

    touches: tuple[str, ...] = ()
    facts: tuple[str, ...] = KNOWN_FACTS
    properties: tuple[str, ...] = KNOWN_PROPERTIES
    calendars: tuple[str, ...] | None = None
    """Names of the calendars; None: nobody can know them here."""
