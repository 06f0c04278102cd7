"""A lead's folded touches: the state that is stored, carried and asked.

Its size is bounded by the policy, not by the lead's history, and equal touches give equal
bytes. The layout, little-endian: format (1 byte), fold shape (8), then for each signal that
remembers something its position (1), the length of its part (4) and its part (``packing``).
"""

import struct
from collections.abc import Mapping

from services.handoff.domain.kept import SignalTouches
from services.handoff.domain.packing import pack, unpack
from services.handoff.domain.policy import PolicyVersion

_FORMAT = 1
_HEAD = struct.Struct("<B8s")
_PART = struct.Struct("<BI")


class StaleSignals(ValueError):
    """The signals were folded for a policy version with other questions: fold again."""


NONE_KEPT = SignalTouches()


class LeadSignals:
    """A lead's folded touches under one fold shape. Immutable to its users.

    Signals stay packed (bytes) until somebody looks at them: most touches concern one
    signal, and the others of the lead are only carried along.
    """

    __slots__ = ("_kept", "_packed", "shape")

    def __init__(
        self,
        shape: bytes,
        kept: Mapping[int, SignalTouches] | None = None,
        packed: Mapping[int, bytes] | None = None,
    ) -> None:
        """Hold ``kept`` by the signal's position; ``packed`` is what has not been read yet."""
        self.shape = shape
        self._kept: dict[int, SignalTouches] = dict(kept or {})
        self._packed: dict[int, bytes] = dict(packed or {})

    def at(self, position: int) -> SignalTouches:
        """Return what the signal at ``position`` remembers."""
        kept = self._kept.get(position)
        if kept is None:
            packed = self._packed.get(position)
            if packed is None:
                return NONE_KEPT
            kept = self._kept[position] = unpack(packed)
        return kept

    def positions(self) -> list[int]:
        """Return the positions of the signals that remember something, in order."""
        return sorted(self._kept.keys() | self._packed.keys())

    def with_kept(self, changed: Mapping[int, SignalTouches]) -> "LeadSignals":
        """Return these signals with ``changed`` ones in place of their old ones."""
        packed = {p: data for p, data in self._packed.items() if p not in changed}
        return LeadSignals(self.shape, self._kept | dict(changed), packed)

    def packed_at(self, position: int) -> bytes:
        """Return what the signal at ``position`` remembers, as bytes."""
        packed = self._packed.get(position)
        return pack(self._kept[position]) if packed is None else packed

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LeadSignals):
            return NotImplemented
        mine, theirs = self.positions(), other.positions()
        return (
            self.shape == other.shape
            and mine == theirs
            and all(self.at(position) == other.at(position) for position in mine)
        )

    __hash__ = None  # type: ignore[assignment]

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
    return LeadSignals(version.fold_shape)


def encode_state(state: LeadSignals) -> bytes:
    """Return ``state`` as bytes to store."""
    parts = [_HEAD.pack(_FORMAT, state.shape)]
    for position in state.positions():
        part = state.packed_at(position)
        parts += (_PART.pack(position, len(part)), part)
    return b"".join(parts)


def decode_state(version: PolicyVersion, data: bytes) -> LeadSignals:
    """Return the state stored as ``data``, its signals still packed.

    Raises ``StaleSignals`` when it was folded for other questions than ``version`` asks.
    """
    stored_format, shape = _HEAD.unpack_from(data)
    if stored_format != _FORMAT or shape != version.fold_shape:
        raise StaleSignals(
            f"folded as {shape.hex()}, {version.policy} asks {version.fold_shape.hex()}"
        )
    packed = {}
    offset = _HEAD.size
    while offset < len(data):
        position, length = _PART.unpack_from(data, offset)
        offset += _PART.size
        packed[position] = data[offset : offset + length]
        offset += length
    return LeadSignals(shape, packed=packed)
