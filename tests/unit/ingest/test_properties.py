import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.properties import describe

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
NAMES = st.sampled_from(["content", "content.topic", "campaign", "utm_source", "url", "page"])
PROPERTIES = st.dictionaries(st.text() | NAMES, JSON)


@pytest.mark.parametrize(
    "properties",
    [
        {"content": {"topic": "pricing", "id": 7}},
        {"content_topic": "pricing", "content_id": 7},
        {"contentTopic": "pricing", "contentId": 7},
        {"content.topic": "pricing", "content.id": 7},
        {"Content Topic": "pricing", "Content ID": 7},
        {"topic": "pricing", "id": 7},
        {"tema": "pricing", "id": 7},
    ],
)
def test_spellings_of_a_part_are_one(properties):
    assert describe("content.downloaded", properties, {}, {}) == {
        "content": {"topic": "pricing", "id": 7}
    }


@pytest.mark.parametrize(
    ("kind", "properties", "described"),
    [
        pytest.param(
            "page.viewed",
            {"name": "Prices", "title": "Our prices", "url": "https://acme.com/p"},
            {"page": {"title": "Our prices", "url": "https://acme.com/p", "path": "/p"}},
            id="the title of a page is better than its name",
        ),
        pytest.param(
            "webinar.attended",
            {"name": "Scaling", "topic": "growth"},
            {
                "event": {"title": "Scaling", "topic": "growth"},
                "content": {"title": "Scaling", "topic": "growth"},
            },
            id="a webinar has content",
        ),
        pytest.param(
            "form.submitted", {"form": "contact"}, {"form": {"name": "contact"}}, id="a name alone"
        ),
        pytest.param(
            "demo.requested", {"title": "CTO", "seats": 5}, {"title": "CTO", "seats": 5},
            id="kinds about nothing keep their properties",
        ),
        pytest.param(
            "content.viewed",
            {"url": "https://acme.com/a?utm_source=news&utm_campaign=spring&x=1"},
            {
                "content": {"url": "https://acme.com/a?utm_source=news&utm_campaign=spring&x=1"},
                "campaign": {"source": "news", "name": "spring"},
            },
            id="the campaign is in the address",
        ),
        pytest.param(
            "trial.started", {"utm_medium": "email", "campaign": "spring"},
            {"campaign": {"medium": "email", "name": "spring"}}, id="or beside it",
        ),
        pytest.param("trial.started", {"a": None, "b": "", "c": []}, {}, id="empty is not said"),
    ],
)  # fmt: skip
def test_properties_are_nested_as_policies_ask_for_them(kind, properties, described):
    assert describe(kind, properties, {}, {}) == described


def test_the_context_fills_in_and_replaces_nothing():
    described = describe(
        "content.viewed",
        {"campaign_name": "own"},
        {"name": "context", "source": "news"},
        {"url": "x"},
    )

    assert described["campaign"] == {"name": "own", "source": "news"}
    assert described["page"] == {"url": "x", "path": "x"}


@given(st.sampled_from(["content.viewed", "page.viewed", "unknown"]), PROPERTIES, PROPERTIES)
def test_whatever_is_told_the_parts_are_objects(kind, properties, page):
    described = describe(kind, properties, {}, page)

    for part in ("content", "campaign", "page", "email", "form", "event"):
        assert isinstance(described.get(part, {}), dict)
