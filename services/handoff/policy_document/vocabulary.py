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


@dataclass(frozen=True)
class Vocabulary:
    """Names that are known; empty: no name is checked."""

    touches: tuple[str, ...] = ()
    facts: tuple[str, ...] = KNOWN_FACTS
