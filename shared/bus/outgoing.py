"""The first look at what shall be published, the same for every bus (clauses 1, 5 and 8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.bus.partitioner import partition_of
from shared.bus.port import (
    MAX_MESSAGE_BYTES,
    HeldBack,
    Message,
    MessageTooLarge,
    NotPublished,
    PublishError,
    TopicPartition,
    UnknownTopic,
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A call's messages, sorted into partitions, with the results known so far."""

    results: list[PublishError | None]
    accepted: dict[TopicPartition, list[int]] = field(default_factory=dict)  # places in results


def sort_out(messages: Sequence[Message], partitions: Mapping[str, int]) -> Outgoing:
    """Refuse what cannot be published and find the partitions of the rest.

    ``partitions`` gives each known topic's number of partitions.
    """
    outgoing = Outgoing([None] * len(messages))
    failed: set[tuple[str, str]] = set()
    for place, message in enumerate(messages):
        key = (message.topic, message.key)
        error = HeldBack(message.topic) if key in failed else refusal(message, partitions)
        if error is not None:
            outgoing.results[place] = error
            failed.add(key)
            continue
        partition = partition_of(message.key, partitions[message.topic])
        target = TopicPartition(message.topic, partition)
        outgoing.accepted.setdefault(target, []).append(place)
    return outgoing


def refusal(message: Message, partitions: Mapping[str, int]) -> PublishError | None:
    """Return why the message cannot be published, whatever the state of the bus."""
    if message.topic not in partitions:
        return UnknownTopic(message.topic)
    try:
        size = message.size()
    except UnicodeEncodeError as error:
        return NotPublished(f"not UTF-8: {error}")
    return MessageTooLarge(size) if size > MAX_MESSAGE_BYTES else None
