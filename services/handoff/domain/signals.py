"""A lead's folded touches: the state that is stored, carried and asked.

Its size is bounded by the policy, not by the lead's history, and equal touches give equal
bytes. The layout, little-endian: format (1 byte), fold shape (8), for each signal of the
policy the length of its part (4 each), then the parts (``packing``).
"""

import struct
from collections.abc import Mapping
from functools import lru_cache

from services.handoff.domain.kept import SignalTouches
from services.handoff.domain.packing import most_bytes, pack, unpack
from services.handoff.domain.policy import PolicyVersion

_FORMAT = 1
_HEAD = struct.Struct("<B8s")
UUID_BYTES = 36
"""What an id of a touch takes as text."""


class StaleSignals(ValueError):
    """The signals were folded for a policy version with other questions: fold again."""


NONE_KEPT = SignalTouches()


class LeadSignals:
    """A lead's folded touches under one fold shape. Immutable to its users.

    Signals stay packed until somebody looks at them: most touches concern one signal, and
    the others of the lead are only carried along.
    """

    __slots__ = ("_changed", "_lengths", "_packed", "_read", "shape")

    def __init__(
        self,
        shape: bytes,
        lengths: tuple[int, ...],
        packed: bytes = b"",
        changed: Mapping[int, SignalTouches] | None = None,
    ) -> None:
        """Hold ``packed``, the signals' parts one after the other, and what ``changed`` since.

        ``lengths`` says for each signal how long its part of ``packed`` is.
        """
        self.shape = shape
        self._lengths = lengths
        self._packed = packed
        self._changed: Mapping[int, SignalTouches] = {} if changed is None else changed
        self._read: dict[int, SignalTouches] = {}

    def at(self, position: int) -> SignalTouches:
        """Return what the signal at ``position`` remembers."""
        kept = self._changed.get(position) or self._read.get(position)
        if kept is None:
            start, end = self._span(position)
            kept = self._read[position] = unpack(self._packed[start:end])
        return kept

    def positions(self) -> list[int]:
        """Return the positions of the signals that remember something, in order."""
        if not self._packed:
            return sorted(self._changed)
        return [
            position
            for position, length in enumerate(self._lengths)
            if length or position in self._changed
        ]

    def with_kept(self, changed: Mapping[int, SignalTouches]) -> "LeadSignals":
        """Return these signals with ``changed`` ones in place of their old ones."""
        merged = {**self._changed, **changed}
        return LeadSignals(self.shape, self._lengths, self._packed, merged)

    def encode(self) -> bytes:
        """Return the signals as bytes, the same bytes for the same touches."""
        lengths, done = list(self._lengths), 0
        parts: list[bytes] = []
        for position in sorted(self._changed):
            start, end = self._span(position)
            part = pack(self._changed[position])
            lengths[position] = len(part)
            parts += (self._packed[done:start], part)
            done = end
        head = _HEAD.pack(_FORMAT, self.shape) + _table(len(lengths)).pack(*lengths)
        return b"".join((head, *parts, self._packed[done:]))

    def _span(self, position: int) -> tuple[int, int]:
        start = sum(self._lengths[:position])
        return start, start + self._lengths[position]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LeadSignals) and self.encode() == other.encode()

    def __hash__(self) -> int:
        return hash(self.encode())

    def __repr__(self) -> str:
        return f"LeadSignals({ {position: self.at(position) for position in self.positions()} })"


def check_shape(version: PolicyVersion, shape: bytes) -> None:
    """Raise ``StaleSignals`` unless a state of this ``shape`` was folded for ``version``."""
    if shape != version.fold_shape:
        raise StaleSignals(
            f"folded as {shape.hex()}, but {version.policy} asks {version.fold_shape.hex()}"
        )


def no_signals(version: PolicyVersion) -> LeadSignals:
    """Return the state of a lead that has done nothing."""
    return LeadSignals(version.fold_shape, (0,) * len(version.signals))


def largest_state(version: PolicyVersion, longest_id: int = UUID_BYTES) -> int:
    """Return the most bytes a state of ``version`` can take, however long the history.

    ``longest_id``: bytes of a touch's id in UTF-8.
    """
    signals = (most_bytes(signal.at_most, longest_id) for signal in version.signals)
    return _HEAD.size + _table(len(version.signals)).size + sum(signals)


def encode_state(state: LeadSignals) -> bytes:
    """Return ``state`` as bytes to store."""
    return state.encode()


def decode_state(version: PolicyVersion, data: bytes) -> LeadSignals:
    """Return the state stored as ``data``.

    Raises ``StaleSignals`` when it was folded for other questions than ``version`` asks.
    """
    shape, packed = read_head(data)
    check_shape(version, shape)
    return unpack_signals(shape, len(version.signals), packed)


def read_head(data: bytes) -> tuple[bytes, bytes]:
    """Return the shape of a stored state and what is behind it. Raises ``StaleSignals``."""
    stored_format, shape = _HEAD.unpack_from(data)
    if stored_format != _FORMAT:
        raise StaleSignals(f"stored in format {stored_format}, this release reads {_FORMAT}")
    return shape, data[_HEAD.size :]


def unpack_signals(shape: bytes, signals: int, packed: bytes) -> LeadSignals:
    """Return the state behind the head of a stored one."""
    table = _table(signals)
    return LeadSignals(shape, table.unpack_from(packed), packed[table.size :])


@lru_cache(maxsize=256)
def _table(signals: int) -> struct.Struct:
    return struct.Struct(f"<{signals}I")
