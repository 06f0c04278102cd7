"""What a vendor's adapter hands over: the things a source told, in our words, not yet judged.

Values are as the source gave them. Normalising identifiers, judging times and naming touch
kinds happens once, for all vendors, after the adapter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

MadeBy = Literal["human", "machine", "unsure"]
Told = str | int | float | None
"""A moment as a source writes it: text, a number since 1970, or nothing."""


class Unreadable(Exception):
    """An event, or a whole receipt, that cannot be read; it is parked with these words.

    ``code`` is stable and short, ``place`` a JSON Pointer into the body ("" for all of it).
    """

    def __init__(self, code: str, message: str, place: str = ""):
        super().__init__(message)
        self.code = code
        self.message = message
        self.place = place


@dataclass(frozen=True, slots=True)
class Mark:
    """Who acted, by the vendor's own account, and the code of its reason."""

    made_by: MadeBy
    reason: str


MACHINE = Mark("machine", "vendor_flag")
HUMAN = Mark("human", "vendor_flag")
UNSURE = Mark("unsure", "vendor_flag")


@dataclass(frozen=True, slots=True)
class Consent:
    """A lead allowed or refused one channel. ``at`` is missing where the vendor does not say."""

    channel: Literal["email", "phone", "sms", "post", "all"]
    granted: bool
    at: Told = None


@dataclass(slots=True)
class IncomingTouch:
    """One thing a source told: a touch, or (without a ``name``) only who a lead is.

    Nobody changes one; it is not frozen, because that would triple the time to make it.
    """

    fingerprint: bytes
    """Digest of what was said, without what differs between two sendings of it."""
    source_event_id: str | None = None
    """The vendor's own id; None: the content identifies the event, for ten minutes."""
    token: str | None = None
    """What the vendor signed for this event alone: another event with it is a forgery."""
    name: str | None = None
    """The event as the vendor calls it."""
    kind: str | None = None
    """The touch kind, where the vendor's name leaves no doubt; else tables of names decide."""
    usual_kind: str | None = None
    """The touch kind where no table has one for a name people gave: of a form, say."""
    email: str | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    earlier_ids: tuple[str, ...] = ()
    """Ids the same lead had before it got ``user_id``; known or anonymous ones."""
    other_ids: tuple[str, ...] = ()
    """Further ids of the lead in this tool: of records merged into one, of a second kind."""
    other_emails: tuple[str, ...] = ()
    """Further addresses of the lead, one it had before ``email`` included."""
    occurred_at: Told = None
    sent_at: Told = None
    """When the sender's clock said it sent this: tells how wrong that clock is."""
    properties: Mapping[str, Any] = field(default_factory=dict)
    campaign: Mapping[str, Any] = field(default_factory=dict)
    page: Mapping[str, Any] = field(default_factory=dict)
    lead: Mapping[str, Any] = field(default_factory=dict)
    account: Mapping[str, Any] = field(default_factory=dict)
    consent: tuple[Consent, ...] = ()
    user_agent: str | None = None
    mark: Mark | None = None
    place: str = ""
    """Where in the body it is written, as a JSON Pointer."""
