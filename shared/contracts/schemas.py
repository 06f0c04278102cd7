"""JSON Schemas and the AsyncAPI document, made from the message contracts.

``python -m shared.contracts`` writes them beside this module, where they are checked in:
a change of a contract shows in a review as what it means to those who read the events.
"""

from collections.abc import Iterable, Mapping
from inspect import cleandoc
from typing import Any

import orjson
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from shared.contracts import CONTENT_TYPE, EVENTS, POSTED, TOPICS, Event
from shared.contracts.answers import Answer
from shared.contracts.envelope import SCHEMA_URI
from shared.contracts.handoffs import TOPIC as HANDOFFS

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# Topic, as a channel: its name, whose word it carries, and what its key is.
CHANNELS: Mapping[str, tuple[str, str]] = {
    "relevo.touches.v1": ("touches", "What leads did, and who they are. Key: the identity."),
    "relevo.handoffs.v1": ("handoffs", "A lead's way through sales. Key: the lead."),
    "relevo.answers.v1": ("answers", "What CRMs tell us about a hand-off. Key: the hand-off."),
    "relevo.deliveries.v1": ("deliveries", "Who was told, and how. Key: the lead."),
    "relevo.directory.v1": ("directory", "People and keys, between our services. Key: the id."),
}
INTERNAL = {"relevo.directory.v1"}
# What subscriptions get, each at its own URL: the hand-offs' events, and a test.
WEBHOOKS = (*(event for event in EVENTS if event.topic == HANDOFFS), *POSTED)
EVERY = (*EVENTS, *POSTED)

ATTRIBUTES: Mapping[str, Any] = {
    "specversion": {"const": "1.0"},
    "id": {"type": "string", "minLength": 1, "description": "The same over all repeats."},
    "source": {"type": "string", "minLength": 1, "description": "The service that says it."},
    "subject": {"type": "string", "description": "The lead, where one is known."},
    "time": {"type": "string", "format": "date-time", "description": "When it was said."},
    "datacontenttype": {"const": "application/json"},
    "partitionkey": {"type": "string", "description": "Events of one key keep their order."},
    "sequence": {
        "type": "string",
        "pattern": "^[0-9]{12,}$",
        "description": "Rises by one with each event of a lead; sorts as text too.",
    },
    "traceparent": {"type": "string", "description": "W3C trace context of the cause."},
}
REQUIRED = ("specversion", "id", "source", "type")
# Ours always have these too; a CRM that writes to us may leave them out.
OURS = ("subject", "time", "datacontenttype", "dataschema", "partitionkey")


class _Plain(GenerateJsonSchema):
    """Schemas without a title for each field: it would only repeat the field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def files() -> dict[str, bytes]:
    """Return every generated file by its path below ``shared/contracts``."""
    found = {f"schemas/{event.type}.json": _file(event_schema(event)) for event in EVERY}
    return found | {"asyncapi.json": _file(asyncapi())}


def event_schema(event: type[Event]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a whole message: the CloudEvent and its data."""
    data = event.model_json_schema(mode=_mode(event), schema_generator=_Plain)
    definitions = data.pop("$defs", {})
    schema = {"$schema": DIALECT, "$id": f"{SCHEMA_URI}{event.type}"}
    return schema | _envelope(event, data) | ({"$defs": definitions} if definitions else {})


def asyncapi() -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document: topics as channels, and who says what on them."""
    data, definitions = models_json_schema(
        [(event, _mode(event)) for event in EVERY],
        ref_template="#/components/schemas/{model}",
        schema_generator=_Plain,
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Relevo",
            "version": "1",
            "description": "CloudEvents 1.0 in structured JSON; the same bytes on Kafka, in "
            "webhooks and in the feed. Fields are only ever added; a break is a new type.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {CHANNELS[topic][0]: _channel(topic) for topic in TOPICS}
        | {"webhooks": _webhooks()},
        "operations": dict(_operation(topic) for topic in TOPICS) | {"send_webhooks": _posting()},
        "components": {
            "messages": {event.type: _message(event, data[event, _mode(event)]) for event in EVERY},
            "schemas": definitions["$defs"],
        },
    }


def _mode(event: type[Event]) -> JsonSchemaMode:
    """Return whose side the schema takes: of who reads our events, or of who writes to us."""
    return "validation" if issubclass(event, Answer) else "serialization"


def _envelope(event: type[Event], data: Any) -> dict[str, Any]:
    ours = () if issubclass(event, Answer) else OURS
    own: dict[str, Any] = {"type": {"const": event.type}, "data": data}
    if ours:
        own["dataschema"] = {"const": f"{SCHEMA_URI}{event.type}"}
    return {
        "title": event.type,
        "description": cleandoc(event.__doc__ or ""),
        "type": "object",
        "properties": {**ATTRIBUTES, **own},
        "required": [*REQUIRED, *ours, "data"],
    }


def _events(topic: str) -> Iterable[type[Event]]:
    return (event for event in EVENTS if event.topic == topic)


def _channel(topic: str) -> dict[str, Any]:
    _, description = CHANNELS[topic]
    tags = {"tags": [{"name": "internal"}]} if topic in INTERNAL else {}
    return {
        "address": topic,
        "description": description,
        "messages": {
            event.type: {"$ref": f"#/components/messages/{event.type}"} for event in _events(topic)
        },
        "bindings": {"kafka": {"topic": topic, "partitions": TOPICS[topic]}},
    } | tags


def _webhooks() -> dict[str, Any]:
    return {
        "address": None,  # each subscription has its own
        "title": "Webhooks",
        "description": "Posted to the URL of each subscription that wants the event, signed as "
        "Standard Webhooks says: `webhook-id` (the event's id), `webhook-timestamp` and "
        "`webhook-signature`. `subscription.tested.v1` comes when somebody tests the subscription.",
        "messages": {
            event.type: {"$ref": f"#/components/messages/{event.type}"} for event in WEBHOOKS
        },
    }


def _posting() -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": "#/channels/webhooks"},
        "bindings": {"http": {"method": "POST"}},
        "messages": [{"$ref": f"#/channels/webhooks/messages/{event.type}"} for event in WEBHOOKS],
    }


def _operation(topic: str) -> tuple[str, dict[str, Any]]:
    name, _ = CHANNELS[topic]
    action = "receive" if all(issubclass(event, Answer) for event in _events(topic)) else "send"
    return f"{action}_{name}", {
        "action": action,
        "channel": {"$ref": f"#/channels/{name}"},
        "messages": [
            {"$ref": f"#/channels/{name}/messages/{event.type}"} for event in _events(topic)
        ],
    }


def _message(event: type[Event], data: Any) -> dict[str, Any]:
    kafka = {
        "headers": {
            "type": "object",
            "properties": {
                "content-type": {"const": CONTENT_TYPE},
                "ce_id": {"type": "string", "description": "The event's id."},
                "ce_type": {"const": event.type},
            },
        },
        "bindings": {"kafka": {"key": {"type": "string"}}},
    }
    return {
        "name": event.type,
        "title": event.type,
        "summary": cleandoc(event.__doc__ or "").split("\n\n")[0].replace("\n", " "),
        "contentType": CONTENT_TYPE,
        "payload": _envelope(event, data),
    } | ({} if event in POSTED else kafka)


def _file(document: dict[str, Any]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
