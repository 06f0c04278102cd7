"""Amounts of money as people type them."""

import re

_WHOLE = r"[0-9]+|[1-9][0-9]{0,2}([.,])[0-9]{3}(?:\2[0-9]{3})*"
_NUMBER = re.compile(rf"({_WHOLE})(?:(?!\2)[.,]([0-9]{{1,2}}))?")
MOST = 1e12


def amount_of(text: str) -> float | None:
    """Return an amount; None where it is none.

    ``12.500,50``, ``12,500.50`` and ``12500.5`` are the same. A mark before three digits
    parts thousands in either language: nobody has thousandths of a coin.
    """
    found = _NUMBER.fullmatch("".join(text.split()).strip("€$£"))
    if found is None:
        return None
    whole, decimals = re.sub(r"[.,]", "", found[1]), found[3] or "0"
    amount = float(f"{whole}.{decimals}")
    return amount if amount <= MOST else None
