"""What a benchmark found: a number beside the number it should be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. ``ok`` is None where there is nothing to reach."""

    name: str
    value: float
    unit: str
    target: float | None = None
    ok: bool | None = None

    def __str__(self) -> str:
        aim = "" if self.target is None else f"  (aim {self.target:g})"
        mark = {True: "ok  ", False: "MISS", None: "    "}[self.ok]
        return f"{mark} {self.name:<58} {self.value:>12,.2f} {self.unit}{aim}"
