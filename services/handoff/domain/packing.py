"""The touches one signal remembers, as compact bytes.

Layout, little-endian: number of certain and of doubtful touches (1 byte each), then each
touch: occurred and received milliseconds (8 each), late (1), length of the id (2) and of the
distinct key (2), both in UTF-8.
"""

import struct

from services.handoff.domain.kept import LONGEST_DISTINCT, NONE_KEPT, Kept, SignalTouches

_COUNTS = struct.Struct("<BB")
_TOUCH = struct.Struct("<qq?HH")
_LONGEST_KEY = 4 * (LONGEST_DISTINCT + 1)
"""Bytes of a distinct key in UTF-8, its mark included."""
# A tuple's own constructor: half the time of a named tuple's.
_kept = tuple.__new__


def most_bytes(at_most: int, longest_id: int) -> int:
    """Return the most bytes a signal takes that counts ``at_most`` touches.

    ``longest_id``: bytes of a touch's id in UTF-8.
    """
    touch = _TOUCH.size + longest_id + _LONGEST_KEY
    return _COUNTS.size + 2 * at_most * touch


def pack(kept: SignalTouches) -> bytes:
    """Return ``kept`` as bytes, the same for equal touches."""
    parts = [_COUNTS.pack(len(kept.certain), len(kept.doubtful))]
    for touch in kept.certain + kept.doubtful:
        touch_id = touch.touch_id.encode("utf-8", "surrogatepass")
        distinct = touch.distinct.encode("utf-8", "surrogatepass")
        parts += (
            _TOUCH.pack(
                touch.occurred_ms, touch.first_received, touch.late, len(touch_id), len(distinct)
            ),
            touch_id,
            distinct,
        )
    return b"".join(parts)


def unpack(data: bytes) -> SignalTouches:
    """Return what ``pack`` was given; nothing kept from no bytes."""
    if not data:
        return NONE_KEPT
    certain, doubtful = _COUNTS.unpack_from(data)
    offset = _COUNTS.size
    touches = []
    for _ in range(certain + doubtful):
        occurred_ms, first_received, late, id_length, distinct_length = _TOUCH.unpack_from(
            data, offset
        )
        middle = offset + _TOUCH.size + id_length
        touch_id = data[middle - id_length : middle].decode("utf-8", "surrogatepass")
        offset = middle + distinct_length
        distinct = data[middle:offset].decode("utf-8", "surrogatepass")
        touches.append(_kept(Kept, (occurred_ms, touch_id, first_received, distinct, late)))
    return SignalTouches(tuple(touches[:certain]), tuple(touches[certain:]))
