"""Which partition a key belongs to: the choice of Kafka's default partitioner.

Source: ``org.apache.kafka.common.utils.Utils.murmur2`` and ``toPositive``.
"""

from struct import unpack_from

_SEED = 0x9747B28C
_M = 0x5BD1E995
_WORD = 0xFFFFFFFF


def murmur2(data: bytes) -> int:
    """Return the 32-bit murmur2 hash of ``data``, unsigned, with Kafka's seed."""
    length = len(data)
    words, rest = divmod(length, 4)
    hashed = _SEED ^ length
    for word in unpack_from(f"<{words}I", data):
        mixed = word * _M & _WORD
        mixed = (mixed ^ mixed >> 24) * _M & _WORD
        hashed = (hashed * _M & _WORD) ^ mixed
    if rest:
        tail = int.from_bytes(data[-rest:], "little")
        hashed = (hashed ^ tail) * _M & _WORD
    hashed = (hashed ^ hashed >> 13) * _M & _WORD
    return hashed ^ hashed >> 15


def partition_of(key: str, partitions: int) -> int:
    """Return the partition of ``key`` in a topic with that many partitions."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions
