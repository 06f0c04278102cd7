"""The events: readable by others as CloudEvents, the same bytes every time, tolerant of more."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import shared.contracts
from services.notify.handlers.subscription_requests import KNOWN_TYPES
from shared.contracts import EVENTS, POSTED, TOPICS, Catalogue, Envelope, UnreadableEvent
from shared.contracts.answers import Answer, OutcomeReported, VerdictGiven
from shared.contracts.schemas import CHANNELS, event_schema, files
from tests.support.random_events import envelopes, models

ALL = Catalogue.of(*EVENTS)
ROOT = Path(shared.contracts.__file__).parent
BY_TYPE = {event.type: event for event in EVENTS}
SCHEMAS = {event.type: Draft202012Validator(event_schema(event)) for event in EVENTS}


@given(envelopes())
def test_reading_gives_what_was_written_and_writing_gives_the_same_bytes(envelope):
    read = ALL.read(envelope.to_bytes())

    assert read is not None
    assert read == envelope
    assert read.to_bytes() == envelope.to_bytes()


@given(envelopes())
def test_every_message_keeps_its_published_schema(envelope):
    SCHEMAS[envelope.type].validate(orjson.loads(envelope.to_bytes()))


@given(envelopes())
def test_the_cloudevents_package_reads_what_we_write(envelope):
    message = HTTPMessage({"content-type": "application/cloudevents+json"}, envelope.to_bytes())
    event = from_structured_event(message, JSONFormat())
    attributes = event.get_attributes()

    assert attributes["id"] == envelope.id
    assert attributes["type"] == envelope.type
    assert attributes["subject"] == envelope.subject
    assert attributes["time"] == envelope.time
    assert attributes["partitionkey"] == envelope.key
    assert event.get_data() == orjson.loads(envelope.data.model_dump_json())


@given(envelopes(tuple(event for event in EVENTS if not issubclass(event, Answer))))
def test_a_field_a_newer_version_added_is_no_trouble(envelope):
    message = orjson.loads(envelope.to_bytes())
    with_more(message)
    read = ALL.read(orjson.dumps(message))

    assert read == envelope


def with_more(value: Any) -> None:
    """Add a field to every object that has the shape of a contract, however deep."""
    if isinstance(value, dict):
        for inner in value.values():
            with_more(inner)
        if FIELDS & value.keys():
            value["added_later"] = {"by": "a newer version"}
    elif isinstance(value, list):
        for inner in value:
            with_more(inner)


FIELDS = {"specversion", "handoff_id", "person_id", "touch_id", "lead_id", "value", "channel"}


@pytest.mark.parametrize("answer", [VerdictGiven, OutcomeReported])
def test_a_misspelt_field_of_an_answer_is_refused_with_its_place(answer):
    @given(models(answer))
    def refused(data):
        message = sample(data)
        message["data"]["reson"] = "no budget"
        with pytest.raises(UnreadableEvent, match=r"data\.reson"):
            ALL.read(orjson.dumps(message))

    refused()


def sample(data: Any) -> dict[str, Any]:
    message: dict[str, Any] = {"specversion": "1.0", "id": "1", "source": "/crm", "type": data.type}
    return message | {"data": orjson.loads(data.model_dump_json())}


@given(models(VerdictGiven))
def test_a_crm_needs_to_say_only_what_a_cloudevent_must(data):
    message = sample(data)
    SCHEMAS[data.type].validate(message)
    read = ALL.read(orjson.dumps(message))

    assert read is not None
    assert read.data == data


VERDICT = VerdictGiven(handoff_id="1", person="ana@acme.com", verdict="accept")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        pytest.param({"time": "2026-03-02T10:15:00"}, "time", id="a time without a zone"),
        pytest.param({"time": "yesterday"}, "time", id="a time that is none"),
        pytest.param({"id": 7}, "id", id="an id that is no text"),
        pytest.param({"id": None}, "id", id="no id"),
        pytest.param({"sequence": "first"}, "sequence", id="a sequence that is no number"),
        pytest.param({"data": None}, "data", id="no data"),
        pytest.param({"data": {"verdict": "maybe"}}, r"data\.verdict", id="another verdict"),
    ],
)
def test_what_breaks_the_contract_is_unreadable_and_the_place_is_told(change, place):
    message = sample(VERDICT)
    for name, value in change.items():
        message[name] = message[name] | value if isinstance(value, dict) else value
    with pytest.raises(UnreadableEvent, match=place):
        ALL.read(orjson.dumps(message))


@pytest.mark.parametrize("amount", ["NaN", "1e999", "-1e999", "Infinity"])
def test_an_amount_is_a_number_one_can_count_with(amount):
    message = sample(OutcomeReported(handoff_id="1", person="ana", outcome="won", amount=1))
    value = orjson.dumps(message).replace(b'"amount":1.0', f'"amount":{amount}'.encode())
    with pytest.raises(UnreadableEvent):
        ALL.read(value)


def test_an_event_that_is_announced_as_another_is_unreadable():
    value = orjson.dumps(sample(VERDICT))
    with pytest.raises(UnreadableEvent):
        ALL.read(value, OutcomeReported.type)


@given(
    st.binary()
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(repr).map(str.encode)
)
def test_reading_any_bytes_gives_an_event_nothing_or_unreadable(value):
    try:
        read = ALL.read(value)
    except UnreadableEvent:
        return
    assert read is None or isinstance(read, Envelope)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_every_event_is_explained_and_has_a_home(event):
    assert event.__doc__
    assert event.topic in TOPICS
    assert event.type.rpartition(".v")[2].isdigit()


def test_types_are_unique_and_every_topic_is_described():
    assert len(BY_TYPE) == len(EVENTS)
    assert CHANNELS.keys() == TOPICS.keys()


def test_the_checked_in_schemas_are_those_of_the_code():
    """Run ``make contracts`` after a change of a contract, and read the difference."""
    written = {
        str(path.relative_to(ROOT)): path.read_bytes()
        for path in [*ROOT.glob("schemas/*.json"), ROOT / "asyncapi.json"]
    }

    assert written.keys() == files().keys()
    for name, content in files().items():
        assert written[name] == content, f"{name} is out of date: run make contracts"


@pytest.mark.parametrize("event", [*EVENTS, *POSTED], ids=lambda event: event.type)
def test_every_schema_is_json_schema(event):
    Draft202012Validator.check_schema(event_schema(event))


def test_every_reference_in_the_asyncapi_document_leads_somewhere():
    document = orjson.loads((ROOT / "asyncapi.json").read_bytes())
    references = list(referenced(document))

    assert len(references) > len(EVENTS)
    for reference in references:
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def referenced(value: Any):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from [inner] if name == "$ref" else referenced(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from referenced(inner)


def test_the_asyncapi_document_has_every_event_on_its_topic():
    document = orjson.loads((ROOT / "asyncapi.json").read_bytes())
    found = {
        (channel["address"], kind)
        for name, channel in document["channels"].items()
        for kind in channel["messages"]
        if name != "webhooks"
    }

    assert found == {(event.topic, event.type) for event in EVENTS}
    assert document["operations"].keys() == {
        "send_touches",
        "send_handoffs",
        "receive_answers",
        "send_deliveries",
        "send_directory",
        "send_webhooks",
    }


def test_the_asyncapi_document_has_what_a_subscription_is_sent():
    document = orjson.loads((ROOT / "asyncapi.json").read_bytes())
    sent = document["channels"]["webhooks"]["messages"].keys()

    assert sent == {*KNOWN_TYPES, "subscription.tested.v1"}
    assert len(document["operations"]["send_webhooks"]["messages"]) == len(sent)
