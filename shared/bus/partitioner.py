"""Which partition a key belongs to: the choice of Kafka's default partitioner.

Source: ``org.apache.kafka.common.utils.Utils.murmur2`` and ``toPositive``.
"""

from functools import lru_cache
from struct import unpack_from


def murmur2(data: bytes) -> int:
    """Return the 32-bit murmur2 hash of ``data``, unsigned, with Kafka's seed."""
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    length = len(data)
    words, rest = divmod(length, 4)
    hashed = 0x9747B28C ^ length
    for word in unpack_from(f"<{words}I", data):
        word = word * m & mask
        hashed = (hashed * m & mask) ^ ((word ^ word >> 24) * m & mask)
    if rest:
        hashed = (hashed ^ int.from_bytes(data[-rest:], "little")) * m & mask
    hashed = (hashed ^ hashed >> 13) * m & mask
    return hashed ^ hashed >> 15


@lru_cache(maxsize=16_384)  # leads come again, and the hash costs more than the rest of a publish
def partition_of(key: str, partitions: int) -> int:
    """Return the partition of ``key`` in a topic with that many partitions."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions
