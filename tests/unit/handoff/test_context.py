"""What sales reads at a glance."""

from datetime import UTC, datetime, timedelta

import pytest

from services.handoff.domain.context import Seen, campaigns, content_seen, interests

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def seen(days_ago: int, made_by: str = "human", **properties) -> Seen:
    at = NOW - timedelta(days=days_ago)
    return Seen(f"t{days_ago}", "content.downloaded", "x", "web", at, made_by, properties)


def test_newer_interests_weigh_more_and_add_up():
    found = interests(
        [
            seen(0, content={"topic": "pricing"}),
            seen(30, content={"topic": "security"}),
            seen(31, made_by="machine", content={"topic": "spam"}),
        ],
        NOW,
    )

    assert [(one.topic, one.touches) for one in found] == [("pricing", 1), ("security", 1)]
    assert [one.weight for one in found] == pytest.approx([0.667, 0.333])


def test_content_is_listed_once_with_its_times():
    guide = {"id": "g", "title": "Guide", "topic": "pricing", "url": "https://x.com/g"}
    [content] = content_seen([seen(1, content=guide), seen(9, content=guide)])

    assert (content.times, content.title) == (2, "Guide")
    assert (content.first_at, content.last_at) == (NOW - timedelta(days=9), NOW - timedelta(days=1))


def test_campaigns_come_latest_first():
    found = campaigns(
        [seen(1, campaign={"name": "b", "source": "ads"}), seen(2, campaign={"name": "a"})]
    )

    assert [(one.name, one.source) for one in found] == [("b", "ads"), ("a", None)]


@pytest.mark.parametrize("properties", [{"content": "text"}, {"content": {"topic": {"x": 1}}}, {}])
def test_odd_properties_tell_nothing_and_break_nothing(properties):
    assert interests([seen(0, **properties)], NOW) == []
