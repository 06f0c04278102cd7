"""The envelope every event travels in: CloudEvents 1.0, structured JSON.

The same bytes go to Kafka, webhooks, SSE and the feed. ``id`` is the same over all
retries, so receivers recognise a repeat by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, ClassVar, Self

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError, create_model

from shared.clock import to_text

CONTENT_TYPE = "application/cloudevents+json"
SCHEMA_URI = "urn:relevo:schema:"


class Part(BaseModel):
    """A piece of an event. Frozen; a field a newer version added is ignored by an older reader."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Part):
    """What happened, in the past tense. A subclass is one type in one topic.

    Fields are only ever added; a break is a new ``….v2``.
    """

    type: ClassVar[str]
    topic: ClassVar[str]

    @cached_property
    def as_json(self) -> bytes:
        """The event's data as JSON; written once, however many places keep it."""
        return self.model_dump_json().encode()


class UnreadableEvent(Exception):
    """These bytes are not an event we know: {reason}."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event with what the transport needs to know about it.

    ``key`` decides the partition (the lead, or the identity where no lead is known yet);
    ``sequence`` rises by one with each event of a lead, None where no lead is known yet.
    """

    id: str
    source: str
    subject: str
    key: str
    time: datetime
    data: Event
    sequence: int | None = None
    traceparent: str | None = None

    @property
    def type(self) -> str:
        return self.data.type

    @property
    def topic(self) -> str:
        return self.data.topic

    def to_bytes(self) -> bytes:
        """Return the CloudEvent as structured JSON, the same bytes every time."""
        head: dict[str, Any] = {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.data.type,
            "subject": self.subject,
            "time": to_text(self.time),
            "datacontenttype": "application/json",
            "dataschema": f"{SCHEMA_URI}{self.data.type}",
            "partitionkey": self.key,
        }
        if self.sequence is not None:
            head["sequence"] = (
                f"{self.sequence:012d}"  # text that also sorts, as the extension asks
            )
        if self.traceparent is not None:
            head["traceparent"] = self.traceparent
        return orjson.dumps(head)[:-1] + b',"data":' + self.data.as_json + b"}"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore")

    specversion: str
    id: str
    source: str
    type: str
    subject: str = ""
    time: AwareDatetime | None = None
    partitionkey: str = ""
    sequence: int | None = None
    traceparent: str | None = None
    data: Any = None

    def envelope(self) -> Envelope:
        return Envelope(
            id=self.id,
            source=self.source,
            subject=self.subject,
            key=self.partitionkey,
            time=self.time or datetime.now(UTC),
            data=self.data,
            sequence=self.sequence,
            traceparent=self.traceparent,
        )


class Catalogue:
    """The event types somebody reads, and how to read them."""

    def __init__(self, events: Mapping[str, type[Event]]):
        self._wires: dict[str, type[_Wire]] = {
            kind: create_model("Wire", __base__=_Wire, data=(event, ...))
            for kind, event in events.items()
        }

    @classmethod
    def of(cls, *events: type[Event]) -> Self:
        return cls({event.type: event for event in events})

    def __contains__(self, kind: str) -> bool:
        return kind in self._wires

    def read(self, value: bytes, kind: str | None = None) -> Envelope | None:
        """Return the event in ``value``; None when it is of a type nobody here reads.

        ``kind`` is the type where the transport already told it.

        Raises ``UnreadableEvent`` when the bytes are not a CloudEvent or its data breaks
        the contract.
        """
        try:
            if kind is None:
                kind = orjson.loads(value)["type"]
            if kind not in self._wires:
                return None
            wire = self._wires[kind].model_validate_json(value)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(step) for step in first["loc"])
            raise UnreadableEvent(f"{kind}: {place}: {first['msg']}") from error
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise UnreadableEvent(f"not a CloudEvent in structured JSON: {error}") from error
        if wire.type != kind:
            raise UnreadableEvent(f"announced as {kind}, but says it is {wire.type}")
        return wire.envelope()
