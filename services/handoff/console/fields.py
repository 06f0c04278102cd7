"""What people write into the fields of a form, read; None where it is nothing of the kind."""

from math import isfinite

MOST_NUMBER = 2**31 - 1
"""As large as the database takes."""


def whole(text: str, least: int, most: int) -> int | None:
    """Return a whole number from ``least`` to ``most``."""
    cleaned = text.strip()
    if not (cleaned.isascii() and cleaned.isdigit() and len(cleaned) < 12):
        return None
    return int(cleaned) if least <= int(cleaned) <= most else None


def number(text: str) -> int | None:
    """Return the number of a version."""
    return whole(text, 1, MOST_NUMBER)


def decimal(text: str, least: float, most: float) -> float | None:
    """Return a number, written with a point or a comma."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if isfinite(value) and least <= value <= most else None
