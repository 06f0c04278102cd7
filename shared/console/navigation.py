"""The ways through the console: one list, from which the frame of every page draws them.

The entries belong to all services, which answer behind one address. Each asks for the scope
its page asks for, so nobody sees a way that ends in a refusal. The entries without a group
stand side by side; those of a group are behind one word, "Running it" on a wide screen and
"More" on a phone.
"""

from collections.abc import Callable
from dataclasses import dataclass

MINE = "mine"  # stands beside the account as well


@dataclass(frozen=True, slots=True)
class Entry:
    """One way. ``word`` is the key of its name, ``within`` begins paths that belong to it too."""

    path: str
    word: str
    scope: str
    icon: str = ""
    group: str = ""
    within: tuple[str, ...] = ()

    def is_around(self, path: str) -> bool:
        """Return whether ``path`` is its page or one of those that belong to it."""
        below = (self.path, *self.within) if self.path != "/" else self.within
        return path == self.path or any(path == one or path.startswith(f"{one}/") for one in below)


ENTRIES = (
    Entry("/", "nav_today", "handoffs:write", "sun", within=("/handoffs",)),
    Entry("/leads", "nav_leads", "leads:read", "people"),
    Entry("/agreement", "nav_agreement", "policies:read", "shake"),
    Entry("/scoreboard", "nav_scoreboard", "scoreboard:read", "board"),
    Entry("/sources", "nav_sources", "sources:read", group="in"),
    Entry("/receipts", "nav_receipts", "receipts:read", group="in", within=("/imports",)),
    Entry("/subscriptions", "nav_subscriptions", "subscriptions:read", group="out"),
    Entry("/deliveries", "nav_deliveries", "subscriptions:read", group="out"),
    Entry("/inbox", "nav_inbox", "inbox:read", group=MINE),
    Entry("/people", "nav_people", "people:read", group="staff"),
    Entry("/teams", "nav_teams", "people:read", group="staff"),
    Entry("/calendars", "nav_calendars", "people:read", group="staff"),
    Entry("/territories", "nav_territories", "people:read", group="staff"),
    Entry("/routing", "nav_routing", "people:read", group="staff"),
    Entry("/operations", "nav_operations", "operations:read", group="system"),
    Entry("/audit", "nav_audit", "operations:read", group="system"),
    Entry("/keys", "nav_keys", "keys:write", group="system"),
)
GROUPS = ("in", "out", "staff", "system")
"""The groups behind one word, in their order; each has a text ``nav_group_…``."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What somebody may go to: side by side, by group, and what is their own."""

    main: tuple[Entry, ...]
    groups: tuple[tuple[str, tuple[Entry, ...]], ...]
    mine: tuple[Entry, ...]

    def is_behind(self, path: str) -> bool:
        """Return whether ``path`` belongs to one of the groups."""
        return any(entry.is_around(path) for _, entries in self.groups for entry in entries)


def open_to(may: Callable[[str], bool]) -> Ways:
    """Return the ways of somebody who ``may`` what their roles allow."""
    found = [entry for entry in ENTRIES if may(entry.scope)]

    def of(group: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in found if entry.group == group)

    return Ways(of(""), tuple((one, of(one)) for one in GROUPS if of(one)), of(MINE))
