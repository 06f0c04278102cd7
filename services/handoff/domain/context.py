"""What sales should know at a glance, told from a lead's touches. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

INTEREST_HALF_LIFE = timedelta(days=30)
MOST_INTERESTS = 8
# Touches that tell what not to say, however old they are.
COMPLAINTS: Mapping[str, Literal["complaint", "unsubscribed"]] = {
    "email.complained": "complaint",
    "email.unsubscribed": "unsubscribed",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One touch of the lead, newest first in every list."""

    touch_id: str
    kind: str
    name: str
    source: str
    occurred_at: datetime
    made_by: str
    properties: Mapping[str, Any]

    def about(self, *path: str) -> str | None:
        """Return the text at ``path`` of the properties, if it is one."""
        value: Any = self.properties
        for step in path:
            if not isinstance(value, Mapping):
                return None
            value = value.get(step)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return str(value) or None
        return None

    @property
    def title(self) -> str | None:
        """What the touch was about, in the words of its source."""
        return (
            self.about("content", "title")
            or self.about("page", "title")
            or self.about("email", "subject")
            or self.about("form", "name")
            or self.about("content", "id")
        )

    @property
    def url(self) -> str | None:
        return self.about("content", "url") or self.about("page", "url")


@dataclass(frozen=True, slots=True)
class TopicInterest:
    """A topic with its share of the lead's attention."""

    topic: str
    weight: float
    touches: int


def interests(touches: Iterable[Seen], now: datetime) -> list[TopicInterest]:
    """Return the topics a lead comes back to; weights sum to 1, newer touches weigh more.

    A touch loses half of its weight in 30 days. What a machine did tells nothing.
    """
    weights: dict[str, float] = {}
    counts: dict[str, int] = {}
    for touch in touches:
        topic = touch.about("content", "topic")
        if topic is None or touch.made_by == "machine":
            continue
        age = max(timedelta(0), now - touch.occurred_at)
        weights[topic] = weights.get(topic, 0.0) + 0.5 ** (age / INTEREST_HALF_LIFE)
        counts[topic] = counts.get(topic, 0) + 1
    total = sum(weights.values())
    if not total:
        return []
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return [
        TopicInterest(topic, round(weight / total, 3), counts[topic])
        for topic, weight in ranked[:MOST_INTERESTS]
    ]


@dataclass(frozen=True, slots=True)
class Content:
    """Something the lead read, watched or downloaded."""

    content_id: str
    title: str | None
    topic: str | None
    url: str | None
    times: int
    first_at: datetime
    last_at: datetime


def content_seen(touches: Iterable[Seen]) -> list[Content]:
    """Return each piece of content once, the latest first; what a machine fetched was not seen."""
    found: dict[str, list[Seen]] = {}
    for touch in touches:
        content_id = touch.about("content", "id") or touch.title
        if content_id is not None and touch.made_by != "machine":
            found.setdefault(content_id, []).append(touch)
    seen = [
        Content(
            content_id,
            together[0].title,
            together[0].about("content", "topic"),
            together[0].url,
            len(together),
            min(touch.occurred_at for touch in together),
            max(touch.occurred_at for touch in together),
        )
        for content_id, together in found.items()
    ]
    return sorted(seen, key=lambda content: content.last_at, reverse=True)


@dataclass(frozen=True, slots=True)
class CampaignSeen:
    """A campaign that brought the lead."""

    name: str
    source: str | None
    medium: str | None
    first_at: datetime
    last_at: datetime


def campaigns(touches: Iterable[Seen]) -> list[CampaignSeen]:
    """Return the campaigns that brought the lead, the latest first."""
    found: dict[str, list[Seen]] = {}
    for touch in touches:
        name = touch.about("campaign", "name")
        if name is not None:
            found.setdefault(name, []).append(touch)
    seen = [
        CampaignSeen(
            name,
            together[0].about("campaign", "source"),
            together[0].about("campaign", "medium"),
            min(touch.occurred_at for touch in together),
            max(touch.occurred_at for touch in together),
        )
        for name, together in found.items()
    ]
    return sorted(seen, key=lambda campaign: campaign.last_at, reverse=True)
